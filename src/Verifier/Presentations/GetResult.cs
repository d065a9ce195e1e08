using Identity.Credentials.Verdicts;
using Identity.Hosting;
using Identity.Verifier.Results;
using Identity.Verifier.Sessions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Verifier.Presentations;

/// <summary>How far a request is.</summary>
public enum RequestStatus
{
    /// <summary>Shown, not yet fetched by a wallet.</summary>
    Created,
    /// <summary>Fetched; the holder is deciding.</summary>
    Fetched,
    /// <summary>Answered and checked.</summary>
    Answered,
    /// <summary>Nobody answered in time.</summary>
    Expired,
    /// <summary>The holder or the wallet said no.</summary>
    Refused,
}

/// <summary>Where a request stands, and its verdicts once it is answered.</summary>
/// <param name="State">How far it is.</param>
/// <param name="Template">The question's name, if it was a template.</param>
/// <param name="Outcome">The worst of the verdicts' outcomes, and at most "cannot tell" where a link is "contradicts" or "differs": what the page says first.</param>
/// <param name="Holders">What can be said of the holders of several credentials.</param>
/// <param name="Links">For each statement of comparability, whether it is about a qualification shown beside it.</param>
/// <param name="Verdicts">One for each credential.</param>
/// <param name="Error">The wallet's error code, where it refused.</param>
public sealed record RequestView(
    RequestStatus State, string? Template, Outcome? Outcome, Holders? Holders, IReadOnlyList<LinkView>? Links, IReadOnlyList<PresentedVerdict>? Verdicts, string? Error);

/// <summary>The result, for the browser that asked and for no other.</summary>
public static class GetResult
{
    /// <summary>Maps <c>GET /api/requests/{id}</c>.</summary>
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/api/requests/{id}", Handle).RequireRateLimiting(Limits.Work)
            .WithName("GetResult").WithTags("Requests").WithSummary("Where the request stands, and its verdicts. Needs the asking browser's cookie and, on the same device, the response code.")
            .ProducesProblem(404).ProducesProblem(429);

    private static Results<Ok<RequestView>, ProblemHttpResult> Handle(string id, string? response_code, HttpContext http, PresentationStore store)
    {
        // One answer for "unknown", "not yours" and "wrong code": nothing to learn by trying.
        if (store.FindTransaction(id) is not { } presentation || !presentation.Session.Is(BrowserSession.Find(http))) return Unknown();

        var template = presentation.Question.Template;
        switch (presentation.Current)
        {
            case PresentationState.Answered answered when IsBack(answered.ResponseCode, response_code):
                return TypedResults.Ok(new RequestView(RequestStatus.Answered, template, Worst(answered), answered.Holders, answered.Links, answered.Credentials, null));
            case PresentationState.Refused refused when IsBack(refused.ResponseCode, response_code):
                return TypedResults.Ok(new RequestView(RequestStatus.Refused, template, null, null, null, null, refused.Error));
            case PresentationState.Answered or PresentationState.Refused when response_code is null && presentation.Flow == Flow.SameDevice:
                // The browser that was not sent back by the wallet learns no more than before the answer (session fixation).
                return TypedResults.Ok(new RequestView(RequestStatus.Fetched, template, null, null, null, null, null));
            case PresentationState.Answered or PresentationState.Refused:
                return Unknown();
            case var open:
                var state = store.IsExpired(presentation) ? RequestStatus.Expired : open is PresentationState.Created ? RequestStatus.Created : RequestStatus.Fetched;
                return TypedResults.Ok(new RequestView(state, template, null, null, null, null, null));
        }
    }

    private static bool IsBack(string? needed, string? given) => needed is null || Token.Same(given, needed);

    // Two credentials can each be valid and yet not belong together: then a person has to look.
    private static Outcome Worst(PresentationState.Answered answered) =>
        answered.Credentials.Any(c => c.Verdict.Outcome == Outcome.NotValid) ? Outcome.NotValid
        : answered.Credentials.Count > 0 && answered.Credentials.All(c => c.Verdict.Outcome == Outcome.Valid) && !answered.Links.Any(OriginalLink.IsTrouble) ? Outcome.Valid
        : Outcome.CannotTell;

    private static ProblemHttpResult Unknown() =>
        TypedResults.Problem("There is no such request in this browser. It may have expired; ask again.", statusCode: 404, title: "Unknown request");
}
