using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.SdJwt;
using Identity.Credentials.Verdicts;
using Identity.Fuzz.Engine;

namespace Identity.Fuzz.Targets;

/// <summary>Damaged documents with what this library says of them, for the browser code to be held against (<c>node src/web/fuzz.mjs --compare FILE</c>).</summary>
internal static class Emission
{
    public static void Write(TextWriter to, ulong seed, long inputs)
    {
        to.WriteLine(new JsonObject
        {
            ["kind"] = "world", ["pack"] = Convert.ToBase64String(TrustTargets.Pack.Encode()), ["signer"] = World.VerifierKey.PublicKey.ThumbprintText(),
            ["challenge"] = Proofs.Asked.Text, ["now"] = World.Now.ToUnixTimeSeconds(),
        }.ToJsonString());
        foreach (var (kind, target, read) in new (string, Target, Func<string, JsonObject?>)[]
            { ("compact-proof", Targets.Find("compact-proof")!, Proof), ("verdict", Targets.Find("compact-proof")!, Judged), ("sd-jwt", Targets.Find("sd-jwt")!, SdJwt) })
        {
            for (long input = 0; input < inputs; input++)
            {
                var bytes = input < target.Seeds.Count ? target.Seeds[(int)input] : target.Mutate(Dice.For(seed, kind, input));
                var claims = read(Encoding.UTF8.GetString(bytes));
                to.WriteLine(new JsonObject { ["kind"] = kind, ["text"] = Convert.ToBase64String(bytes), ["accepted"] = claims is not null, ["claims"] = claims?.DeepClone() }.ToJsonString());
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

    private static JsonObject? Proof(string text) => CompactVerifier.TryParse(text, out var proof, out _) && proof.ClaimsHold && proof.VerifyHolder()
        ? new JsonObject
        {
            ["claims"] = Claims(proof.Disclosed.Select(d => d.Leaf)),
            ["binding"] = proof.Binding is { } digest ? Convert.ToHexStringLower(digest) : new JsonArray(proof.RollingTime, proof.ClockUnsure),
        }
        : null;

    private static JsonObject Claims(IEnumerable<CompactLeaf> leaves) =>
        new(leaves.Select(l => KeyValuePair.Create(l.Key.ToString(System.Globalization.CultureInfo.InvariantCulture), (JsonNode?)l.ToJson())));

    // The browser code reads ES256 only, and refuses the one member name that means something to its own language.
    private static JsonObject? SdJwt(string text) =>
        SdJwtDocument.TryParse(text, out var document, out _) && document.Jwt.Algorithm == "ES256" && document.TryProcess(out var claims, out _)
        && !$"{document.Jwt.Header.ToJsonString()}{document.Jwt.Payload.ToJsonString()}{claims.ToJsonString()}".Contains("\"__proto__\"", StringComparison.Ordinal) ? claims : null;
}
