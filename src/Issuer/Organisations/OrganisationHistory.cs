using System.ComponentModel;
using Identity.Credentials.Jose;
using Identity.Issuer.Accreditations;
using Identity.Ledger.Registry;

namespace Identity.Issuer.Organisations;

/// <summary>One thing that the ledger says of an organisation.</summary>
/// <param name="What">A word of <c>history.WORD</c> in the strings.</param>
/// <param name="At">When it was written: the time of its block.</param>
/// <param name="Effective">From when it counts, where that is another time.</param>
/// <param name="About">What it concerns: a key's thumbprint (base64url), an accreditation's number, a log's or organisation's name.</param>
/// <param name="By">Who granted it, or takes over.</param>
/// <param name="Block">Number of the block.</param>
/// <param name="Transaction">Its transaction, 0x and hex.</param>
public sealed record HistoryLine(
    [property: Description("registered, account_changed, supervision_changed, accredited, accredited_other, withdrawn, withdrawn_other, key_added, key_retired, key_stolen, log_used, log_changed, closed, closing_undone, depositary_named, deposit_accepted.")] string What,
    [property: Description("The time of the block.")] DateTimeOffset At,
    [property: Description("From when it counts, where that is another time.")] DateTimeOffset? Effective,
    [property: Description("A key’s thumbprint, an accreditation’s number, the name of a log or of another organisation.")] string? About,
    [property: Description("The other organisation concerned: who granted it, or takes over.")] string? By,
    ulong Block, string Transaction);

/// <summary>What the ledger says of one organisation, in the order in which it was written there.</summary>
internal static class OrganisationHistory
{
    /// <summary>Newest first.</summary>
    public static IReadOnlyList<HistoryLine> Of(byte[] id, IReadOnlyList<RegistryEvent> events)
    {
        var tree = new ChainTree(events);
        var logs = events.OfType<RegistryEvent.LogRegistered>().GroupBy(l => Convert.ToHexString(l.Log)).ToDictionary(g => g.Key, g => g.First().Origin);
        var lines = new List<HistoryLine>();
        HashSet<string> own = [];
        foreach (var one in events)
        {
            if (one is RegistryEvent.LogUsed used && Is(used.Organisation)) own.Add(Convert.ToHexString(used.Log));
            if (Line(one) is { } line) lines.Add(line);
        }
        lines.Reverse();
        return lines;

        HistoryLine? Line(RegistryEvent one) => one switch
        {
            RegistryEvent.OrganisationRegistered e when Is(e.Id) => New(e, "registered"),
            RegistryEvent.OrganisationChanged e when Is(e.Id) => New(e, "account_changed"),
            RegistryEvent.SupervisionChanged e when Is(e.Id) => New(e, "supervision_changed", $"{e.Supervisor}"),
            RegistryEvent.AccreditationGranted e when Is(e.Holder) => New(e, "accredited", $"{e.Number}", e.Parent is { } parent ? tree.Find(parent)?.HolderName : null, e.From),
            RegistryEvent.AccreditationGranted e when e.Parent is { } parent && tree.Find(parent) is { } above && Is(above.Holder) => New(e, "accredited_other", $"{e.Number}", tree.NameOf(e.Holder), e.From),
            RegistryEvent.AccreditationWithdrawn e when tree.Find(e.Number) is { } link && Is(link.Holder) => New(e, "withdrawn", $"{e.Number}", null, e.At),
            RegistryEvent.AccreditationWithdrawn e when tree.Find(e.Number) is { Parent: { } parent } link && tree.Find(parent) is { } above && Is(above.Holder) => New(e, "withdrawn_other", $"{e.Number}", link.HolderName, e.At),
            RegistryEvent.KeyAdded e when Is(e.Organisation) => New(e, "key_added", Base64Url.Encode(e.Thumbprint), null, e.From),
            RegistryEvent.KeyEnded e when Is(e.Organisation) => New(e, e.Reason is KeyEnding.Compromised ? "key_stolen" : "key_retired", Base64Url.Encode(e.Thumbprint), null, e.EndedAt),
            RegistryEvent.LogUsed e when Is(e.Organisation) => New(e, "log_used", logs.GetValueOrDefault(Convert.ToHexString(e.Log))),
            RegistryEvent.LogChanged e when own.Contains(Convert.ToHexString(e.Log)) => New(e, "log_changed", logs.GetValueOrDefault(Convert.ToHexString(e.Log))),
            RegistryEvent.OrganisationClosed e when Is(e.Organisation) => New(e, "closed", null, tree.NameOf(e.Depositary)),
            RegistryEvent.ClosingUndone e when Is(e.Organisation) => New(e, "closing_undone"),
            RegistryEvent.DepositaryNamed e when Is(e.Organisation) => New(e, "depositary_named", null, tree.NameOf(e.Depositary)),
            RegistryEvent.DepositAccepted e when Is(e.Organisation) => New(e, "deposit_accepted", null, tree.NameOf(e.Depositary)),
            _ => null,
        };

        // A stated time before the block's does not count, except for a theft.
        static HistoryLine New(RegistryEvent e, string what, string? about = null, string? by = null, DateTimeOffset? effective = null) =>
            new(what, e.Place.BlockTime, effective is { } at && (what == "key_stolen" || what.StartsWith("withdrawn", StringComparison.Ordinal) || at > e.Place.BlockTime) && at != e.Place.BlockTime ? at : null, about, by, e.Place.Block, e.Place.Transaction);

        bool Is(byte[] other) => other.AsSpan().SequenceEqual(id);
    }
}
