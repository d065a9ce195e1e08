using Identity.Audit.Data;
using Identity.Audit.Keys;
using Identity.Credentials.Contracts;
using Identity.Credentials.Verdicts;
using Microsoft.EntityFrameworkCore;

namespace Identity.Audit.Bundles;

/// <summary>How far what is shown is proven.</summary>
public enum BundleOutcome
{
    /// <summary>Every version stands on the ledger as it is shown.</summary>
    Proven,

    /// <summary>At least one does not.</summary>
    Failed,

    /// <summary>At least one is not on the ledger yet, and none fails.</summary>
    CannotTell,
}

/// <summary>One version as opened.</summary>
/// <param name="Shown">Terms, salt, key, consent.</param>
/// <param name="State"><c>anchored waiting not_as_anchored recorded_otherwise ledger_alarm</c>.</param>
/// <param name="Evidence">Place on the ledger, once there is one.</param>
public sealed record OpenedVersion(ShownContract Shown, string State, AnchorEvidence? Evidence);

/// <summary>A bundle as the auditor sees it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="ReceivedOn">The day it came.</param>
/// <param name="Consent">What its owner agreed to.</param>
/// <param name="Outcome">How far it is proven.</param>
/// <param name="Versions">In the order of their stages.</param>
/// <param name="Comparisons">Each proven version with the next.</param>
public sealed record OpenedBundle(
    string Id, DateTimeOffset ReceivedOn, ContractConsent Consent, BundleOutcome Outcome, IReadOnlyList<OpenedVersion> Versions, IReadOnlyList<ContractComparison> Comparisons);

/// <summary>What became of opening.</summary>
public abstract record Opening
{
    private Opening() { }

    /// <summary>Here it is.</summary>
    public sealed record Opened(OpenedBundle Bundle) : Opening;

    /// <summary>Nothing is left to open.</summary>
    /// <param name="State"><c>withdrawn over</c>.</param>
    /// <param name="At">Since when.</param>
    public sealed record Gone(string State, DateTimeOffset At) : Opening;

    /// <summary>Not of this engagement.</summary>
    public sealed record Unknown : Opening;
}

/// <summary>Opens a bundle for its engagement and holds every version against the ledger. Nothing that is opened is stored.</summary>
public sealed class OpenBundle(AuditDb db, AuditSettings settings, EngagementKeys keys, ILedgerView ledger, TimeProvider clock)
{
    /// <summary>Opens the bundle of this number.</summary>
    public async Task<Opening> RunAsync(Engagement engagement, string id, CancellationToken ct)
    {
        if (await db.Bundles.AsNoTracking().SingleOrDefaultAsync(b => b.Id == id && b.Engagement == engagement.Slug, ct) is not { } row) return new Opening.Unknown();
        if (row.WithdrawnAt is { } at) return new Opening.Gone("withdrawn", at);
        if (row.Jwe is null || row.Until <= clock.GetUtcNow()) return new Opening.Gone("over", row.Until);
        // What was taken was checked; a row changed behind our back is a fault, not a finding.
        if (!keys.TryOpen(engagement, row.Jwe, out var content) || !ContractBundle.TryRead(content, out var bundle, out _)
            || !bundle.TryVerifyConsent(settings.AddressOf(engagement), keys.Public(engagement).Kid!, out var consent, out _))
        {
            throw new InvalidOperationException("A stored bundle cannot be opened any more: its row or the engagement's key was changed.");
        }
        var versions = new List<OpenedVersion>();
        foreach (var shown in bundle.Records) versions.Add(await ExamineAsync(shown, ct));
        return new Opening.Opened(Judge(row.Id, row.ReceivedOn, consent, versions));
    }

    private async Task<OpenedVersion> ExamineAsync(ShownContract shown, CancellationToken ct)
    {
        var row = await db.Contracts.AsNoTracking().SingleOrDefaultAsync(c => c.Commitment == shown.Commitment, ct);
        if (row is null) return new OpenedVersion(shown, "not_as_anchored", null);
        if (row.Site != shown.Record.Site || row.Stage != shown.Record.Stage) return new OpenedVersion(shown, "recorded_otherwise", null);
        if (ledger.FindEntry(shown.Commitment) is not { } evidence) return new OpenedVersion(shown, "waiting", null);
        return new OpenedVersion(shown, !evidence.Trusted ? "ledger_alarm" : evidence.AnchoredAt is null ? "waiting" : "anchored", evidence);
    }

    internal static OpenedBundle Judge(string id, DateTimeOffset receivedOn, ContractConsent consent, IEnumerable<OpenedVersion> versions)
    {
        var ordered = versions.OrderBy(v => v.Shown.Record, ContractRecord.InTime).ToList();
        var outcome = ordered.Any(v => v.State is "not_as_anchored" or "recorded_otherwise") ? BundleOutcome.Failed
            : ordered.All(v => v.State == "anchored") ? BundleOutcome.Proven : BundleOutcome.CannotTell;
        var proven = ordered.Where(v => v.State == "anchored").Select(v => v.Shown.Record).ToList();
        return new OpenedBundle(id, receivedOn, consent, outcome, ordered, [.. proven.Zip(proven.Skip(1), ContractComparison.Of)]);
    }
}
