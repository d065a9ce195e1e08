using System.Diagnostics.CodeAnalysis;
using Identity.Credentials.Transparency;
using Identity.Ledger.Mirror;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Exit;

/// <summary>Of an organisation or a log (id in upper-case hexadecimal): after which block its history in the archive is whole.</summary>
internal sealed record ArchivedHistory(string Owner, bool IsLog, ulong Block, DateTimeOffset AsOf);

/// <summary>The signed checkpoint of an anchored size.</summary>
internal sealed record ArchivedNote(string Origin, long Size, string Text);

/// <summary>An entry of a log whose other entries may not be known, under the anchor of a size.</summary>
internal sealed record ArchivedReceipt(string Entry, string Log, long Index, long Size);

/// <summary>The status lists of an address.</summary>
/// <param name="Uri">The address.</param>
/// <param name="Organisation">Of whose credentials they speak.</param>
/// <param name="Tokens">The newest; of an organisation that was closed then others, for what they ended.</param>
/// <param name="IssuedAt">Of the newest.</param>
public sealed record ArchivedList(string Uri, byte[] Organisation, IReadOnlyList<string> Tokens, DateTimeOffset IssuedAt);

/// <summary>All that an archive holds: one bundle, or several put together.</summary>
/// <param name="Mark">Which chain, up to which block.</param>
/// <param name="IsProven">All of it by seals of validators; else the makers are believed.</param>
internal sealed record ArchiveContent(
    ChainMark Mark, bool IsProven, IReadOnlyList<ArchivedHistory> Histories, IReadOnlyList<RegistryEvent> Events, IReadOnlyList<RegistryEvent.Anchored> Anchors,
    IReadOnlyDictionary<string, IReadOnlyList<byte[]>> Entries, IReadOnlyList<ArchivedNote> Notes, IReadOnlyList<ArchivedReceipt> Receipts, IReadOnlyList<ArchivedList> Lists)
{
    /// <summary>The newest of its histories.</summary>
    public DateTimeOffset AsOf => Histories.Max(history => history.AsOf);

    /// <summary>What a bundle that was judged good brings, its status lists aside.</summary>
    public static ArchiveContent Of(ExitLedger ledger, ExitRuling.Holds ruling)
    {
        var origins = ledger.Events.OfType<RegistryEvent.LogRegistered>().ToDictionary(e => "0x" + Convert.ToHexStringLower(e.Log), e => e.Origin);
        var owners = ledger.Events.OfType<RegistryEvent.OrganisationRegistered>().Select(e => (Convert.ToHexString(e.Id), false)).Concat(ledger.Events.OfType<RegistryEvent.LogRegistered>().Select(e => (Convert.ToHexString(e.Log), true)));
        return new ArchiveContent(
            new ChainMark(ledger.ChainId, ledger.Contract.ToString(), Evm.Hex.Encode(ledger.Genesis), ruling.Block, ruling.BlockHash), ruling.IsProven,
            [.. owners.Select(owner => new ArchivedHistory(owner.Item1, owner.Item2, ruling.Block, ruling.AsOf))], ledger.Events, Earliest(ExitCheck.Anchors(ledger)),
            ledger.Entries.ToDictionary(log => origins["0x" + log.Key], log => log.Value),
            [.. ledger.Receipts.Select(receipt => new ArchivedNote(origins[receipt.Anchor.Log], receipt.Anchor.Size, receipt.Proof.Checkpoint)).DistinctBy(note => (note.Origin, note.Size))],
            [.. ledger.Receipts.Select(receipt => new ArchivedReceipt(Convert.ToHexString(receipt.Entry!), receipt.Anchor.Log[2..].ToUpperInvariant(), receipt.Proof.Index, receipt.Anchor.Size))], []);
    }

    /// <summary>Puts another beside this one: of each organisation and each log the newer history counts. False with a sentence where the two contradict each other.</summary>
    public bool TryMerge(ArchiveContent other, [NotNullWhen(true)] out ArchiveContent? merged, out string reason)
    {
        (merged, reason) = (null, "the archive is of another chain or registry");
        if (Mark.ChainId != other.Mark.ChainId || Mark.Contract != other.Mark.Contract || Mark.Genesis != other.Mark.Genesis) return false;
        reason = "one is proven by validators and the other is not: import it into a folder of its own";
        if (IsProven != other.IsProven) return false;
        var (ours, theirs) = (ByOwner(Events), ByOwner(other.Events));
        var histories = new Dictionary<string, ArchivedHistory>();
        var events = new List<RegistryEvent>();
        foreach (var owner in Histories.Concat(other.Histories).Select(history => history.Owner).Distinct())
        {
            var (one, two) = (Histories.FirstOrDefault(h => h.Owner == owner), other.Histories.FirstOrDefault(h => h.Owner == owner));
            if (one is not null && two is not null)
            {
                var until = Math.Min(one.Block, two.Block);
                reason = $"the archive and the bundle contradict each other: they tell different histories of {owner.ToLowerInvariant()} up to block {until}";
                if (!Texts(ours[owner], until).SequenceEqual(Texts(theirs[owner], until))) return false;
            }
            var newer = two is null || one?.Block >= two.Block ? one! : two;
            histories[owner] = newer;
            events.AddRange((ReferenceEquals(newer, two) ? theirs : ours)[owner]);
        }
        foreach (var (one, two) in Anchors.Join(other.Anchors, AnchorKey, AnchorKey, (one, two) => (one, two)))
        {
            reason = $"the archive and the bundle contradict each other: two roots of the log {Convert.ToHexStringLower(one.Log)} with {one.Size} entries";
            if (!one.Root.AsSpan().SequenceEqual(two.Root)) return false;
        }
        var entries = Entries.ToDictionary();
        foreach (var (origin, read) in other.Entries)
        {
            var known = entries.GetValueOrDefault(origin) ?? [];
            reason = $"the archive and the bundle contradict each other: they hold different entries of {origin}";
            if (!known.Zip(read).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second))) return false;
            if (read.Count > known.Count) entries[origin] = read;
        }
        var mark = other.Mark.Block > Mark.Block ? other.Mark : Mark;
        merged = new ArchiveContent(mark, IsProven, [.. histories.Values], [.. events.OrderBy(e => e.Place.Block).ThenBy(e => e.Place.LogIndex)], Earliest(Anchors.Concat(other.Anchors)), entries,
            [.. Notes.Concat(other.Notes).DistinctBy(note => (note.Origin, note.Size))],
            [.. Receipts.Concat(other.Receipts).OrderBy(receipt => receipt.Size).DistinctBy(receipt => (receipt.Entry, receipt.Log))],
            [.. Lists.Concat(other.Lists).GroupBy(list => list.Uri).Select(same => Together(same, events))]);
        reason = "";
        return true;
    }

    // What a list of a closed organisation ended no newer one brings back.
    private static ArchivedList Together(IGrouping<string, ArchivedList> same, List<RegistryEvent> events)
    {
        var newest = same.MaxBy(list => list.IssuedAt)!;
        return same.Any(list => events.OfType<RegistryEvent.OrganisationClosed>().Any(e => e.Organisation.AsSpan().SequenceEqual(list.Organisation)))
            ? newest with { Tokens = [.. newest.Tokens.Concat(same.SelectMany(list => list.Tokens)).Distinct(StringComparer.Ordinal)] } : newest;
    }

    /// <summary>Whose history an event is part of.</summary>
    private static Dictionary<string, List<RegistryEvent>> ByOwner(IReadOnlyList<RegistryEvent> events)
    {
        var holders = events.OfType<RegistryEvent.AccreditationGranted>().ToDictionary(e => e.Number, e => Convert.ToHexString(e.Holder));
        return events.GroupBy(e => ExitSelection.OwnerOf(e, number => holders.GetValueOrDefault(number))!.Value.Id).ToDictionary(owner => owner.Key, owner => owner.ToList());
    }

    private static IEnumerable<string> Texts(List<RegistryEvent> events, ulong until) => events.Where(e => e.Place.Block <= until).Select(e => string.Join('\n', EventCodec.Write(e)));

    private static (string, long) AnchorKey(RegistryEvent.Anchored anchor) => (Convert.ToHexString(anchor.Log), anchor.Size);

    // Of one size the earliest time that is proven.
    private static List<RegistryEvent.Anchored> Earliest(IEnumerable<RegistryEvent.Anchored> anchors) => [.. anchors.GroupBy(AnchorKey).Select(same => same.OrderBy(anchor => anchor.Place.BlockTime).First())];
}
