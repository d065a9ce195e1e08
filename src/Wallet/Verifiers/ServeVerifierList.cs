using Identity.Credentials.Verifiers;

namespace Identity.Wallet.Verifiers;

/// <summary>Hands the signed list to phones.</summary>
internal static class ServeVerifierList
{
    /// <summary>Where the page finds it.</summary>
    public const string Path = "/verifiers.jwt";

    public static void Map(IEndpointRouteBuilder app) => app.MapGet(Path, Handle);

    private static IResult Handle(HttpContext http, VerifierListKeeper keeper, VerifierListOptions options)
    {
        if (options.List is null) return Results.Problem(statusCode: 404, title: "This wallet keeps no list of verifiers");
        if (keeper.Current is not { } kept)
        {
            http.Response.Headers.RetryAfter = "5";
            return Results.Problem(statusCode: 503, title: "The list has not been fetched yet", detail: "Ask again in a few seconds.");
        }
        var tag = $"\"{kept.List.Version}\"";
        http.Response.Headers.ETag = tag;
        http.Response.Headers.CacheControl = "no-cache";
        return http.Request.Headers.IfNoneMatch.Contains(tag) ? Results.StatusCode(304) : Results.Text(kept.Text, VerifierList.MediaType);
    }
}
