using System.Formats.Cbor;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Cose;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.Types;
using Identity.Fuzz.Engine;
using Identity.Fuzz.Mutations;

namespace Identity.Fuzz.Targets;

/// <summary>Readers of encodings. What they accept must be the one spelling of its value.</summary>
internal static class EncodingTargets
{
    public static IEnumerable<Target> All()
    {
        byte[][] pieces = [[], [0], [1, 2], [255, 255, 255], Encoding.UTF8.GetBytes("The quick brown fox"), [.. Enumerable.Range(0, 256).Select(i => (byte)i)]];

        yield return Text("base64url", [.. pieces.Select(p => Base64Url.Encode(p))], text =>
            !Base64Url.TryDecode(text, out var bytes) ? Judgement.Refused : Judgement.Require(Base64Url.Encode(bytes) == text, "two texts for one value"));

        yield return Text("base45", [.. pieces.Select(p => Base45.Encode(p))], text =>
            !Base45.TryDecode(text, 2000, out var bytes) ? Judgement.Refused : Judgement.Require(Base45.Encode(bytes) == text && bytes.Length <= 2000, "two texts for one value"));

        var cbor = new[] { Proofs.Compact, Proofs.Challenge, Proofs.Issued };
        yield return new Target("cbor", cbor, dice => CborDamage.Bytes(dice.Pick(cbor), cbor, dice), bytes => !CborLimits.TryCheck(bytes, 16 * 1024, out _) ? Judgement.Refused : Canonical(bytes));

        byte[][] inflatable = [.. pieces[1..].Select(p => Inflate.Deflate(p)), Inflate.Deflate(new byte[60_000])];
        yield return new Target("inflate", inflatable, dice => Damage.Bytes(dice.Pick(inflatable), inflatable, dice), bytes =>
        {
            if (!Inflate.TryInflateZlib(bytes, 60_000, out var content, out _)) return Judgement.Refused;
            if (content.Length > 60_000) return Judgement.False("more bytes than allowed");
            // Adler-32 stands at the end: what is taken must have the checksum that the stream says.
            return Judgement.Require(Adler(content) == (uint)((bytes[^4] << 24) | (bytes[^3] << 16) | (bytes[^2] << 8) | bytes[^1]), "the checksum does not hold");
        });

        string[] json = ["{}", """{"a":{"b":[1,2,{"c":null}],"d":"é😀"},"e":-1.5e3,"f":true}""", """{"alg":"ES256","typ":"dc+sd-jwt","kid":"k"}""", Encoding.UTF8.GetString(Parts.Payload(World.Credential()))];
        yield return Json("json", json, bytes =>
        {
            if (!StrictJson.TryParseObject(bytes, out var value, out _)) return Judgement.Refused;
            Walk(value);
            if (!StrictJson.TryParseObject(Encoding.UTF8.GetBytes(value.ToJsonString()), out var again, out var reason)) return Judgement.False($"what it wrote is refused: {reason}");
            return Judgement.Require(JsonNode.DeepEquals(value, again) && Unique(bytes), "a member stands twice, or the value changed on the way");
        });

        string[] jwks = [World.IssuerKey.PublicKey.ToJson().ToJsonString(), (World.HolderKey.PublicKey with { Kid = "k", Alg = "ES256", Use = "sig" }).ToJson().ToJsonString(), Ed25519Key.FromSeed(new byte[32]).PublicKey.ToJson().ToJsonString()];
        yield return Json("jwk", jwks, bytes =>
        {
            if (!StrictJson.TryParseObject(bytes, out var json, out _) || !Jwk.TryParse(json, out var key, out _)) return Judgement.Refused;
            if (Jwk.ContainsPrivate(json)) return Judgement.False("a private key was taken");
            if (!Jwk.TryParse(key.ToJson(), out var again, out var reason)) return Judgement.False($"what it wrote is refused: {reason}");
            if (again.ThumbprintText() != key.ThumbprintText()) return Judgement.False("another key on the way");
            if (!VerificationKey.TryImport(key, out var verifier, out _)) return Judgement.Refused;
            using (verifier) return Judgement.Require(!verifier.Verify("x"u8, new byte[64]), "a signature of zeros is the key's");
        });

        byte[][] points = [World.IssuerKey.PublicKey.Compressed(), World.HolderKey.PublicKey.Compressed()];
        yield return new Target("compressed-point", points, dice => Damage.Bytes(dice.Pick(points), points, dice), bytes =>
            !Jwk.TryFromCompressed(bytes, out var key) ? Judgement.Refused : Judgement.Require(key!.Compressed().AsSpan().SequenceEqual(bytes), "another point came back"));

        string[] paths = ["""["a"]""", """["a",null,0,"b"]""", """[null,null]"""];
        var claims = JsonNode.Parse("""{"a":[{"b":1},[{"b":2},{"b":[1,2,3]}],[]],"x":"y"}""");
        yield return Json("claim-path", paths, bytes =>
        {
            if (!StrictJson.TryParseArray(bytes, out var json, out _) || !ClaimPath.TryParse(json, out var path, out _)) return Judgement.Refused;
            _ = path.Select(claims);
            return Judgement.Require(ClaimPath.TryParse(path.ToJson(), out var again, out _) && again.Equals(path) && path.Covers(again) && again.GetHashCode() == path.GetHashCode(), "another path came back");
        });

        string[] types = [.. TypeDefinition.All.Take(2).Select(t => TypeText(t.Name))];
        yield return Json("type-definition", types, bytes =>
        {
            try
            {
                var type = TypeDefinition.Parse(Encoding.UTF8.GetString(bytes));
                return type is null ? Judgement.Refused : Judgement.Fine;
            }
            catch (JsonException)
            {
                return Judgement.Refused; // documented
            }
        });
    }

    /// <summary>A target over text.</summary>
    public static Target Text(string name, IReadOnlyList<string> seeds, Func<string, Judgement> judge, Func<string, IReadOnlyList<string>, Dice, string>? damage = null)
    {
        var mutate = damage ?? Damage.Text;
        return new Target(name, [.. seeds.Select(Encoding.UTF8.GetBytes)], dice => Encoding.UTF8.GetBytes(mutate(dice.Pick(seeds), seeds, dice)), bytes => judge(Encoding.UTF8.GetString(bytes)));
    }

    /// <summary>A target over JSON in bytes, not always UTF-8.</summary>
    public static Target Json(string name, IReadOnlyList<string> seeds, Func<byte[], Judgement> judge)
    {
        byte[][] raw = [.. seeds.Select(Encoding.UTF8.GetBytes)];
        return new Target(name, raw, dice => dice.OneIn(5) ? Damage.Bytes(dice.Pick(raw), raw, dice) : Encoding.UTF8.GetBytes(JsonDamage.Text(dice.Pick(seeds), seeds, dice)), judge);
    }

    /// <summary>The framework's own reader is the second opinion. Not its "Canonical": that sorts keys by length first, as RFC 7049 did.</summary>
    private static Judgement Canonical(byte[] bytes)
    {
        var reader = new CborReader(bytes, CborConformanceMode.Strict);
        reader.SkipValue();
        return Judgement.Require(reader.BytesRemaining == 0, "bytes after the item");
    }

    private static void Walk(JsonNode? node)
    {
        if (node is JsonObject members) foreach (var (name, value) in members) { _ = name.Length; Walk(value); }
        else if (node is JsonArray items) foreach (var item in items) Walk(item);
        else if (node is JsonValue) _ = (StrictJson.Text(node)?.Length, StrictJson.Integer(node), StrictJson.Time(node));
    }

    private static bool Unique(byte[] bytes)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 64 });
        var names = new Stack<HashSet<string>>();
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.StartObject) names.Push(new(StringComparer.Ordinal));
            else if (reader.TokenType == JsonTokenType.EndObject) names.Pop();
            else if (reader.TokenType == JsonTokenType.PropertyName && !names.Peek().Add(reader.GetString()!)) return false;
        }
        return true;
    }

    private static uint Adler(byte[] content)
    {
        uint a = 1, b = 0;
        foreach (var c in content)
        {
            a = (a + c) % 65521;
            b = (b + a) % 65521;
        }
        return (b << 16) | a;
    }

    private static string TypeText(string name)
    {
        using var stream = typeof(TypeDefinition).Assembly.GetManifestResourceStream($"types/{name}") ?? typeof(TypeDefinition).Assembly.GetManifestResourceStream($"types/{name}.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
