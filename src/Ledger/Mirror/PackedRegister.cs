using Identity.Credentials.Accreditation;
using Identity.Credentials.Trust;
using Identity.Credentials.Verdicts;

namespace Identity.Ledger.Mirror;

/// <summary>The ledger's half of a trust pack: the whole register, and for keys that have ended what logs anchored while they were in force.</summary>
/// <param name="ReadAt">When the chain was last read to its end.</param>
/// <param name="Ledger">Which ledger.</param>
/// <param name="Organisations">In the order of their registration.</param>
/// <param name="Accreditations">Ascending by number.</param>
public sealed record PackedRegister(DateTimeOffset ReadAt, PackedLedger Ledger, IReadOnlyList<PackedOrganisation> Organisations, IReadOnlyList<AccreditationLink> Accreditations)
{
    /// <summary>Call under the lock of the data.</summary>
    internal static PackedRegister Of(MirrorData data, DateTimeOffset readAt, long chainId, string contract, int maxEntries, int witnesses = 0)
    {
        // A pack's reader knows no closings of its own: the keys of a closed organisation stand in it as retired.
        var known = data.Registry.Keys.Select(key => key.EndedBy(data.Registry.Closing(key.Organisation))).ToList();
        var entries = EntriesOf(data, known, readAt, maxEntries, witnesses);
        var keys = known.ToLookup(key => Convert.ToHexString(key.Organisation));
        return new PackedRegister(readAt, new PackedLedger(chainId, contract, [.. data.Logs.Values.Select(log => log.Origin)]), [.. data.Registry.Organisations.Select(organisation => new PackedOrganisation(
            organisation,
            [.. keys[Convert.ToHexString(organisation.Id)].Select(key => new PackedKey(key, entries.GetValueOrDefault(key)))],
            data.Registry.Closing(organisation.Id)))], [.. data.Registry.Accreditations.Links]);
    }

    // Those that ended last first: they are what is shown. A list is whole or left out; half of one would accuse.
    private static Dictionary<KeyRecord, EntryPrefixes> EntriesOf(MirrorData data, List<KeyRecord> keys, DateTimeOffset readAt, int maxEntries, int witnesses)
    {
        var lists = new Dictionary<KeyRecord, EntryPrefixes>(ReferenceEqualityComparer.Instance);
        foreach (var key in keys.Where(key => key.EndedAt <= readAt).OrderByDescending(key => key.EndedAt))
        {
            var used = data.Logs.Values.Select(log => (log, since: data.Registry.LogSince(key.Organisation, log.Origin))).Where(log => log.since is not null).ToList();
            if (!used.TrueForAll(log => log.log.IsWholeBefore(key.EndedAt!.Value, witnesses))) continue;
            var ranges = used.ConvertAll(log => (log.log, range: log.log.AnchoredBetween(key.From > log.since ? key.From : log.since!.Value, key.EndedAt!.Value)));
            if (ranges.Sum(r => r.range.Past - r.range.First) > maxEntries) continue;
            lists[key] = EntryPrefixes.Of(ranges.SelectMany(r => r.log.Tree.Prefixes(r.range.First, r.range.Past)));
            maxEntries -= lists[key].Count;
        }
        return lists;
    }
}
