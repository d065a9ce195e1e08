using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Verifier.CommandLine;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>Whoever checked a credential on the page keeps the file by which it still verifies when no server is left.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class VerifierKeepTests(Surroundings surroundings)
{
    [Theory]
    [InlineData("en")]
    [InlineData("ar")]
    public async Task What_the_page_gave_for_later_verifies_in_an_archive_without_any_server(string language)
    {
        var credential = await surroundings.HeldTextAsync();
        var desk = new VerifierPage(await surroundings.OpenAsync(language, 360, 640, desk: true), surroundings);
        await desk.OpenAsync("/", language);
        await desk.PasteAsync(credential);
        await desk.ShowsVerdictAsync("valid", "valid");
        await desk["keep"].Locator("summary").ClickAsync();

        var saved = await desk.Page.RunAndWaitForDownloadAsync(() => desk["keep-proof"].ClickAsync());

        Assert.EndsWith(".idexit", saved.SuggestedFilename, StringComparison.Ordinal);
        await Assertions.Expect(desk["keep-done"]).ToBeVisibleAsync();
        await Assertions.Expect(desk["keep-unproven"]).ToBeVisibleAsync(); // the local ledger is nobody's word
        await Assertions.Expect(desk["keep-no-lists"]).ToHaveCountAsync(0);
        await Axe.FindsNothingAsync(desk.Page, $"verifier, a proof for later, {language}");
        Assert.Equal(0, await desk.Page.EvaluateAsync<int>("Math.max(0, document.documentElement.scrollWidth - innerWidth)"));
        await StandsAboveTheActionAsync(desk);

        var folder = Directory.CreateTempSubdirectory("kept-").FullName;
        try
        {
            using var told = new StringWriter();
            Assert.Equal(0, await ImportCommand.RunAsync(["import", await saved.PathAsync(), "--data", folder, "--unproven"], told, told));
            var file = Path.Combine(folder, "credential.txt");
            await File.WriteAllTextAsync(file, credential);
            Assert.Equal(0, await VerifyCommand.RunAsync(["verify", file, "--data", folder], told, told, TextReader.Null));
            Assert.Contains("checked against an archive", told.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        await desk.Page.Context.CloseAsync();
    }

    [Theory]
    [InlineData("true", true, "It proves what was true on", "")]
    [InlineData("true", false, "It proves what was true on", "keep-no-lists")]
    [InlineData("unchecked", true, "It tells how things stood on", "keep-unchecked")]
    [InlineData("false", true, "It tells how things stood on", "keep-unproven")]
    [InlineData("false", false, "It tells how things stood on", "keep-unproven keep-no-lists")]
    public async Task The_page_says_proven_only_of_checked_seals_and_warns_where_the_credentials_own_list_is_not_in_the_file(string proven, bool holdsList, string words, string warnings)
    {
        var desk = new VerifierPage(await surroundings.OpenAsync("en", 360, 640, desk: true), surroundings);
        var list = "";
        string? asked = null;
        await desk.Page.RouteAsync("**/api/check", async route =>
        {
            var answer = await route.FetchAsync();
            list = JsonNode.Parse(await answer.TextAsync())!["statusList"]!.GetValue<string>();
            await route.FulfillAsync(new() { Response = answer });
        });
        await desk.Page.RouteAsync("**/api/exit/*", route =>
        {
            asked = route.Request.PostData;
            var member = $"status/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(holdsList ? list : list + "0")))}.jwt";
            return route.FulfillAsync(new()
            {
                Status = 200, ContentType = "application/zip", BodyBytes = [0x50, 0x4b, 0x03, 0x04, 0xff, 0x80, .. Encoding.ASCII.GetBytes(member), 0x00, 0xfe],
                Headers = new Dictionary<string, string> { ["Exit-As-Of"] = "2026-11-20T08:00:00Z", ["Exit-Proven"] = proven, ["Exit-Status-Lists"] = "9" },
            });
        });
        await desk.OpenAsync("/", "en");
        await desk.PasteAsync(await surroundings.HeldTextAsync());
        await Assertions.Expect(desk["keep-what"]).ToContainTextAsync("the same check still works");
        await desk["keep"].Locator("summary").ClickAsync();
        await desk.Page.RunAndWaitForDownloadAsync(() => desk["keep-proof"].ClickAsync());

        await Assertions.Expect(desk["keep-done"]).ToContainTextAsync(words);
        string[] all = ["keep-unproven", "keep-unchecked", "keep-no-lists"];
        foreach (var warning in all) await Assertions.Expect(desk[warning]).ToHaveCountAsync(warnings.Split(' ').Contains(warning) ? 1 : 0);
        Assert.Equal(["issuer"], JsonNode.Parse(asked!)!.AsObject().Select(member => member.Key)); // not which list it is
        await StandsAboveTheActionAsync(desk);
        await desk.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task Beside_a_verdict_that_is_not_valid_the_file_is_not_said_to_make_the_check_work()
    {
        var desk = new VerifierPage(await surroundings.OpenAsync("en", 360, 640, desk: true), surroundings);
        await desk.Page.RouteAsync("**/api/check", async route =>
        {
            var answer = await route.FetchAsync();
            var verdict = JsonNode.Parse(await answer.TextAsync())!;
            (verdict["outcome"], verdict["reason"], verdict["tone"]) = ("not_valid", "revoked", "red");
            await route.FulfillAsync(new() { Response = answer, Body = verdict.ToJsonString() });
        });
        await desk.OpenAsync("/", "en");
        await desk.PasteAsync(await surroundings.HeldTextAsync());
        await desk.ShowsVerdictAsync("not_valid", "revoked");

        await Assertions.Expect(desk["keep-what"]).ToContainTextAsync("It does not make the credential valid");
        await Assertions.Expect(desk["keep-what"]).Not.ToContainTextAsync("still works");
        await desk.Page.Context.CloseAsync();
    }

    [Theory]
    [InlineData(409, "exit-not-anchored", "keep-refused", "too new")]
    [InlineData(503, "exit-no-receipt", "keep-refused", "gives no proof at the moment")]
    [InlineData(409, "exit-too-large", "keep-refused", "Waiting does not help")]
    [InlineData(503, "exit-slow", "keep-refused", "does not answer at the moment")]
    [InlineData(404, "exit-unknown", "keep-refused", "No proof can be made")]
    [InlineData(503, "exit-busy", "problem", "The service is busy")]
    [InlineData(429, "too-many", "problem", "Wait a minute")]
    [InlineData(0, "", "problem", "cannot be reached")]
    public async Task Where_there_is_no_proof_the_page_says_why_and_what_to_do(int status, string code, string place, string words)
    {
        var desk = new VerifierPage(await surroundings.OpenAsync("en", 360, 640, desk: true), surroundings);
        await desk.Page.RouteAsync("**/api/exit/*", route => status == 0 ? route.AbortAsync() : route.FulfillAsync(new()
        {
            Status = status, ContentType = "application/problem+json", Body = new JsonObject { ["type"] = $"urn:identity:problem:{code}", ["title"] = "No" }.ToJsonString(),
        }));
        await desk.OpenAsync("/", "en");
        await desk.PasteAsync(await surroundings.HeldTextAsync());
        await desk["keep"].Locator("summary").ClickAsync();
        await desk["keep-proof"].ClickAsync();

        await Assertions.Expect(desk["keep"].GetByTestId(place)).ToContainTextAsync(words);
        await Assertions.Expect(desk["keep-proof"]).ToBeEnabledAsync();
        await desk.Page.Context.CloseAsync();
    }

    // On a phone the action that stays in sight would lie over what was just said.
    private static async Task StandsAboveTheActionAsync(VerifierPage desk)
    {
        var lowest = await desk["keep-answer"].BoundingBoxAsync();
        var action = await desk["check-another"].BoundingBoxAsync();
        Assert.True(lowest!.Y + lowest.Height <= action!.Y, $"What the file says ends at {lowest.Y + lowest.Height}, the action begins at {action.Y}");
    }
}
