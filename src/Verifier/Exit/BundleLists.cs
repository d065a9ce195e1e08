using Identity.Credentials.StatusList;
using Identity.Ledger.Exit;
using Identity.Ledger.Mirror;
using Identity.Verifier.Status;

namespace Identity.Verifier.Exit;

/// <summary>The status lists that this service gives to an exit bundle.</summary>
public static class BundleLists
{
    /// <summary>Those that are held. Nobody is asked, so that no issuer learns that somebody makes a bundle now.</summary>
    public static StatusListsOf Held(StatusCache status) => (subject, _) => Task.FromResult<IReadOnlyList<IReadOnlyList<StatusListToken>>>([.. status.Of(subject.Id).Select(held => held.All.ToList())]);

    /// <summary>Those that are held, once the issuer was asked for those that are not; of one that closed also for its final lists.</summary>
    /// <param name="status">Of this service.</param>
    /// <param name="mirror">Knows who closed.</param>
    /// <param name="only">The one address to take; null for all of them.</param>
    public static StatusListsOf Asked(StatusCache status, LedgerMirror mirror, string? only) => async (subject, ct) =>
    {
        foreach (var final in mirror.Closing(subject.Id)?.FinalLists ?? []) await status.FetchAsync(final.Uri, subject, ct);
        await status.LookForAllAsync(subject, ct);
        return [.. (await Held(status)(subject, ct)).Where(tokens => only is null || tokens[0].Uri == only)];
    };
}
