using Identity.Credentials.Types;

namespace Identity.Issuer.Organisations;

/// <summary>The credential configurations of a type: an SD-JWT VC, a compact proof and a paper.</summary>
public static class Configurations
{
    /// <summary>Format of SD-JWT VC (OpenID4VCI 1.0, A.3).</summary>
    public const string SdJwtFormat = "dc+sd-jwt";

    /// <summary>Our own format for QR codes; its credentials are base64url CBOR.</summary>
    public const string CompactFormat = "identity-compact";

    /// <summary>Our own format for paper: one credential for whoever carries it, bound to no key; its text is the text of the QR, <c>IDD:…</c>.</summary>
    public const string PaperFormat = "identity-compact-paper";

    /// <summary>Most proofs, and so copies, in one credential request.</summary>
    public const int BatchSize = 10;

    private const string CompactSuffix = "-compact", PaperSuffix = "-paper";

    /// <summary>The configuration id of a type as SD-JWT VC.</summary>
    public static string SdJwt(string type) => type;

    /// <summary>The configuration id of a type as compact proof.</summary>
    public static string Compact(string type) => type + CompactSuffix;

    /// <summary>The configuration id of a type as paper.</summary>
    public static string Paper(string type) => type + PaperSuffix;

    /// <summary>Splits a configuration id; false where the organisation has none of that name.</summary>
    public static bool TryFind(Organisation organisation, string id, out TypeDefinition type, out string format)
    {
        (format, var suffix) = id.EndsWith(CompactSuffix, StringComparison.Ordinal) ? (CompactFormat, CompactSuffix)
            : id.EndsWith(PaperSuffix, StringComparison.Ordinal) ? (PaperFormat, PaperSuffix) : (SdJwtFormat, "");
        type = organisation.FindType(id[..^suffix.Length])!;
        return type is not null;
    }
}
