using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.Receipts;
using Identity.Credentials.StatusList;
using Identity.Credentials.Types;
using Identity.Verifier.Registration;
using Identity.Verifier.Tests.Data;
using Identity.Verifier.Tests.World;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Verifier.Tests.Scan;

/// <summary>A phone that cannot read the question shows a code that it redraws with the time.</summary>
public class RollingTests
{
    private static readonly int[] Keys = [.. new[] { "holder_name", "title", "kind" }.Select(name => TypeDefinition.Find("qualification")!.Claim(name)!.Key)];

    [Fact]
    public async Task It_is_taken_in_place_of_an_answer_and_leaves_the_challenge_open()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var (id, challenge) = await ShowAsync(scene, "diploma");

        var verdict = await AnswerAsync(scene, id, Roll(scene, credential, holder, challenge.Required));

        Scene.Is("valid", "valid", verdict);
        Assert.Equal("rolling", verdict["binding"]!.GetValue<string>());
        Assert.Equal("""{"age":7,"clockUnsure":false}""", verdict["rolling"]!.ToJsonString());
        Assert.Equal("challenge", (await AnswerAsync(scene, id, CompactHolder.Answer(credential, challenge.Required, challenge, holder)))["binding"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_was_asked_is_compared_all_the_same()
    {
        await using var scene = await Scene.OpenAsync();
        var claims = (JsonObject)Scene.Diploma.DeepClone();
        claims["occupation"] = "7126";
        var (plumber, holder, _) = scene.College.IssueCompact("qualification", claims);
        var (id, challenge) = await ShowAsync(scene, "welder");

        Scene.Is("not_valid", "asks_not_met", await AnswerAsync(scene, id, Roll(scene, plumber, holder, challenge.Required)));
        Scene.Is("not_valid", "asks_not_met", await AnswerAsync(scene, id, Roll(scene, plumber, holder, challenge.Required.Take(1))));
    }

    [Fact]
    public async Task The_same_code_again_is_told_the_same_while_it_lasts_and_is_not_counted_twice()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var (id, challenge) = await ShowAsync(scene, "diploma");
        var code = Roll(scene, credential, holder, challenge.Required);

        var first = await AnswerAsync(scene, id, code);
        scene.Clock.Pass(TimeSpan.FromSeconds(100));
        var (later, _) = await ShowAsync(scene, "diploma");
        Assert.Equal(first.ToJsonString(), (await AnswerAsync(scene, later, code)).ToJsonString());

        scene.Clock.Pass(TimeSpan.FromSeconds(14));
        Scene.Is("not_valid", "replayed", await AnswerAsync(scene, later, code));
        Assert.Equal(["valid", "replayed"], (await Rows.ReadAsync(scene.Verifier, 2)).Select(row => row.Reason)); // written in this order
    }

    [Fact]
    public async Task Another_code_of_the_same_phone_and_second_is_judged_afresh()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var (id, challenge) = await ShowAsync(scene, "diploma");
        var (first, second) = (Roll(scene, credential, holder, challenge.Required), Roll(scene, credential, holder, challenge.Required.Take(1)));

        Scene.Is("valid", "valid", await AnswerAsync(scene, id, first));
        Scene.Is("not_valid", "asks_not_met", await AnswerAsync(scene, id, second));
        Scene.Is("valid", "valid", await AnswerAsync(scene, id, first));
    }

    [Fact]
    public async Task Attack_what_one_browser_was_told_another_or_another_question_does_not_inherit()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var (id, challenge) = await ShowAsync(scene, "diploma");
        var code = Roll(scene, credential, holder, challenge.Required);
        Scene.Is("valid", "valid", await AnswerAsync(scene, id, code));

        var (welder, _) = await ShowAsync(scene, "welder");
        Scene.Is("not_valid", "asks_not_met", await AnswerAsync(scene, welder, code));
        scene.Clock.Pass(TimeSpan.FromSeconds(20));
        using var other = scene.Verifier.Browser();
        var shown = await other.PostJsonAsync("/api/challenges", new JsonObject { ["template"] = "diploma" }, HttpStatusCode.Created);
        var told = await other.PostJsonAsync($"/api/challenges/{shown["id"]}/answer", new JsonObject { ["proof"] = code }, HttpStatusCode.OK);
        Assert.Equal(27, told["rolling"]!["age"]!.GetValue<int>());
    }

    [Fact]
    public async Task Attack_what_was_told_in_one_askers_name_another_asker_does_not_inherit()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var (page, challenge) = await ShowAsync(scene, "diploma");
        var code = Roll(scene, credential, holder, challenge.Required);
        var told = await AnswerAsync(scene, page, code);
        Scene.Is("valid", "valid", told);

        var desk = await AnswerAsync(scene, await AtDeskAsync(new JsonObject { ["template"] = "diploma" }), code);
        Assert.Equal(scene.Verifier.Services.GetRequiredService<AskingIdentities>().Desk!.RequestKey, Signer(desk));
        Assert.NotEqual(Signer(told), Signer(desk));

        // Nor one question what was told of another, which asks for more that may be left out.
        var less = await AnswerAsync(scene, await AtDeskAsync(new JsonObject { ["type"] = "qualification", ["required"] = new JsonArray("title") }), code);
        var more = await AnswerAsync(scene, await AtDeskAsync(new JsonObject { ["type"] = "qualification", ["required"] = new JsonArray("title"), ["optional"] = new JsonArray("kind") }), code);
        Assert.NotEqual(less["receipt"]!.GetValue<string>(), more["receipt"]!.GetValue<string>());

        async Task<string> AtDeskAsync(JsonObject body)
        {
            body["purpose_id"] = "all";
            return (await scene.Browser.PostJsonAsync("/api/desk/challenges", body, HttpStatusCode.Created))["id"]!.GetValue<string>();
        }

        static string Signer(JsonObject verdict) => CheckReceipt.TryRead(verdict["receipt"]!.GetValue<string>(), out _, out var key, out var reason) ? key.ThumbprintText() : throw new InvalidOperationException(reason);
    }

    [Fact]
    public async Task What_kept_the_verifier_from_telling_is_not_repeated()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        scene.College.StatusInstead = () => "";
        var (id, challenge) = await ShowAsync(scene, "diploma");
        var code = Roll(scene, credential, holder, challenge.Required);
        Scene.Is("cannot_tell", "stale_data", await AnswerAsync(scene, id, code));

        scene.College.StatusInstead = null;
        scene.Clock.Pass(TimeSpan.FromSeconds(60));
        Scene.Is("valid", "valid", await AnswerAsync(scene, id, code));
    }

    [Fact]
    public async Task A_verifier_that_demands_challenges_takes_none()
    {
        await using var scene = await Scene.OpenAsync("--Verifier:RequireChallenge=true");
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var (id, challenge) = await ShowAsync(scene, "diploma");

        Scene.Is("not_valid", "replayed", await AnswerAsync(scene, id, Roll(scene, credential, holder, challenge.Required)));
        Scene.Is("valid", "valid", await AnswerAsync(scene, id, CompactHolder.Answer(credential, challenge.Required, challenge, holder)));
    }

    [Fact]
    public async Task As_a_file_nobody_is_asked_to_prove_anything()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var code = Roll(scene, credential, holder, Keys);
        scene.Clock.Pass(TimeSpan.FromHours(1));

        var verdict = await scene.Browser.PostJsonAsync("/api/check", new JsonObject { ["credential"] = code }, HttpStatusCode.OK);

        Scene.Is("valid", "valid", verdict);
        Assert.Equal(("none", null), (verdict["binding"]!.GetValue<string>(), verdict["rolling"]));
    }

    private static string Roll(Scene scene, CompactCredential credential, Es256Key holder, IEnumerable<int> keys) =>
        CompactHolder.Roll(credential, keys, scene.Clock.Now.ToUnixTimeSeconds() - 7, false, holder);

    private static async Task<(string Id, CompactChallenge Challenge)> ShowAsync(Scene scene, string template)
    {
        var created = await scene.Browser.PostJsonAsync("/api/challenges", new JsonObject { ["template"] = template }, HttpStatusCode.Created);
        Assert.True(CompactChallenge.TryParse(created["text"]!.GetValue<string>(), out var challenge, out var reason), reason);
        return (created["id"]!.GetValue<string>(), challenge);
    }

    private static Task<JsonObject> AnswerAsync(Scene scene, string id, string proof) =>
        scene.Browser.PostJsonAsync($"/api/challenges/{id}/answer", new JsonObject { ["proof"] = proof }, HttpStatusCode.OK);
}
