using Identity.Credentials.Jose;
using Identity.Credentials.Verdicts;
using Identity.Ledger.Mirror;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Tests.Mirror;

/// <summary>What the ends of a key mean when there are two of them.</summary>
public sealed class KeyEndingTests
{
    private static readonly DateTimeOffset Added = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly byte[] _college = new byte[32];
    private readonly RegistryView _view = new();
    private readonly Jwk _key;
    private ulong _block;

    public KeyEndingTests()
    {
        using var key = Es256Key.Create();
        _key = key.PublicKey;
        _view.Apply(new RegistryEvent.KeyAdded(At(Added), _college, _key.Thumbprint(), Added, _key.XBytes(), _key.YBytes()));
    }

    [Fact]
    public void Attack_a_theft_found_after_retirement_does_not_bring_the_key_back_for_the_time_between()
    {
        var retired = Added.AddDays(30);
        var found = Added.AddDays(90);

        End(retired, retired, KeyEnding.Retired);
        End(found, found, KeyEnding.Compromised);

        var key = Assert.Single(_view.FindKeys(_key.Thumbprint()));
        Assert.Equal((retired, KeyEndReason.Compromised), (key.EndedAt, key.Reason));
    }

    [Fact]
    public void A_theft_before_retirement_counts_from_the_theft()
    {
        End(Added.AddDays(30), Added.AddDays(30), KeyEnding.Retired);
        End(Added.AddDays(10), Added.AddDays(90), KeyEnding.Compromised);

        var key = Assert.Single(_view.FindKeys(_key.Thumbprint()));
        Assert.Equal((Added.AddDays(10), KeyEndReason.Compromised), (key.EndedAt, key.Reason));
    }

    [Fact]
    public void Attack_a_stolen_key_cannot_be_called_retired_afterwards()
    {
        End(Added.AddDays(10), Added.AddDays(10), KeyEnding.Compromised);
        End(Added.AddDays(90), Added.AddDays(90), KeyEnding.Retired);

        var key = Assert.Single(_view.FindKeys(_key.Thumbprint()));
        Assert.Equal((Added.AddDays(10), KeyEndReason.Compromised), (key.EndedAt, key.Reason));
    }

    private void End(DateTimeOffset at, DateTimeOffset block, KeyEnding reason) => _view.Apply(new RegistryEvent.KeyEnded(At(block), _college, _key.Thumbprint(), at, reason));

    private EventPlace At(DateTimeOffset time) => new(++_block, "0x00", "0x00", 0, time);
}
