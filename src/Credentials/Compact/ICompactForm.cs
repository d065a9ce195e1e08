using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;

namespace Identity.Credentials.Compact;

/// <summary>What a proof and a paper have in common: an issuer's statement about a person, with some claims to be read.</summary>
public interface ICompactForm
{
    /// <summary>First eight bytes of the issuer key's thumbprint.</summary>
    byte[] KeyId { get; }

    /// <summary>The vct.</summary>
    string Type { get; }

    /// <summary>Unix seconds.</summary>
    long? NotBefore { get; }

    /// <summary>Unix seconds.</summary>
    long? Expires { get; }

    /// <summary>Number of the issuer's status list.</summary>
    int List { get; }

    /// <summary>Index in that list.</summary>
    int Index { get; }

    /// <summary>Id of the closed organisation in whose place it was issued, 32 bytes; null for the issuer's own place.</summary>
    byte[]? OriginalIssuer { get; }

    /// <summary>The 32 bytes that stand in the log.</summary>
    byte[] LogEntry { get; }

    /// <summary>Keys of the claims that can be read.</summary>
    IEnumerable<int> ClaimKeys { get; }

    /// <summary>Whether the claims that can be read are those the issuer's signature covers.</summary>
    bool ClaimsHold { get; }

    /// <summary>Whether the key made the issuer's signature.</summary>
    bool VerifyIssuer(VerificationKey key);

    /// <summary>
    /// The claims by the names of the type, <see cref="OriginalIssuer"/> as the SD-JWT VC has it; a key the type does not know keeps its number (<c>"#12"</c>).
    /// </summary>
    JsonObject Claims(TypeDefinition? type);
}

/// <summary>Reads what a QR can show: a proof or a paper.</summary>
public static class CompactVerifier
{
    /// <summary>Whether the text says by its prefix that it is one of the two.</summary>
    public static bool IsCompact(string text) =>
        text.StartsWith(CompactPresentation.Prefix, StringComparison.Ordinal) || text.StartsWith(CompactPaper.Prefix, StringComparison.Ordinal);

    /// <summary>Reads <c>IDP:…</c>; see <see cref="CompactPresentation.TryParse"/>.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out CompactPresentation? presentation, out string reason) =>
        CompactPresentation.TryParse(text, out presentation, out reason);

    /// <summary>Reads <c>IDP:…</c> or <c>IDD:…</c>; reasons are those of the two.</summary>
    public static bool TryRead(string? text, [NotNullWhen(true)] out ICompactForm? form, out string reason)
    {
        var paper = text?.StartsWith(CompactPaper.Prefix, StringComparison.Ordinal) == true;
        var read = paper ? CompactPaper.TryParse(text, out var found, out reason) ? found : null
            : CompactPresentation.TryParse(text, out var proof, out reason) ? proof : (ICompactForm?)null;
        form = read;
        return form is not null;
    }

    internal static JsonObject Named(IEnumerable<(int Key, object Value)> claims, byte[]? originalIssuer, TypeDefinition? type)
    {
        var named = new JsonObject();
        foreach (var (key, value) in claims)
            named[type?.Claim(key)?.Name ?? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"#{key}")] = CompactValue.ToJson(value);
        if (originalIssuer is not null && type?.OriginalIssuer is { } place) named[place.Name] = Convert.ToHexStringLower(originalIssuer);
        return named;
    }
}
