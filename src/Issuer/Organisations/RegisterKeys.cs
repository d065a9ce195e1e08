using Identity.Credentials.Jose;
using Identity.Issuer.Data;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Organisations;

/// <summary>
/// Puts each organisation's signing key on the ledger, with the organisation's own account, as soon as the organisation is registered
/// there. Asks the ledger first, so that repeating is harmless: after a crash between sending and remembering, after a restart, and
/// after a development chain lost its history.
/// </summary>
internal sealed partial class RegisterKeys(
    IServiceScopeFactory scopes, OrganisationDirectory organisations, RegistryAccess registry, IConfiguration configuration, TimeProvider clock, ILogger<RegisterKeys> log) : BackgroundService
{
    private static readonly TimeSpan Hurry = TimeSpan.FromSeconds(1);

    // A development chain may lose its history at any time; a real one does not.
    private readonly TimeSpan _calm = TimeSpan.FromSeconds(configuration.GetValue("Ledger:Development", false) ? 3 : 30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var waiting = 0;
            foreach (var organisation in organisations.All)
            {
                try
                {
                    if (!await RunAsync(organisation, stoppingToken)) waiting++;
                }
                catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception fault)
                {
                    waiting++;
                    LogFault(log, organisation.Slug, fault.Message);
                }
            }
            await Task.Delay(waiting > 0 ? Hurry : _calm, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One round for one organisation; true when its key is on the ledger.</summary>
    internal async Task<bool> RunAsync(Organisation organisation, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IssuerDb>();
        var row = await db.KeyRegistrations.SingleOrDefaultAsync(k => k.Organisation == organisation.Slug && k.Thumbprint == organisation.KeyId, ct);
        if (row is null) db.KeyRegistrations.Add(row = new KeyRegistration { Organisation = organisation.Slug, Thumbprint = organisation.KeyId, WantedAt = clock.GetUtcNow() });

        var (done, transaction, waiting) = await RegisterAsync(organisation, ct);
        if (done)
        {
            row.RegisteredAt ??= clock.GetUtcNow();
            row.Transaction = transaction ?? row.Transaction;
        }
        else
        {
            row.RegisteredAt = null;
        }
        if (row.Waiting != waiting && waiting is not null) LogWaiting(log, organisation.Slug, waiting);
        row.Waiting = waiting;
        await db.SaveChangesAsync(ct);
        return done;
    }

    private async Task<(bool Done, string? Transaction, string? Waiting)> RegisterAsync(Organisation organisation, CancellationToken ct)
    {
        try
        {
            var key = organisation.SigningKey.PublicKey;
            var id = organisation.Profile.Id();
            if (!await registry.Client.IsDeployedAsync(ct)) return (false, null, "The registry contract is not on the ledger yet.");
            if (await registry.Client.FindKeyAsync(key.Thumbprint(), ct) is { } known)
                return known.Organisation.AsSpan().SequenceEqual(id) ? (true, null, null) : (false, null, "The ledger says that the signing key belongs to another organisation.");
            if (await registry.Client.FindOrganisationAsync(id, ct) is not { } registered) return (false, null, "The organisation is not registered on the ledger yet.");
            if (registered.Account != organisation.Account.Address) return (false, null, "The organisation is registered with another account than ours.");

            Base64Url.TryDecode(key.X, out var x);
            Base64Url.TryDecode(key.Y, out var y);
            return await registry.Client.AddKeyAsync(organisation.Account, id, key.Thumbprint(), clock.GetUtcNow(), x, y, ct) switch
            {
                RegistryWrite.Done done => (true, done.Receipt.TransactionHash, null),
                RegistryWrite.Refused refused => (false, null, refused.Reason),
                _ => (false, null, "The transaction is still waiting."),
            };
        }
        catch (Exception fault) when (fault is EvmException or HttpRequestException or TimeoutException)
        {
            return (false, null, "The ledger cannot be reached.");
        }
    }

    // Information: expected while a network is set up; the sentence also stands in the database for the console.
    [LoggerMessage(Level = LogLevel.Information, Message = "The key of {Organisation} waits for the ledger: {Reason}")]
    private static partial void LogWaiting(ILogger log, string organisation, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Registering the key of {Organisation} failed and will be tried again: {Fault}")]
    private static partial void LogFault(ILogger log, string organisation, string fault);
}

/// <summary>The registry contract as this service reaches it.</summary>
internal sealed record RegistryAccess(RegistryClient Client);
