using Identity.Credentials.StatusList;
using Identity.Credentials.Verdicts;

namespace Identity.Ledger.Exit;

/// <summary>What an archive knows beside events and logs: how far each history reaches, single entries, status lists.</summary>
internal sealed class LedgerArchive(ArchiveContent content)
{
    private readonly Dictionary<string, ArchivedHistory> _histories = content.Histories.ToDictionary(history => history.Owner);
    private readonly ILookup<string, ArchivedReceipt> _receipts = content.Receipts.ToLookup(receipt => receipt.Entry);
    private readonly Dictionary<string, StatusSnapshot> _lists = Parsed(content).ToDictionary(list => list.Token.Uri);

    public ArchiveFacts Of(byte[]? organisation) =>
        new(organisation is not null && _histories.TryGetValue(Convert.ToHexString(organisation), out var history) ? history.AsOf : content.AsOf, content.IsProven);

    public IEnumerable<ArchivedReceipt> ReceiptsOf(byte[] entry) => _receipts[Convert.ToHexString(entry)];

    public StatusSnapshot? FindStatus(string uri) => _lists.GetValueOrDefault(uri);

    // Read at the time as of which the archive speaks; a list that is newer than the newest block was read when it was signed.
    private static IEnumerable<StatusSnapshot> Parsed(ArchiveContent content)
    {
        foreach (var list in content.Lists)
        {
            var asOf = content.Histories.FirstOrDefault(history => history.Owner == Convert.ToHexString(list.Organisation))?.AsOf ?? content.AsOf;
            var tokens = list.Tokens.Select(text => StatusListToken.TryParse(text, out var token, out _) ? token : null).OfType<StatusListToken>().ToList();
            if (tokens.Count > 0) yield return new StatusSnapshot(tokens[0], tokens[0].IssuedAt > asOf ? tokens[0].IssuedAt : asOf, [.. tokens.Skip(1).OrderByDescending(token => token.IssuedAt)]);
        }
    }
}
