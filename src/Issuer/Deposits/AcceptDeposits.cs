using Identity.Hosting.Hsm;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Deposits;

/// <summary>Writes acceptances of deposits to the ledger with the depositary's own account. One deposit, one commit; the ledger is asked first, so that repeating is harmless.</summary>
internal sealed partial class AcceptDeposits(IServiceScopeFactory scopes, OrganisationDirectory organisations, RegistryAccess registry, TimeProvider clock, ILogger<AcceptDeposits> log) : BackgroundService
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
            catch (Exception fault) when (fault is EvmException or HttpRequestException or TimeoutException)
            {
                waiting = "The ledger cannot be reached.";
            }
            catch (HsmException away)
            {
                waiting = away.Message;
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
        if (closing?.Depositary is not { } named || !named.AsSpan().SequenceEqual(organisation.Profile.Id())) return Refuse(deposit, "The ledger names another depositary now, or the closing was undone.");
        // Ours from before a crash.
        if (closing.AcceptedAt is { } accepted)
        {
            (deposit.State, deposit.AcceptedAt) = (DepositState.Accepted, accepted);
            return null;
        }
        switch (await registry.Client.AcceptDepositAsync(organisation.Account, id, ct))
        {
            case RegistryWrite.Done done:
                (deposit.State, deposit.AcceptedAt, deposit.Transaction) = (DepositState.Accepted, done.Receipt.BlockTime, done.Receipt.TransactionHash);
                return null;
            case RegistryWrite.Refused refused:
                return Refuse(deposit, refused.Reason);
            default:
                return "The transaction is still waiting.";
        }
    }

    private static string Refuse(Deposit deposit, string reason)
    {
        deposit.State = DepositState.Refused;
        return reason;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Accepting deposits failed and will be tried again: {Fault}")]
    private static partial void LogFault(ILogger log, string fault);
}
