using Identity.Credentials.Transparency;
using Identity.Ledger.Registry;

namespace Identity.Drill;

/// <summary>What must hold after every kill, compared between the database, the chain and what the outside knows. Each answer is a list of sentences; empty is good.</summary>
internal static class Invariants
{
    private const string Revoked = "Revoked", Suspended = "Suspended";

    /// <summary>The database against itself and against the outside.</summary>
    public static IEnumerable<string> OfRecords(Stored stored, Book book)
    {
        var known = stored.Entries.Concat(stored.Pending).Select(Convert.ToHexStringLower).ToHashSet();
        var owner = stored.Indices.ToDictionary(i => (i.Organisation, i.List, i.Index));
        foreach (var copy in stored.Copies)
        {
            if (!known.Contains(Convert.ToHexStringLower(copy.Entry))) yield return $"A copy of {copy.Credential} has no log entry.";
            if (!owner.TryGetValue((copy.Organisation, copy.List, copy.Index), out var index)) yield return $"A copy of {copy.Credential} has no status index.";
            else if (index.Credential != copy.Credential) yield return $"The status index {copy.List}/{copy.Index} belongs to another credential than its copy.";
        }
        if (stored.Copies.Select(c => (c.Organisation, c.List, c.Index)).Distinct().Count() != stored.Copies.Count) yield return "A status index is used twice.";
        if (stored.Copies.Select(c => Convert.ToHexStringLower(c.Entry)).Distinct().Count() != stored.Copies.Count) yield return "Two copies share a log entry.";
        if (stored.Indices.Count != stored.Copies.Count) yield return $"{stored.Indices.Count} status indices are taken for {stored.Copies.Count} copies.";

        // What reached the outside is stored, and stays.
        var copies = stored.Copies.ToDictionary(c => Convert.ToHexStringLower(c.Entry));
        foreach (var (entry, held) in book.Copies)
        {
            if (!copies.TryGetValue(entry, out var copy)) yield return $"A holder has a copy of {held.Credential} that is not stored.";
            else if ((copy.Credential, copy.List, copy.Index) != (held.Credential, held.List, held.Index)) yield return $"A holder's copy of {held.Credential} differs from the stored one.";
        }
        foreach (var id in book.Prepared.Keys.Where(id => !stored.States.ContainsKey(id))) yield return $"The prepared credential {id} is gone.";
        foreach (var entry in book.ShownLists.Keys.Where(e => !known.Contains(e))) yield return $"A status list was shown whose entry {entry} is not in the log.";

        foreach (var index in stored.Indices)
        {
            var expected = stored.States[index.Credential] switch { Revoked => 1, Suspended => 2, _ => 0 };
            if (index.Value != expected) yield return $"A copy of {index.Credential} has status {index.Value}, its record says {stored.States[index.Credential]}.";
        }
        foreach (var one in book.Free.Where(one => stored.States.GetValueOrDefault(one.Credential) != one.State))
            yield return $"{one.Credential} was answered to be {one.State} and is {stored.States.GetValueOrDefault(one.Credential)}.";
        foreach (var doubt in book.Doubts.Where(d => stored.States.GetValueOrDefault(d.Credential) is var state && state != d.Before && state != d.After))
            yield return $"{doubt.Credential} is neither {doubt.Before} nor {doubt.After}.";
        while (book.BadAnswers.TryDequeue(out var bad)) yield return bad;
    }

    /// <summary>The tree recomputed from its entries against head, tiles, checkpoints, what it was before, and the chain.</summary>
    public static IEnumerable<string> OfTree(Stored stored, IReadOnlyList<byte[]> before, string origin, byte[] logKey, IReadOnlyList<RegistryEvent.Anchored> chain)
    {
        for (var at = 0; at < stored.Positions.Count; at++)
            if (stored.Positions[at] != at)
            {
                yield return $"The log has a gap or a double at position {at}.";
                yield break;
            }
        var entries = stored.Entries.Select(Convert.ToHexStringLower).ToList();
        if (entries.Distinct().Count() != entries.Count) yield return "An entry has two places.";
        if (entries.Intersect(stored.Pending.Select(Convert.ToHexStringLower)).Any()) yield return "An entry waits although it has its place.";
        if (entries.Count < before.Count || before.Where((entry, at) => !entry.AsSpan().SequenceEqual(stored.Entries[at])).Any()) yield return "An entry lost its place.";

        var wanted = stored.Checkpoints.Select(c => c.Size).Concat(chain.Select(c => c.Size)).Append(entries.Count).ToHashSet();
        var roots = Roots(stored.Entries, wanted);
        if (stored.Head is { } head && (head.Size != entries.Count || !head.Root.AsSpan().SequenceEqual(roots[entries.Count]))) yield return "The stored head is not the tree's.";
        if (stored.Head is null && entries.Count > 0) yield return "The log has entries and no head.";
        var leaves = stored.Entries.SelectMany(e => MerkleTree.LeafHash(e)).ToArray();
        if (!stored.Tiles.Where(t => t.Level == 0).SelectMany(t => t.Hashes).SequenceEqual(leaves)) yield return "The stored tiles are not the tree's.";
        if (stored.Tiles.Any(t => !Tiles.Inner(t.Hashes).AsSpan().SequenceEqual(t.Inner))) yield return "The stored inner hashes are not the tree's.";

        foreach (var (size, note) in stored.Checkpoints)
        {
            if (!Checkpoint.TryParse(note, out var checkpoint, out _) || !checkpoint!.Verify(origin, logKey)) yield return $"The checkpoint of {size} does not carry the log's signature.";
            else if (checkpoint.Size != size || !roots.TryGetValue(size, out var root) || !checkpoint.Root.AsSpan().SequenceEqual(root)) yield return $"The checkpoint of {size} is not of this tree.";
        }
        for (var at = 0; at < chain.Count; at++)
        {
            if (at > 0 && chain[at].Size <= chain[at - 1].Size) yield return $"The size {chain[at].Size} was anchored twice or backwards.";
            if (!roots.TryGetValue(chain[at].Size, out var root) || !chain[at].Root.AsSpan().SequenceEqual(root)) yield return $"The anchor of {chain[at].Size} is not of this tree.";
        }
        var final = stored.Anchors.Where(a => a.State == 1).ToList();
        if (final.Select(a => a.Size).Distinct().Count() != final.Count) yield return "An anchor is recorded twice.";
        foreach (var anchor in final.Where(a => !chain.Any(c => c.Size == a.Size && c.Place.Transaction == a.Transaction))) yield return $"The anchor of {anchor.Size} is recorded and not on the chain.";
    }

    /// <summary>When all is quiet: nothing waits, everything is covered by the chain's newest anchor, and every anchor of the chain is recorded.</summary>
    public static IEnumerable<string> OfRest(Stored stored, IReadOnlyList<RegistryEvent.Anchored> chain)
    {
        if (stored.Pending.Count > 0) yield return $"{stored.Pending.Count} entries still wait.";
        if (stored.Entries.Count > 0 && (chain.Count == 0 || chain[^1].Size != stored.Entries.Count)) yield return $"The chain covers {(chain.Count == 0 ? 0 : chain[^1].Size)} of {stored.Entries.Count} entries.";
        if (!stored.Anchors.Where(a => a.State == 1).Select(a => a.Size).SequenceEqual(chain.Select(c => c.Size))) yield return "The recorded anchors are not the chain's.";
        if (stored.Anchors.Any(a => a.State == 0)) yield return "An intent to anchor stays open.";
    }

    private static Dictionary<long, byte[]> Roots(IReadOnlyList<byte[]> entries, HashSet<long> sizes)
    {
        var roots = new Dictionary<long, byte[]>();
        if (sizes.Contains(0)) roots[0] = MerkleTree.EmptyRoot();
        var peaks = new List<(int Level, byte[] Hash)>();
        for (var at = 0; at < entries.Count; at++)
        {
            peaks.Add((0, MerkleTree.LeafHash(entries[at])));
            while (peaks.Count > 1 && peaks[^1].Level == peaks[^2].Level)
            {
                var parent = (peaks[^1].Level + 1, MerkleTree.NodeHash(peaks[^2].Hash, peaks[^1].Hash));
                peaks.RemoveRange(peaks.Count - 2, 2);
                peaks.Add(parent);
            }
            if (!sizes.Contains(at + 1)) continue;
            var root = peaks[^1].Hash;
            for (var left = peaks.Count - 2; left >= 0; left--) root = MerkleTree.NodeHash(peaks[left].Hash, root);
            roots[at + 1] = root;
        }
        return roots;
    }
}
