using Identity.Credentials.StatusList;
using Identity.Credentials.Verdicts;
using Identity.Ledger.Mirror;
using Identity.Ledger.Proofs;

namespace Identity.Ledger.Exit;

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

/// <summary>Gives the status lists of an organisation to a bundle: of each address the newest token, then, of one that was closed, the others that ended something.</summary>
public delegate Task<IReadOnlyList<IReadOnlyList<StatusListToken>>> StatusListsOf(OrganisationRecord subject, CancellationToken ct);

/// <summary>Makes exit bundles of what a mirror holds, and of what the chain's node and the log's operator still give. A bundle is checked before anybody gets it.</summary>
public sealed class BundleMaker(LedgerMirror mirror, TimeProvider clock)
{
    /// <summary>Makes one.</summary>
    /// <param name="organisation">Whose; may be null beside an entry: then of everybody who records in the entry's log.</param>
    /// <param name="entry">Of one credential; null for all of the organisation.</param>
    /// <param name="trusted">The validators that it is checked against; null to check all but their seals.</param>
    /// <param name="lists">The status lists; those that say nothing at the bundle's time are left out.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<BundleMaking> MakeAsync(byte[]? organisation, byte[]? entry, ValidatorFile? trusted, StatusListsOf lists, CancellationToken ct)
    {
        var gathered = await mirror.GatherAsync(organisation, entry, ct);
        if (gathered is not ExitGathering.Ready ready) return gathered is ExitGathering.NotReady(var gap, var why) ? new BundleMaking.NotMade(gap, why) : throw new InvalidOperationException();
        var bundle = new ExitBundle(ready.Ledger, await ListsAsync(ready, lists, ct), clock.GetUtcNow(), entry ?? organisation!, entry is not null, trusted);
        return BundleCheck.Run(bundle, trusted, out _, ct) switch
        {
            ExitRuling.Holds holds => new BundleMaking.Made(bundle, holds, ready.Missing),
            ExitRuling.Refused refused => new BundleMaking.NotMade(ExitGap.DoesNotHold, $"What was collected does not hold: {refused.Reason}."),
            ExitRuling.CannotTell open => new BundleMaking.NotMade(trusted is null ? ExitGap.DoesNotHold : ExitGap.Validators, $"The validators at hand cannot tell whether it holds: {open.Reason}."),
            _ => throw new InvalidOperationException(),
        };
    }

    private async Task<Dictionary<string, IReadOnlyList<string>>> ListsAsync(ExitGathering.Ready ready, StatusListsOf lists, CancellationToken ct)
    {
        var (view, taken) = (new MirrorView(mirror), new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal));
        foreach (var subject in ready.Subjects)
        {
            var closing = mirror.Closing(subject.Id);
            foreach (var tokens in await lists(subject, ct))
                if (StatusSigner.IsFinal(tokens[0], view, closing) || BundleCheck.IsOfUse(tokens[0], closing is not null, ready.Ledger.State.ProvenAt)) taken.Add(tokens[0].Uri, [.. tokens.Select(token => token.Jws.Compact)]);
        }
        return taken;
    }
}
