using Identity.Credentials.Trust;
using Identity.Hosting;

namespace Identity.Verifier.Trust;

/// <summary>The newest trust pack.</summary>
/// <param name="Version">Only rises.</param>
/// <param name="MadeAt">Up to when the ledger had been read.</param>
/// <param name="GoodUntil">From then on it proves nothing.</param>
/// <param name="Bytes">Size of the whole file.</param>
/// <param name="Digest">SHA-256 of its content, lower-case hex.</param>
/// <param name="Signer">Thumbprint of the key that signed it, to be compared with the pinned one.</param>
/// <param name="Organisation">Whose key the ledger says that is; absent where the ledger does not know it.</param>
public sealed record PackInfo(long Version, DateTime MadeAt, DateTime GoodUntil, int Bytes, string Digest, string Signer, string? Organisation);

/// <summary>Hands the trust pack to scanners: whole, as a delta from the version they hold, or what there is. Public and the same for everybody.</summary>
public static class ServePack
{
    /// <summary>Maps <c>GET /trust/pack</c>, <c>/trust/pack/{from}</c> and <c>/trust/pack/info</c>.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        var trust = app.MapGroup("/trust/pack").RequireCors(Cors.Open).RequireRateLimiting(Limits.Work).WithTags("Trust pack");
        trust.MapGet("", Whole).WithName("GetTrustPack").WithSummary("All that a check without a network needs, in one signed file.")
            .Produces(200, contentType: TrustPack.MediaType).Produces(304).ProducesProblem(404).ProducesProblem(429).ProducesProblem(503);
        trust.MapGet("/{from:long}", Delta).WithName("GetTrustPackDelta").WithSummary("What makes the newest pack of an older version; 204 where that is the newest, 404 where the whole pack must be taken.")
            .Produces(200, contentType: TrustPack.MediaType).Produces(204).Produces(304).ProducesProblem(404).ProducesProblem(429).ProducesProblem(503);
        trust.MapGet("/info", Info).WithName("GetTrustPackInfo").WithSummary("Version, times, size and signer of the newest pack.")
            .Produces<PackInfo>().ProducesProblem(404).ProducesProblem(429).ProducesProblem(503);
    }

    private static IResult Whole(HttpContext http, PackStore store, PackOptions options) =>
        store.Current is { } pack ? Bytes(http, pack.Tag, pack.File) : None(http, options);

    private static IResult Delta(long from, HttpContext http, PackStore store, PackOptions options)
    {
        if (store.Current is not { } pack) return None(http, options);
        if (from == pack.Version) return TypedResults.NoContent();
        if (store.DeltaFrom(from) is { } delta) return Bytes(http, $"{from}-{pack.Tag}", delta);
        return TypedResults.Problem(statusCode: 404, title: "No delta from this version", detail: "Take the whole pack.");
    }

    private static IResult Info(HttpContext http, PackStore store, PackOptions options)
    {
        if (store.Current is not { } pack) return None(http, options);
        http.Response.Headers.CacheControl = "no-cache";
        var statement = pack.Pack.Statement;
        var owner = pack.Pack.FindKeys(statement.Signer.Thumbprint()).Select(key => pack.Pack.FindOrganisation(key.Organisation)?.Name).FirstOrDefault();
        return TypedResults.Ok(new PackInfo(statement.Version, statement.MadeAt.UtcDateTime, statement.GoodUntil.UtcDateTime, pack.File.Length, Convert.ToHexStringLower(statement.Digest), statement.Signer.ThumbprintText(), owner));
    }

    private static IResult Bytes(HttpContext http, string tag, byte[] bytes)
    {
        http.Response.Headers.ETag = $"\"{tag}\"";
        http.Response.Headers.CacheControl = "no-cache";
        if (http.Request.Headers.IfNoneMatch.Contains($"\"{tag}\"")) return TypedResults.StatusCode(304);
        return TypedResults.Bytes(bytes, TrustPack.MediaType);
    }

    private static IResult None(HttpContext http, PackOptions options)
    {
        if (options.Signer is null) return TypedResults.Problem(statusCode: 404, title: "This service makes no trust packs");
        http.Response.Headers.RetryAfter = "10";
        return TypedResults.Problem(statusCode: 503, title: "There is no trust pack yet", detail: "Ask again in a few seconds.");
    }
}
