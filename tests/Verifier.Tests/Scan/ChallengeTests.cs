using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Credentials.Types;
using Identity.Verifier.Tests.World;

namespace Identity.Verifier.Tests.Scan;

public class ChallengeTests
{
    private static readonly TypeDefinition Qualification = TypeDefinition.Find("qualification")!;

    [Fact]
    public async Task A_phone_answers_the_challenge_on_the_screen_and_the_verdict_is_valid()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var (created, challenge) = await ShowAsync(scene, "diploma");

        var verdict = await AnswerAsync(scene, created, CompactHolder.Answer(credential, challenge.Required, challenge, holder));

        Scene.Is("valid", "valid", verdict);
        Assert.Equal("challenge", verdict["binding"]!.GetValue<string>());
        Assert.Equal("Amina Okoye-Reyes", verdict["claims"]!["holder_name"]!.GetValue<string>());
        Assert.Equal(1, scene.College.StatusFetches);
    }

    [Fact]
    public async Task The_challenge_is_signed_fresh_and_names_type_claims_purpose_and_asker()
    {
        await using var scene = await Scene.OpenAsync("--Verifier:Name=Harbour Yard");
        var (created, first) = await ShowAsync(scene, "welder");
        var (_, second) = await ShowAsync(scene, "welder");

        Assert.Equal(("urn:identity:qualification:1", "Harbour Yard", "To check a qualification as welder", "welder"), (first.Type, first.Name, first.Purpose, first.PurposeId));
        Assert.Equal(new[] { "holder_name", "title", "occupation" }, first.Required.Select(key => Qualification.Claim(key)!.Name));
        Assert.NotEqual(first.Nonce, second.Nonce);
        Assert.Equal(first.Key, second.Key);
        Assert.StartsWith("<svg", created["qr"]!.GetValue<string>());
        Assert.True(first.Encoded.Length < 260, $"{first.Encoded.Length} bytes");
    }

    [Fact]
    public async Task Attack_33_a_proof_for_another_challenge_is_a_replay_and_leaves_the_challenge_open()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var (_, old) = await ShowAsync(scene, "diploma");
        var (created, fresh) = await ShowAsync(scene, "diploma");

        Scene.Is("not_valid", "replayed", await AnswerAsync(scene, created, CompactHolder.Answer(credential, old.Required, old, holder)));
        Scene.Is("valid", "valid", await AnswerAsync(scene, created, CompactHolder.Answer(credential, fresh.Required, fresh, holder)));
    }

    [Fact]
    public async Task One_challenge_takes_one_answer_also_of_eight_at_once()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var (created, challenge) = await ShowAsync(scene, "diploma");
        var proof = new JsonObject { ["proof"] = CompactHolder.Answer(credential, challenge.Required, challenge, holder) };

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => scene.Browser.PostAsync($"/api/challenges/{created["id"]}/answer", System.Net.Http.Json.JsonContent.Create(proof))));

        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task After_three_minutes_of_the_monotonic_clock_the_challenge_is_over()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var (created, challenge) = await ShowAsync(scene, "diploma");
        var proof = CompactHolder.Answer(credential, challenge.Required, challenge, holder);
        scene.Clock.Pass(TimeSpan.FromMinutes(3));
        scene.Clock.SetWall(scene.Clock.Now.AddMinutes(-3));

        await scene.Browser.PostJsonAsync($"/api/challenges/{created["id"]}/answer", new JsonObject { ["proof"] = proof }, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Attack_97_a_copy_of_another_persons_proof_signed_by_the_thief_is_not_the_holders()
    {
        await using var scene = await Scene.OpenAsync();
        var (stolen, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        using var thief = Es256Key.Create();
        var (created, challenge) = await ShowAsync(scene, "diploma");
        var text = CompactHolder.Answer(stolen, challenge.Required, challenge, holder);

        // The genuine payload under the thief's signature: the last 64 bytes of the COSE_Sign1 are the signature.
        Assert.True(CompactVerifier.TryParse(text, out var proof, out _));
        var forged = (byte[])proof.Encoded.Clone();
        thief.Sign("something else"u8).CopyTo(forged, forged.Length - 64);

        Scene.Is("not_valid", "holder_not_proven", await AnswerAsync(scene, created, "IDP:" + Identity.Credentials.Cose.Base45.Encode(forged)));
    }

    [Fact]
    public async Task Attack_54_55_a_proof_with_fewer_claims_or_another_value_does_not_answer()
    {
        await using var scene = await Scene.OpenAsync();
        var (welder, key, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var plumberClaims = (JsonObject)Scene.Diploma.DeepClone();
        plumberClaims["occupation"] = "7126";
        var (plumber, plumberKey, _) = scene.College.IssueCompact("qualification", plumberClaims);

        var (first, challenge) = await ShowAsync(scene, "welder");
        Scene.Is("not_valid", "asks_not_met", await AnswerAsync(scene, first, CompactHolder.Answer(welder, challenge.Required.Take(1), challenge, key)));
        var (second, other) = await ShowAsync(scene, "welder");
        Scene.Is("not_valid", "asks_not_met", await AnswerAsync(scene, second, CompactHolder.Answer(plumber, other.Required, other, plumberKey)));
    }

    [Fact]
    public async Task A_revoked_credential_shown_by_qr_is_revoked()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, index) = scene.College.IssueCompact("qualification", Scene.Diploma);
        scene.College.SetStatus(index, StatusValue.Invalid);
        var (created, challenge) = await ShowAsync(scene, "diploma");

        Scene.Is("not_valid", "revoked", await AnswerAsync(scene, created, CompactHolder.Answer(credential, challenge.Required, challenge, holder)));
    }

    [Fact]
    public async Task Another_browser_cannot_answer_the_challenge()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var (created, challenge) = await ShowAsync(scene, "diploma");
        using var other = scene.Verifier.Browser();

        await other.PostJsonAsync($"/api/challenges/{created["id"]}/answer", new JsonObject { ["proof"] = CompactHolder.Answer(credential, challenge.Required, challenge, holder) }, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"template":"nope"}""")]
    [InlineData("""{"template":"diploma","type":"person"}""")]
    [InlineData("""{}""")]
    public async Task What_cannot_be_asked_by_qr_is_a_400(string body)
    {
        await using var scene = await Scene.OpenAsync();

        await scene.Browser.PostJsonAsync("/api/challenges", (JsonObject)JsonNode.Parse(body)!, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_claim_that_no_qr_carries_is_a_400_at_the_desk_and_any_chosen_claim_a_403_on_the_public_page()
    {
        await using var scene = await Scene.OpenAsync();
        JsonObject Body() => new() { ["type"] = "person", ["required"] = new JsonArray("nationalities"), ["purpose_id"] = "all" };

        await scene.Browser.PostJsonAsync("/api/desk/challenges", Body(), HttpStatusCode.BadRequest);
        var refused = await scene.Browser.PostJsonAsync("/api/challenges", Body(), HttpStatusCode.Forbidden);

        Assert.Equal("urn:identity:problem:public_page_questions_only", refused["type"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("HELLO")]
    [InlineData("IDP:")]
    [InlineData("IDP::::")]
    [InlineData("IDC:ABC")]
    public async Task Any_other_qr_before_the_camera_gets_a_verdict_and_costs_nothing(string text)
    {
        await using var scene = await Scene.OpenAsync();
        var (created, _) = await ShowAsync(scene, "diploma");

        Assert.Equal("cannot_tell", (await AnswerAsync(scene, created, text))["outcome"]!.GetValue<string>());
    }

    private static async Task<(JsonObject Created, CompactChallenge Challenge)> ShowAsync(Scene scene, string template)
    {
        var created = await scene.Browser.PostJsonAsync("/api/challenges", new JsonObject { ["template"] = template }, HttpStatusCode.Created);
        Assert.True(CompactChallenge.TryParse(created["text"]!.GetValue<string>(), out var challenge, out var reason), reason);
        return (created, challenge);
    }

    private static Task<JsonObject> AnswerAsync(Scene scene, JsonObject created, string proof) =>
        scene.Browser.PostJsonAsync($"/api/challenges/{created["id"]}/answer", new JsonObject { ["proof"] = proof }, HttpStatusCode.OK);
}
