using System.Text.Json.Nodes;
using Identity.Hosting;

namespace Identity.Verifier.Presentations;

/// <summary>What a wallet hears back: where to send the browser of the same device, and what was signed about what it showed, so that its holder has the same in hand as who asked.</summary>
/// <param name="RedirectUri">Page with a fresh response code.</param>
/// <param name="Receipts">Our own member; one receipt for each credential (docs/check-receipt.md). Wallets ignore what they do not know.</param>
public sealed record ResponseTaken(
    [property: System.Text.Json.Serialization.JsonPropertyName("redirect_uri")]
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] string? RedirectUri,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Receipts);

/// <summary>Takes the answer of a wallet: <c>direct_post</c> and <c>direct_post.jwt</c> (OpenID4VP 1.0, section 8.2 and 8.3.1).</summary>
public static class PostResponse
{
    /// <summary>Maps <c>POST /responses/{requestId}</c>.</summary>
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/responses/{requestId}", HandleAsync).RequireCors(Cors.Open).RequireRateLimiting(Limits.Work).DisableAntiforgery().WithMetadata(new BodyLimit(768 * 1024))
            .WithName("PostResponse").WithTags("Wallets").WithSummary("Takes the answer of a wallet, once.")
            .Accepts<IFormCollection>("application/x-www-form-urlencoded")
            .Produces<ResponseTaken>().Produces<JsonObject>(400).ProducesProblem(413);

    private static async Task<IResult> HandleAsync(
        string requestId, HttpContext http, PresentationStore store, RequestObject requests, AnswerExaminer examiner, VerifierSettings settings, CancellationToken ct)
    {
        if (await WalletForm.ReadAsync(http, ct) is not { } form) return OAuthError.Result("invalid_request", "The body must be a form with each field once.");
        if (store.FindRequest(requestId) is not { } presentation || store.IsExpired(presentation))
            return OAuthError.Result("invalid_request", "There is no open request at this address.");

        // What cannot be read uses nothing up: a stranger who saw the QR cannot spoil the request with garbage.
        if (!WalletAnswer.TryRead(presentation, form, out var answer, out var reason)) return OAuthError.Result("invalid_request", reason);
        if (!presentation.TryBeginAnswer(fetchNeeded: requests.IsSigned)) return OAuthError.Result("invalid_request", "This request has been answered, or was never fetched.");

        var code = presentation.Flow == Flow.SameDevice ? presentation.ResponseCode : null;
        PresentationState end = answer switch
        {
            WalletAnswer.Presented presented => await examiner.ExamineAsync(presentation, presented, code, CancellationToken.None),
            WalletAnswer.Declined declined => new PresentationState.Refused(declined.Error, code),
            _ => throw new InvalidOperationException("An answer is presented or declined."),
        };
        presentation.Complete(end);
        var receipts = end is PresentationState.Answered { Credentials: var credentials } ? credentials.Select(credential => credential.Verdict.Receipt).OfType<string>().ToList() : null;

        if (answer is WalletAnswer.Presented shown) store.Keep(presentation, shown.Characters);

        // The code travels in the fragment: no server and no log on the way sees it.
        return TypedResults.Ok(new ResponseTaken(code is null ? null : $"{settings.PublicUrl}/result#response_code={code}", receipts));
    }
}
