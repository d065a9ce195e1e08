using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Fuzz.Engine;
using Identity.Fuzz.Mutations;

namespace Identity.Fuzz.Targets;

/// <summary>What logs and witnesses send each other, and what somebody shows who says that a log told two stories.</summary>
internal static class WitnessTargets
{
    private const string Origin = "college.example/log";

    public static IEnumerable<Target> All()
    {
        var key = Ed25519Key.FromSeed(SHA256.HashData("fuzz log"u8));
        var witness = Ed25519Key.FromSeed(SHA256.HashData("fuzz witness"u8));
        var foreign = Ed25519Key.FromSeed(SHA256.HashData("fuzz foreign witness"u8));
        var logKey = VKey.Of(Origin, NoteKeyType.Ed25519, key);
        var trusted = VKey.Of("witness.example", NoteKeyType.CosignatureV1, witness);
        byte[][] leaves = [.. Enumerable.Range(0, 21).Select(i => MerkleTree.LeafHash(SHA256.HashData([(byte)i])))];
        byte[][] others = [.. leaves[..8], .. leaves[..13]];
        var (small, large, forked) = (Note(9, leaves, key), Note(21, leaves, key), Note(21, others, key));

        string[] keys = [logKey.ToString(), trusted.ToString()];
        yield return EncodingTargets.Text("verifier-key", keys, text => !VKey.TryParse(text, out var read) ? Judgement.Refused : Judgement.Require(read.ToString() == text, "two spellings of one key"));

        // Of the good notes each was cosigned at its own time; a note with another text or another time was not.
        var cosigned = new[] { (Note: small, At: 1_700_000_000L), (Note: large, At: 1_700_000_900L) }.Select(n => (Text: Cosigned(n.Note, witness, n.At), n.At)).ToList();
        string[] notes = [.. cosigned.Select(n => n.Text), Cosigned(forked, foreign, 1_700_000_500)];
        yield return EncodingTargets.Text("cosignature", [.. cosigned.Select(n => n.Text)], text =>
        {
            if (!Checkpoint.TryParse(text, out var head, out _) || !Cosignature.TryVerify(head!.Note!, trusted, out var time)) return Judgement.Refused;
            return Judgement.Require(cosigned.Any(n => n.At == time.ToUnixTimeSeconds() && Body(n.Text) == Body(text)), "a tree or a time that the witness did not sign");
        }, (text, _, dice) => Damage.Text(text, notes, dice));

        string[] requests = [new WitnessRequest(0, [], small).Text, new WitnessRequest(9, MerkleTree.Consistency(9, 21, leaves), large).Text];
        yield return EncodingTargets.Text("witness-request", requests, text =>
            !WitnessRequest.TryParse(text, out var request) ? Judgement.Refused : Judgement.Require(request.Text == text && request.OldSize >= 0, "two texts for one request"));

        ForkEvidence[] found =
        [
            ForkEvidence.Of(logKey, Origin, large, forked, [], "mirror.example", DateTimeOffset.UnixEpoch)!,
            ForkEvidence.Of(logKey, Origin, small, forked, MerkleTree.Consistency(9, 21, others), "mirror.example", DateTimeOffset.UnixEpoch)!,
        ];
        string[] honest = [large, small, Cosigned(large, witness, 1_700_000_000)];
        string[] evidence = [.. found.Select(f => f.ToJson())];
        string[] accused = [.. evidence, .. honest.SelectMany(a => honest.Select(b => found[1] with { First = a, Second = b, Proof = [.. MerkleTree.Consistency(9, 21, leaves).Select(Convert.ToBase64String)] })).Select(f => f.ToJson())];
        yield return EncodingTargets.Text("fork-evidence", evidence, text =>
        {
            if (!ForkEvidence.TryParse(text, out var read) || !read.Holds(out _)) return Judgement.Refused;
            // Two checkpoints of the honest tree never accuse the log, and nothing does that its key did not sign.
            return Judgement.Require(read.Key == logKey.ToString() && (Body(read.First) == Body(forked) || Body(read.Second) == Body(forked)), "an honest log was accused");
        }, (text, _, dice) => JsonDamage.Text(dice.OneIn(3) ? dice.Pick(accused) : text, accused, dice));
    }

    private static string Note(int size, byte[][] leaves, Ed25519Key key) => new Checkpoint(Origin, size, MerkleTree.Root(leaves[..size])).Sign(Origin, key);

    private static string Cosigned(string note, Ed25519Key witness, long at)
    {
        if (!Checkpoint.TryParse(note, out var head, out _)) throw new InvalidOperationException();
        return head!.Note!.With([Cosignature.Sign(head.Note.Text, "witness.example", witness, DateTimeOffset.FromUnixTimeSeconds(at))]).Full;
    }

    private static string Body(string note) => note[..(note.IndexOf("\n\n", StringComparison.Ordinal) + 1)];
}
