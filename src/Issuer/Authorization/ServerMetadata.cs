using System.Text.Json.Nodes;
using Identity.Hosting;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;

namespace Identity.Issuer.Authorization;

/// <summary>What the authorization server of an organisation can do (RFC 8414, 9126, 9207, 9396, 9449; OpenID4VCI 1.0, 12.3).</summary>
internal static class ServerMetadata
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/.well-known/oauth-authorization-server/{org}", Handle).RequireCors(Cors.Open).ExcludeFromDescription();

    private static IResult Handle(string org, OrganisationDirectory organisations, OfferGrants grants) =>
        organisations.Find(org) is { } organisation
            ? Results.Text(Json(organisation, grants).ToJsonString(), "application/json")
            : Results.Problem(statusCode: 404, title: "No such organisation");

    private static JsonObject Json(Organisation organisation, OfferGrants grants)
    {
        var json = new JsonObject
        {
            ["issuer"] = organisation.Issuer,
            ["token_endpoint"] = $"{organisation.Issuer}/token",
            ["token_endpoint_auth_methods_supported"] = new JsonArray("none"),
            ["grant_types_supported"] = Array(grants.Supported),
            // Required by RFC 8414, also where there is no authorization endpoint.
            ["response_types_supported"] = grants.Code ? new JsonArray("code") : new JsonArray(),
            ["dpop_signing_alg_values_supported"] = Array(Dpop.Algorithms),
            ["authorization_details_types_supported"] = new JsonArray(RequestedAccess.DetailsType),
            ["scopes_supported"] = Array(organisation.Types.SelectMany(t => new[] { Configurations.SdJwt(t.Name), Configurations.Compact(t.Name), Configurations.Paper(t.Name) })),
            ["pre-authorized_grant_anonymous_access_supported"] = grants.PreAuthorized,
            ["status_list_aggregation_endpoint"] = $"{organisation.Issuer}/status",
        };
        if (!grants.Code) return json;
        json["authorization_endpoint"] = $"{organisation.Issuer}/authorize";
        json["pushed_authorization_request_endpoint"] = $"{organisation.Issuer}/par";
        json["require_pushed_authorization_requests"] = true;
        json["response_modes_supported"] = new JsonArray("query", "fragment");
        json["code_challenge_methods_supported"] = new JsonArray("S256");
        json["authorization_response_iss_parameter_supported"] = true;
        json["ui_locales_supported"] = Array(AuthorizeModel.Languages);
        return json;
    }

    private static JsonArray Array(IEnumerable<string> texts) => [.. texts.Select(t => (JsonNode)JsonValue.Create(t))];
}
