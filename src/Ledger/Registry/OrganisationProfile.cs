using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Identity.Ledger.Registry;

/// <summary>What an organisation says of itself on the chain. Its id is the SHA-256 of the canonical JSON (RFC 8785).</summary>
/// <param name="Issuer">The issuer identifier: an absolute URL, compared byte for byte.</param>
/// <param name="Name">Its name, as people read it.</param>
/// <param name="Country">Its country.</param>
/// <param name="Demonstration">It is fictional and every verdict says so.</param>
/// <param name="Contact">How people reach it, or null.</param>
public sealed record OrganisationProfile(string Issuer, string Name, string Country, bool Demonstration, string? Contact)
{
    /// <summary>The most bytes of canonical JSON that the contract takes.</summary>
    public const int MaxBytes = 4096;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The canonical JSON that goes on the chain: members in the order of their names, "contact" left out when null.</summary>
    public string Canonical()
    {
        var json = new StringBuilder("{");
        if (Contact is not null) Write(json.Append("\"contact\":"), Contact).Append(',');
        Write(json.Append("\"country\":"), Country).Append(",\"demonstration\":").Append(Demonstration ? "true" : "false");
        Write(json.Append(",\"issuer\":"), Issuer);
        return Write(json.Append(",\"name\":"), Name).Append('}').ToString();
    }

    /// <summary>The organisation's id: 32 bytes.</summary>
    public byte[] Id() => SHA256.HashData(Utf8.GetBytes(Canonical()));

    /// <summary>Reads canonical JSON; refuses anything that would not be written the same way again.</summary>
    public static bool TryParse(string canonical, [NotNullWhen(true)] out OrganisationProfile? profile, out string reason)
    {
        profile = null;
        reason = "the profile is not canonical JSON with country, demonstration, issuer and name";
        if (canonical.Length > MaxBytes) return false;
        try
        {
            using var document = JsonDocument.Parse(Utf8.GetBytes(canonical), new JsonDocumentOptions { MaxDepth = 2, AllowDuplicateProperties = false });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return false;
            if (Text(root, "issuer") is not { } issuer || Text(root, "name") is not { } name || Text(root, "country") is not { } country) return false;
            if (!root.TryGetProperty("demonstration", out var demonstration) || demonstration.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) return false;
            var read = new OrganisationProfile(issuer, name, country, demonstration.GetBoolean(), Text(root, "contact"));
            if (read.Canonical() != canonical) return false;
            if (read.Fault() is { } fault)
            {
                reason = fault;
                return false;
            }
            (profile, reason) = (read, "");
            return true;
        }
        catch (Exception e) when (e is JsonException or EncoderFallbackException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>What is wrong with the values, or null.</summary>
    public string? Fault()
    {
        if (!Uri.TryCreate(Issuer, UriKind.Absolute, out var issuer) || issuer.Scheme is not ("https" or "http") || issuer.Query.Length + issuer.Fragment.Length > 0)
            return "the issuer identifier is not an absolute http(s) URL without query and fragment";
        if (Name.Length is 0 or > 200 || Country.Length is 0 or > 64 || Contact?.Length is 0 or > 200)
            return "name, country or contact is empty or too long";
        foreach (var text in new[] { Issuer, Name, Country, Contact ?? "" })
            if (text.Any(char.IsControl) || text.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar)) return "a text holds control characters or is no Unicode";
        return Utf8.GetByteCount(Canonical()) > MaxBytes ? "the profile is too long" : null;
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // RFC 8785, section 3.2.2.2: only what JSON must escape is escaped, in the shortest form.
    private static StringBuilder Write(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (var c in text)
            _ = c switch
            {
                '"' or '\\' => json.Append('\\').Append(c),
                '\b' => json.Append("\\b"),
                '\t' => json.Append("\\t"),
                '\n' => json.Append("\\n"),
                '\f' => json.Append("\\f"),
                '\r' => json.Append("\\r"),
                < ' ' => json.Append("\\u").Append(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture)),
                _ => json.Append(c),
            };
        return json.Append('"');
    }
}
