using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;

namespace Identity.Credentials.Dcql;

/// <summary>A presentation as far as a query can see it, after its signatures were checked.</summary>
/// <param name="Format">"dc+sd-jwt".</param>
/// <param name="Vct">Its type.</param>
/// <param name="Claims">The disclosed claims.</param>
/// <param name="HolderProven">True when the key binding was verified.</param>
/// <param name="AuthorityKeyIds">Base64url key identifiers of the certificates above its signer.</param>
public sealed record PresentedCredential(string Format, string Vct, JsonObject Claims, bool HolderProven, IReadOnlyList<string> AuthorityKeyIds)
{
    /// <summary>Of an SD-JWT VC as presented.</summary>
    public static PresentedCredential From(SdJwtVc credential, bool holderProven) =>
        new(SdJwtVc.Typ, credential.Vct, credential.Claims, holderProven, AuthorityKeys.Of(credential));
}

/// <summary>The verifier's side: a query is only advice to a wallet, so everything asked is checked again (OpenID4VP 1.0 §8.6).</summary>
public static class DcqlCheck
{
    private const int MaxPresentations = 20;

    /// <summary>
    /// Reads `vp_token`: an object from ids of the query to arrays of strings; false with a reason for an unknown id, an empty array, a bare string,
    /// the same presentation twice, or a second one where `multiple` was not asked. Then nothing of the response is to be used.
    /// </summary>
    public static bool TryReadVpToken(
        JsonNode? vpToken, DcqlQuery query, [NotNullWhen(true)] out IReadOnlyDictionary<string, IReadOnlyList<string>>? presentations, out string reason)
    {
        presentations = null;
        if (vpToken is not JsonObject members) { reason = "vp_token is not an object"; return false; }
        var read = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (id, node) in members)
        {
            if (query.Find(id) is not { } asked) { reason = "vp_token answers what was not asked"; return false; }
            if (node is not JsonArray { Count: >= 1 and <= MaxPresentations } items) { reason = "vp_token holds something that is not a list of presentations"; return false; }
            if (items.Count > 1 && !asked.Multiple) { reason = "vp_token holds several presentations where one was asked"; return false; }
            var texts = items.Select(StrictJson.Text).OfType<string>().Distinct(StringComparer.Ordinal).ToArray();
            if (texts.Length != items.Count) { reason = "vp_token holds a presentation that is not a string, or one twice"; return false; }
            read[id] = texts;
        }
        presentations = read;
        reason = "";
        return true;
    }

    /// <summary>False with a machine code (`format`, `type`, `holder_binding`, `authority`, `claims`) when the presentation does not answer the part of the query it was sent for.</summary>
    public static bool Answers(DcqlCredential asked, PresentedCredential shown, out string reason)
    {
        reason = shown.Format != asked.Format ? "format"
            : !asked.VctValues.Contains(shown.Vct) ? "type"
            : asked.RequireHolderBinding && !shown.HolderProven ? "holder_binding"
            : !DcqlSelection.IsTrusted(asked, shown.AuthorityKeyIds) ? "authority"
            : !DcqlSelection.TrySelect(asked, shown.Claims, out _) ? "claims"
            : "";
        return reason.Length == 0;
    }

    /// <summary>False with a machine code (`credential_missing`) when the ids answered do not satisfy the required sets, or all credentials where there are no sets.</summary>
    public static bool IsComplete(DcqlQuery query, IReadOnlySet<string> answered, out string reason)
    {
        var complete = query.CredentialSets.Count == 0
            ? query.Credentials.All(c => answered.Contains(c.Id))
            : query.CredentialSets.All(set => !set.Required || set.Options.Any(option => option.All(answered.Contains)));
        reason = complete ? "" : "credential_missing";
        return complete;
    }
}
