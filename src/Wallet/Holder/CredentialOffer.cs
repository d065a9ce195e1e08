using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Wallet.Holder;

/// <summary>An offer of OpenID4VCI 1.0 section 4.1, with a pre-authorized code, for the code flow, or both. Everything in it is an untrusted hint.</summary>
/// <param name="Issuer">The credential issuer identifier.</param>
/// <param name="ConfigurationIds">What is offered.</param>
/// <param name="PreAuthorizedCode">The code to redeem once, or null where the offer is for the code flow alone.</param>
/// <param name="TxCodeLength">Expected length of the transaction code, 0 where unsaid, null where none is needed.</param>
/// <param name="ByPage">It can be collected on the organisation's own page (authorization code).</param>
/// <param name="IssuerState">Goes back to the issuer with the authorization request, or null.</param>
public sealed record CredentialOffer(
    string Issuer, IReadOnlyList<string> ConfigurationIds, string? PreAuthorizedCode, int? TxCodeLength, bool ByPage = false, string? IssuerState = null)
{
    private const string CodeGrant = "authorization_code";
    private const string Grant = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
    private const int MaxIssuer = 500;
    private const int MaxId = 200;
    private const int MaxTxCode = 64;

    /// <summary>Finds the offer in a link, by value or by reference (section 4.1.2 and 4.1.3); exactly one of the two is set.</summary>
    /// <param name="link"><c>openid-credential-offer://…</c>, <c>haip-vci://…</c>, or a web wallet's <c>…#offer?…</c>.</param>
    /// <param name="byValue">The offer's JSON.</param>
    /// <param name="byReference">Where to fetch it.</param>
    public static bool TryReadLink(string link, out string? byValue, out string? byReference)
    {
        var parameters = IsOffer(link) ? LinkParameters.Read(link) : new Dictionary<string, string>();
        byValue = parameters.GetValueOrDefault("credential_offer");
        byReference = parameters.GetValueOrDefault("credential_offer_uri");
        return byValue is null != byReference is null;
    }

    /// <summary>Reads the offer's JSON; refuses an issuer that is no web address, other grants, missing or repeated ids, and a hint at another authorization server.</summary>
    public static bool TryParse(string json, [NotNullWhen(true)] out CredentialOffer? offer, out string reason)
    {
        offer = null;
        if (!StrictJson.TryParseObject(Encoding.UTF8.GetBytes(json), out var root, out reason)) return false;
        var ids = (root["credential_configuration_ids"] as JsonArray)?.Select(StrictJson.Text).ToList();
        var grant = (root["grants"] as JsonObject)?[Grant] as JsonObject;
        var page = (root["grants"] as JsonObject)?[CodeGrant] as JsonObject;
        var code = StrictJson.Text(grant?["pre-authorized_code"]);
        var state = StrictJson.Text(page?["issuer_state"]);
        if (StrictJson.Text(root["credential_issuer"]) is not { Length: > 0 and <= MaxIssuer } issuer || !IsIdentifier(issuer)) reason = "The offer names no issuer.";
        else if (ids is null || ids.Count is 0 or > 32 || ids.Any(id => id is null or { Length: 0 or > MaxId }) || ids.Distinct().Count() != ids.Count) reason = "The offer does not say what is offered.";
        else if (grant is null && page is null) reason = "The offer carries no pre-authorized code and no authorization code grant.";
        else if (grant is not null && code is not { Length: > 0 and <= 2000 }) reason = "The offer carries no pre-authorized code.";
        else if (page is not null && page.ContainsKey("issuer_state") && state is not { Length: > 0 and <= 2000 }) reason = "The offer's issuer_state is no text.";
        // The issuer is its own authorization server here; a hint at any other could send the code elsewhere.
        else if (new[] { grant, page }.Any(g => g is not null && g.ContainsKey("authorization_server") && StrictJson.Text(g["authorization_server"]) != issuer)) reason = "The offer leads to another authorization server.";
        else if (grant is not null && grant.ContainsKey("tx_code") && grant["tx_code"] is not JsonObject) reason = "The offer does not say which transaction code it needs.";
        else
        {
            var length = grant?["tx_code"] is JsonObject txCode ? StrictJson.Integer(txCode["length"]) ?? 0 : (long?)null;
            offer = new CredentialOffer(issuer, ids!, code, (int?)(length is < 0 or > MaxTxCode ? 0 : length), page is not null, state);
        }
        return offer is not null;
    }

    // Section 12.2.1: no query, no fragment; whether plain http may be fetched is the outbound guard's decision.
    private static bool IsIdentifier(string issuer) =>
        Uri.TryCreate(issuer, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
        && uri.UserInfo.Length == 0 && issuer.IndexOfAny(['?', '#']) < 0;

    private static bool IsOffer(string link) =>
        link.StartsWith("openid-credential-offer:", StringComparison.OrdinalIgnoreCase) || link.StartsWith("haip-vci:", StringComparison.OrdinalIgnoreCase)
        || (link.StartsWith("http", StringComparison.OrdinalIgnoreCase) && link.Contains("#offer?", StringComparison.Ordinal));

    /// <summary>Never the code.</summary>
    public override string ToString() => $"offer of {string.Join(", ", ConfigurationIds)} by {Issuer}";
}

/// <summary>The query parameters of a wallet link: custom schemes carry them in the query, a web wallet's link in its fragment.</summary>
internal static class LinkParameters
{
    public static IReadOnlyDictionary<string, string> Read(string link)
    {
        var question = link.IndexOf('?', StringComparison.Ordinal);
        if (question < 0 || link.Length > 20_000) return new Dictionary<string, string>();
        return link[(question + 1)..].Split('&')
            .Select(pair => pair.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .GroupBy(pair => Decode(pair[0]))
            .Where(group => group.Count() == 1) // a parameter given twice is no parameter
            .ToDictionary(group => group.Key, group => Decode(group.Single()[1]));
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
