using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.StatusList;
using Identity.Credentials.Types;

namespace Identity.Benchmarks.Checking;

/// <summary>Diplomas of a college as their holders have them.</summary>
internal static class Diplomas
{
    public static TypeDefinition Type { get; } = TypeDefinition.Find("qualification")!;

    /// <summary>6 or 12 claims.</summary>
    public static JsonObject Claims(int count)
    {
        var all = new JsonObject
        {
            ["holder_name"] = "Amina Okoye-Reyes", ["title"] = "Welding Technician", ["kind"] = "diploma", ["awarded_on"] = "2024-06-30", ["awarding_body"] = "Bench College", ["awarding_country"] = "XT",
            ["holder_name_native"] = "أمينة أوكويي-رييس", ["occupation"] = "7212", ["level_eqf"] = 4, ["result"] = "with merit", ["hours"] = 1200, ["origin"] = "original",
        };
        return new JsonObject(all.Take(count).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
    }

    /// <summary>An SD-JWT VC whose claims can all be hidden, signed and anchored, for a holder of its own.</summary>
    public static Diploma Issue(Register register, int claims, int index)
    {
        var holder = Es256Key.Create();
        var content = Claims(claims);
        var payload = new JsonObject
        {
            ["iss"] = register.Organisation.Issuer,
            ["iat"] = register.Now.AddDays(-1).ToUnixTimeSeconds(),
            ["exp"] = register.Now.AddYears(1).ToUnixTimeSeconds(),
            ["vct"] = Type.Vct,
            ["cnf"] = new JsonObject { ["jwk"] = holder.PublicKey.ToJson() },
            ["status"] = new StatusReference(register.StatusUri, index).ToJson(),
        };
        foreach (var (name, value) in content) payload[name] = value?.DeepClone();
        var header = new JsonObject { ["typ"] = SdJwtVc.Typ, ["kid"] = register.Key.PublicKey.ThumbprintText() };
        var text = SdJwtIssuer.Issue(header, payload, [.. content.Select(member => new ClaimPath(member.Key))], register.Key, RandomNumberGenerator.Fill);
        register.Anchor(Entry.OfJwt(text.AsSpan(0, text.IndexOf('~', StringComparison.Ordinal))));
        return new Diploma(text, holder, [.. content.Select(member => member.Key)]);
    }

    /// <summary>The compact form, anchored.</summary>
    public static (CompactCredential Credential, Es256Key Holder) IssueCompact(Register register, int index)
    {
        var holder = Es256Key.Create();
        var credential = CompactIssuer.Issue(Type, Claims(12), holder.PublicKey, null, register.Now.AddYears(1).ToUnixTimeSeconds(), 1, index, register.Key, RandomNumberGenerator.Fill);
        register.Anchor(Entry.OfCose(credential.Issuer.Encoded));
        return (credential, holder);
    }
}

/// <summary>An SD-JWT VC in somebody's wallet.</summary>
internal sealed record Diploma(string Text, Es256Key Holder, IReadOnlyList<string> Names)
{
    /// <summary>Some claims shown, or all, bound to a request.</summary>
    public string Present(string audience, string nonce, params string[] names) =>
        SdJwtHolder.Present(SdJwtDocument.TryParse(Text, out var document, out var reason) ? document : throw new InvalidOperationException(reason),
            (names.Length > 0 ? names : Names).Select(name => new ClaimPath(name)), new KeyBindingRequest(audience, nonce, TimeProvider.System.GetUtcNow()), Holder);
}
