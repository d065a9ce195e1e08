using System.Diagnostics;
using Identity.Credentials.Accreditation;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Accreditations;

/// <summary>
/// Writes grants and withdrawals to the ledger with the organisation's own account. Looks there first, so that repeating is harmless: after a crash between sending and
/// remembering, the next round finds what was written, or waits while a transaction of the account is on its way.
/// </summary>
internal sealed partial class WriteAccreditations(
    IServiceScopeFactory scopes, OrganisationDirectory organisations, RegistryAccess registry, ChainRecord record, TimeProvider clock, ILogger<WriteAccreditations> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Reading = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var next = DateTimeOffset.MinValue;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
                // What the organisations here may issue is looked up in this reading.
                if (clock.GetUtcNow() >= next)
                {
                    await record.TryReadAsync(stoppingToken, insist: true);
                    next = clock.GetUtcNow() + Reading;
                }
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogFault(log, fault.Message);
            }
            await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One round: each act that waits gets one try, in the order in which they were asked for. One act, one commit.</summary>
    internal async Task RunAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IssuerDb>();
        foreach (var act in await db.AccreditationActs.Where(a => a.State == AccreditationActState.Waiting).OrderBy(a => a.AskedAt).ThenBy(a => a.Id).ToListAsync(ct))
        {
            if (organisations.Find(act.Organisation) is not { } organisation) continue;
            string? waiting;
            try
            {
                waiting = act.Kind is AccreditationActKind.Grant ? await GrantAsync(db, organisation, act, ct) : await WithdrawAsync(organisation, act, ct);
            }
            catch (Exception fault) when (LedgerTrouble.Of(fault) is { } trouble)
            {
                waiting = trouble;
            }
            (act.Waiting, act.Version) = (waiting, act.Version + 1);
            await db.SaveChangesAsync(ct);
        }
    }

    private async Task<string?> GrantAsync(IssuerDb db, Organisation organisation, AccreditationAct act, CancellationToken ct)
    {
        // Before the look: what is mined between the two is seen by the look.
        if (await OnItsWayAsync(organisation, ct)) return "An earlier transaction is still waiting.";
        var claimed = await db.AccreditationActs.Where(a => a.Organisation == act.Organisation && a.Granted != null).Select(a => a.Granted!.Value).ToListAsync(ct);
        if (Written(await record.ReadAsync(ct)) is { } found)
        {
            (act.State, act.Granted, act.Transaction) = (AccreditationActState.Done, (long)found.Number, found.Place.Transaction);
            return null;
        }
        if (Written(await record.ReadUnfinishedAsync(ct)) is not null) return "Written; waiting until its block is final.";
        if (!Scope.TryParse(act.Scope!, out var scope, out var wrong)) return Refuse(act, wrong);
        switch (await registry.Client.GrantAsync(organisation.Account, (ulong)act.Number, act.Holder!, act.Right, scope, act.From, act.Until, ct))
        {
            case RegistryWrite.Done done:
                (act.State, act.Granted, act.Transaction) = (AccreditationActState.Done, (long)((RegistryEvent.AccreditationGranted)done.Event).Number, done.Receipt.TransactionHash);
                return null;
            case RegistryWrite.Refused refused:
                return Refuse(act, refused.Reason);
            default:
                throw new UnreachableException();
        }

        RegistryEvent.AccreditationGranted? Written(IReadOnlyList<RegistryEvent> events) => events.OfType<RegistryEvent.AccreditationGranted>().FirstOrDefault(e =>
            e.Parent == (ulong)act.Number && e.Holder.AsSpan().SequenceEqual(act.Holder) && e.Right == act.Right && e.Scope == act.Scope && e.From == act.From && e.Until == act.Until && !claimed.Contains((long)e.Number));
    }

    private async Task<string?> WithdrawAsync(Organisation organisation, AccreditationAct act, CancellationToken ct)
    {
        var known = await registry.Client.FindAccreditationAsync((ulong)act.Number, ct);
        if (known is null) return Refuse(act, "The ledger has no such accreditation.");
        if (known.WithdrawnAt <= act.From)
        {
            act.State = AccreditationActState.Done;
            return null;
        }
        switch (await registry.Client.WithdrawAsync(organisation.Account, (ulong)act.Number, act.From, ct))
        {
            case RegistryWrite.Done done:
                (act.State, act.Transaction) = (AccreditationActState.Done, done.Receipt.TransactionHash);
                return null;
            // Ours from before a crash: a time that was past when its block was made counts from the block on.
            case RegistryWrite.Refused { Error: "AlreadyWithdrawn" }:
                act.State = AccreditationActState.Done;
                return null;
            case RegistryWrite.Refused refused:
                return Refuse(act, refused.Reason);
            default:
                throw new UnreachableException();
        }
    }

    private static string Refuse(AccreditationAct act, string reason)
    {
        act.State = AccreditationActState.Refused;
        return reason;
    }

    // The contract takes a second grant of the same values: nothing is sent while a first may still be mined.
    private async Task<bool> OnItsWayAsync(Organisation organisation, CancellationToken ct) =>
        await registry.Client.Evm.NonceAsync(organisation.Account.Address, pending: true, ct) != await registry.Client.Evm.NonceAsync(organisation.Account.Address, ct: ct);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Writing accreditations failed and will be tried again: {Fault}")]
    private static partial void LogFault(ILogger log, string fault);
}
