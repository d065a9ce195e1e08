using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;

namespace Identity.Credentials.Tests.Transparency;

public sealed class CheckpointTests : IDisposable
{
    private const string Origin = "log.example/issuer";
    private readonly Ed25519Key _key = Ed25519Key.FromSeed(Enumerable.Repeat((byte)7, 32).ToArray());
    private readonly Ed25519Key _other = Ed25519Key.FromSeed(Enumerable.Repeat((byte)8, 32).ToArray());

    public void Dispose()
    {
        _key.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void The_note_of_the_specification_verifies()
    {
        // C2SP signed-note: the published example, and the key of the Go package that made it.
        const string Note = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

        Assert.True(SignedNote.TryParse(Note, out var note, out _));
        Assert.Equal("Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n", note!.Text);
        Assert.Equal("quasimodo.example/salvatore", note.Signatures[0].Name);
        Assert.Equal(0x367BA04Bu, note.Signatures[0].KeyId);
        Assert.Equal(Note, note.Full);
    }

    [Fact]
    public void The_key_id_is_that_of_a_published_verifier_key()
    {
        // golang.org/x/mod/sumdb/note: PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW
        var key = Convert.FromBase64String("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1..];

        Assert.Equal(0xC74F20A3u, SignedNote.KeyId("PeterNeumann", key));
    }

    [Fact]
    public void A_published_note_verifies_with_its_published_key_and_with_no_other()
    {
        // The example of the same package.
        const string Note = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        var key = Convert.FromBase64String("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1..];

        Assert.True(SignedNote.TryParse(Note, out var note, out _));
        Assert.True(note!.Verify("PeterNeumann", key));
        Assert.False(note.Verify("PeterNeumann", _key.PublicBytes));
        Assert.False((note with { Text = note.Text.Replace("answer", "ansver", StringComparison.Ordinal) }).Verify("PeterNeumann", key));
    }

    [Fact]
    public void A_signed_checkpoint_is_read_back_and_verifies_only_with_its_key_and_name()
    {
        var text = Signed();

        Assert.True(Checkpoint.TryParse(text, out var checkpoint, out _));
        Assert.Equal((Origin, 42L), (checkpoint!.Origin, checkpoint.Size));
        Assert.True(checkpoint.Verify(Origin, _key.PublicBytes));
        Assert.False(checkpoint.Verify(Origin, _other.PublicBytes));
        Assert.False(checkpoint.Verify("log.example/other", _key.PublicBytes));
        Assert.False(new Checkpoint(Origin, 42, new byte[32]).Verify(Origin, _key.PublicBytes)); // never read, never signed
    }

    [Fact]
    public void A_line_of_an_unknown_key_is_passed_over_but_a_known_key_with_a_bad_signature_refuses_all()
    {
        var text = Signed();
        var foreign = new Checkpoint(Origin, 42, new byte[32]).Sign("witness.example", _other).Split('\n')[^2] + "\n";

        Assert.True(Checkpoint.TryParse(text + foreign, out var both, out _));
        Assert.True(both!.Verify(Origin, _key.PublicBytes));

        Assert.True(SignedNote.TryParse(text, out var note, out _));
        var broken = note!.Signatures[0] with { Signature = [.. note.Signatures[0].Signature.Reverse()] };
        Assert.False((note with { Signatures = [note.Signatures[0], broken] }).Verify(Origin, _key.PublicBytes));
        Assert.False((note with { Signatures = [] }).Verify(Origin, _key.PublicBytes));
    }

    [Theory]
    [InlineData("\n42\n", "\n042\n")]
    [InlineData("\n42\n", "\n+42\n")]
    [InlineData("\n42\n", "\n 42\n")]
    [InlineData("\n42\n", "\n-42\n")]
    [InlineData("\n42\n", "\n99999999999999999999\n")]
    [InlineData("AAA=\n\n", "AA==\n\n")]
    [InlineData("AAA=\n\n", "AAA\n\n")]
    [InlineData("log.example/issuer\n42", "\n42")]
    [InlineData("\n— ", "\n- ")]
    [InlineData("\n\n— ", "\n— ")]
    [InlineData("\n42\n", "\r\n42\n")]
    [InlineData("\n42\n", "\n")]
    public void A_misspelt_checkpoint_is_refused(string from, string to)
    {
        var changed = Signed().Replace(from, to, StringComparison.Ordinal);

        Assert.NotEqual(Signed(), changed);
        Assert.False(Checkpoint.TryParse(changed, out _, out var reason));
        Assert.NotEqual("", reason);
    }

    [Fact]
    public void A_receipt_proves_its_entry_and_no_other_and_only_under_its_own_origin_and_key()
    {
        var entries = Enumerable.Range(0, 11).Select(i => Entry.OfJwt($"jwt {i}")).ToList();
        var leaves = entries.Select(e => MerkleTree.LeafHash(e)).ToList();
        var checkpoint = new Checkpoint(Origin, 11, MerkleTree.Root(leaves)).Sign(Origin, _key);
        var receipt = new TlogProof(6, MerkleTree.Inclusion(6, 11, leaves), checkpoint);

        Assert.True(TlogProof.TryParse(receipt.Text, out var read, out _));
        Assert.Equal(receipt.Text, read!.Text);
        Assert.True(read.TryVerify(entries[6], Origin, _key.PublicBytes, out _, out _));
        Assert.False(read.TryVerify(entries[5], Origin, _key.PublicBytes, out _, out var reason));
        Assert.Equal("receipt_path", reason);
        Assert.False(read.TryVerify(entries[6], "log.example/other", _key.PublicBytes, out _, out reason));
        Assert.Equal("receipt_origin", reason);
        Assert.False(read.TryVerify(entries[6], Origin, _other.PublicBytes, out _, out reason));
        Assert.Equal("receipt_signature", reason);

        var older = new Checkpoint(Origin, 10, MerkleTree.Root(leaves[..10])).Sign(Origin, _key);
        Assert.False((read with { Checkpoint = older }).TryVerify(entries[6], Origin, _key.PublicBytes, out _, out reason));
        Assert.Equal("receipt_path", reason);
    }

    [Theory]
    [InlineData("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2")]
    [InlineData("index 6", "index 06")]
    [InlineData("index 6", "index")]
    [InlineData("index 6", "index -6")]
    [InlineData("index 6\n", "index 6\nAAAA\n")]
    [InlineData("index 6\n", "extra ???\nindex 6\n")]
    [InlineData("index 6\n", "index 6\nindex 6\n")]
    public void A_misspelt_receipt_is_refused(string from, string to)
    {
        var receipt = new TlogProof(6, [new byte[32]], Signed()).Text;

        Assert.False(TlogProof.TryParse(receipt.Replace(from, to, StringComparison.Ordinal), out _, out _));
    }

    [Fact]
    public void An_extra_line_is_allowed_and_means_nothing()
    {
        var receipt = new TlogProof(0, [], Signed());

        Assert.True(TlogProof.TryParse(receipt.Text.Replace("index", "extra AAAA\nindex", StringComparison.Ordinal), out var read, out _));
        Assert.Equal(receipt.Text, read!.Text);
    }

    private string Signed() => new Checkpoint(Origin, 42, new byte[32]).Sign(Origin, _key);
}
