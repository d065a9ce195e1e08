using System.Text.Json.Nodes;
using Identity.Hosting;
using Identity.Issuer.Organisations;

namespace Identity.Issuer.Authorization;

/// <summary>What the authorization server of an organisation can do (RFC 8414; OpenID4VCI 1.0, 12.3).</summary>
internal static class ServerMetadata
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/.well-known/oauth-authorization-server/{org}", Handle).RequireCors(Cors.Open).ExcludeFromDescription();

    private static IResult Handle(string org, OrganisationDirectory organisations) =>
        organisations.Find(org) is not { } organisation
            ? Results.Problem(statusCode: 404, title: "No such organisation")
            : Results.Text(new JsonObject
            {
                ["issuer"] = organisation.Issuer,
                ["token_endpoint"] = $"{organisation.Issuer}/token",
                ["token_endpoint_auth_methods_supported"] = new JsonArray("none"),
                ["grant_types_supported"] = new JsonArray(TokenEndpoint.PreAuthorizedGrant),
                // Required by RFC 8414; there is no authorization endpoint yet.
                ["response_types_supported"] = new JsonArray(),
                ["pre-authorized_grant_anonymous_access_supported"] = true,
                ["status_list_aggregation_endpoint"] = $"{organisation.Issuer}/status",
            }.ToJsonString(), "application/json");
}
