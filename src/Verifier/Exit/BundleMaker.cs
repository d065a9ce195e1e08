using Identity.Credentials.Verdicts;
using Identity.Ledger.Exit;
using Identity.Ledger.Mirror;
using Identity.Ledger.Proofs;
using Identity.Verifier.Status;

namespace Identity.Verifier.Exit;

/// <summary>What making a bundle came to.</summary>
public abstract record BundleMaking
{
    private BundleMaking() { }

    /// <summary>It is made, and holds.</summary>
    /// <param name="Bundle">Not written yet.</param>
    /// <param name="Ruling">As of when, and whether validators were asked for.</param>
    /// <param name="Missing">How many anchors have no receipt with a proof.</param>
    public sealed record Made(ExitBundle Bundle, ExitRuling.Holds Ruling, int Missing) : BundleMaking;

    /// <summary>The data at hand do not allow one.</summary>
    public sealed record NotMade(ExitGap Gap, string Reason) : BundleMaking;
}

/// <summary>Makes exit bundles of what a Verifier holds, and of what the chain's node, the log's operator and the issuer still give. A bundle is checked before anybody gets it.</summary>
public sealed class BundleMaker(LedgerMirror mirror, StatusCache status, TimeProvider clock)
{
    /// <summary>Makes one.</summary>
    /// <param name="organisation">Whose; may be null beside an entry: then of everybody who records in the entry's log.</param>
    /// <param name="entry">Of one credential; null for all of the organisation.</param>
    /// <param name="list">The one status list to take; null for all of the organisation.</param>
    /// <param name="trusted">The validators that it is checked against; null to check all but their seals.</param>
    /// <param name="asksIssuer">Whether the issuer is asked for the status lists that are not held: then it knows that somebody makes a bundle now.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<BundleMaking> MakeAsync(byte[]? organisation, byte[]? entry, string? list, ValidatorFile? trusted, bool asksIssuer, CancellationToken ct)
    {
        var gathered = await mirror.GatherAsync(organisation, entry, ct);
        if (gathered is not ExitGathering.Ready ready) return gathered is ExitGathering.NotReady(var gap, var why) ? new BundleMaking.NotMade(gap, why) : throw new InvalidOperationException();
        if (asksIssuer) await LookForListsAsync(ready.Subjects, ct);
        var lists = ready.Subjects.SelectMany(subject => status.Of(subject.Id)).Where(held => (list is null || held.Snapshot.Token.Uri == list)
            && (held.IsFinal || BundleCheck.IsOfUse(held.Snapshot.Token, mirror.Closing(held.Organisation) is not null, ready.Ledger.State.ProvenAt)))
            .ToDictionary(held => held.Snapshot.Token.Uri, held => (IReadOnlyList<string>)[.. held.All.Select(token => token.Jws.Compact)]);
        var bundle = new ExitBundle(ready.Ledger, lists, clock.GetUtcNow(), entry ?? organisation!, entry is not null, trusted);
        return BundleCheck.Run(bundle, trusted, out _) switch
        {
            ExitRuling.Holds holds => new BundleMaking.Made(bundle, holds, ready.Missing),
            ExitRuling.Refused refused => new BundleMaking.NotMade(ExitGap.DoesNotHold, $"What was collected does not hold: {refused.Reason}."),
            ExitRuling.CannotTell open => new BundleMaking.NotMade(ExitGap.DoesNotHold, $"What was collected does not hold: {open.Reason}."),
            _ => throw new InvalidOperationException(),
        };
    }

    private async Task LookForListsAsync(IReadOnlyList<OrganisationRecord> subjects, CancellationToken ct)
    {
        foreach (var subject in subjects)
        {
            foreach (var final in mirror.Closing(subject.Id)?.FinalLists ?? []) await status.FetchAsync(final.Uri, subject, ct);
            await status.LookForAllAsync(subject, ct);
        }
    }
}
