using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Types;
using Identity.Verifier.Scan;
using Identity.Verifier.Tests.World;

namespace Identity.Verifier.Tests.Scan;

/// <summary>Questions signed in advance for a scanner that will have no network.</summary>
public sealed class OfflineQuestionTests
{
    [Fact]
    public async Task Every_question_of_the_public_page_comes_signed_several_times_each_with_a_nonce_of_its_own()
    {
        await using var scene = await Scene.OpenAsync();
        var online = CompactChallenge.TryParse((await scene.Browser.PostJsonAsync("/api/challenges", new JsonObject { ["template"] = "welder" }, HttpStatusCode.Created))["text"]!.GetValue<string>(), out var shown, out _) ? shown : null;

        var questions = await AskAsync(scene, "fr");

        Assert.Equal(["diploma", "welder", "over18", "reference", "training", "identity", "evaluation"], questions.Select(q => q["template"]!.GetValue<string>()));
        var challenges = questions.SelectMany(q => q["texts"]!.AsArray()).Select(text => CompactChallenge.TryParse(text!.GetValue<string>(), out var challenge, out var reason) ? challenge : throw new InvalidDataException(reason)).ToList();
        Assert.Equal(7 * OfflineQuestions.Stock, challenges.Select(c => Convert.ToHexString(c.Nonce)).Distinct().Count());
        Assert.All(challenges, c => Assert.Equal(online!.Key, c.Key)); // the public page's, which wallets know
        var welder = questions.Single(q => q["template"]!.GetValue<string>() == "welder");
        Assert.Equal(TypeDefinition.Find("qualification")!.Vct, welder["type"]!.GetValue<string>());
        Assert.NotEmpty(welder["values"]!["occupation"]!.AsArray());
        Assert.Equal(online!.Required, challenges[OfflineQuestions.Stock].Required);
        Assert.Equal("welder", challenges[OfflineQuestions.Stock].PurposeId);
        Assert.NotEqual(online.Purpose, challenges[OfflineQuestions.Stock].Purpose); // in the language that was asked for
    }

    [Fact]
    public async Task Attack_an_answer_to_such_a_question_is_no_answer_to_the_service()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        Assert.True(CompactChallenge.TryParse((await AskAsync(scene, "en"))[0]["texts"]![0]!.GetValue<string>(), out var prefetched, out _));
        var created = await scene.Browser.PostJsonAsync("/api/challenges", new JsonObject { ["template"] = "diploma" }, HttpStatusCode.Created);

        var verdict = await scene.Browser.PostJsonAsync($"/api/challenges/{created["id"]!.GetValue<string>()}/answer", new JsonObject { ["proof"] = CompactHolder.Answer(credential, prefetched.Required, prefetched, holder) }, HttpStatusCode.OK);

        Scene.Is("not_valid", "replayed", verdict);
    }

    [Fact]
    public async Task An_unknown_language_is_english()
    {
        await using var scene = await Scene.OpenAsync();

        Assert.Equal(Purpose(await AskAsync(scene, "en")), Purpose(await AskAsync(scene, "tlh")));
        Assert.Equal(Purpose(await AskAsync(scene, "en")), Purpose(await AskAsync(scene, null)));

        static string Purpose(IReadOnlyList<JsonNode> questions) => CompactChallenge.TryParse(questions[0]["texts"]![0]!.GetValue<string>(), out var challenge, out _) ? challenge.Purpose : "";
    }

    private static async Task<IReadOnlyList<JsonNode>> AskAsync(Scene scene, string? language)
    {
        var answer = await scene.Browser.PostAsJsonAsync("/api/offline-questions", new JsonObject { ["language"] = language });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return [.. (await answer.Content.ReadFromJsonAsync<JsonArray>())!.Select(question => question!)];
    }
}
