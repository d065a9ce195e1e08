using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;

namespace Identity.Credentials.Verdicts;

/// <summary>Who entitled the issuer, as it stands in a verdict.</summary>
internal static class EntitlementJson
{
    /// <summary>Null where issuer or type is not known, and where it cannot be told.</summary>
    public static JsonObject? Of(Verdict verdict) => verdict.Entitlement switch
    {
        EntitlementRuling.Entitled(var chain, var notShown) => Members(true, chain, notShown, null),
        EntitlementRuling.Not not => Members(false, not.Chain, [], Failure(not, verdict.Facts.Issuer?.Name)),
        _ => null,
    };

    private static JsonObject Members(bool entitled, AccreditationChain? chain, IReadOnlyList<GapReason> notShown, JsonObject? failure) => new()
    {
        ["entitled"] = entitled,
        ["chain"] = new JsonArray([.. (chain?.Links ?? []).Select(Link)]),
        ["notShown"] = new JsonArray([.. notShown.Select(reason => (JsonNode)Reasons.Name(reason))]),
        ["failure"] = failure,
    };

    private static JsonNode Link(AccreditationLink link) => new JsonObject
    {
        ["number"] = link.Number,
        ["name"] = link.Holder.Name,
        ["id"] = Convert.ToHexStringLower(link.Holder.Id),
        ["country"] = link.Holder.Country,
        ["contact"] = link.Holder.Contact,
        ["right"] = new JsonArray([.. AccreditationLink.Names(link.Right).Select(right => (JsonNode)right)]),
        ["scope"] = link.Scope?.ToJson(),
        ["scopeId"] = Convert.ToHexStringLower(link.ScopeId()),
        ["from"] = link.From.ToRfc3339(),
        ["until"] = link.Until?.ToRfc3339(),
        ["withdrawnAt"] = link.WithdrawnAt?.ToRfc3339(),
        ["grantedAt"] = link.GrantedAt.ToRfc3339(),
    };

    private static JsonObject Failure(EntitlementRuling.Not not, string? issuer) => new()
    {
        ["link"] = not.Chain is null ? null : not.Link,
        ["organisation"] = not.Chain is { } chain ? chain.Links[not.Link].Holder.Name : issuer,
        ["reason"] = Reasons.Name(not.Gap.Reason),
        ["stated"] = not.Gap.Stated,
        ["allowed"] = not.Gap.Allowed,
        ["at"] = not.At?.ToRfc3339(),
    };
}
