using System.Diagnostics;
using System.Globalization;
using Identity.Credentials.Accreditation;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Host.Network;

/// <summary>What somebody with an accreditation decides about those below it. No vote: this is the accreditor's own to say.</summary>
internal sealed partial class LedgerCommands
{
    /// <summary>Entitles an organisation under an accreditation that the account's organisation holds. Typed again while the same is there and holds until that end, it changes nothing.</summary>
    public Task<int> GrantAsync(string file, string accountSource, ulong parent, string holder, string scopeFile, string right, string? until, CancellationToken ct) => GuardAsync(async () =>
    {
        var (id, scope, rights, end) = (GovernanceActs.IdOf(holder), GovernanceActs.ScopeOf(scopeFile), GovernanceActs.RightOf(right), until is null ? (DateTimeOffset?)null : GovernanceActs.EndOf(until));
        var (_, _, registry) = Open(file);
        using var account = AccountSource.Open(accountSource);
        if (await FindAsync(registry, parent, id, rights, scope, end, ct) is { } there) return await SayAsync(Done, $"It is there already: accreditation {there} under {parent}, {scope.Canonical()}. Nothing was changed.");
        return await TellAsync<RegistryEvent.AccreditationGranted>(await registry.GrantAsync(account, parent, id, rights, scope, TimeProvider.System.GetUtcNow(), end, ct), granted => $"Granted: accreditation {granted.Number} under {parent}, {scope.Canonical()}.");
    });

    /// <summary>Takes an accreditation back, with everything under it: for whoever granted it from now or a later day, for whoever stands higher from any day.</summary>
    public Task<int> WithdrawAsync(string file, string accountSource, ulong accreditation, string? day, CancellationToken ct) => GuardAsync(async () =>
    {
        var at = day is null ? TimeProvider.System.GetUtcNow() : GovernanceActs.StartOf(day);
        var (_, _, registry) = Open(file);
        using var account = AccountSource.Open(accountSource);
        return await TellAsync<RegistryEvent.AccreditationWithdrawn>(await registry.WithdrawAsync(account, accreditation, at, ct), withdrawn => string.Create(CultureInfo.InvariantCulture,
            $"Withdrawn: accreditation {withdrawn.Number}, and all below it, from {withdrawn.At:u} on.{(withdrawn.At > at.AddDays(1) ? " Only who stands above its grantor dates it back." : "")}"));
    });

    /// <summary>Names who takes over from a closed organisation that one's own supervises; or confirms whom it named itself, who can accept at once then.</summary>
    public Task<int> NameDepositaryAsync(string file, string accountSource, string closed, string depositary, CancellationToken ct) => GuardAsync(async () =>
    {
        var (id, named) = (GovernanceActs.IdOf(closed), GovernanceActs.IdOf(depositary));
        var (_, _, registry) = Open(file);
        using var account = AccountSource.Open(accountSource);
        return await TellAsync<RegistryEvent.DepositaryNamed>(await registry.NameDepositaryAsync(account, id, named, ct), _ => $"Named: {Convert.ToHexStringLower(named)} takes over from {Convert.ToHexStringLower(id)}, once it accepts.");
    });

    private Task<int> TellAsync<TEvent>(RegistryWrite write, Func<TEvent, string> done) where TEvent : RegistryEvent => write switch
    {
        RegistryWrite.Done { Event: TEvent happened } => SayAsync(Done, done(happened)),
        RegistryWrite.Refused refused => SayAsync(Refused, $"The ledger refuses it: {refused.Reason} ({refused.Error})."),
        _ => throw new UnreachableException(),
    };

    // The same right for the same end, in force with every link above it: now, by this machine's clock and by that of the newest block, and still in its last second. A withdrawal from a later day ends it before.
    private static async Task<ulong?> FindAsync(RegistryClient registry, ulong parent, byte[] holder, AccreditationRight right, Scope scope, DateTimeOffset? until, CancellationToken ct)
    {
        var (head, now, text) = (await registry.Evm.HeadAsync(ct), TimeProvider.System.GetUtcNow(), scope.Canonical());
        if (head.Time > now) now = head.Time;
        var last = until?.AddSeconds(-1) ?? DateTimeOffset.MaxValue;
        foreach (var granted in (await registry.ReadEventsAsync(0, head.Number, ct)).OfType<RegistryEvent.AccreditationGranted>())
        {
            if (granted.Parent == parent && granted.Right == right && granted.Until == until && granted.Scope == text && granted.Holder.AsSpan().SequenceEqual(holder)
                && await registry.WhyNotInForceAsync(granted.Number, now, ct) is null && await registry.WhyNotInForceAsync(granted.Number, last, ct) is null) return granted.Number;
        }
        return null;
    }
}
