using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Deposits;

/// <summary>Writes acceptances of deposits to the ledger with the depositary's own account. One deposit, one commit; the ledger is asked first, so that repeating is harmless.</summary>
internal sealed partial class AcceptDeposits(IServiceScopeFactory scopes, OrganisationDirectory organisations, RegistryAccess registry, ChainRecord chain, TimeProvider clock, ILogger<AcceptDeposits> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogFault(log, fault.Message);
            }
            await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One round: each deposit on its way gets one try.</summary>
    internal async Task RunAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IssuerDb>();
        foreach (var deposit in await db.Deposits.Where(d => d.State == DepositState.Accepting).OrderBy(d => d.Id).ToListAsync(ct))
        {
            if (organisations.Find(deposit.Depositary) is not { } organisation) continue;
            string? waiting;
            try
            {
                waiting = await AcceptAsync(organisation, deposit, ct);
            }
            catch (Exception fault) when (LedgerTrouble.Of(fault) is { } trouble)
            {
                waiting = trouble;
            }
            if (deposit.State is DepositState.Accepted) db.Log(organisation.Slug, null, Actor.System, "deposit_accepted", clock.GetUtcNow());
            (deposit.Waiting, deposit.Version) = (waiting, deposit.Version + 1);
            await db.SaveChangesAsync(ct);
        }
    }

    private async Task<string?> AcceptAsync(Organisation organisation, Deposit deposit, CancellationToken ct)
    {
        var id = Convert.FromHexString(deposit.Id);
        var closing = await registry.Client.FindClosingAsync(id, ct);
        // A node that is behind knows of no closing either: only an event says that it was undone.
        if (closing is null) return await IsUndoneAsync(id, deposit.ClosedAt, ct) ? Refuse(deposit, "The closing was undone.") : "The ledger’s node knows of no closing: it may be behind.";
        if (closing.Depositary is not { } named || !named.AsSpan().SequenceEqual(organisation.Profile.Id())) return Refuse(deposit, "The ledger names another depositary now.");
        if (!deposit.IsOf(closing)) return Refuse(deposit, "The closing was undone and the organisation closed again: take over what it hands over now.");
        if (closing.AcceptedAt is { } accepted) return Accept(deposit, accepted); // ours from before a crash
        switch (await registry.Client.AcceptDepositAsync(organisation.Account, id, ct))
        {
            case RegistryWrite.Done done:
                (deposit.State, deposit.AcceptedAt, deposit.Transaction) = (DepositState.Accepted, done.Receipt.BlockTime, done.Receipt.TransactionHash);
                return null;
            case RegistryWrite.Refused refused:
                // Another copy of this service may have been faster.
                return await registry.Client.FindClosingAsync(id, ct) is { AcceptedAt: { } meanwhile, Depositary: { } by } && by.AsSpan().SequenceEqual(organisation.Profile.Id()) ? Accept(deposit, meanwhile) : Refuse(deposit, refused.Reason);
            default:
                return "The transaction is still waiting.";
        }
    }

    private async Task<bool> IsUndoneAsync(byte[] id, DateTimeOffset closedAt, CancellationToken ct) =>
        await chain.TryReadAsync(ct) is { } events && events.OfType<RegistryEvent.ClosingUndone>().Any(e => e.Organisation.AsSpan().SequenceEqual(id) && e.Place.BlockTime >= closedAt);

    private static string? Accept(Deposit deposit, DateTimeOffset at)
    {
        (deposit.State, deposit.AcceptedAt) = (DepositState.Accepted, at);
        return null;
    }

    private static string Refuse(Deposit deposit, string reason)
    {
        deposit.State = DepositState.Refused;
        return reason;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Accepting deposits failed and will be tried again: {Fault}")]
    private static partial void LogFault(ILogger log, string fault);
}
