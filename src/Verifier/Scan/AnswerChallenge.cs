using Identity.Credentials.Compact;
using Identity.Hosting;
using Identity.Verifier.Receipts;
using Identity.Verifier.Results;
using Identity.Verifier.Sessions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Verifier.Scan;

/// <summary>What the camera read from the phone.</summary>
/// <param name="Proof">The text <c>IDP:…</c>, or <c>IDD:…</c> of a paper.</param>
public sealed record AnswerBody(string Proof);

/// <summary>
/// Checks the phone's answer to a challenge that this browser showed. A code that the phone redraws with the time, and a paper, are taken as well and held against what was asked;
/// they answer nothing, so the challenge stays open.
/// </summary>
public static class AnswerChallenge
{
    private const int MaxCharacters = 4 * 1024;

    /// <summary>Maps <c>POST /api/challenges/{id}/answer</c>.</summary>
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/api/challenges/{id}/answer", HandleAsync).RequireRateLimiting(Limits.Work).WithMetadata(new BodyLimit(16 * 1024))
            .WithName("AnswerChallenge").WithTags("Scan").WithSummary("Checks the QR that a phone showed in answer, once.")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(413).ProducesProblem(429);

    private static async Task<Results<Ok<VerdictView>, ProblemHttpResult>> HandleAsync(
        string id, AnswerBody body, HttpContext http, ChallengeStore store, RollingMemory memory, Examiner examiner, VerdictRecorder recorder, ReceiptMaker receipts, ReceiptMemory given)
    {
        var text = body.Proof?.Trim();
        if (text is not { Length: > 0 and <= MaxCharacters })
            return TypedResults.Problem($"Give the proof as a text of 1 to {MaxCharacters} characters.", statusCode: 400, title: "Nothing to check");
        if (store.Find(id) is not { } challenge || !challenge.Session.Is(BrowserSession.Find(http)))
            return TypedResults.Problem("This challenge is over or was shown by another browser. Show a new one.", statusCode: 404, title: "Unknown challenge");

        // Only a proof made for this challenge uses it up: an old code before the camera must not cost a second try.
        var isAnswer = CompactVerifier.TryParse(text, out var proof, out _) && proof.Binding.AsSpan().SequenceEqual(challenge.Compact.Digest);
        if (challenge.IsAnswered || (isAnswer && !challenge.TryAnswer()))
            return TypedResults.Problem("This challenge has been answered. Show a new one.", statusCode: 409, title: "Answered already");

        if (memory.Find(challenge, text) is { } told) return TypedResults.Ok(told);

        // Not the request's token: once used up, the answer is examined to its end.
        var examined = await examiner.ScanAsync(text, challenge.Compact, challenge.Asked, CancellationToken.None);
        recorder.Record(examined.Verdict, Way.Scan, challenge.Template);
        var verdict = VerdictView.Of(examined.Verdict, receipts.Make(text, examined.Verdict, challenge.Inquiry));
        given.Keep(text, verdict.Receipt, examined.Verdict);
        memory.Keep(challenge, text, verdict);
        return TypedResults.Ok(verdict);
    }
}
