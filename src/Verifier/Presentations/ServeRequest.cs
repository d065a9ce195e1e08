using Identity.Hosting;

namespace Identity.Verifier.Presentations;

/// <summary>Serves the signed request object to wallets, by GET or POST (OpenID4VP 1.0, section 5.10), as often as they ask until it is answered.</summary>
public static class ServeRequest
{
    private const int MaxWalletNonce = 512;

    /// <summary>Maps <c>GET</c> and <c>POST /requests/{requestId}</c>.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/requests/{requestId}", Get).RequireCors(Cors.Open).RequireRateLimiting(Limits.Work)
            .WithName("GetRequestObject").WithTags("Wallets").WithSummary("The signed request object.")
            .Produces<string>(200, RequestObject.MediaType).ProducesProblem(404).ProducesProblem(410);
        app.MapPost("/requests/{requestId}", PostAsync).RequireCors(Cors.Open).RequireRateLimiting(Limits.Work).DisableAntiforgery().WithMetadata(new BodyLimit(64 * 1024))
            .WithName("PostRequestObject").WithTags("Wallets").WithSummary("The signed request object, with the wallet's nonce echoed.")
            .Accepts<IFormCollection>("application/x-www-form-urlencoded")
            .Produces<string>(200, RequestObject.MediaType).ProducesProblem(400).ProducesProblem(404).ProducesProblem(410);
    }

    private static IResult Get(string requestId, PresentationStore store, RequestObject requests, TimeProvider clock) => Serve(requestId, null, store, requests, clock);

    private static async Task<IResult> PostAsync(string requestId, HttpContext http, PresentationStore store, RequestObject requests, TimeProvider clock, CancellationToken ct)
    {
        string? nonce = null;
        if (http.Request.ContentLength is not 0)
        {
            if (await WalletForm.ReadAsync(http, ct) is not { } form) return OAuthError.Result("invalid_request", "The body must be a form.");
            nonce = form.GetValueOrDefault("wallet_nonce");
        }
        if (nonce is not null && (nonce.Length is 0 or > MaxWalletNonce || nonce.Any(c => c is < '!' or > '~')))
            return OAuthError.Result("invalid_request", $"wallet_nonce must be 1 to {MaxWalletNonce} characters of visible ASCII.");
        return Serve(requestId, nonce, store, requests, clock);
    }

    private static IResult Serve(string requestId, string? walletNonce, PresentationStore store, RequestObject requests, TimeProvider clock)
    {
        if (!requests.IsSigned || store.FindRequest(requestId) is not { } presentation)
            return TypedResults.Problem("There is no such request. Ask the verifier to show a new one.", statusCode: 404, title: "Unknown request");
        if (store.IsExpired(presentation) || !presentation.TryFetch())
            return TypedResults.Problem("This request has been answered or has expired. Ask the verifier to show a new one.", statusCode: 410, title: "Request over");
        return TypedResults.Text(requests.Sign(presentation, walletNonce, clock.GetUtcNow()), RequestObject.MediaType);
    }
}
