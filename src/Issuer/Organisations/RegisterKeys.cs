using System.Diagnostics;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Closing;
using Identity.Issuer.Data;
using Identity.Issuer.Keys;
using Identity.Ledger.Log;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Organisations;

/// <summary>
/// Takes each organisation's signing keys through their life, one step at a time: puts them on the ledger with the organisation's own
/// account, lets a new one sign once it stands there, ends the old one there. Asks the ledger first, so that repeating is harmless:
/// after a crash between sending and remembering, after a restart, with two copies of this service at work, and after a development
/// chain lost its history.
/// </summary>
internal sealed partial class RegisterKeys(
    IServiceScopeFactory scopes, OrganisationDirectory organisations, RegistryAccess registry, OwnLog ownLog, KeyRing ring, IConfiguration configuration, TimeProvider clock, ILogger<RegisterKeys> log) : BackgroundService
{
    private static readonly TimeSpan Hurry = TimeSpan.FromSeconds(1);

    // What the ledger's block may be later than our clock, where we did not see the block.
    private static readonly TimeSpan BlockSlack = TimeSpan.FromMinutes(1);

    // How long verifiers, and other copies of this service, may take to notice a new key.
    private readonly TimeSpan _settle = configuration.GetValue("Keys:Settle", configuration.GetValue("Ledger:Development", false) ? TimeSpan.FromSeconds(5) : TimeSpan.FromMinutes(1));

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

    /// <summary>One round for one organisation; true when nothing waits.</summary>
    internal async Task<bool> RunAsync(Organisation organisation, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IssuerDb>();
        var keys = await KeysAsync(db, organisation, ct);
        // A closed organisation adds no key and names no log; it may still report a theft.
        if (await db.HasSignedLastAsync(organisation.Slug, ct)) keys.RemoveAll(k => k.End is null);
        var done = true;
        // Stolen keys first; then in the order in which they were made.
        foreach (var key in keys.OrderBy(k => k.End is not KeyEnd.Compromised).ThenBy(k => k.MadeAt))
        {
            var waiting = await StepAsync(db, scope.ServiceProvider.GetRequiredService<RotateKeys>(), organisation, key, keys, ct);
            if (key.Waiting != waiting && waiting is not null) LogWaiting(log, organisation.Slug, waiting);
            if (key.Waiting != waiting) (key.Waiting, key.Version) = (waiting, key.Version + 1);
            // One step, one commit: killed after it, the next round goes on from here.
            await db.SaveChangesAsync(ct);
            done &= waiting is null && !key.Waits && (key.SignsUntil is null || key.EndedAt is not null);
        }
        return done;
    }

    private async Task<List<SigningKeyRow>> KeysAsync(IssuerDb db, Organisation organisation, CancellationToken ct)
    {
        var keys = await db.SigningKeys.Where(k => k.Organisation == organisation.Slug).ToListAsync(ct);
        if (keys.Count > 0) return keys;
        var first = organisation.FirstKey.Signer.PublicKey;
        var signed = await db.Copies.Where(c => c.Organisation == organisation.Slug).MinAsync(c => (DateTimeOffset?)c.IssuedAt, ct);
        var since = signed ?? clock.GetUtcNow();
        var row = new SigningKeyRow { Organisation = organisation.Slug, Thumbprint = organisation.FirstKey.Id, X = first.X, Y = first.Y!, MadeAt = since, MadeBy = "", SignsFrom = ring.WaitsForLedger ? signed : since };
        db.SigningKeys.Add(row);
        await db.SaveChangesAsync(ct); // another copy of the service may have been faster: then this throws, and the next round finds its row
        return [row];
    }

    /// <summary>Takes one key one step further where that is possible now; a sentence where it must wait.</summary>
    private async Task<string?> StepAsync(IssuerDb db, RotateKeys rotation, Organisation organisation, SigningKeyRow key, List<SigningKeyRow> keys, CancellationToken ct)
    {
        var memory = await db.KeyRegistrations.SingleOrDefaultAsync(k => k.Organisation == organisation.Slug && k.Thumbprint == key.Thumbprint, ct);
        if (memory is null) db.KeyRegistrations.Add(memory = new KeyRegistration { Organisation = organisation.Slug, Thumbprint = key.Thumbprint, WantedAt = clock.GetUtcNow() });
        string? waiting;
        try
        {
            waiting = await OnLedgerAsync(db, rotation, organisation, key, memory, ct);
        }
        catch (Exception fault) when (LedgerTrouble.Of(fault) is { } trouble)
        {
            waiting = trouble;
        }
        memory.Waiting = waiting;
        if (waiting is null && key.Waits && memory.RegisteredAt is not null) waiting = await SwitchAsync(db, organisation, key, keys, ct);
        return waiting;
    }

    private async Task<string?> OnLedgerAsync(IssuerDb db, RotateKeys rotation, Organisation organisation, SigningKeyRow key, KeyRegistration memory, CancellationToken ct)
    {
        var id = organisation.Profile.Id();
        memory.RegisteredAt = null;
        if (!await registry.Client.IsDeployedAsync(ct)) return "The registry contract is not on the ledger yet.";
        if (key.End is null && await UseLogAsync(organisation, id, ct) is { } without) return without;
        var jwk = KeyRing.Public(key);
        var known = await registry.Client.FindKeyAsync(jwk.Thumbprint(), ct);
        if (known is null && key.End is KeyEnd.Compromised)
        {
            // Nobody believes a key that the ledger does not have: there is nothing to end.
            key.EndedAt ??= clock.GetUtcNow();
            return null;
        }
        if (known is null)
        {
            if (await RegisterAsync(organisation, id, key, memory, jwk, ct) is { } waiting) return waiting;
        }
        else if (!known.Organisation.AsSpan().SequenceEqual(id)) return "The ledger says that the signing key belongs to another organisation.";
        else if (key.OnLedgerAt is null) key.OnLedgerAt = Earlier(known.From + BlockSlack, clock.GetUtcNow());
        memory.RegisteredAt = key.OnLedgerAt;
        // The contract lets whoever supervises the organisation end its keys, and a key whose row was lost may have ended long ago: nobody believes what it signs.
        if (known is { CompromisedAt: not null } && key.End is not KeyEnd.Compromised || known is { RetiredAt: not null } && key.End is null)
        {
            await rotation.EndedElsewhereAsync(organisation, key, known, ct);
            return null;
        }
        return key.SignsUntil is null ? null : await EndAsync(db, organisation, id, key, known, jwk.Thumbprint(), ct);
    }

    // What an organisation's key signed counts only where it is anchored in a log that the organisation names: a stolen key writes into no other unseen.
    private async Task<string?> UseLogAsync(Organisation organisation, byte[] id, CancellationToken ct)
    {
        if (await registry.Client.LogSinceAsync(id, ownLog.Id, ct) is not null) return null;
        if (await registry.Client.FindOrganisationAsync(id, ct) is not { } registered) return "The organisation is not registered on the ledger yet.";
        if (registered.Account != organisation.Account.Address) return "The organisation is registered with another account than ours.";
        if (await registry.Client.FindLogAsync(ownLog.Id, ct) is null) return "The log is not registered on the ledger yet.";
        return await registry.Client.UseLogAsync(organisation.Account, id, ownLog.Id, ct) is RegistryWrite.Refused refused ? refused.Reason : null;
    }

    private async Task<string?> RegisterAsync(Organisation organisation, byte[] id, SigningKeyRow key, KeyRegistration memory, Jwk jwk, CancellationToken ct)
    {
        if (await registry.Client.FindOrganisationAsync(id, ct) is not { } registered) return "The organisation is not registered on the ledger yet.";
        if (registered.Account != organisation.Account.Address) return "The organisation is registered with another account than ours.";
        // A key that cannot sign here, for want of its file or certificate, is not put on the ledger.
        if (key.Waits && ring.Load(organisation, key.Thumbprint, out var missing) is null) return missing;
        switch (await registry.Client.AddKeyAsync(organisation.Account, id, jwk.Thumbprint(), clock.GetUtcNow(), jwk.XBytes(), jwk.YBytes(), ct))
        {
            case RegistryWrite.Done done:
                (key.OnLedgerAt, key.Block, memory.Transaction) = (done.Receipt.BlockTime, (long)done.Receipt.Block, done.Receipt.TransactionHash);
                (key.EndedAt, key.EndWrittenAt) = (null, null); // a development ledger that began anew knows nothing of the end either
                return null;
            case RegistryWrite.Refused refused:
                return refused.Reason;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>
    /// Ends a key on the ledger. A stolen one at once. A retired one only when everything it signed is anchored: an anchor after the
    /// end would be too late for a good credential.
    /// </summary>
    private async Task<string?> EndAsync(IssuerDb db, Organisation organisation, byte[] id, SigningKeyRow key, RegisteredKey? known, byte[] thumbprint, CancellationToken ct)
    {
        var reason = key.End is KeyEnd.Compromised ? KeyEnding.Compromised : KeyEnding.Retired;
        if ((reason is KeyEnding.Retired ? known?.RetiredAt ?? known?.CompromisedAt : known?.CompromisedAt) is { } ended)
        {
            key.EndWrittenAt ??= clock.GetUtcNow();
            key.EndedAt ??= ended;
            return null;
        }
        var now = clock.GetUtcNow();
        if (reason is KeyEnding.Retired)
        {
            if (now < key.SignsUntil + _settle) return "Waiting until every copy of the service signs with the new key.";
            key.EndAfterSize ??= await LedgerLog.SizeWithAllUntilAsync(db, key.SignsUntil!.Value + _settle, ct);
            if (key.EndAfterSize is not { } size || !await LedgerLog.IsAnchoredAsync(db, size, ct)) return "Waiting until the ledger holds everything that this key signed.";
        }
        // Crash here: the ledger may have the end and we do not know it. The next round asks first.
        switch (await registry.Client.EndKeyAsync(organisation.Account, id, thumbprint, reason is KeyEnding.Compromised ? key.StolenSince!.Value : Later(now, key.RetireAt), reason, ct))
        {
            case RegistryWrite.Done done:
                (key.EndedAt, key.EndWrittenAt, key.EndTransaction) = (((RegistryEvent.KeyEnded)done.Event).EndedAt, done.Receipt.BlockTime, done.Receipt.TransactionHash);
                return null;
            case RegistryWrite.Refused refused:
                return refused.Reason;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>
    /// The new key signs from now on, the old one, if any, no more, in one transaction. Not before the verifiers' copies of the ledger have had
    /// time to learn of it: to them a credential of an unknown key is not valid.
    /// </summary>
    private async Task<string?> SwitchAsync(IssuerDb db, Organisation organisation, SigningKeyRow key, List<SigningKeyRow> keys, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (now < key.OnLedgerAt + _settle) return "On the ledger. It signs as soon as verifiers have had time to learn of it.";
        if (ring.Load(organisation, key.Thumbprint, out var missing) is null) return missing;
        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        foreach (var old in keys.Where(k => k.Signs))
        {
            (old.SignsUntil, old.End, old.EndedBy) = (now, KeyEnd.Retired, key.MadeBy);
            old.Version++;
        }
        key.SignsFrom = now;
        key.Version++;
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return null;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset? other) => other > one ? other.Value : one;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    // Information: expected while a network is set up; the sentence also stands in the database for the console.
    [LoggerMessage(Level = LogLevel.Information, Message = "The key of {Organisation} waits for the ledger: {Reason}")]
    private static partial void LogWaiting(ILogger log, string organisation, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Registering the key of {Organisation} failed and will be tried again: {Fault}")]
    private static partial void LogFault(ILogger log, string organisation, string fault);
}

/// <summary>The log that this service keeps, in which every organisation here records what it signs; its id is the SHA-256 of its origin.</summary>
internal sealed record OwnLog(byte[] Id);

/// <summary>The registry contract as this service reaches it.</summary>
public sealed record RegistryAccess(RegistryClient Client);
