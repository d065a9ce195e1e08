using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Fuzz.Engine;
using Identity.Fuzz.Mutations;

namespace Identity.Fuzz.Targets;

/// <summary>What a log serves: notes, checkpoints, receipts, tiles and proofs.</summary>
internal static class TransparencyTargets
{
    private const string Origin = "college.example/log";

    public static IEnumerable<Target> All()
    {
        var key = Ed25519Key.FromSeed(SHA256.HashData("fuzz log"u8));
        var foreign = Ed25519Key.FromSeed(SHA256.HashData("fuzz foreign log"u8));
        byte[][] entries = [.. Enumerable.Range(0, 21).Select(i => SHA256.HashData([(byte)i]))];
        byte[][] leaves = [.. entries.Select(e => MerkleTree.LeafHash(e))];
        var heads = new[] { 9, 21 }.Select(n => new Checkpoint(Origin, n, MerkleTree.Root(leaves[..n]))).ToArray();
        string[] notes = [.. heads.Select(h => h.Sign(Origin, key))];
        string[] material = [.. notes, new Checkpoint(Origin, 22, MerkleTree.Root(leaves)).Sign(Origin, foreign), new Checkpoint("other.example/log", 21, MerkleTree.Root(leaves)).Sign("other.example/log", key)];

        yield return EncodingTargets.Text("checkpoint", notes, text =>
        {
            if (!Checkpoint.TryParse(text, out var head, out _)) return Judgement.Refused;
            if (head!.Note!.Full != text) return Judgement.False("two texts for one note");
            if (head.Origin != Origin || !head.Verify(Origin, key.PublicBytes)) return Judgement.Refused;
            return Judgement.Require(heads.Any(h => h.Size == head.Size && h.Root.AsSpan().SequenceEqual(head.Root)), "a tree that the log did not sign");
        }, (text, _, dice) => Damage.Text(dice.OneIn(5) ? dice.Pick(material) : text, material, dice));

        string[] proofs = [.. new[] { (4, 0), (8, 0), (4, 1), (20, 1) }.Select(p => new TlogProof(p.Item1, MerkleTree.Inclusion(p.Item1, heads[p.Item2].Size, leaves[..(int)heads[p.Item2].Size]), notes[p.Item2]).Text)];
        var places = new[] { (4, 9L), (8, 9L), (4, 21L), (20, 21L) };
        yield return EncodingTargets.Text("tlog-proof", proofs, text =>
        {
            if (!TlogProof.TryParse(text, out var proof, out _)) return Judgement.Refused;
            if (!TlogProof.TryParse(proof!.Text, out var again, out _) || again!.Index != proof.Index || again.Path.Count != proof.Path.Count) return Judgement.False("what it wrote reads otherwise");
            var held = false;
            foreach (var entry in new[] { 4, 8, 20, 5 })
            {
                if (!proof.TryVerify(entries[entry], Origin, key.PublicBytes, out var head, out _)) continue;
                held = true;
                if (proof.Index != entry || !places.Contains((entry, head!.Size))) return Judgement.False($"entry {entry} proven at {proof.Index} of {head!.Size}");
            }
            return held ? Judgement.Fine : Judgement.Refused;
        }, (text, _, dice) => Damage.Text(text, [.. proofs, .. material], dice));

        string[] paths = [.. new[] { new TileId(0, 0, 256), new TileId(Tiles.Entries, 1_234_067, 8), new TileId(1, 999, 255), new TileId(7, 1000, 1) }.Select(Tiles.Path)];
        yield return EncodingTargets.Text("tile-path", paths, text =>
            !Tiles.TryParsePath(text, out var tile) ? Judgement.Refused
            : Judgement.Require(Tiles.Path(tile) == text && tile.Width is >= 1 and <= 256 && tile.Index >= 0, "two paths for one tile"));

        byte[][] bundles = [Tiles.EncodeEntries([.. entries[..3]]), Tiles.EncodeEntries([.. entries[3..6]])];
        yield return new Target("entry-bundle", bundles, dice => Damage.Bytes(dice.Pick(bundles), bundles, dice), bytes =>
            !Tiles.TryDecodeEntries(bytes, 3, out var read) ? Judgement.Refused
            : Judgement.Require(read.Count == 3 && Tiles.EncodeEntries([.. read]).AsSpan().SequenceEqual(bytes), "two bundles for the same entries"));

        yield return Inclusion(leaves, heads[1].Root);
        yield return Consistency(leaves, heads[0].Root, heads[1].Root);
    }

    /// <summary>Bytes: index, size, then hashes.</summary>
    private static Target Inclusion(byte[][] leaves, byte[] root)
    {
        byte[][] good = [.. new[] { 0, 4, 20 }.Select(i => Pack(i, 21, MerkleTree.Inclusion(i, 21, leaves)))];
        return new Target("inclusion-proof", good, dice => Numbers(good, dice), bytes =>
        {
            if (!Unpack(bytes, out var index, out var size, out var path)) return Judgement.Refused;
            var proven = false;
            for (var leaf = 0; leaf < leaves.Length; leaf++)
            {
                if (!MerkleTree.VerifyInclusion(index, size, leaves[leaf], root, path)) continue;
                proven = true;
                // The size is what a signed head says; with the right one, only the right place may hold.
                if (size == 21 && index != leaf) return Judgement.False($"leaf {leaf} proven at {index}");
            }
            return proven || MerkleTree.VerifyInclusion(index, size, root, root, path) && path.Count == 0 && size == 1 ? Judgement.Fine : Judgement.Refused;
        });
    }

    private static Target Consistency(byte[][] leaves, byte[] smaller, byte[] larger)
    {
        byte[][] good = [Pack(9, 21, MerkleTree.Consistency(9, 21, leaves))];
        var foreign = MerkleTree.NodeHash(larger, smaller);
        return new Target("consistency-proof", good, dice => Numbers(good, dice), bytes =>
        {
            if (!Unpack(bytes, out var m, out var n, out var path)) return Judgement.Refused;
            if (m < n && MerkleTree.VerifyConsistency(m, n, foreign, larger, path)) return Judgement.False("a tree that is no part of the larger one");
            if (!MerkleTree.VerifyConsistency(m, n, smaller, larger, path)) return Judgement.Refused;
            return Judgement.Require(m > 0, "consistency from nothing");
        });
    }

    private static byte[] Numbers(byte[][] good, Dice dice) => Damage.Bytes(dice.Pick(good), good, dice);

    private static byte[] Pack(long a, long b, IReadOnlyList<byte[]> path) => [.. Encoding.ASCII.GetBytes($"{a:x16}{b:x16}"), .. path.SelectMany(p => p)];

    private static bool Unpack(byte[] bytes, out long a, out long b, out IReadOnlyList<byte[]> path)
    {
        (a, b, path) = (0, 0, []);
        if (bytes.Length < 32) return false;
        var text = Encoding.ASCII.GetString(bytes, 0, 32);
        if (!long.TryParse(text[..16], System.Globalization.NumberStyles.AllowHexSpecifier, null, out a) || !long.TryParse(text[16..], System.Globalization.NumberStyles.AllowHexSpecifier, null, out b)) return false;
        path = [.. bytes[32..].Chunk(32)];
        return true;
    }
}
