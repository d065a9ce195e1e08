using Identity.Credentials.Trust;
using Identity.Credentials.Verdicts;

namespace Identity.Ledger.Mirror;

/// <summary>The ledger's half of a trust pack: the whole register, and for keys that have ended what logs anchored while they were in force.</summary>
/// <param name="ReadAt">When the chain was last read to its end.</param>
/// <param name="Ledger">Which ledger.</param>
/// <param name="Organisations">In the order of their registration.</param>
public sealed record PackedRegister(DateTimeOffset ReadAt, PackedLedger Ledger, IReadOnlyList<PackedOrganisation> Organisations)
{
    /// <summary>Call under the lock of the data.</summary>
    internal static PackedRegister Of(MirrorData data, DateTimeOffset readAt, long chainId, string contract, int maxEntries)
    {
        var keys = data.Registry.Keys.ToLookup(key => Convert.ToHexString(key.Organisation));
        var entries = EntriesOf(data, readAt, maxEntries);
        return new PackedRegister(readAt, new PackedLedger(chainId, contract, [.. data.Logs.Values.Select(log => log.Origin)]), [.. data.Registry.Organisations.Select(organisation => new PackedOrganisation(
            organisation,
            [.. keys[Convert.ToHexString(organisation.Id)].Select(key => new PackedKey(key, entries.GetValueOrDefault(key)))],
            data.Registry.Accreditations(organisation.Id)))]);
    }

    // Those that ended last first: they are what is shown. A list is whole or left out; half of one would accuse.
    private static Dictionary<KeyRecord, EntryPrefixes> EntriesOf(MirrorData data, DateTimeOffset readAt, int maxEntries)
    {
        var lists = new Dictionary<KeyRecord, EntryPrefixes>(ReferenceEqualityComparer.Instance);
        foreach (var key in data.Registry.Keys.Where(key => key.EndedAt <= readAt).OrderByDescending(key => key.EndedAt))
        {
            if (!data.Logs.Values.All(log => log.IsWholeBefore(key.EndedAt!.Value))) continue;
            var ranges = data.Logs.Values.Select(log => (log, range: log.AnchoredBetween(key.From, key.EndedAt!.Value))).ToList();
            if (ranges.Sum(r => r.range.Past - r.range.First) > maxEntries) continue;
            lists[key] = EntryPrefixes.Of(ranges.SelectMany(r => r.log.Tree.Prefixes(r.range.First, r.range.Past)));
            maxEntries -= lists[key].Count;
        }
        return lists;
    }
}
