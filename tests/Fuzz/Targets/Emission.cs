using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.SdJwt;
using Identity.Fuzz.Engine;

namespace Identity.Fuzz.Targets;

/// <summary>Damaged documents with what this library says of them, for the browser code to be held against (<c>node src/web/fuzz.mjs --compare FILE</c>).</summary>
internal static class Emission
{
    public static void Write(TextWriter to, ulong seed, long inputs)
    {
        foreach (var (kind, read) in new (string, Func<string, JsonObject?>)[] { ("compact-proof", Proof), ("sd-jwt", SdJwt) })
        {
            var target = Targets.Find(kind)!;
            for (long input = 0; input < inputs; input++)
            {
                var bytes = input < target.Seeds.Count ? target.Seeds[(int)input] : target.Mutate(Dice.For(seed, kind, input));
                var claims = read(Encoding.UTF8.GetString(bytes));
                to.WriteLine(new JsonObject { ["kind"] = kind, ["text"] = Convert.ToBase64String(bytes), ["accepted"] = claims is not null, ["claims"] = claims?.DeepClone() }.ToJsonString());
            }
        }
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
