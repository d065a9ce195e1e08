using Identity.Verifier.CommandLine;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>A receipt that the verifier's page saved, read a year later by somebody else: on the page, and at the command line.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class VerifierReceiptsTests(Surroundings surroundings)
{
    [Fact]
    public async Task A_receipt_that_was_kept_is_read_in_words_on_any_device_and_nothing_of_it_leaves()
    {
        var desk = new VerifierPage(await surroundings.OpenAsync("en", 360, 640, desk: true), surroundings);
        await desk.OpenAsync("/ask", "en");
        await surroundings.AnswerAsync(await desk.AskAsync());
        await desk.ShowsVerdictAsync("valid", "valid");
        await desk["receipt"].Locator("summary").ClickAsync();
        var saved = await desk.Page.RunAndWaitForDownloadAsync(() => desk["receipt-keep"].ClickAsync());
        var receipt = await File.ReadAllTextAsync(await saved.PathAsync());
        var altered = string.Concat(receipt.AsSpan(0, receipt.Length - 8), "AAAAAAAA");
        var file = new FilePayload { Name = "receipts.txt", MimeType = "text/plain", Buffer = System.Text.Encoding.UTF8.GetBytes($"{receipt}\n{altered}\n") };

        // An inspector's device that has not met the service's register yet: good, but whose?
        var inspector = new VerifierPage(await surroundings.OpenAsync("en", 360, 640, desk: true), surroundings);
        await inspector.Page.RouteAsync("**/trust/verifiers", route => route.AbortAsync());
        await inspector.OpenAsync("/", "en");
        await inspector["read"].ClickAsync();
        await inspector.OnScreenAsync("read");
        await inspector["receipt-file"].SetInputFilesAsync(file);
        await Assertions.Expect(inspector["statement"]).ToHaveCountAsync(2);
        await Assertions.Expect(inspector["statement"].First).ToHaveAttributeAsync("data-owner", "unknown");
        await Assertions.Expect(inspector["statement"].Last).ToHaveAttributeAsync("data-kind", "bad");

        // With the register, and from then on without a network, too.
        await inspector.Page.UnrouteAllAsync();
        var sent = new List<IRequest>();
        inspector.Page.Request += (_, request) => sent.Add(request);
        await inspector["receipt-file"].SetInputFilesAsync(file);
        await SaysWhoAsync(inspector);
        Assert.All(sent, request => Assert.Equal(("GET", "/trust/verifiers"), (request.Method, new Uri(request.Url).PathAndQuery)));
        await Axe.FindsNothingAsync(inspector.Page, "verifier, receipts in words");
        await inspector.Page.Context.SetOfflineAsync(true);
        await inspector["receipt-file"].SetInputFilesAsync(new FilePayload { Name = file.Name, MimeType = file.MimeType, Buffer = System.Text.Encoding.UTF8.GetBytes(receipt) });
        await Assertions.Expect(inspector["statement"]).ToHaveCountAsync(1);
        await SaysWhoAsync(inspector);

        using var output = new StringWriter();
        Assert.Equal(0, await ReceiptCommand.RunAsync(["verify-receipt", await saved.PathAsync(), "--data", surroundings.Options.Path("verifier")], output, TextWriter.Null));
        Assert.StartsWith("VALID", output.ToString(), StringComparison.Ordinal);
        await desk.Page.Context.CloseAsync();
        await inspector.Page.Context.CloseAsync();
    }

    private static async Task SaysWhoAsync(VerifierPage inspector)
    {
        await Assertions.Expect(inspector["statement"].First).ToHaveAttributeAsync("data-owner", "registered");
        await Assertions.Expect(inspector["statement"].First).ToContainTextAsync("Identity check page");
        await Assertions.Expect(inspector["statement"].First).ToContainTextAsync("Talmara Ministry of Interior");
    }
}
