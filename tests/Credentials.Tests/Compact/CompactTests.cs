using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Identity.Credentials.Compact;
using Identity.Credentials.Cose;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;

namespace Identity.Credentials.Tests.Compact;

public sealed class CompactTests : IDisposable
{
    private readonly Es256Key _issuer = Fixed.Key("issuer");
    private readonly Es256Key _holder = Fixed.Key("holder");
    private readonly Es256Key _verifier = Fixed.Key("verifier");

    public void Dispose()
    {
        _issuer.Dispose();
        _holder.Dispose();
        _verifier.Dispose();
    }

    [Fact]
    public void A_credential_goes_from_issuer_to_holder_to_verifier()
    {
        var issued = Issue();
        Assert.True(CompactCredential.TryDecode(issued.Encode(), out var credential, out var reason), reason);
        var asked = Ask(1, 3);
        Assert.True(CompactChallenge.TryParse(asked.Text, out var challenge, out reason), reason);

        var text = CompactHolder.Answer(credential!, [1, 3], challenge!, _holder);

        Assert.True(CompactVerifier.TryParse(text, out var proof, out reason), reason);
        Assert.True(proof!.ClaimsHold);
        Assert.True(VerificationKey.TryImport(_issuer.PublicKey, out var key, out _));
        Assert.True(proof.VerifyIssuer(key!));
        Assert.True(proof.VerifyHolder(asked.Digest));
        Assert.False(proof.VerifyHolder(Ask(1, 3).Digest)); // the same question, signed again, is another
        Assert.Equal("""{"holder_name":"Amina Okoye-Reyes","title":"Diploma in Welding Technology"}""", proof.Claims(TypeDefinition.Find(issued.Issuer.Type)).ToJsonString());
        Assert.Equal("#1", proof.Claims(null).First().Key);
        Assert.Equal(Entry.OfCose(issued.IssuerSign1), proof.Issuer.LogEntry);
    }

    [Fact]
    public void A_proof_of_three_claims_fits_the_qr_that_a_poor_camera_reads()
    {
        var proof = CompactHolder.Answer(Issue(), [1, 3, 9], Ask(1), _holder);

        Assert.True(CompactVerifier.TryParse(proof, out var read, out _));
        Assert.InRange(read!.Encoded.Length, 300, 620);
    }

    [Fact]
    public void Hidden_claims_leave_no_trace_in_the_proof()
    {
        Assert.True(CompactVerifier.TryParse(CompactHolder.Answer(Issue(), [3], Ask(3), _holder), out var proof, out _));

        Assert.DoesNotContain("Amina", System.Text.Encoding.UTF8.GetString(proof!.Encoded), StringComparison.Ordinal);
        Assert.Single(proof.Disclosed);
    }

    [Fact]
    public void Two_copies_of_the_same_claims_share_no_root()
    {
        Assert.NotEqual(Issue("a").Issuer.Root, Issue("b").Issuer.Root);
    }

    [Fact]
    public void Only_the_holder_answers()
    {
        using var other = Fixed.Key("stranger");

        Assert.Throws<ArgumentException>(() => CompactHolder.Answer(Issue(), [1], Ask(1), other));
    }

    [Fact]
    public void Claims_a_compact_proof_cannot_carry_are_refused_by_the_issuer()
    {
        foreach (var value in new JsonNode?[] { 1.5, new JsonObject(), new JsonArray(1), new JsonArray(new JsonArray()), 9007199254740992L })
        {
            var claims = Claims();
            claims["level_eqf"] = value;
            Assert.Throws<ArgumentException>(() => Issue(claims));
        }

        Assert.Throws<ArgumentException>(() => Issue(new JsonObject { ["awarding_body"] = "has no place in the QR" }));
    }

    [Fact]
    public void A_challenge_that_does_not_fit_its_form_is_not_made()
    {
        Assert.Throws<ArgumentException>(() => CompactChallenge.Create(new byte[15], 0, "t", [], [], "", "", _verifier));
        Assert.Throws<ArgumentException>(() => CompactChallenge.Create(new byte[16], 0, "t", [1], [1], "", "", _verifier));
        Assert.Throws<ArgumentException>(() => CompactChallenge.Create(new byte[16], 0, "t", [], [], new string('x', 81), "", _verifier));
    }

    [Fact]
    public void Ten_thousand_proofs_with_a_changed_byte_are_never_accepted_and_never_throw()
    {
        var challenge = Ask(1, 3);
        Assert.True(Base45.TryDecode(CompactHolder.Answer(Issue(), [1, 3], challenge, _holder).AsSpan(4), 2000, out var proof));
        Assert.True(VerificationKey.TryImport(_issuer.PublicKey, out var key, out _));
        var random = new System.Random(20261101);
        var read = 0;
        for (var round = 0; round < 10_000; round++)
        {
            var bent = (byte[])proof.Clone();
            var changes = random.Next(1, 4);
            for (var change = 0; change < changes; change++) bent[random.Next(bent.Length)] ^= (byte)random.Next(1, 256);
            if (round % 5 == 0) bent = bent[..random.Next(bent.Length)];
            if (bent.AsSpan().SequenceEqual(proof)) continue;
            if (!CompactVerifier.TryParse("IDP:" + Base45.Encode(bent), out var parsed, out var reason))
            {
                Assert.NotEqual("", reason);
                continue;
            }

            read++;
            Assert.False(parsed.ClaimsHold && parsed.VerifyIssuer(key!) && parsed.VerifyHolder(challenge.Digest));
        }

        Assert.InRange(read, 1000, 10_000); // most changes are in hashes and texts, where only signatures can tell
    }

    [Fact]
    public void Any_text_and_any_bytes_are_read_or_refused_but_never_throw()
    {
        Prop.ForAll<string?>(text =>
        {
            CompactVerifier.TryParse(text, out _, out _);
            CompactVerifier.TryParse("IDP:" + text, out _, out _);
            CompactChallenge.TryParse("IDC:" + text, out _, out _);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20261122, 1));
        Prop.ForAll<byte[]>(bytes =>
        {
            CompactCredential.TryDecode(bytes, out _, out _);
            CoseSign1.TryParse(bytes, 1000, out _, out _);
            CompactVerifier.TryParse("IDP:" + Base45.Encode(bytes), out _, out _);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20261122, 1));
    }

    [Fact]
    public void Any_choice_of_claims_of_any_tree_gives_its_root()
    {
        Prop.ForAll<byte, ulong>((size, choice) =>
        {
            var leaves = Enumerable.Range(0, (size % 64) + 1).Select(i => Fixed.Bytes($"leaf {i}", 32)).ToList();
            var shown = Enumerable.Range(0, leaves.Count).Where(i => ((choice >> i) & 1) == 1).ToHashSet();
            var nodes = ClaimTree.Nodes(leaves, shown);
            Assert.True(ClaimTree.TryRoot(leaves.Count, shown.ToDictionary(i => i, i => leaves[i]), nodes, out var root));
            Assert.Equal(ClaimTree.Root(leaves), root);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20261122, 1));
    }

    private CompactCredential Issue(string random = "r") => Issue(Claims(), random);

    private CompactCredential Issue(JsonObject claims, string random = "r") => CompactIssuer.Issue(
        TypeDefinition.Find("qualification")!, claims, _holder.PublicKey, null, 1_907_000_000, 3, 70_000, _issuer, Fixed.Random(random));

    private static JsonObject Claims() => new()
    {
        ["holder_name"] = "Amina Okoye-Reyes", ["holder_name_native"] = "أمينة أوكويي رييس", ["title"] = "Diploma in Welding Technology",
        ["kind"] = "vocational", ["occupation"] = "welder", ["level_eqf"] = 4, ["awarded_on"] = "2024-06-30",
    };

    private CompactChallenge Ask(params int[] required) =>
        CompactChallenge.Create(Fixed.Bytes("nonce", 16), 1_760_000_000, "urn:identity:qualification:1", required, [], "Welding job", "Harbour Yard", _verifier);
}
