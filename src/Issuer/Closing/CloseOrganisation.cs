using System.Diagnostics;
using Identity.Credentials.Accreditation;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Keys;
using Identity.Issuer.Organisations;
using Identity.Issuer.Status;
using Identity.Ledger.Log;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Closing;

/// <summary>
/// Takes a closing that two people agreed to through its steps: signs every status list for the last time, waits until the ledger holds all that the organisation signed,
/// writes the closing there, lets the keys count as retired. One step, one commit; the ledger is asked first, so that repeating is harmless.
/// </summary>
internal sealed partial class CloseOrganisation(
    IServiceScopeFactory scopes, OrganisationDirectory organisations, RegistryAccess registry, ChainRecord chain, TimeProvider clock, ILogger<CloseOrganisation> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // How often the ledger is asked whether a closing was undone there.
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, DateTimeOffset> _watched = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (var organisation in organisations.All)
            {
                try
                {
                    await RunAsync(organisation, stoppingToken);
                }
                catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
                {
                    LogFault(log, organisation.Slug, fault.Message);
                }
            }
            await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The sentence for everybody, by language.</summary>
    internal static Dictionary<string, string> Notice(string english) => new(StringComparer.Ordinal) { ["en"] = english };

    /// <summary>One step of one organisation, if one can be taken now.</summary>
    internal async Task RunAsync(Organisation organisation, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IssuerDb>();
        var closing = await db.Closings.SingleOrDefaultAsync(c => c.Organisation == organisation.Slug, ct);
        if (closing is not { IsClosing: true }) return;
        if (closing.State is ClosingState.Done)
        {
            await WatchAsync(db, organisation, closing, ct);
            return;
        }
        string? waiting;
        try
        {
            waiting = closing.State switch
            {
                ClosingState.Begun => await SignAsync(db, scope.ServiceProvider.GetRequiredService<PublishStatus>(), organisation, closing, ct),
                ClosingState.ListsSigned => await AnchoredAsync(db, closing, ct),
                ClosingState.ListsAnchored => await WriteAsync(organisation, closing, ct),
                _ => await EndAsync(db, organisation, closing, ct),
            };
        }
        catch (Exception fault) when (LedgerTrouble.Of(fault) is { } trouble)
        {
            waiting = trouble;
        }
        (closing.Waiting, closing.Version) = (waiting, closing.Version + 1);
        await db.SaveChangesAsync(ct);
    }

    private async Task<string?> SignAsync(IssuerDb db, PublishStatus publisher, Organisation organisation, OrganisationClosing closing, CancellationToken ct)
    {
        // Whoever signs or changes something holds this turn and has asked within it whether the organisation is closing: what is read here is the last word.
        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        if (await publisher.SignLastAsync(organisation, ct) is not { } lists) return "Nothing can be signed now: the key's file is missing, or a stolen key is being replaced.";
        var statement = ClosingStatement.Write(organisation.Profile.Id(), lists, Notice(closing.Notice), closing.Contact);
        if (!ClosingStatement.Fits(statement))
        {
            // Nothing of the lists that were signed for it may be stored with the reason.
            db.ChangeTracker.Clear();
            db.Attach(closing);
            return "The closing statement is longer than the ledger takes: there are too many status lists.";
        }

        (closing.Statement, closing.State, closing.Waiting) = (statement, ClosingState.ListsSigned, null);
        closing.Version++;
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return null;
    }

    // What is anchored after the end would be too late for a good credential.
    private async Task<string?> AnchoredAsync(IssuerDb db, OrganisationClosing closing, CancellationToken ct)
    {
        closing.EndAfterSize ??= await LedgerLog.SizeWithAllUntilAsync(db, clock.GetUtcNow(), ct);
        if (closing.EndAfterSize is not { } size || !await LedgerLog.IsAnchoredAsync(db, size, ct)) return "Waiting until the ledger holds everything that the organisation signed.";
        closing.State = ClosingState.ListsAnchored;
        return null;
    }

    private async Task<string?> WriteAsync(Organisation organisation, OrganisationClosing closing, CancellationToken ct)
    {
        var id = organisation.Profile.Id();
        // Ours from before a crash, or whoever supervises the organisation was faster.
        if (await registry.Client.FindClosingAsync(id, ct) is { } known)
        {
            (closing.ClosedAt, closing.State) = (known.ClosedAt, ClosingState.OnLedger);
            return null;
        }
        switch (await registry.Client.CloseOrganisationAsync(organisation.Account, id, closing.Depositary, closing.Statement!, ct))
        {
            case RegistryWrite.Done done:
                (closing.ClosedAt, closing.Transaction, closing.State) = (done.Receipt.BlockTime, done.Receipt.TransactionHash, ClosingState.OnLedger);
                return null;
            case RegistryWrite.Refused refused:
                return refused.Reason;
            default:
                throw new UnreachableException();
        }
    }

    private async Task<string?> EndAsync(IssuerDb db, Organisation organisation, OrganisationClosing closing, CancellationToken ct)
    {
        foreach (var key in await db.SigningKeys.Where(k => k.Organisation == organisation.Slug && k.End == null).ToListAsync(ct))
        {
            key.SignsFrom ??= closing.ClosedAt;
            key.SignsUntil ??= closing.ClosedAt;
            (key.End, key.EndedAt, key.EndWrittenAt, key.EndedBy, key.Waiting, key.EndTransaction) = (KeyEnd.Retired, closing.ClosedAt, closing.ClosedAt, closing.DecidedBy, null, closing.Transaction);
            key.Version++;
        }
        db.Log(organisation.Slug, null, Actor.System, "organisation_closed", clock.GetUtcNow());
        closing.State = ClosingState.Done;
        return null;
    }

    /// <summary>
    /// Governance can undo a closing on the ledger until somebody has taken over. Then the organisation issues again, with the keys that its end had retired here alone; offers that had ended stay ended. Only an event of
    /// the ledger says so: that it has no closing may be a node that is behind.
    /// </summary>
    private async Task WatchAsync(IssuerDb db, Organisation organisation, OrganisationClosing closing, CancellationToken ct)
    {
        if (_watched.TryGetValue(organisation.Slug, out var last) && clock.GetUtcNow() - last < Watch) return;
        if (await chain.TryReadAsync(ct) is not { } events) return;
        _watched[organisation.Slug] = clock.GetUtcNow();
        var id = organisation.Profile.Id();
        var latest = events.LastOrDefault(e => e is RegistryEvent.OrganisationClosed closed && closed.Organisation.AsSpan().SequenceEqual(id) || e is RegistryEvent.ClosingUndone undone && undone.Organisation.AsSpan().SequenceEqual(id));
        if (latest is not RegistryEvent.ClosingUndone || latest.Place.BlockTime < closing.ClosedAt) return;

        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        foreach (var key in await db.SigningKeys.Where(k => k.Organisation == organisation.Slug && k.End == KeyEnd.Retired && k.EndedAt == closing.ClosedAt).ToListAsync(ct))
        {
            if (key.SignsFrom == closing.ClosedAt) key.SignsFrom = null;
            if (key.SignsUntil == closing.ClosedAt) key.SignsUntil = null;
            (key.End, key.EndedAt, key.EndWrittenAt, key.EndedBy, key.EndTransaction) = (null, null, null, null, null);
            key.Version++;
        }
        (closing.State, closing.BegunAt, closing.Statement, closing.EndAfterSize, closing.ClosedAt, closing.Transaction, closing.Waiting) = (ClosingState.Undone, null, null, null, null, null, null);
        closing.Version++;
        db.Log(organisation.Slug, null, Actor.System, "closing_undone", clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Closing {Organisation} failed and will be tried again: {Fault}")]
    private static partial void LogFault(ILogger log, string organisation, string fault);
}
