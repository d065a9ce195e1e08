using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Identity.Issuer.Management;

/// <summary>The OpenAPI document of the management API, served at <c>/openapi/v1.json</c> and kept in git as <c>openapi.json</c>.</summary>
internal static class OpenApiDocumentServices
{
    private const string Scheme = "apiKey";

    public static void AddManagementDocument(this WebApplicationBuilder builder) => builder.Services.AddOpenApi("v1", options =>
    {
        options.ShouldInclude = api => api.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
        options.AddSchemaTransformer((schema, context, _) =>
        {
            // Claims: which members there are is said by the type, not by this document.
            if (context.JsonTypeInfo.Type == typeof(JsonObject)) schema.Type = JsonSchemaType.Object;
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Identity Issuer", Version = "1",
                Description = "Issues, finds and ends credentials of one organisation. Every act here can also be done at the console.",
            };
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = ApiKeyFilter.Header, Description = "Acts for one organisation." },
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
            return Task.CompletedTask;
        });
    });
}
