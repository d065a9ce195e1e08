using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>The ledger for everybody to look at: what stands on the page is what the mirror gives, and what is drawn stands in a table as well.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class VerifierTransparencyTests(Surroundings surroundings)
{
    [Theory]
    [InlineData("en")]
    [InlineData("ar")]
    public async Task Anybody_finds_the_ledger_from_the_first_page_and_what_an_organisation_did_with_its_transaction(string language)
    {
        var desk = new VerifierPage(await surroundings.OpenAsync(language, 360, 640, desk: true), surroundings);
        await desk.OpenAsync("/ask", language);
        await surroundings.AnswerAsync(await desk.AskAsync());
        await desk.ShowsVerdictAsync("valid", "valid"); // so something is on the chain
        await desk.OpenAsync("/", language);
        await desk["transparency"].ClickAsync();
        await Assertions.Expect(desk["log"].First).ToBeVisibleAsync();
        await Axe.FindsNothingAsync(desk.Page, $"verifier, the ledger, {language}");
        foreach (var folded in new[] { "counts", "anchors" }) await desk[folded].First.Locator("summary").ClickAsync();

        using var http = new HttpClient();
        var index = JsonNode.Parse(await http.GetStringAsync($"{surroundings.Options.VerifierUrl}/mirror"))!;
        await Assertions.Expect(desk["log"]).ToHaveCountAsync(index["logs"]!.AsArray().Count);
        await Assertions.Expect(desk["counts"].First.Locator("tbody tr")).Not.ToHaveCountAsync(0);
        Assert.Matches("^0x[0-9a-f]{64}$", await desk["anchors"].First.Locator("tbody tr").First.Locator("td").Last.InnerTextAsync());
        Assert.Equal(0, await desk.Page.EvaluateAsync<int>("Math.max(0, document.documentElement.scrollWidth - innerWidth)"));

        await desk["organisation"].First.ClickAsync();
        await desk.OnScreenAsync("transparency-history");
        await Assertions.Expect(desk["act"].Last).ToHaveAttributeAsync("data-what", "registered");
        await Axe.FindsNothingAsync(desk.Page, $"verifier, an organisation's history, {language}");
        var address = desk.Page.Url;
        await desk["back"].ClickAsync();
        await Assertions.Expect(desk["log"].First).ToBeVisibleAsync();
        await desk.Page.GotoAsync(address); // the address can be given to somebody else
        await desk.OnScreenAsync("transparency-history");
        await desk.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task The_evidence_of_an_alarm_is_saved_as_a_file()
    {
        var evidence = new JsonObject { ["format"] = "identity-fork-evidence/1", ["origin"] = "log.example/log" };
        var alarms = new JsonArray(new JsonObject
        {
            ["origin"] = "log.example/log", ["raisedAt"] = "2026-11-23T10:00:00Z", ["reason"] = "Fork", ["before"] = "one", ["after"] = "two", ["liftedAt"] = null, ["liftedBy"] = null, ["evidence"] = evidence.DeepClone(),
        });
        var desk = new VerifierPage(await surroundings.OpenAsync("en", 360, 640, desk: true), surroundings);
        await desk.Page.RouteAsync("**/mirror/alarms", route => route.FulfillAsync(new() { ContentType = "application/json", Body = alarms.ToJsonString() }));
        await desk.OpenAsync("/transparency", "en");

        var saved = await desk.Page.RunAndWaitForDownloadAsync(() => desk["evidence"].ClickAsync());

        Assert.True(JsonNode.DeepEquals(evidence, JsonNode.Parse(await File.ReadAllTextAsync(await saved.PathAsync()))));
        await Assertions.Expect(desk["alarm"]).ToHaveAttributeAsync("data-lifted", "false");
        await Axe.FindsNothingAsync(desk.Page, "verifier, an alarm");
        await desk.Page.Context.CloseAsync();
    }
}
