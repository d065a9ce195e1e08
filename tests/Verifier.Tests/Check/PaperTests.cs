using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.StatusList;
using Identity.Verifier.Tests.World;

namespace Identity.Verifier.Tests.Check;

/// <summary>A printed code, pasted or before the camera.</summary>
public class PaperTests
{
    [Fact]
    public async Task A_paper_is_genuine_names_what_to_compare_and_is_tied_to_nobody()
    {
        await using var scene = await Scene.OpenAsync();
        var (paper, _) = scene.College.Print("qualification", Scene.Diploma);
        var created = await ShowAsync(scene, "diploma");

        foreach (var verdict in new[] { await CheckAsync(scene, paper), await AnswerAsync(scene, created, paper) })
        {
            Scene.Is("valid", "valid", verdict);
            Assert.Equal("paper", verdict["binding"]!.GetValue<string>());
            Assert.Contains("holder_name", verdict["compare"]!.AsArray().Select(name => name!.GetValue<string>()));
        }

        Assert.Equal(1, scene.College.StatusFetches);
    }

    [Fact]
    public async Task A_paper_does_not_use_up_the_challenge()
    {
        await using var scene = await Scene.OpenAsync();
        var (paper, _) = scene.College.Print("qualification", Scene.Diploma);
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var created = await ShowAsync(scene, "diploma");
        await AnswerAsync(scene, created, paper);
        Assert.True(CompactChallenge.TryParse(created["text"]!.GetValue<string>(), out var challenge, out _));

        var proof = new JsonObject { ["proof"] = CompactHolder.Answer(credential, challenge.Required, challenge, holder) };

        Assert.Equal("challenge", (await scene.Browser.PostJsonAsync($"/api/challenges/{created["id"]}/answer", proof, HttpStatusCode.OK))["binding"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_was_asked_is_compared_with_a_paper_too_and_a_verifier_that_demands_challenges_takes_none()
    {
        await using var scene = await Scene.OpenAsync();
        var claims = (JsonObject)Scene.Diploma.DeepClone();
        claims["occupation"] = "7126";
        var (plumber, _) = scene.College.Print("qualification", claims);
        Scene.Is("not_valid", "asks_not_met", await AnswerAsync(scene, await ShowAsync(scene, "welder"), plumber));

        await using var strict = await Scene.OpenAsync("--Verifier:RequireChallenge=true");
        var (paper, _) = strict.College.Print("qualification", Scene.Diploma);
        Scene.Is("not_valid", "holder_not_proven", await AnswerAsync(strict, await ShowAsync(strict, "diploma"), paper));
    }

    [Fact]
    public async Task A_paper_ends_on_its_own_whatever_becomes_of_the_persons_other_copies()
    {
        await using var scene = await Scene.OpenAsync();
        var (old, index) = scene.College.Print("qualification", Scene.Diploma);
        var (reprinted, _) = scene.College.Print("qualification", Scene.Diploma);
        scene.College.SetStatus(index, StatusValue.Invalid);

        Scene.Is("not_valid", "revoked", await CheckAsync(scene, old));
        Scene.Is("valid", "valid", await CheckAsync(scene, reprinted));
    }

    private static Task<JsonObject> ShowAsync(Scene scene, string template) =>
        scene.Browser.PostJsonAsync("/api/challenges", new JsonObject { ["template"] = template }, HttpStatusCode.Created);

    private static Task<JsonObject> CheckAsync(Scene scene, CompactPaper paper) =>
        scene.Browser.PostJsonAsync("/api/check", new JsonObject { ["credential"] = paper.Text }, HttpStatusCode.OK);

    private static Task<JsonObject> AnswerAsync(Scene scene, JsonObject created, CompactPaper paper) =>
        scene.Browser.PostJsonAsync($"/api/challenges/{created["id"]}/answer", new JsonObject { ["proof"] = paper.Text }, HttpStatusCode.OK);
}
