using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;

namespace Identity.Credentials.Tests.Transparency;

public sealed class CosignatureTests : IDisposable
{
    private const string Origin = "log.example/issuer";
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private readonly Ed25519Key _log = Key(7);
    private readonly Ed25519Key[] _witnesses = [Key(21), Key(22), Key(23)];

    public void Dispose()
    {
        _log.Dispose();
        foreach (var witness in _witnesses) witness.Dispose();
    }

    [Theory]
    [InlineData("1c25f8a44c635457e2e391d1efbca7d4c2951a0aef06225a881e46b98962ac6c", "23b808cec68b1d6a9860bf1a4dc8de41d32d8105886e8f45170a49acaa046effd630cccf61235aa12b889bf3ed04002069d10bdf1041f99a6a7e09b42785b50c")]
    [InlineData("28c92a5a3a054d317c86fc2eeb6a7ab2054d6217100d0be67ded5b74323c5806", "cb584f52b8c65e3eab6a7b0f17eca82ab8cfb766a46f7f26b76c2dc7a0a750ee8bd971dad7101cdebfdd786affd82582b4c42d41ff185d01f2cf756fbce0ef07")]
    public void A_published_cosignature_verifies_with_its_published_key(string witness, string signature)
    {
        // Sigsum's public log "jellyfish", tree of 1291 entries: its key, its tree head, and two witnesses of 2023-10-20, as its documentation prints them.
        var logKey = Convert.FromHexString("154f49976b59ff09a123675f58cb3e346e0455753c3c3b15d465dcb4f6512b0b");
        var origin = $"sigsum.org/v1/tree/{Convert.ToHexStringLower(SHA256.HashData(logKey))}";
        var root = Convert.FromHexString("2b06e738e93ad2e8b9e1c8ae86b762cb20f16b0bda4ce3e40680d412b9cae5ea");
        var byLog = Convert.FromHexString("5e91a847fb088341b26dc217c46878cd0bd1b9b576ce7d9d5f0fa781b1b139488bebc1883748c2c731aab546ee37ffcfa5823a37e55a8b5e501390235fcab00f");
        var key = new VKey("witness", NoteKeyType.CosignatureV1, Convert.FromHexString(witness));
        var time = new byte[] { 0, 0, 0, 0, 0x65, 0x32, 0x23, 0x1A }; // 1697784602

        var note = new SignedNote(new Checkpoint(origin, 1291, root).Text,
            [new NoteSignature(origin, SignedNote.KeyId(origin, logKey), byLog), new NoteSignature(key.Name, key.Id, [.. time, .. Convert.FromHexString(signature)])]);

        Assert.True(note.Verify(origin, logKey));
        Assert.True(Cosignature.TryVerify(note, key, out var at));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1697784602), at);
        Assert.False(Cosignature.TryVerify(note with { Text = note.Text.Replace("1291", "1292", StringComparison.Ordinal) }, key, out _));
    }

    [Fact]
    public void The_line_of_the_specification_says_its_time_and_is_written_back_as_it_was()
    {
        const string Lines = "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

        Assert.True(SignedNote.TryReadLines(Lines, out var read));
        Assert.Equal(("witness.example.com/w1", 0x8D66CF3Fu, 72), (read[0].Name, read[0].KeyId, read[0].Signature.Length));
        Assert.Equal(1679315147, System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(read[0].Signature));
        Assert.Equal(Lines, read[0].Line);
    }

    [Theory]
    [InlineData("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", true)] // golang.org/x/mod/sumdb/note
    [InlineData("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", false)] // another id
    [InlineData("PeterNeumanN+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", false)] // another name
    [InlineData("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", false)]
    [InlineData("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T", false)]
    [InlineData("PeterNeumann+c74f20a3+BRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", false)] // a type byte we know nothing of
    [InlineData("PeterNeumann+c74f20a3", false)]
    [InlineData("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", false)]
    [InlineData(" PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", false)]
    [InlineData("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_verifier_key_has_one_spelling(string? text, bool taken)
    {
        Assert.Equal(taken, VKey.TryParse(text, out var key));
        if (taken) Assert.Equal(text, key!.ToString());
    }

    [Fact]
    public void Every_key_we_make_is_read_back_whatever_its_base64_holds()
    {
        for (byte seed = 0; seed < 100; seed++)
        {
            using var signer = Key(seed);
            var key = VKey.Of("w.example", NoteKeyType.CosignatureV1, signer);
            Assert.True(VKey.TryParse(key.ToString(), out var read));
            Assert.Equal(key, read);
        }
    }

    [Fact]
    public void Attack_verifier_key_of_small_order()
    {
        var point = new byte[32]; // order 4
        var key = new VKey("w.example", NoteKeyType.CosignatureV1, point);

        Assert.False(VKey.TryParse(key.ToString(), out _));
        Assert.False(Cosignature.TryVerify(Cosigned(0), key, out _));
    }

    [Fact]
    public void A_cosignature_is_for_this_text_this_name_and_this_key()
    {
        var note = Cosigned(0);

        Assert.True(Cosignature.TryVerify(note, VKeyOf(0), out var at));
        Assert.Equal(Now, at);
        Assert.False(Cosignature.TryVerify(note, VKeyOf(1), out _));
        Assert.False(Cosignature.TryVerify(note, VKeyOf(0) with { Name = "w9.example" }, out _));
        Assert.False(Cosignature.TryVerify(note with { Text = note.Text + "an extension\n" }, VKeyOf(0), out _));
        Assert.True(note.Verify(Origin, _log.PublicBytes)); // the log's own line is not touched by those beside it
    }

    [Fact]
    public void Attack_plain_signature_passed_off_as_a_cosignature()
    {
        var text = new Checkpoint(Origin, 42, new byte[32]).Text;
        var key = VKeyOf(0);
        var plain = new NoteSignature(key.Name, key.Id, _witnesses[0].Sign(System.Text.Encoding.UTF8.GetBytes(text)));
        var dated = new NoteSignature(key.Name, key.Id, [.. new byte[8], .. plain.Signature]);

        Assert.False(Cosignature.TryVerify(new SignedNote(text, [plain]), key, out _));
        Assert.False(Cosignature.TryVerify(new SignedNote(text, [dated]), key, out _));
    }

    [Fact]
    public void Attack_cosignature_passed_off_as_the_logs_signature() =>
        // A log that is also a witness under the same name and key: the two lines have different key ids, and sign different bytes.
        Assert.False(new SignedNote(new Checkpoint(Origin, 42, new byte[32]).Text, [Cosignature.Sign(new Checkpoint(Origin, 42, new byte[32]).Text, Origin, _log, Now)]).Verify(Origin, _log.PublicBytes));

    [Fact]
    public void Attack_time_of_a_cosignature_moved()
    {
        var note = Cosigned(0);
        var line = note.Signatures[1];
        foreach (var at in new[] { 0, 4, 7 })
        {
            var moved = (byte[])line.Signature.Clone();
            moved[at] ^= 0x80;
            Assert.False(Cosignature.TryVerify(note with { Signatures = [note.Signatures[0], line with { Signature = moved }] }, VKeyOf(0), out _));
        }
    }

    [Fact]
    public void A_line_of_a_known_witness_that_fails_refuses_its_good_one_too_and_no_other_witness()
    {
        var note = Cosigned(0, 1);
        var bad = note.Signatures[1] with { Signature = [.. note.Signatures[1].Signature[..71], (byte)(note.Signatures[1].Signature[71] ^ 1)] };

        var both = note.With([bad]);

        Assert.Equal(4, both.Signatures.Count);
        Assert.False(Cosignature.TryVerify(both, VKeyOf(0), out _));
        Assert.True(Cosignature.TryVerify(both, VKeyOf(1), out _));
    }

    [Fact]
    public void Of_two_cosignatures_of_one_witness_the_later_time_counts_and_the_witness_once()
    {
        var note = Cosigned(0).With([Cosignature.Sign(Text, "w0.example", _witnesses[0], Now.AddHours(-1))]);

        Assert.True(Cosignature.TryVerify(note, VKeyOf(0), out var at));
        Assert.Equal(Now, at);
        Assert.Equal(1, Policy(1).Count(note, Now));
    }

    [Fact]
    public void Two_of_three_hold_one_does_not_and_a_stranger_counts_nothing()
    {
        var policy = Policy(2);

        Assert.False(policy.Holds(Cosigned(), Now));
        Assert.False(policy.Holds(Cosigned(1), Now));
        Assert.True(policy.Holds(Cosigned(1, 2), Now));
        Assert.True(policy.Holds(Cosigned(0, 1, 2), Now));
        using var stranger = Key(99);
        Assert.Equal(1, policy.Count(Cosigned(1).With([Cosignature.Sign(Text, "w0.example", stranger, Now)]), Now));
        Assert.True(WitnessPolicy.None.Holds(Cosigned(), Now));
    }

    [Fact]
    public void Attack_cosignature_from_the_future()
    {
        var note = Cosigned(0);

        Assert.Equal(1, Policy(1).Count(note, Now - WitnessPolicy.Skew));
        Assert.Equal(0, Policy(1).Count(note, Now - WitnessPolicy.Skew - TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Attack_one_witness_under_two_names_counted_twice()
    {
        var twice = new[] { VKeyOf(0), VKeyOf(0) with { Name = "other.example" } };

        Assert.False(WitnessPolicy.TryRead(2, [.. twice.Select(k => k.ToString())], out _, out var reason));
        Assert.Contains("twice", reason);
    }

    [Fact]
    public void A_policy_that_cannot_hold_or_asks_no_witness_is_refused_with_a_sentence()
    {
        var keys = new[] { VKeyOf(0).ToString(), VKeyOf(1).ToString() };
        foreach (var (required, list) in new (int, string[])[]
                 {
                     (3, keys), (-1, keys), (1, []),
                     (1, [VKey.Of(Origin, NoteKeyType.Ed25519, _log).ToString()]), // a log's key
                     (1, ["w0.example"]),
                     (1, [keys[0], (VKeyOf(1) with { Name = "w0.example" }).ToString()]),
                 })
        {
            Assert.False(WitnessPolicy.TryRead(required, list, out _, out var reason));
            Assert.NotEqual("", reason);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("— w jWbPPwAAAABk")]
    [InlineData("- w jWbPPwAAAABk\n")]
    [InlineData("— w jWbPPwAAAABk\n\n")]
    [InlineData("— w jWbPPw==\n")]
    public void What_is_no_signature_line_is_not_read(string text) => Assert.False(SignedNote.TryReadLines(text, out _));

    private static string Text => new Checkpoint(Origin, 42, new byte[32]).Text;

    private static Ed25519Key Key(byte seed) => Ed25519Key.FromSeed(Enumerable.Repeat(seed, 32).ToArray());

    private VKey VKeyOf(int witness) => VKey.Of($"w{witness}.example", NoteKeyType.CosignatureV1, _witnesses[witness]);

    private WitnessPolicy Policy(int required) =>
        WitnessPolicy.TryRead(required, [VKeyOf(0).ToString(), VKeyOf(1).ToString(), VKeyOf(2).ToString()], out var policy, out var reason) ? policy : throw new InvalidOperationException(reason);

    private SignedNote Cosigned(params int[] witnesses) =>
        SignedNote.Sign(Text, Origin, _log).With(witnesses.Select(w => Cosignature.Sign(Text, $"w{w}.example", _witnesses[w], Now)));
}
