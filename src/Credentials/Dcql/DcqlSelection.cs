using System.Text.Json.Nodes;
using Identity.Credentials.SdJwt;

namespace Identity.Credentials.Dcql;

/// <summary>Which claims answer one part of a query (OpenID4VP 1.0 §6.4.1): the same rule for the wallet that chooses and the verifier that checks.</summary>
internal static class DcqlSelection
{
    /// <summary>The exact places that answer: all claims, or those of the first claim set that can be had. False when something asked is not there or has another value.</summary>
    public static bool TrySelect(DcqlCredential asked, JsonObject claims, out IReadOnlyList<ClaimPath> places)
    {
        if (asked.ClaimSets.Count == 0) return TryAll(asked.Claims, claims, out places);
        foreach (var set in asked.ClaimSets)
        {
            if (TryAll(asked.Claims.Where(c => c.Id is not null && set.Contains(c.Id)), claims, out places)) return true;
        }
        places = [];
        return false;
    }

    public static bool IsTrusted(DcqlCredential asked, IReadOnlyList<string> authorityKeyIds) =>
        asked.AuthorityKeyIds is null || asked.AuthorityKeyIds.Any(authorityKeyIds.Contains);

    private static bool TryAll(IEnumerable<DcqlClaim> asked, JsonObject claims, out IReadOnlyList<ClaimPath> places)
    {
        var found = new List<ClaimPath>();
        foreach (var claim in asked)
        {
            var matching = claim.Path.Select(claims).Where(s => Matches(claim.Values, s.Value)).Select(s => s.Path).ToArray();
            if (matching.Length == 0) { places = []; return false; }
            found.AddRange(matching.Except(found));
        }
        places = found;
        return true;
    }

    /// <summary>Type and value must both be equal: 18 is not "18".</summary>
    private static bool Matches(IReadOnlyList<JsonValue> values, JsonNode? value) =>
        values.Count == 0 || values.Any(v => JsonNode.DeepEquals(v, value));
}
