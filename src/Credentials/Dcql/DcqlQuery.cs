using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.SdJwt;

namespace Identity.Credentials.Dcql;

/// <summary>A query of the Digital Credentials Query Language (OpenID4VP 1.0 §6).</summary>
public sealed record DcqlQuery(IReadOnlyList<DcqlCredential> Credentials, IReadOnlyList<DcqlCredentialSet> CredentialSets)
{
    /// <summary>Reads a query; false with a reason. Unknown members are ignored.</summary>
    public static bool TryParse(JsonNode? json, [NotNullWhen(true)] out DcqlQuery? query, out string reason) => throw new NotImplementedException();

    /// <summary>The part with an id, or null.</summary>
    public DcqlCredential? Find(string id) => Credentials.FirstOrDefault(c => c.Id == id);

    /// <summary>The query as JSON.</summary>
    public JsonObject ToJson() => throw new NotImplementedException();
}

/// <summary>One credential asked for.</summary>
/// <param name="Id">The query's own name for it.</param>
/// <param name="Format">"dc+sd-jwt" is the one we can match.</param>
/// <param name="VctValues">Any of these types will do.</param>
/// <param name="Claims">What is asked; empty asks for nothing that can be withheld.</param>
/// <param name="ClaimSets">Alternatives among the claims, best first; empty means all claims.</param>
/// <param name="Multiple">True when more than one credential may be shown for it.</param>
/// <param name="RequireHolderBinding">False when a copy without key binding will do.</param>
/// <param name="AuthorityKeyIds">`aki` of trusted authorities, base64url; null when none are named. A query that names only other kinds has an empty list: nothing matches.</param>
public sealed record DcqlCredential(
    string Id, string Format, IReadOnlyList<string> VctValues, IReadOnlyList<DcqlClaim> Claims, IReadOnlyList<IReadOnlyList<string>> ClaimSets,
    bool Multiple, bool RequireHolderBinding, IReadOnlyList<string>? AuthorityKeyIds);

/// <summary>One claim asked for.</summary>
/// <param name="Id">Its name in claim sets, or null.</param>
/// <param name="Path">Where it stands.</param>
/// <param name="Values">If not empty, its value must be one of these: strings, whole numbers, booleans.</param>
public sealed record DcqlClaim(string? Id, ClaimPath Path, IReadOnlyList<JsonValue> Values);

/// <summary>Alternatives among the credentials, best first.</summary>
public sealed record DcqlCredentialSet(IReadOnlyList<IReadOnlyList<string>> Options, bool Required);
