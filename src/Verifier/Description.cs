using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Identity.Verifier;

/// <summary>The OpenAPI document, kept in git as <c>openapi.json</c> and compared by a test.</summary>
public static class Description
{
    /// <summary>Registers the document <c>v1</c>; without server addresses, so that it is the same everywhere.</summary>
    public static IServiceCollection AddVerifierDescription(this IServiceCollection services) =>
        services.AddOpenApi("v1", options => options.AddSchemaTransformer((schema, context, _) =>
        {
            // A free-form object: what stands in it is said elsewhere, not by this document.
            if (context.JsonTypeInfo.Type == typeof(JsonObject)) schema.Type = JsonSchemaType.Object;
            return Task.CompletedTask;
        }).AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Identity Verifier";
            document.Info.Version = "1";
            document.Info.Description = "Check credentials and ask for proofs. Results are given to the browser session that asked (cookie), to nobody else.";
            document.Servers?.Clear();
            return Task.CompletedTask;
        }));
}
