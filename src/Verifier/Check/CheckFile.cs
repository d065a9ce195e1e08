using Identity.Hosting;
using Identity.Verifier.Receipts;
using Identity.Verifier.Results;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Verifier.Check;

/// <summary>A credential as text.</summary>
/// <param name="Credential">An SD-JWT VC, with or without key binding, a compact proof <c>IDP:…</c> or a paper <c>IDD:…</c>; at most 128 KB.</param>
public sealed record CheckBody(string Credential);

/// <summary>Checks a file or a pasted text. No holder takes part, so the verdict says that nobody proved to be one. Nothing of the text is kept.</summary>
public static class CheckFile
{
    private const int MaxCharacters = 128 * 1024;

    /// <summary>Maps <c>POST /api/check</c>.</summary>
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/api/check", HandleAsync).RequireRateLimiting(Limits.Work).WithMetadata(new BodyLimit(2 * MaxCharacters))
            .WithName("CheckFile").WithTags("Check").WithSummary("Checks a credential from a file or from pasted text.")
            .ProducesProblem(400).ProducesProblem(413).ProducesProblem(429);

    private static async Task<Results<Ok<VerdictView>, ProblemHttpResult>> HandleAsync(CheckBody body, Examiner examiner, VerdictRecorder recorder, ReceiptMaker receipts, CancellationToken ct)
    {
        var text = body.Credential?.Trim();
        if (text is not { Length: > 0 and <= MaxCharacters })
            return TypedResults.Problem($"Give the credential as a text of 1 to {MaxCharacters} characters.", statusCode: 400, title: "Nothing to check");
        var examined = await examiner.FileAsync(text, ct);
        recorder.Record(examined.Verdict, Way.File, null);
        return TypedResults.Ok(VerdictView.Of(examined.Verdict, receipts.Make(text, examined.Verdict, null)));
    }
}
