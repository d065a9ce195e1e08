using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.Closing;
using Identity.Issuer.Data;
using Identity.Issuer.Keys;
using Identity.Issuer.Issuance;

namespace Identity.Issuer.Organisations;

/// <summary>What an organisation offers, and with which keys (OpenID4VCI 1.0, 12.2; SD-JWT VC, 5).</summary>
internal static class IssuerMetadata
{
    // Names in any script stay readable; the answer is JSON, never part of a page.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/.well-known/openid-credential-issuer/{org}", async (string org, OrganisationDirectory organisations, MessageEncryption encryption, IssuerDb db, CancellationToken ct) =>
            organisations.Find(org) is { } organisation ? Json(CredentialIssuer(organisation, encryption, await db.IsClosingAsync(organisation.Slug, ct))) : NotFound()).RequireCors(Cors.Open).ExcludeFromDescription();
        app.MapGet("/.well-known/jwt-vc-issuer/{org}", async (string org, OrganisationDirectory organisations, KeyRing ring, IssuerDb db, CancellationToken ct) =>
            organisations.Find(org) is { } organisation ? Json(JwtVcIssuer(organisation, await ring.PublishedAsync(db, organisation, ct))) : NotFound()).RequireCors(Cors.Open).ExcludeFromDescription();
        app.MapGet("/types/{name}", (string name) =>
            TypeDefinition.Find(name) is { } type ? Json(TypeMetadata(type)) : Results.Problem(statusCode: 404, title: "No such type")).RequireCors(Cors.Open).ExcludeFromDescription();
    }

    private static JsonObject CredentialIssuer(Organisation organisation, MessageEncryption encryption, bool isClosing)
    {
        var configurations = new JsonObject();
        // Who closes issues nothing any more, so nothing is offered.
        foreach (var type in isClosing ? [] : organisation.Types)
        {
            configurations[Configurations.SdJwt(type.Name)] = Configuration(type, Configurations.SdJwt(type.Name), Configurations.SdJwtFormat, type.Claims);
            configurations[Configurations.Compact(type.Name)] = Configuration(type, Configurations.Compact(type.Name), Configurations.CompactFormat, type.QrClaims);
            configurations[Configurations.Paper(type.Name)] = Configuration(type, Configurations.Paper(type.Name), Configurations.PaperFormat, type.QrClaims);
        }
        return new JsonObject
        {
            ["credential_issuer"] = organisation.Issuer,
            ["credential_endpoint"] = $"{organisation.Issuer}/credential",
            ["nonce_endpoint"] = $"{organisation.Issuer}/nonce",
            ["deferred_credential_endpoint"] = $"{organisation.Issuer}/deferred-credential",
            ["notification_endpoint"] = $"{organisation.Issuer}/notification",
            ["credential_request_encryption"] = encryption.RequestMetadata(organisation),
            ["credential_response_encryption"] = MessageEncryption.ResponseMetadata(),
            ["batch_credential_issuance"] = new JsonObject { ["batch_size"] = Configurations.BatchSize },
            ["display"] = new JsonArray(new JsonObject { ["name"] = organisation.Name }),
            // Our own members, as the ledger's profile has them: the wallet shows them before anything is received.
            ["country"] = organisation.Profile.Country,
            ["demonstration"] = organisation.Profile.Demonstration,
            ["credential_configurations_supported"] = configurations,
        };
    }

    private static JsonObject Configuration(TypeDefinition type, string scope, string format, IEnumerable<ClaimDefinition> claims)
    {
        var configuration = new JsonObject { ["format"] = format, ["vct"] = type.Vct, ["scope"] = scope, ["credential_signing_alg_values_supported"] = new JsonArray("ES256") };
        // 12.2.4: neither member where a credential is bound to no key; it is asked for without proofs.
        if (format != Configurations.PaperFormat)
        {
            configuration["cryptographic_binding_methods_supported"] = Texts(ProofCheck.BindingMethods);
            configuration["proof_types_supported"] = new JsonObject { ["jwt"] = new JsonObject { ["proof_signing_alg_values_supported"] = Texts(ProofCheck.Algorithms(format)) } };
        }
        configuration["credential_metadata"] = new JsonObject
        {
            ["display"] = Array(type.Display, (language, display) => new JsonObject
            {
                ["name"] = display.Name, ["locale"] = language, ["description"] = display.Description, ["background_color"] = type.Color, ["text_color"] = "#ffffff",
            }),
            ["claims"] = new JsonArray([.. claims.Select(claim => new JsonObject
            {
                ["path"] = new JsonArray(claim.Name),
                ["mandatory"] = claim.Mandatory,
                ["display"] = Array(claim.Display, (language, label) => new JsonObject { ["name"] = label, ["locale"] = language }),
            })]),
        };
        return configuration;
    }

    // Keys that ended in good order stay: what they signed is still good.
    private static JsonObject JwtVcIssuer(Organisation organisation, IEnumerable<Jwk> keys)
    {
        var published = new JsonArray();
        foreach (var key in keys)
        {
            var json = key.ToJson();
            (json["kid"], json["alg"], json["use"]) = (key.ThumbprintText(), key.SignatureAlgorithm, "sig");
            published.Add((JsonNode)json);
        }
        return new JsonObject { ["issuer"] = organisation.Issuer, ["jwks"] = new JsonObject { ["keys"] = published } };
    }

    // SD-JWT VC type metadata; the service is not the home of the urn, it repeats what the definition says.
    private static JsonObject TypeMetadata(TypeDefinition type) => new()
    {
        ["vct"] = type.Vct,
        ["name"] = type.DisplayFor("en").Name,
        ["description"] = type.DisplayFor("en").Description,
        ["display"] = Array(type.Display, (language, display) => new JsonObject
        {
            ["locale"] = language, ["name"] = display.Name, ["description"] = display.Description,
            ["rendering"] = new JsonObject { ["simple"] = new JsonObject { ["background_color"] = type.Color, ["text_color"] = "#ffffff" } },
        }),
        ["claims"] = new JsonArray([.. type.Claims.Select(claim => new JsonObject
        {
            ["path"] = new JsonArray(claim.Name),
            ["mandatory"] = claim.Mandatory,
            ["sd"] = claim.Sd is Disclosability.Always ? "always" : "never",
            ["display"] = Array(claim.Display, (language, label) => new JsonObject { ["locale"] = language, ["label"] = label }),
        })]),
    };

    private static JsonArray Array<T>(IReadOnlyDictionary<string, T> byLanguage, Func<string, T, JsonObject> write) => [.. byLanguage.Select(pair => write(pair.Key, pair.Value))];

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(t => (JsonNode)JsonValue.Create(t))];

    private static IResult Json(JsonObject body) => Results.Text(body.ToJsonString(Readable), "application/json");

    private static IResult NotFound() => Results.Problem(statusCode: 404, title: "No such organisation");
}
