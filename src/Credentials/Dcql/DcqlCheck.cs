using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Identity.Credentials.Dcql;

/// <summary>A presentation as far as a query can see it, after its signatures were checked.</summary>
/// <param name="Format">"dc+sd-jwt".</param>
/// <param name="Vct">Its type.</param>
/// <param name="Claims">The disclosed claims.</param>
/// <param name="HolderProven">True when the key binding was verified.</param>
/// <param name="AuthorityKeyIds">Base64url key identifiers of the certificates above its signer.</param>
public sealed record PresentedCredential(string Format, string Vct, JsonObject Claims, bool HolderProven, IReadOnlyList<string> AuthorityKeyIds);

/// <summary>The verifier's side: a query is only advice to a wallet, so everything asked is checked again (OpenID4VP 1.0 §8.6).</summary>
public static class DcqlCheck
{
    /// <summary>
    /// Reads `vp_token`: an object from ids of the query to arrays of strings; false with a reason for an unknown id, an empty array, a bare string,
    /// or a second presentation where `multiple` was not asked.
    /// </summary>
    public static bool TryReadVpToken(JsonNode? vpToken, DcqlQuery query, [NotNullWhen(true)] out IReadOnlyDictionary<string, IReadOnlyList<string>>? presentations, out string reason) => throw new NotImplementedException();

    /// <summary>False with a machine code (`format`, `type`, `holder_binding`, `authority`, `claims`) when the presentation does not answer the part of the query it was sent for.</summary>
    public static bool Answers(DcqlCredential asked, PresentedCredential shown, out string reason) => throw new NotImplementedException();

    /// <summary>False with a machine code (`credential_missing`) when the ids answered do not satisfy the required sets, or all credentials where there are no sets.</summary>
    public static bool IsComplete(DcqlQuery query, IReadOnlySet<string> answered, out string reason) => throw new NotImplementedException();
}
