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
}
