using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.TestKit;

namespace Identity.Credentials.Tests.Compact;

/// <summary>The files under tests/vectors/compact, which the browser code runs too.</summary>
internal static class VectorFile
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IEnumerable<JsonObject> Read(string kind) =>
        JsonNode.Parse(File.ReadAllText(Checkout.Vector($"compact/{kind}.json")))!["vectors"]!.AsArray().Select(v => v!.AsObject());

    public static JsonObject Keys(string kind) => JsonNode.Parse(File.ReadAllText(Checkout.Vector($"compact/{kind}.json")))!["keys"]!.AsObject();

    public static VerificationKey Key(JsonObject keys, string name)
    {
        var json = keys[name]!.DeepClone().AsObject();
        json.Remove("d");
        Assert.True(Jwk.TryParse(json, out var jwk, out var reason), reason);
        Assert.True(VerificationKey.TryImport(jwk!, out var key, out reason), reason);
        return key!;
    }

    public static void Write(string kind, string about, IEnumerable<JsonObject> vectors)
    {
        var keys = new JsonObject();
        foreach (var name in new[] { "issuer", "holder", "verifier", "stranger" })
        {
            using var key = Fixed.Key(name);
            var jwk = key.PublicKey.ToJson();
            jwk["d"] = Base64Url.Encode(key.Raw.ExportParameters(true).D!);
            keys[name] = jwk;
        }

        var file = new JsonObject { ["about"] = about, ["keys"] = keys, ["vectors"] = new JsonArray([.. vectors]) };
        Directory.CreateDirectory(Checkout.Vector("compact"));
        File.WriteAllText(Checkout.Vector($"compact/{kind}.json"), file.ToJsonString(Readable) + "\n");
    }
}
