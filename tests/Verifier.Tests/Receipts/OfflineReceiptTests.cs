using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Verifier.Tests.Data;
using Identity.Verifier.Tests.World;

namespace Identity.Verifier.Tests.Receipts;

public class OfflineReceiptTests
{
    [Fact]
    public async Task A_check_without_a_network_gets_its_receipt_when_it_is_sent_and_the_same_one_when_it_is_sent_twice()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var challenge = await QuestionAsync(scene);
        var check = Check(scene, challenge.Text, CompactHolder.Answer(credential, challenge.Required, challenge, holder));
        scene.Clock.Pass(TimeSpan.FromHours(20));

        var first = await SendAsync(scene, check);
        var second = await SendAsync(scene, check);

        var receipt = ReceiptTests.Read(first["receipt"]!.GetValue<string>(), out _);
        Assert.Equal(("valid", "challenge", "valid"), (receipt.Outcome, receipt.Binding, receipt.Told!.Outcome));
        Assert.Equal((challenge.Purpose, scene.Clock.Now.AddHours(-20), scene.Clock.Now), (receipt.Purpose, receipt.CheckedAt, receipt.IssuedAt));
        Assert.Equal(receipt.Id, ReceiptTests.Read(second["receipt"]!.GetValue<string>(), out _).Id);
    }

    [Fact]
    public async Task What_was_revoked_since_the_pack_was_made_is_told_and_both_words_stand_in_the_receipt()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, index) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var challenge = await QuestionAsync(scene);
        var check = Check(scene, challenge.Text, CompactHolder.Answer(credential, challenge.Required, challenge, holder));
        scene.College.SetStatus(index, StatusValue.Invalid);

        var answer = await SendAsync(scene, check);

        Assert.Equal(("not_valid", "revoked"), (answer["outcome"]!.GetValue<string>(), answer["reason"]!.GetValue<string>()));
        var receipt = ReceiptTests.Read(answer["receipt"]!.GetValue<string>(), out _);
        Assert.Equal(("revoked", "valid"), (receipt.Reason, receipt.Told!.Reason));
    }

    [Fact]
    public async Task A_code_without_a_question_is_held_against_the_time_in_it()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var challenge = await QuestionAsync(scene);
        var proof = CompactHolder.Roll(credential, challenge.Required, scene.Clock.Now.ToUnixTimeSeconds(), false, holder);
        var then = Check(scene, null, proof);
        var (paper, _) = scene.College.Print("qualification", Scene.Diploma);
        var printed = Check(scene, challenge.Text, paper.Text);
        var hoursLater = Check(scene, null, proof);
        hoursLater["checkedAt"] = scene.Clock.Now.AddHours(3).ToUnixTimeSeconds();
        scene.Clock.Pass(TimeSpan.FromHours(5));

        // Whoever showed these answered nobody: the receipt must not say that they were asked.
        foreach (var (check, binding) in new[] { (then, "rolling"), (printed, "paper") })
        {
            var receipt = ReceiptTests.Read((await SendAsync(scene, check))["receipt"]!.GetValue<string>(), out _);
            Assert.Equal((binding, null), (receipt.Binding, receipt.Purpose));
            Assert.Empty(receipt.Asked);
        }
        Assert.Equal("not_then", (await SendAsync(scene, hoursLater))["refused"]!.GetValue<string>());
    }

    [Fact]
    public async Task Attack_a_receipt_for_what_was_never_asked_answered_or_is_too_old()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var challenge = await QuestionAsync(scene);
        var proof = CompactHolder.Answer(credential, challenge.Required, challenge, holder);
        using var own = Es256Key.Create();
        var foreign = CompactChallenge.Create(new byte[16], scene.Clock.Now.ToUnixTimeSeconds(), challenge.Type, challenge.Required, challenge.Optional, challenge.Purpose, challenge.Name, own, challenge.PurposeId);

        Assert.Equal("not_ours", (await SendAsync(scene, Check(scene, foreign.Text, CompactHolder.Answer(credential, foreign.Required, foreign, holder))))["refused"]!.GetValue<string>());
        Assert.Equal("unreadable", (await SendAsync(scene, Check(scene, challenge.Text, "IDP:NOTHING")))["refused"]!.GetValue<string>());
        var early = Check(scene, challenge.Text, proof);
        early["checkedAt"] = scene.Clock.Now.AddHours(-1).ToUnixTimeSeconds();
        Assert.Equal("not_then", (await SendAsync(scene, early))["refused"]!.GetValue<string>());
        var ahead = Check(scene, challenge.Text, proof);
        ahead["checkedAt"] = scene.Clock.Now.AddHours(1).ToUnixTimeSeconds();
        Assert.Equal("ahead", (await SendAsync(scene, ahead))["refused"]!.GetValue<string>());
        ahead["checkedAt"] = scene.Clock.Now.AddDays(9).ToUnixTimeSeconds();
        Assert.Equal("too_late", (await SendAsync(scene, ahead))["refused"]!.GetValue<string>());
        Assert.Equal("replayed", (await SendAsync(scene, Check(scene, null, proof)))["reason"]!.GetValue<string>());

        var late = Check(scene, challenge.Text, proof);
        scene.Clock.Pass(TimeSpan.FromHours(74));
        Assert.Equal("too_late", (await SendAsync(scene, late))["refused"]!.GetValue<string>());
        await scene.Browser.PostJsonAsync("/api/offline-receipts", new JsonObject { ["checks"] = new JsonArray() }, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Attack_an_old_answer_is_said_to_be_of_today()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var challenge = await QuestionAsync(scene);
        var proof = CompactHolder.Answer(credential, challenge.Required, challenge, holder);
        var receipt = ReceiptTests.Read((await SendAsync(scene, Check(scene, challenge.Text, proof)))["receipt"]!.GetValue<string>(), out _);

        scene.Clock.Pass(TimeSpan.FromHours(70));
        Assert.Equal(receipt.Id, ReceiptTests.Read((await SendAsync(scene, Check(scene, challenge.Text, proof)))["receipt"]!.GetValue<string>(), out _).Id);
        scene.Clock.Pass(TimeSpan.FromHours(3));
        Assert.Equal("too_late", (await SendAsync(scene, Check(scene, challenge.Text, proof)))["refused"]!.GetValue<string>());
    }

    [Fact]
    public async Task Attack_a_credential_of_strangers_is_sent_as_what_a_camera_read()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);

        Assert.Equal("unreadable", (await SendAsync(scene, Check(scene, null, diploma.Text)))["refused"]!.GetValue<string>());

        Assert.Equal((0, 0), (scene.College.MetadataFetches, scene.College.StatusFetches));
    }

    [Fact]
    public async Task Attack_a_check_is_sent_again_and_again_to_swell_the_figures()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var challenge = await QuestionAsync(scene);
        var check = Check(scene, challenge.Text, CompactHolder.Answer(credential, challenge.Required, challenge, holder));

        for (var i = 0; i < 3; i++) Assert.NotNull((await SendAsync(scene, check))["receipt"]);
        Assert.NotNull((await SendAsync(scene, Check(scene, null, scene.College.Print("qualification", Scene.Diploma).Paper.Text)))["receipt"]);

        Assert.Equal(["challenge", "paper"], (await Rows.ReadAsync(scene.Verifier, 2)).Select(row => row.Binding)); // written in order: a second one of the first would stand between
    }

    private static async Task<CompactChallenge> QuestionAsync(Scene scene)
    {
        var answer = await scene.Browser.PostAsync("/api/offline-questions", System.Net.Http.Json.JsonContent.Create(new JsonObject { ["language"] = "en" }));
        var questions = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsArray();
        Assert.True(CompactChallenge.TryParse(questions.Single(q => q!["template"]!.GetValue<string>() == "diploma")!["texts"]![0]!.GetValue<string>(), out var challenge, out _));
        return challenge;
    }

    private static JsonObject Check(Scene scene, string? challenge, string proof) => new()
    {
        ["template"] = "diploma", ["challenge"] = challenge, ["proof"] = proof, ["checkedAt"] = scene.Clock.Now.ToUnixTimeSeconds(), ["outcome"] = "valid", ["reason"] = "valid",
    };

    private static async Task<JsonObject> SendAsync(Scene scene, JsonObject check)
    {
        var answer = await scene.Browser.PostAsync("/api/offline-receipts", System.Net.Http.Json.JsonContent.Create(new JsonObject { ["checks"] = new JsonArray(check.DeepClone()) }));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return (JsonObject)JsonNode.Parse(text)![0]!;
    }
}
