using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Fuzz.Engine;

namespace Identity.Fuzz.Mutations;

/// <summary>Changes to signed texts that a forger would make: other claims under the old signature, under a foreign one, under none; parts of two good documents put together.</summary>
public static class JoseDamage
{
    /// <summary>A changed compact JWS. A re-signed one carries the signature of <paramref name="foreign"/>, never the trusted key's.</summary>
    public static string Jws(string good, IReadOnlyList<string> others, ISigner foreign, Dice dice)
    {
        var parts = good.Split('.');
        if (parts.Length != 3 || dice.OneIn(6)) return Damage.Text(good, others, dice);
        var (header, payload, signature) = (parts[0], parts[1], parts[2]);
        switch (dice.Next(7))
        {
            case 0:
                header = Json(header, others, dice);
                break;
            case 1:
                payload = Json(payload, others, dice);
                break;
            case 2: // parts of two
                var other = dice.Pick(others).Split('.');
                if (other.Length == 3) (header, payload, signature) = (dice.OneIn(2) ? other[0] : header, dice.OneIn(2) ? other[1] : payload, dice.OneIn(2) ? other[2] : signature);
                break;
            case 3:
                signature = dice.Pick((string[])["", "AAAA", Base64Url.Encode(new byte[64]), Base64Url.Encode(dice.Bytes(64)), signature + "A", signature + "=", signature.Length == 0 ? "A" : signature[..^1]]);
                break;
            case 4: // what it says about itself
                header = Base64Url.Encode(Encoding.UTF8.GetBytes(Header(header, foreign, dice)));
                if (dice.OneIn(2)) signature = Sign(header, payload, foreign);
                break;
            default:
                payload = Json(payload, others, dice);
                if (dice.OneIn(3)) header = Json(header, others, dice);
                signature = Sign(header, payload, foreign);
                break;
        }
        return $"{header}.{payload}.{signature}";
    }

    /// <summary>A changed SD-JWT with or without key binding.</summary>
    public static string SdJwt(string good, IReadOnlyList<string> others, ISigner foreign, Dice dice)
    {
        if (dice.OneIn(8)) return Damage.Text(good, others, dice);
        var parts = good.Split('~').ToList();
        var other = dice.Pick(others).Split('~');
        for (var n = 1 + (dice.OneIn(3) ? dice.Next(3) : 0); n > 0; n--)
        {
            var at = parts.Count > 2 ? 1 + dice.Next(parts.Count - 2) : 0;
            switch (dice.Next(10))
            {
                case 0:
                    parts[0] = Jws(parts[0], [other[0]], foreign, dice);
                    break;
                case 1 when parts.Count > 2:
                    parts.RemoveAt(at);
                    break;
                case 2 when parts.Count > 1:
                    parts.Insert(at, parts[at]);
                    break;
                case 3 when other.Length > 2:
                    parts.Insert(Math.Max(1, at), other[1 + dice.Next(other.Length - 2)]);
                    break;
                case 4 when parts.Count > 3:
                    var second = 1 + dice.Next(parts.Count - 2);
                    (parts[at], parts[second]) = (parts[second], parts[at]);
                    break;
                case 5 when parts.Count > 2:
                    parts[at] = Json(parts[at], [.. other[1..]], dice);
                    break;
                case 6: // another's key binding, or none
                    parts[^1] = dice.OneIn(2) ? other[^1] : "";
                    break;
                case 7 when parts[^1].Length > 0:
                    parts[^1] = Jws(parts[^1], [other[^1]], foreign, dice);
                    break;
                case 8: // other parts of the credential around this one's proof
                    parts[0] = other[0];
                    break;
                default:
                    parts.Insert(parts.Count - 1, Base64Url.Encode(Encoding.UTF8.GetBytes(JsonDamage.Text("""["c2FsdA","given_name","Mallory"]""", ["[]"], dice))));
                    break;
            }
        }
        return string.Join('~', parts);
    }

    /// <summary>Changed JSON behind base64url.</summary>
    public static string Json(string part, IReadOnlyList<string> others, Dice dice)
    {
        if (!Base64Url.TryDecode(part, out var bytes) || dice.OneIn(10)) return Damage.Text(part, others, dice);
        var damaged = Encoding.UTF8.GetBytes(JsonDamage.Text(Encoding.UTF8.GetString(bytes), ["{}", "[1]"], dice));
        if (dice.OneIn(20)) damaged = Damage.Bytes(damaged, [damaged], dice);
        return Base64Url.Encode(damaged);
    }

    /// <summary>A foreign signature over these parts, with the algorithm its key has.</summary>
    public static string Sign(string header, string payload, ISigner foreign) => Base64Url.Encode(foreign.Sign(Encoding.UTF8.GetBytes($"{header}.{payload}")));

    private static string Header(string header, ISigner foreign, Dice dice)
    {
        if (!Base64Url.TryDecode(header, out var bytes) || !StrictJson.TryParseObject(bytes, out var json, out _)) return "{}";
        switch (dice.Next(8))
        {
            case 0: json["alg"] = dice.Pick((string[])["none", "None", "HS256", "EdDSA", "ES384", "ES256K", "RS256", ""]); break;
            case 1: json["jwk"] = foreign.PublicKey.ToJson(); break;
            case 2: json["jku"] = "https://attacker.example/jwks"; break;
            case 3: json["kid"] = foreign.PublicKey.ThumbprintText(); break;
            case 4: json["crit"] = new JsonArray("exp"); break;
            case 5: json["b64"] = false; break;
            case 6: json["typ"] = dice.Pick((string[])["JWT", "kb+jwt", "vc+sd-jwt", "dc+sd-jwt", "statuslist+jwt", "oauth-authz-req+jwt", "openid4vci-proof+jwt", ""]); break;
            default: json["x5c"] = new JsonArray("AAAA"); break;
        }
        return json.ToJsonString();
    }
}
