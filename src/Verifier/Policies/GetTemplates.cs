using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Verifier.Policies;

/// <summary>The questions of this verifier, for the page and for programs.</summary>
public static class GetTemplates
{
    /// <summary>Maps <c>GET /api/templates</c>.</summary>
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/api/templates", Handle).WithName("GetTemplates").WithTags("Questions")
            .WithSummary("The questions that can be asked by name, with their words in every language.");

    private static Ok<IReadOnlyList<Template>> Handle() => TypedResults.Ok(Template.All);
}
