using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.StatusList;
using Identity.Verifier.Tests.World;

namespace Identity.Verifier.Tests.Status;

/// <summary>A status that is looked at again, weeks after its credential was shown.</summary>
public class LookAtStatusTests
{
    private static Task<JsonObject> LookAsync(Scene scene, string issuer, string uri, long index) =>
        scene.Browser.PostJsonAsync("/api/status", new JsonObject { ["issuer"] = issuer, ["uri"] = uri, ["index"] = index }, HttpStatusCode.OK);

    private static async Task<JsonNode?> PlaceAsync(Scene scene, TestCredential diploma, string template)
    {
        var (created, request) = await scene.AskAsync(template);
        Assert.Equal(HttpStatusCode.OK, (await scene.Wallet.AnswerAsync(request, Scene.Token("qualification", scene.Show(diploma, request)))).StatusCode);
        return (await scene.ResultAsync(created))["verdicts"]![0]!["status"];
    }

    [Fact]
    public async Task The_place_given_to_a_recognition_body_shows_a_revocation_at_once_though_nothing_was_refreshed()
    {
        await using var scene = await Scene.OpenAsync("--Status:RefreshSeconds=3600");
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var place = (JsonObject)(await PlaceAsync(scene, diploma, "evaluation"))!;
        Assert.Equal((scene.College.StatusUri, diploma.Index), ((string)place["uri"]!, (int)place["index"]!));
        Scene.Is("valid", "valid", await LookAsync(scene, scene.College.Issuer, scene.College.StatusUri, diploma.Index));

        scene.College.SetStatus(diploma.Index, StatusValue.Suspended);
        scene.Clock.Pass(TimeSpan.FromSeconds(10));
        Scene.Is("not_valid", "suspended", await LookAsync(scene, scene.College.Issuer, scene.College.StatusUri, diploma.Index));
        scene.College.SetStatus(diploma.Index, StatusValue.Invalid);
        scene.Clock.Pass(TimeSpan.FromSeconds(10));
        var revoked = await LookAsync(scene, scene.College.Issuer, scene.College.StatusUri, diploma.Index);
        Scene.Is("not_valid", "revoked", revoked);
        Assert.Equal(scene.Clock.Now, (DateTimeOffset)revoked["asOf"]!, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Nobody_else_is_given_the_place_of_a_status()
    {
        await using var scene = await Scene.OpenAsync();

        Assert.Null(await PlaceAsync(scene, scene.College.Issue("qualification", Scene.Diploma), "diploma"));
    }

    [Fact]
    public async Task What_cannot_be_had_is_not_told()
    {
        await using var scene = await Scene.OpenAsync("--Status:RefreshSeconds=3600");
        scene.College.StatusInstead = () => "";

        Scene.Is("cannot_tell", "stale_data", await LookAsync(scene, scene.College.Issuer, scene.College.StatusUri, 17));
        Assert.Equal("cannot_tell", (string)(await LookAsync(scene, "https://nobody.example", scene.College.StatusUri, 17))["outcome"]!);
    }

    [Fact]
    public async Task Attack_somebody_names_a_place_that_is_not_the_issuers_and_lets_the_verifier_fetch_it()
    {
        await using var scene = await Scene.OpenAsync("--Status:RefreshSeconds=3600");

        Scene.Is("cannot_tell", "stale_data", await LookAsync(scene, scene.Ministry.Issuer, scene.College.StatusUri, 17));
        Scene.Is("cannot_tell", "stale_data", await LookAsync(scene, scene.College.Issuer, scene.College.Issuer.Replace("/org", "/orgx/status/1", StringComparison.Ordinal), 17));
        Assert.Equal(0, scene.College.StatusFetches);

        foreach (var (uri, index) in new[] { ("file:///etc/passwd", 1L), ("", 1L), (scene.College.StatusUri, -1L), (scene.College.StatusUri, long.MaxValue) })
            await scene.Browser.PostJsonAsync("/api/status", new JsonObject { ["issuer"] = scene.College.Issuer, ["uri"] = uri, ["index"] = index }, HttpStatusCode.BadRequest);
    }
}
