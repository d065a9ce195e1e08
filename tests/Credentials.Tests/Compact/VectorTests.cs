using System.Globalization;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Tests.Compact;

/// <summary>The vectors under tests/vectors/compact, which bind this library and the browser code to the same bytes.</summary>
public sealed class VectorTests
{
    [Fact]
    public void Claim_trees_come_out_as_written()
    {
        foreach (var vector in Some("claims"))
        {
            var leaves = vector["leaves"]!.AsArray().Select(l => Leaf(l!.AsObject())).ToList();
            var hashes = leaves.Select(l => l.Hash()).ToList();
            var shown = vector["shown"]!.AsArray().Select(i => i!.GetValue<int>()).ToHashSet();
            var nodes = ClaimTree.Nodes(hashes, shown);

            Assert.Equal(vector["leaves"]!.AsArray().Select(l => Text(l!["hash"])), hashes.Select(Convert.ToHexStringLower));
            Assert.Equal(Text(vector["root"]), Convert.ToHexStringLower(ClaimTree.Root(hashes)));
            Assert.Equal(vector["nodes"]!.AsArray().Select(Text), nodes.Select(Convert.ToHexStringLower));
            Assert.True(ClaimTree.TryRoot(hashes.Count, shown.ToDictionary(i => i, i => hashes[i]), nodes, out var root), Text(vector["name"]));
            Assert.Equal(ClaimTree.Root(hashes), root);
        }
    }

    [Fact]
    public void Issued_forms_are_accepted_and_refused_as_stated()
    {
        var keys = VectorFile.Keys("issued");
        foreach (var vector in Some("issued"))
        {
            using var issuer = VectorFile.Key(keys, Text(vector["issuerKey"]));
            var stage = CompactCredential.TryDecode(Convert.FromHexString(Text(vector["hex"])), out var credential, out var reason)
                ? credential!.Issuer.Verify(issuer) ? null : "issuer"
                : reason == "compact_root" ? "root" : "form";
            Expect(vector, stage);
            if (stage is not null) continue;

            Assert.Equal(Text(vector["entry"]), Convert.ToHexStringLower(credential!.Issuer.LogEntry));
            Assert.Equal(Text(vector["hex"]), Convert.ToHexStringLower(credential.Encode()));
            Compare(vector, credential.Issuer, credential.Leaves);
        }
    }

    [Fact]
    public void Challenges_are_accepted_and_refused_as_stated()
    {
        foreach (var vector in Some("challenge"))
        {
            var accepted = CompactChallenge.TryParse(Text(vector["text"]), out var challenge, out var reason);
            Expect(vector, accepted ? null : reason == "challenge_signature" ? "holder" : "form");
            if (vector["challenge"] is not JsonObject stated) continue;

            Assert.Equal(Text(vector["digest"]), Convert.ToHexStringLower(challenge!.Digest));
            Assert.Equal(Text(vector["text"]), challenge.Text);
            Assert.Equal(Text(stated["nonce"]), Convert.ToHexStringLower(challenge.Nonce));
            Assert.Equal(stated["issuedAt"]!.GetValue<long>(), challenge.IssuedAt);
            Assert.Equal(stated["required"]!.AsArray().Select(k => k!.GetValue<int>()), challenge.Required);
            Assert.Equal(stated["optional"]!.AsArray().Select(k => k!.GetValue<int>()), challenge.Optional);
            Assert.Equal((Text(stated["type"]), Text(stated["purpose"]), Text(stated["name"])), (challenge.Type, challenge.Purpose, challenge.Name));
            Assert.Equal(Text(stated["key"]), Convert.ToHexStringLower(challenge.Key));
        }
    }

    [Fact]
    public void Proofs_are_accepted_and_refused_as_stated()
    {
        var keys = VectorFile.Keys("proof");
        foreach (var vector in Some("proof"))
        {
            using var issuer = VectorFile.Key(keys, Text(vector["issuerKey"]));
            var stage = Judge(vector, issuer, out var proof);
            Expect(vector, stage);
            if (stage is null) Compare(vector, proof!.Issuer, [.. proof.Disclosed.Select(d => d.Leaf)]);
        }
    }

    [Fact]
    public void Rolling_proofs_are_accepted_and_refused_as_stated()
    {
        var keys = VectorFile.Keys("rolling");
        foreach (var vector in Some("rolling"))
        {
            using var issuer = VectorFile.Key(keys, Text(vector["issuerKey"]));
            var stage = JudgeBound(vector, issuer, out var proof);
            Expect(vector, stage);
            if (stage is not null) continue;

            Compare(vector, proof!.Issuer, [.. proof.Disclosed.Select(d => d.Leaf)]);
            Assert.Null(proof.Binding);
            Assert.Equal((vector["rolling"]!["time"]!.GetValue<long>(), vector["rolling"]!["clockUnsure"]!.GetValue<bool>()), (proof.RollingTime!.Value, proof.ClockUnsure));
            Assert.Equal(Text(vector["verdict"]), Math.Abs(vector["now"]!.GetValue<long>() - proof.RollingTime.Value) <= new Identity.Credentials.Verdicts.VerdictPolicy().RollingWindow.TotalSeconds ? "within" : "replayed");
        }
    }

    [Theory]
    [InlineData("paper")]
    [InlineData("browser")]
    public void Papers_are_accepted_and_refused_as_stated(string file)
    {
        var keys = VectorFile.Keys(file);
        foreach (var vector in Some(file).Where(v => Text(v["kind"]) == "paper"))
        {
            using var issuer = VectorFile.Key(keys, Text(vector["issuerKey"]));
            var stage = !CompactPaper.TryParse(Text(vector["text"]), out var paper, out _) ? "form" : paper.VerifyIssuer(issuer) ? null : "issuer";
            Expect(vector, stage);
            if (stage is not null) continue;

            Assert.True(JsonNode.DeepEquals(vector["claims"], ByKey(paper!.Claims(null))), Text(vector["name"]));
            Assert.Equal((Text(vector["type"]), Text(vector["keyId"])), (paper.Type, Convert.ToHexStringLower(paper.KeyId)));
            Assert.Equal((Text(vector["entry"]), Text(vector["text"])), (Convert.ToHexStringLower(paper.LogEntry), paper.Text));
            Assert.Equal((string?)vector["original"], Hex(paper.OriginalIssuer));
        }
    }

    /// <summary>Made by the browser code, which signs what a phone shows.</summary>
    [Fact]
    public void What_the_browser_code_makes_is_accepted_and_refused_as_stated()
    {
        var keys = VectorFile.Keys("browser");
        using var issuer = VectorFile.Key(keys, "issuer");
        var vectors = Some("browser");
        Assert.Equal(["challenge", "issued", "paper", "proof"], vectors.Select(v => Text(v["kind"])).Distinct().Order());
        foreach (var vector in vectors)
        {
            switch (Text(vector["kind"]))
            {
                case "issued":
                    var decoded = CompactCredential.TryDecode(Convert.FromHexString(Text(vector["hex"])), out var credential, out var why);
                    Expect(vector, decoded ? credential!.Issuer.Verify(issuer) ? null : "issuer" : why == "compact_root" ? "root" : "form");
                    if (vector["claims"] is { } held) Assert.True(JsonNode.DeepEquals(held, ByKey(credential!.Leaves)), Text(vector["name"]));
                    if (vector["claims"] is not null) Assert.Equal((string?)vector["original"], Hex(credential!.Issuer.OriginalIssuer));
                    break;
                case "challenge":
                    Expect(vector, CompactChallenge.TryParse(Text(vector["text"]), out var challenge, out var reason) ? null : reason == "challenge_signature" ? "holder" : "form");
                    if (vector["purposeId"] is { } purpose) Assert.Equal((Text(purpose), Text(vector["digest"])), (challenge!.PurposeId, Convert.ToHexStringLower(challenge.Digest)));
                    break;
                case "proof":
                    var rolling = vector["binding"] is null;
                    var stage = rolling ? JudgeBound(vector, issuer, out var proof) : Judge(vector, issuer, out proof);
                    Expect(vector, stage);
                    if (stage is not null) break;
                    Assert.True(JsonNode.DeepEquals(vector["claims"], ByKey(proof!.Disclosed.Select(d => d.Leaf))), Text(vector["name"]));
                    Assert.Equal((string?)vector["original"], Hex(proof!.Issuer.OriginalIssuer));
                    if (rolling) Assert.Equal((vector["rolling"]!["time"]!.GetValue<long>(), vector["rolling"]!["clockUnsure"]!.GetValue<bool>()), (proof.RollingTime!.Value, proof.ClockUnsure));
                    break;
            }
        }
    }

    private static string? JudgeBound(JsonObject vector, VerificationKey issuer, out CompactPresentation? proof) =>
        !CompactVerifier.TryParse(Text(vector["text"]), out proof, out _) ? "form" : !proof.ClaimsHold ? "root" : !proof.VerifyIssuer(issuer) ? "issuer" : proof.VerifyHolder() ? null : "holder";

    private static string? Hex(byte[]? original) => original is null ? null : Convert.ToHexStringLower(original);

    private static JsonObject ByKey(IEnumerable<CompactLeaf> leaves) =>
        new(leaves.Select(l => KeyValuePair.Create(l.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)l.ToJson())));

    /// <summary>Claims of no known type are named by their keys: <c>#12</c>.</summary>
    private static JsonObject ByKey(JsonObject claims) => new(claims.Select(c => KeyValuePair.Create(c.Key[1..], c.Value?.DeepClone())));

    private static string? Judge(JsonObject vector, VerificationKey issuer, out CompactPresentation? proof)
    {
        if (!CompactVerifier.TryParse(Text(vector["text"]), out proof, out _)) return "form";
        if (!proof.ClaimsHold) return "root";
        if (!proof.VerifyIssuer(issuer)) return "issuer";
        if (!proof.VerifyHolder()) return "holder";
        return proof.VerifyHolder(Convert.FromHexString(Text(vector["binding"]))) ? null : "binding";
    }

    private static void Compare(JsonObject vector, CompactIssuerPart issuer, IReadOnlyList<CompactLeaf> leaves)
    {
        Assert.True(JsonNode.DeepEquals(vector["claims"], ByKey(leaves)), Text(vector["name"]));
        Assert.Equal(Text(vector["type"]), issuer.Type);
        Assert.Equal(Text(vector["holder"]), Convert.ToHexStringLower(issuer.Holder));
        Assert.Equal(Text(vector["keyId"]), Convert.ToHexStringLower(issuer.KeyId));
        Assert.Equal(Text(vector["root"]), Convert.ToHexStringLower(issuer.Root));
        Assert.Equal((3, 70_000, vector["count"]!.GetValue<int>()), (issuer.List, issuer.Index, issuer.Count));
    }

    private static void Expect(JsonObject vector, string? stage) =>
        Assert.True(stage == vector["stage"]?.GetValue<string>(), $"{Text(vector["name"])}: expected {vector["stage"] ?? "accept"}, was {stage ?? "accept"}");

    private static List<JsonObject> Some(string kind)
    {
        var vectors = VectorFile.Read(kind).ToList();
        Assert.NotEmpty(vectors);
        return vectors;
    }

    private static CompactLeaf Leaf(JsonObject json)
    {
        Assert.True(CompactLeaf.TryValue(json["value"], out var value));
        return new CompactLeaf(Convert.FromHexString(Text(json["salt"])), json["key"]!.GetValue<int>(), value);
    }

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}
