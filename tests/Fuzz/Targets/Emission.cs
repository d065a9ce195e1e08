using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.SdJwt;
using Identity.Credentials.Verdicts;
using Identity.Fuzz.Engine;

namespace Identity.Fuzz.Targets;

/// <summary>Damaged documents with what this library says of them, for the browser code to be held against (<c>node src/web/fuzz.mjs --compare FILE</c>).</summary>
public static class Emission
{
    /// <summary>What verdicts rest on, then one line of JSON for each input of each form: what it is (base64), and what this library says of it, null where it refuses.</summary>
    public static void Write(TextWriter to, ulong seed, long inputs)
    {
        to.WriteLine(new JsonObject
        {
            ["kind"] = "world", ["issuer"] = World.IssuerKey.PublicKey.ToJson(), ["pack"] = Convert.ToBase64String(TrustTargets.Pack.Encode()), ["signer"] = World.VerifierKey.PublicKey.ThumbprintText(),
            ["challenge"] = Proofs.Asked.Text, ["now"] = World.Now.ToUnixTimeSeconds(),
        }.ToJsonString());
        foreach (var (kind, of, read) in new (string, string, Func<byte[], JsonNode?>)[]
        {
            ("compact-proof", "compact-proof", bytes => Proof(Text(bytes))), ("compact-paper", "compact-paper", bytes => Paper(Text(bytes))), ("challenge", "challenge", bytes => Challenge(Text(bytes))),
            ("compact-issued", "compact-issued", Issued), ("verdict", "compact-proof", bytes => Judged(Text(bytes))), ("verdict", "compact-paper", bytes => Judged(Text(bytes))), ("sd-jwt", "sd-jwt", bytes => SdJwt(Text(bytes))),
        })
        {
            var target = Targets.Find(of)!;
            for (long input = 0; input < inputs; input++)
            {
                var bytes = input < target.Seeds.Count ? target.Seeds[(int)input] : target.Mutate(Dice.For(seed, kind + of, input));
                to.WriteLine(new JsonObject { ["kind"] = kind, ["input"] = Convert.ToBase64String(bytes), ["says"] = read(bytes) }.ToJsonString());
            }
        }
    }

    /// <summary>The verdict from a trust pack; the machine words of a form that cannot be read are each library's own.</summary>
    private static JsonObject Judged(string text)
    {
        var verdict = VerdictJson.ToJson(VerdictEngine.Check(text, new Expectations.Challenge(Proofs.Asked), TrustTargets.Pack, World.Now));
        var format = verdict["checks"]![0]!;
        if ((string?)format["result"] == "failed") format["evidence"] = "";
        return verdict;
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    // By its form alone: behind a broken signature nobody would see what one reader takes and the other does not.
    private static JsonObject? Proof(string text) => CompactVerifier.TryParse(text, out var proof, out _)
        ? new JsonObject
        {
            ["claims"] = Claims(proof.Disclosed.Select(d => d.Leaf)),
            ["binding"] = proof.Binding is { } digest ? Convert.ToHexStringLower(digest) : new JsonArray(proof.RollingTime, proof.ClockUnsure),
            ["holds"] = proof.ClaimsHold, ["shown"] = proof.VerifyHolder(), ["signed"] = proof.VerifyIssuer(World.Trusted), ["place"] = Place(proof.Issuer.OriginalIssuer),
        }
        : null;

    private static JsonObject? Paper(string text) => CompactPaper.TryParse(text, out var paper, out _)
        ? new JsonObject
        {
            ["type"] = paper.Type, ["from"] = paper.NotBefore, ["until"] = paper.Expires, ["list"] = paper.List, ["index"] = paper.Index, ["entry"] = Convert.ToHexStringLower(paper.LogEntry),
            ["claims"] = paper.Claims(null), ["signed"] = paper.VerifyIssuer(World.Trusted), ["place"] = Place(paper.OriginalIssuer),
        }
        : null;

    private static JsonObject? Challenge(string text) => CompactChallenge.TryParse(text, out var asked, out _)
        ? new JsonObject { ["digest"] = Convert.ToHexStringLower(asked.Digest), ["asks"] = new JsonArray([.. asked.Required.Concat(asked.Optional).Select(k => (JsonNode)k)]), ["purpose"] = asked.Purpose, ["name"] = asked.Name }
        : null;

    private static JsonObject? Issued(byte[] bytes) => CompactCredential.TryDecode(bytes, out var credential, out _)
        ? new JsonObject { ["claims"] = Claims(credential!.Leaves), ["signed"] = credential.Issuer.Verify(World.Trusted), ["place"] = Place(credential.Issuer.OriginalIssuer) }
        : null;

    private static string? Place(byte[]? original) => original is null ? null : Convert.ToHexStringLower(original);

    private static JsonObject Claims(IEnumerable<CompactLeaf> leaves) =>
        new(leaves.Select(l => KeyValuePair.Create($"#{l.Key.ToString(System.Globalization.CultureInfo.InvariantCulture)}", (JsonNode?)l.ToJson())));

    // The browser code reads ES256 only, and refuses the one member name that means something to its own language.
    private static JsonObject? SdJwt(string text) =>
        SdJwtDocument.TryParse(text, out var document, out _) && document.Jwt.Algorithm == "ES256" && document.TryProcess(out var claims, out _)
        && !$"{document.Jwt.Header.ToJsonString()}{document.Jwt.Payload.ToJsonString()}{claims.ToJsonString()}".Contains("\"__proto__\"", StringComparison.Ordinal) ? (JsonObject)claims.DeepClone() : null;
}
