using System.Globalization;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Cose;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Tests.Compact;

/// <summary>The vectors at the limits of docs/compact-proof.md, and the table that says which rule each binds. The browser code reads the same files.</summary>
public sealed class EdgeVectorTests
{
    [Fact]
    public void Items_of_CBOR_are_accepted_and_refused_as_stated()
    {
        foreach (var vector in Some("cbor"))
            Assert.True(CborLimits.TryCheck(Convert.FromHexString(Text(vector["hex"])), 16_384, out _) == (Text(vector["expected"]) == "accept"), Text(vector["name"]));
    }

    [Fact]
    public void Every_form_is_accepted_and_refused_at_its_limits_as_stated()
    {
        var keys = VectorFile.Keys("edges");
        foreach (var vector in Some("edges"))
        {
            var kind = Text(vector["kind"]);
            var known = vector["known"]?.AsArray().Select(Text) ?? [Text(vector["issuerKey"])];
            var issuers = known.Select(name => VectorFile.Key(keys, name)).ToList();
            var (stage, reason, claims, original) = kind switch
            {
                "issued" => Issued(vector, issuers),
                "challenge" => Challenge(vector),
                "paper" => Paper(vector, issuers),
                _ => Proof(vector, issuers),
            };
            issuers.ForEach(key => key.Dispose());

            var name = $"{kind}: {vector["name"]}";
            Assert.True(stage == (string?)vector["stage"] && (vector["reason"] is null || reason == Text(vector["reason"])), $"{name}: expected {vector["stage"] ?? "accept"} {vector["reason"]}, was {stage ?? "accept"} {reason}");
            if (stage is null && vector["claims"] is { } stated) Assert.True(JsonNode.DeepEquals(stated, claims), name);
            if (stage is null && kind != "challenge") Assert.Equal((string?)vector["original"], original is null ? null : Convert.ToHexStringLower(original));
        }
    }

    private static (string?, string, JsonObject?, byte[]?) Issued(JsonObject vector, List<VerificationKey> issuers)
    {
        if (!CompactCredential.TryDecode(Convert.FromHexString(Text(vector["hex"])), out var credential, out var reason)) return reason == "compact_root" ? ("root", "altered", null, null) : Form(reason);
        Assert.Equal(Text(vector["hex"]), Convert.ToHexStringLower(credential!.Encode()));
        return By(issuers, credential.Issuer.Verify) is { } unknown ? ("issuer", unknown, null, null)
            : (null, "", new JsonObject(credential.Leaves.Select(l => KeyValuePair.Create(l.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)l.ToJson()))), credential.Issuer.OriginalIssuer);
    }

    private static (string?, string, JsonObject?, byte[]?) Challenge(JsonObject vector) =>
        CompactChallenge.TryParse(Text(vector["text"]), out _, out var reason) ? (null, "", null, null) : reason == "challenge_signature" ? ("holder", "", null, null) : Form(reason);

    private static (string?, string, JsonObject?, byte[]?) Paper(JsonObject vector, List<VerificationKey> issuers) =>
        !CompactPaper.TryParse(Text(vector["text"]), out var paper, out var reason) ? Form(reason)
        : By(issuers, paper.VerifyIssuer) is { } unknown ? ("issuer", unknown, null, null)
        : (null, "", ByKey(paper.Claims(null)), paper.OriginalIssuer);

    private static (string?, string, JsonObject?, byte[]?) Proof(JsonObject vector, List<VerificationKey> issuers) =>
        !CompactPresentation.TryParse(Text(vector["text"]), out var proof, out var reason) ? Form(reason)
        : !proof.ClaimsHold ? ("root", "altered", null, null)
        : By(issuers, proof.VerifyIssuer) is { } unknown ? ("issuer", unknown, null, null)
        : !proof.VerifyHolder() ? ("holder", "holder_not_proven", null, null)
        : !proof.VerifyHolder(Convert.FromHexString(Text(vector["binding"]))) ? ("binding", "replayed", null, null)
        : (null, "", ByKey(proof.Claims(null)), proof.Issuer.OriginalIssuer);

    /// <summary>Null where one of the keys signed; else what a verdict calls it.</summary>
    private static string? By(List<VerificationKey> issuers, Func<VerificationKey, bool> signed) => issuers.Any(signed) ? null : issuers.Count == 0 ? "issuer_unknown" : "altered";

    private static (string?, string, JsonObject?, byte[]?) Form(string reason) => ("form", reason is "compact_version" or "challenge_version" ? "unsupported" : "malformed", null, null);

    /// <summary>Claims of no known type are named by their keys: <c>#12</c>.</summary>
    private static JsonObject ByKey(JsonObject claims) => new(claims.Select(c => KeyValuePair.Create(c.Key[1..], c.Value?.DeepClone())));

    private static List<JsonObject> Some(string kind)
    {
        var vectors = VectorFile.Read(kind).ToList();
        Assert.NotEmpty(vectors);
        return vectors;
    }

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}
