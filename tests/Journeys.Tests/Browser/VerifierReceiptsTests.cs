using System.Text;
using Identity.Credentials.Jose;
using Identity.Credentials.Receipts;
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
        var file = AsFile($"{receipt}\n{altered}\n{OfNobody(receipt)}\n");

        // An inspector's device that has not met the service's register yet: good, but whose?
        var inspector = new VerifierPage(await surroundings.OpenAsync("en", 360, 640, desk: true), surroundings);
        await inspector.Page.RouteAsync("**/trust/verifiers", route => route.AbortAsync());
        await inspector.OpenAsync("/", "en");
        await inspector["read"].ClickAsync();
        await inspector.OnScreenAsync("read");
        await inspector["receipt-file"].SetInputFilesAsync(file);
        await Assertions.Expect(inspector["statement"]).ToHaveCountAsync(3);
        await Assertions.Expect(inspector["statement"].First).ToHaveAttributeAsync("data-owner", "unknown");
        await BeginsAsync(inspector, 0, "Cannot tell whose key it is");
        await Assertions.Expect(inspector["statement"].Nth(1)).ToHaveAttributeAsync("data-kind", "bad");
        await BeginsAsync(inspector, 1, "in the file is no receipt, or it was changed. It proves nothing.");

        // With the register, and from then on without a network, too.
        await inspector.Page.UnrouteAllAsync();
        var sent = new List<IRequest>();
        inspector.Page.Request += (_, request) => sent.Add(request);
        await inspector["receipt-file"].SetInputFilesAsync(file);
        await SaysWhoAsync(inspector);
        await BeginsAsync(inspector, 0, "On ");
        await Assertions.Expect(inspector["statement"].Last).ToHaveAttributeAsync("data-owner", "nobody");
        await BeginsAsync(inspector, 2, "At that time nobody had registered this key. This receipt proves nothing.");
        Assert.All(sent, request => Assert.Equal(("GET", "/trust/verifiers"), (request.Method, new Uri(request.Url).PathAndQuery)));
        await Axe.FindsNothingAsync(inspector.Page, "verifier, receipts in words");
        await inspector.Page.Context.SetOfflineAsync(true);
        await inspector["receipt-file"].SetInputFilesAsync(AsFile(receipt));
        await Assertions.Expect(inspector["statement"]).ToHaveCountAsync(1);
        await SaysWhoAsync(inspector);

        Assert.StartsWith("GENUINE RECEIPT", await ToldAsync(surroundings, await saved.PathAsync()), StringComparison.Ordinal);
        await desk.Page.Context.CloseAsync();
        await inspector.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task What_a_phone_saves_of_a_showing_online_is_read_at_the_command_line_and_on_the_page()
    {
        var phone = await WalletPage.WithCardAsync(surroundings, await surroundings.OfferDiplomaAsync());
        await phone.KnowsVerifiersAsync();
        var desk = new VerifierPage(await surroundings.OpenAsync("en", 360, 640, desk: true), surroundings);
        await desk.OpenAsync("/ask", "en");
        await phone.ShowAsync(await desk.AskAsync());
        await phone.OnScreenAsync("consent");
        await phone["send"].ClickAsync();
        await phone.OnScreenAsync("sent");

        var saved = await EvidenceAsync(phone);

        var told = await ToldAsync(surroundings, saved);
        Assert.StartsWith("receipt 1: GENUINE, ", told, StringComparison.Ordinal);
        Assert.Contains("line 1: SIGNED by a key of its own", told, StringComparison.Ordinal);
        await ReadOnPageAsync(desk, saved, "receipt", "line");
        await SaysWhoAsync(desk);
        await desk.Page.Context.CloseAsync();
        await phone.Page.Context.CloseAsync();
    }

    /// <summary>What the command says of a file whose receipts all hold.</summary>
    internal static async Task<string> ToldAsync(Surroundings surroundings, string file, params string[] more)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await ReceiptCommand.RunAsync(["verify-receipt", file, "--data", surroundings.Options.Path("verifier"), .. more], output, error);
        Assert.True(code == 0, $"{code}: {output}{error}");
        return output.ToString();
    }

    /// <summary>The file that the phone saves of the oldest showing in its diary.</summary>
    internal static async Task<string> EvidenceAsync(WalletPage phone)
    {
        await phone.GoAsync("#/history");
        await phone.OnScreenAsync("history");
        await phone["event"].Last.Locator("summary").ClickAsync();
        var saved = await phone.Page.RunAndWaitForDownloadAsync(() => phone["event"].Last.GetByTestId("event-save").ClickAsync());
        return await saved.PathAsync();
    }

    /// <summary>Opens a file on the page for receipts, which finds just these in it.</summary>
    internal static async Task ReadOnPageAsync(VerifierPage page, string file, params string[] kinds)
    {
        await page.OpenAsync("/read", "en");
        await page["receipt-file"].SetInputFilesAsync(file);
        await Assertions.Expect(page["statement"]).ToHaveCountAsync(kinds.Length);
        for (var i = 0; i < kinds.Length; i++) await Assertions.Expect(page["statement"].Nth(i)).ToHaveAttributeAsync("data-kind", kinds[i]);
    }

    /// <summary>The same words, signed an hour ago by a key that nobody registered.</summary>
    internal static string OfNobody(string receipt)
    {
        Assert.True(CheckReceipt.TryRead(receipt, out var read, out _, out var reason), reason);
        using var key = Es256Key.Create();
        return (read with { IssuedAt = read.IssuedAt.AddHours(-1), CheckedAt = read.CheckedAt.AddHours(-1) }).Sign(key);
    }

    internal static FilePayload AsFile(string text) => new() { Name = "receipts.txt", MimeType = "text/plain", Buffer = Encoding.UTF8.GetBytes(text) };

    private static Task BeginsAsync(VerifierPage page, int statement, string words) =>
        Assertions.Expect(page["statement"].Nth(statement).Locator(":scope > :first-child")).ToContainTextAsync(words);

    private static async Task SaysWhoAsync(VerifierPage inspector)
    {
        await Assertions.Expect(inspector["statement"].First).ToHaveAttributeAsync("data-owner", "registered");
        await Assertions.Expect(inspector["statement"].First).ToContainTextAsync("Identity check page");
        await Assertions.Expect(inspector["statement"].First).ToContainTextAsync("Talmara Ministry of Interior");
    }
}
