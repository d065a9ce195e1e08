using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Verifiers;

/// <summary>
/// What an authority vouches for about a verifier: who it is, by which keys it asks, for what, and which claims. Public; on the ledger
/// as canonical JSON (RFC 8785), whose SHA-256 is the verifier's id.
/// </summary>
/// <param name="Name">As people read it; 1 to 80 characters.</param>
/// <param name="Country">Two capital letters.</param>
/// <param name="Demonstration">It is fictional.</param>
/// <param name="Contact">How people reach it; 1 to 200 characters.</param>
/// <param name="PublicPage">A check page that anybody may use: the wallet names no asker and refuses whatever goes beyond the purposes.</param>
/// <param name="Keys">Thumbprints (RFC 7638, base64url) of the keys that sign its requests and challenges; 1 to 8.</param>
/// <param name="Purposes">What it may ask for; 1 to 16.</param>
/// <param name="Url">Where its service is reached, for the receipt of a check; http or https, at most 200 characters, or null.</param>
public sealed record VerifierProfile(
    string Name, string Country, bool Demonstration, string Contact, bool PublicPage, IReadOnlyList<string> Keys, IReadOnlyList<VerifierPurpose> Purposes, string? Url = null)
{
    /// <summary>The most bytes of canonical JSON that the contract takes.</summary>
    public const int MaxBytes = 8192;

    private const int ThumbprintLength = 43;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The canonical JSON.</summary>
    public string Canonical() => CanonicalJson.Write(ToJson());

    /// <summary>The verifier's id: 32 bytes.</summary>
    public byte[] Id() => SHA256.HashData(Utf8.GetBytes(Canonical()));

    /// <summary>The purpose of this id, or null.</summary>
    public VerifierPurpose? Purpose(string? id) => Purposes.FirstOrDefault(purpose => purpose.Id == id);

    /// <summary>The members as JSON.</summary>
    public JsonObject ToJson()
    {
        var json = Members();
        if (Url is not null) json["url"] = Url;
        return json;
    }

    private JsonObject Members() => new()
    {
        ["contact"] = Contact,
        ["country"] = Country,
        ["demonstration"] = Demonstration,
        ["keys"] = Texts(Keys),
        ["name"] = Name,
        ["public_page"] = PublicPage,
        ["purposes"] = new JsonArray([.. Purposes.Select(purpose => (JsonNode)purpose.ToJson())]),
    };

    /// <summary>Reads canonical JSON; refuses anything that would not be written the same way again.</summary>
    public static bool TryParse(string canonical, [NotNullWhen(true)] out VerifierProfile? profile, out string reason)
    {
        profile = null;
        if (!CanonicalJson.TryRead(canonical, MaxBytes, maxDepth: 8, out var json, out reason) || !TryRead(json, out var read, out reason)) return false;
        reason = "the profile is not in canonical form, or has members of other kinds";
        if (read.Canonical() != canonical) return false;
        (profile, reason) = (read, "");
        return true;
    }

    /// <summary>Reads the members; those it does not know are left out.</summary>
    public static bool TryRead(JsonNode? json, [NotNullWhen(true)] out VerifierProfile? profile, out string reason)
    {
        profile = null;
        reason = "the profile lacks name, country, contact, demonstration, public_page, keys or purposes";
        if (json is not JsonObject members || StrictJson.Text(members["name"]) is not { } name || StrictJson.Text(members["country"]) is not { } country
            || StrictJson.Text(members["contact"]) is not { } contact || Flag(members["demonstration"]) is not { } demonstration || Flag(members["public_page"]) is not { } publicPage
            || Texts(members["keys"]) is not { } keys || members["purposes"] is not JsonArray { Count: <= 16 } list) return false;
        var purposes = new List<VerifierPurpose>();
        foreach (var item in list)
        {
            if (!VerifierPurpose.TryRead(item, out var purpose)) { reason = "a purpose lacks id, text or asks"; return false; }
            purposes.Add(purpose);
        }
        var read = new VerifierProfile(name, country, demonstration, contact, publicPage, keys, purposes, StrictJson.Text(members["url"]));
        if (read.Fault() is { } fault) { reason = fault; return false; }
        (profile, reason) = (read, "");
        return true;
    }

    /// <summary>What is wrong with the values, or null.</summary>
    public string? Fault()
    {
        if (!IsWords(Name, 80) || !IsWords(Contact, 200)) return "name or contact is empty, too long, or holds characters that people cannot see";
        if (Url is not null && !(Url.Length <= 200 && Uri.TryCreate(Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url is { Query: "", Fragment: "", UserInfo: "" })) return "the address is no http or https address of at most 200 characters without query and fragment";
        if (Country.Length != 2 || !Country.All(char.IsAsciiLetterUpper)) return "the country is not two capital letters";
        if (Keys.Count is 0 or > 8 || Keys.Distinct().Count() != Keys.Count || Keys.Any(key => key.Length != ThumbprintLength || !Base64Url.TryDecode(key, out _)))
            return "the keys are not one to eight thumbprints";
        if (Purposes.Count is 0 or > 16 || Purposes.Select(p => p.Id).Distinct().Count() != Purposes.Count) return "there are no purposes, too many, or two of one id";
        if (Purposes.Select(purpose => purpose.Fault()).FirstOrDefault(fault => fault is not null) is { } bad) return bad;
        try
        {
            return Utf8.GetByteCount(Canonical()) > MaxBytes ? "the profile is too long" : null;
        }
        catch (EncoderFallbackException)
        {
            return "a text is no Unicode";
        }
    }

    /// <summary>Not empty, not long, and nothing in it that turns text around or hides a part of it.</summary>
    internal static bool IsWords(string text, int longest) =>
        text.Trim().Length > 0 && text.Length <= longest && !text.Any(c => char.IsControl(c) || c is (>= '\u200b' and <= '\u200f') or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\ufeff');

    internal static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)JsonValue.Create(text))];

    internal static IReadOnlyList<string>? Texts(JsonNode? json) =>
        json is JsonArray { Count: <= 64 } list && list.All(item => StrictJson.Text(item) is not null) ? [.. list.Select(item => StrictJson.Text(item)!)] : null;

    private static bool? Flag(JsonNode? json) => json?.GetValueKind() switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null };
}

/// <summary>One thing that a verifier may ask for.</summary>
/// <param name="Id">Lower-case letters, digits and hyphens; what a request names.</param>
/// <param name="Text">Why, per language (BCP 47), 1 to 120 characters each; English is always there.</param>
/// <param name="Asks">The claims of each type that it may ask for.</param>
public sealed record VerifierPurpose(string Id, IReadOnlyDictionary<string, string> Text, IReadOnlyList<PurposeClaims> Asks)
{
    /// <summary>The words in a language, or the English ones.</summary>
    public string TextFor(string language) => Text.TryGetValue(language, out var text) ? text : Text["en"];

    /// <summary>Whether the purpose covers a claim of a type.</summary>
    public bool Covers(string type, string claim) => Asks.Any(ask => ask.Type == type && ask.Claims.Contains(claim));

    internal JsonObject ToJson() => new()
    {
        ["asks"] = new JsonArray([.. Asks.Select(ask => (JsonNode)new JsonObject { ["claims"] = VerifierProfile.Texts(ask.Claims), ["type"] = ask.Type })]),
        ["id"] = Id,
        ["text"] = new JsonObject(Text.Select(text => KeyValuePair.Create(text.Key, (JsonNode?)JsonValue.Create(text.Value)))),
    };

    internal static bool TryRead(JsonNode? json, [NotNullWhen(true)] out VerifierPurpose? purpose)
    {
        purpose = null;
        if (json is not JsonObject members || StrictJson.Text(members["id"]) is not { } id || members["text"] is not JsonObject { Count: <= 32 } words || members["asks"] is not JsonArray { Count: <= 16 } list) return false;
        var text = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (language, node) in words)
        {
            if (StrictJson.Text(node) is not { } word) return false;
            text[language] = word;
        }
        var asks = new List<PurposeClaims>();
        foreach (var item in list)
        {
            if (item is not JsonObject ask || StrictJson.Text(ask["type"]) is not { } type || VerifierProfile.Texts(ask["claims"]) is not { } claims) return false;
            asks.Add(new PurposeClaims(type, claims));
        }
        purpose = new VerifierPurpose(id, text, asks);
        return true;
    }

    internal string? Fault()
    {
        if (Id.Length is 0 or > 40 || !Id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')) return "the id of a purpose is not 1 to 40 lower-case letters, digits and hyphens";
        if (!Text.ContainsKey("en") || Text.Any(text => text.Key.Length is 0 or > 20 || !VerifierProfile.IsWords(text.Value, 120))) return "the text of a purpose has no English, is too long, or holds characters that people cannot see";
        if (Asks.Count == 0 || Asks.Select(a => a.Type).Distinct().Count() != Asks.Count || Asks.Any(a => a.Type.Length is 0 or > 200 || a.Claims.Any(c => c.Length is 0 or > 100) || a.Claims.Distinct().Count() != a.Claims.Count))
            return "a purpose asks for no type, for one twice, or for a claim twice";
        return null;
    }
}

/// <summary>Claims of one type, by name.</summary>
public sealed record PurposeClaims(string Type, IReadOnlyList<string> Claims);
