using Identity.Credentials.Verdicts;
using Identity.Ledger.Evm;
using Identity.Ledger.Mirror;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Tests.Mirror;

/// <summary>Who was depositary of a closed organisation when, after several.</summary>
public sealed class DepositTermTests
{
    private static readonly DateTimeOffset Closed = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly byte[] College = new byte[32];
    private readonly RegistryView _view = new();
    private ulong _block;

    [Fact]
    public void A_depositarys_time_is_kept_when_another_is_named_and_accepts()
    {
        var (first, second) = (Register("Archive"), Register("Ministry"));
        _view.Apply(new RegistryEvent.OrganisationClosed(At(Closed), College, first, new byte[32], ""));
        Assert.False(_view.Closing(College)!.IsTakenOver);
        _view.Apply(new RegistryEvent.DepositAccepted(At(Closed.AddDays(10)), College, first));
        _view.Apply(new RegistryEvent.DepositaryNamed(At(Closed.AddDays(20)), College, second));
        Assert.Equal(("Ministry", null, true), (_view.Closing(College)!.Depositary!.Name, _view.Closing(College)!.AcceptedAt, _view.Closing(College)!.IsTakenOver));
        _view.Apply(new RegistryEvent.DepositAccepted(At(Closed.AddDays(30)), College, second));

        var closing = _view.Closing(College)!;

        Assert.Equal([10, 19], Enumerable.Range(0, 40).Where(day => closing.IsInCharge(first, Closed.AddDays(day))).Aggregate<int, int[]>([], (found, day) => [found.Length == 0 ? day : found[0], day]));
        Assert.Equal([30, 39], Enumerable.Range(0, 40).Where(day => closing.IsInCharge(second, Closed.AddDays(day))).Aggregate<int, int[]>([], (found, day) => [found.Length == 0 ? day : found[0], day]));
        Assert.False(closing.IsInCharge(College, Closed.AddDays(15)));
    }

    private byte[] Register(string name)
    {
        var profile = new OrganisationProfile($"https://{name.ToLowerInvariant()}.example", name, "XT", true, null);
        _view.Apply(new RegistryEvent.OrganisationRegistered(At(Closed.AddYears(-1)), profile.Id(), Address.Zero, default, profile.Canonical()));
        return profile.Id();
    }

    private EventPlace At(DateTimeOffset time) => new(++_block, "0x00", "0x00", 0, time);
}
