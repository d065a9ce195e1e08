using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Hosting;
using Identity.Verifier.Policies;
using Identity.Verifier.Registration;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Verifier.Scan;

/// <summary>In which language the purposes are worded.</summary>
/// <param name="Language">BCP 47; English where we have no other.</param>
public sealed record OfflineBody(string? Language);

/// <summary>One question of the public page, signed several times over.</summary>
/// <param name="Template">Name of the template.</param>
/// <param name="Type">The <c>vct</c> asked for.</param>
/// <param name="Values">Claims that must have one of these values.</param>
/// <param name="Texts">Challenges <c>IDC:…</c>, each to be shown once.</param>
public sealed record OfflineQuestion(string Template, string Type, IReadOnlyDictionary<string, IReadOnlyList<JsonValue>> Values, IReadOnlyList<string> Texts);

/// <summary>
/// Challenges for a scanner that will have no network: signed now by the public page, which wallets know; answered to the scanner alone, which compares the answer with its
/// own copy. Nothing is kept here. A stock of them is worth nothing to anybody else: an answer shows only what a person agrees to show to a public page.
/// </summary>
public static class OfflineQuestions
{
    /// <summary>How many of each question.</summary>
    public const int Stock = 8;

    /// <summary>Maps <c>POST /api/offline-questions</c>.</summary>
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/api/offline-questions", Handle).RequireRateLimiting(Limits.Work).WithMetadata(new BodyLimit(1024))
            .WithName("OfflineQuestions").WithTags("Scan").WithSummary("Signs questions of the public page in advance, for a scanner that will have no network.")
            .ProducesProblem(400).ProducesProblem(413).ProducesProblem(429);

    private static Ok<IReadOnlyList<OfflineQuestion>> Handle(OfflineBody body, AskingIdentities identities, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var questions = new List<OfflineQuestion>();
        foreach (var template in Template.All.Where(t => t.Credentials.Count == 1))
        {
            var question = template.Ask(body.Language ?? "en");
            var texts = Enumerable.Range(0, Stock).Select(_ => Sign(question, identities.PublicPage, now)?.Text).OfType<string>().ToList();
            if (texts.Count > 0) questions.Add(new OfflineQuestion(template.Name, question.Credentials[0].Type.Vct, question.Credentials[0].Values, texts));
        }

        return TypedResults.Ok<IReadOnlyList<OfflineQuestion>>(questions);
    }

    /// <summary>One challenge of the page for a question about one credential; null where a code cannot carry what it needs.</summary>
    internal static CompactChallenge? Sign(Question question, AskingIdentity page, DateTimeOffset now)
    {
        var asked = question.Credentials[0];
        return !CreateChallenge.TryKeys(asked, out var required, out var optional, out _) ? null : CompactChallenge.Create(
            RandomNumberGenerator.GetBytes(16), now.ToUnixTimeSeconds(), asked.Type.Vct, required, optional, question.Purpose, page.Name, page.Keys.Challenge, question.Template);
    }
}
