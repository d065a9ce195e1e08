using Microsoft.OpenApi;

namespace Identity.Audit;

/// <summary>The OpenAPI document of what wallets call, served at <c>/openapi/v1.json</c> and kept in git as <c>openapi.json</c>.</summary>
internal static class Description
{
    public static void AddAuditDescription(this WebApplicationBuilder builder) => builder.Services.AddOpenApi("v1", options =>
    {
        options.ShouldInclude = api => api.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Identity Audit", Version = "1",
                Description = "What a worker's wallet calls: record a version of a contract without a name, and show versions to one auditor for one purpose. Nothing here takes or gives a name.",
            };
            document.Servers = [];
            return Task.CompletedTask;
        });
    });
}
