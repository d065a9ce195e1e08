using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Issuer.Organisations;

namespace Identity.Issuer.Authorization;

/// <summary>An error of the authorization server: a code of RFC 6749, 9126, 9396 or 9449 and a sentence.</summary>
internal sealed record OAuthError(string Code, string Description);

/// <summary>What a wallet asks for by <c>scope</c> and <c>authorization_details</c> (OpenID4VCI 1.0, 5.1.1 and 5.1.2).</summary>
/// <param name="Configurations">Credential configuration ids, each once.</param>
/// <param name="ByIdentifier">Asked with authorization_details: the token answer then names credential identifiers.</param>
internal sealed record RequestedAccess(IReadOnlyList<string> Configurations, bool ByIdentifier)
{
    public const string DetailsType = "openid_credential";
    private const int MaxDetails = 16;

    /// <summary>The ids with a space between, as tokens store them.</summary>
    public string Stored => string.Join(' ', Configurations);

    /// <summary>
    /// Reads what is asked; null without an error where nothing is. Scopes that are unknown or not on offer are left out
    /// (RFC 6749, 3.3); a detail that is not on offer is an error.
    /// </summary>
    /// <param name="scope">The parameter <c>scope</c>.</param>
    /// <param name="details">The parameter <c>authorization_details</c>.</param>
    /// <param name="organisation">Who issues.</param>
    /// <param name="type">The type on offer.</param>
    /// <param name="error">Why not.</param>
    public static RequestedAccess? Read(string? scope, string? details, Organisation organisation, string type, out OAuthError? error)
    {
        error = null;
        if (scope is null && details is null) return null;
        var ids = new List<string>();
        if (details is not null && !TryReadDetails(details, organisation, type, ids, out error)) return null;
        foreach (var word in scope?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [])
            if (!ids.Contains(word) && IsOnOffer(organisation, type, word)) ids.Add(word);
        if (ids.Count > 0) return new RequestedAccess(ids, details is not null);
        error = new OAuthError("invalid_scope", "None of these scopes is on offer here; the issuer metadata names the scope of each credential.");
        return null;
    }

    private static bool TryReadDetails(string text, Organisation organisation, string type, List<string> ids, out OAuthError? error)
    {
        error = null;
        if (!StrictJson.TryParseArray(Encoding.UTF8.GetBytes(text), out var array, out var reason, 8)) return Refuse($"authorization_details: {reason}.", out error);
        if (array.Count is 0 or > MaxDetails) return Refuse("authorization_details must hold between 1 and 16 objects.", out error);
        foreach (var node in array)
        {
            if (node is not JsonObject detail || StrictJson.Text(detail["type"]) != DetailsType) return Refuse("Only authorization details of type openid_credential are known.", out error);
            if (StrictJson.Text(detail["credential_configuration_id"]) is not { } id) return Refuse("An authorization detail lacks its credential_configuration_id.", out error);
            if (!IsOnOffer(organisation, type, id)) return Refuse("An authorization detail names a credential configuration that is not on offer.", out error);
            // 5.1.1: where given, the location is this issuer.
            if (detail.ContainsKey("locations") && !(detail["locations"] is JsonArray { Count: 1 } at && StrictJson.Text(at[0]) == organisation.Issuer))
                return Refuse("The locations of an authorization detail must be this issuer.", out error);
            if (!ids.Contains(id)) ids.Add(id);
        }
        return true;
    }

    private static bool IsOnOffer(Organisation organisation, string type, string id) =>
        Organisations.Configurations.TryFind(organisation, id, out var found, out _) && found.Name == type;

    private static bool Refuse(string description, out OAuthError error)
    {
        error = new OAuthError("invalid_authorization_details", description);
        return false;
    }
}
