using System.Text.Json.Nodes;
using Identity.Host.Journey;
using Microsoft.Playwright;
using QRCoder;

namespace Identity.Journeys.Tests.Browser;

/// <summary>A person without a phone, from the offer to the end of the mandate.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class DeskJourneyTests(Surroundings surroundings)
{
    [Fact]
    public async Task A_person_without_a_phone_receives_prints_shows_and_ends_the_mandate_by_two_words_and_then_nothing_more_is_possible()
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var desk = new DeskPage(await surroundings.SignedInAtDeskAsync("en", 1280, 800));
        await desk["new"].ClickAsync();
        await desk.ProposeAsync("ar");
        await Assertions.Expect(desk["aloud"]).ToHaveAttributeAsync("dir", "rtl");
        foreach (var pin in new[] { "pin", "again" }) await desk[pin].FillAsync(DeskPage.Pin);
        await desk["said"].CheckAsync();
        await desk["agree"].ClickAsync();
        var (first, second) = (await desk["word-1"].InnerTextAsync(), await desk["word-2"].InnerTextAsync());
        await desk["next"].ClickAsync();
        var mandate = desk.Page.Url;

        await desk["receive"].ClickAsync();
        await desk.CollectAsync(offered);
        await surroundings.AnchoredAsync(offered);
        await desk["kept"].Locator("summary").ClickAsync();
        await desk["print"].ClickAsync();
        await desk.ProveAsync();
        await desk["print-go"].ClickAsync();
        Assert.StartsWith("IDD:", await desk["paper-code"].GetAttributeAsync("data-text"), StringComparison.Ordinal);
        await desk.BackAsync();

        var checker = new VerifierPage(await surroundings.OpenAsync("en", 1280, 800, desk: true), surroundings);
        surroundings.DeskCamera.ShowNothing();
        var asked = checker.Page.WaitForResponseAsync(response => response.Request.Method == "POST" && response.Url.EndsWith("/challenges", StringComparison.Ordinal));
        await checker.OpenAsync("/scan", "en");
        await desk.AskAsync((await (await asked).JsonAsync())!.Value.GetProperty("text").GetString()!);
        await desk["said"].CheckAsync();
        await desk.ProveAsync();
        await desk["yes"].ClickAsync();
        await Assertions.Expect(desk["answer"]).ToBeVisibleAsync();
        await surroundings.DeskCamera.ShowAsync(desk["answer"], checker.Page);
        await checker.ShowsVerdictAsync("valid", "valid");
        await checker.Page.Context.CloseAsync();

        // On the phone, to somebody else of any desk; typed without a mouse.
        var phone = await surroundings.SignedInAtDeskAsync("ar");
        await phone.GotoAsync($"{surroundings.Options.WalletUrl}/desk/end");
        await phone.GetByTestId("first").FocusAsync();
        await phone.Keyboard.TypeAsync(first);
        await phone.GetByTestId("second").FocusAsync();
        await phone.Keyboard.TypeAsync(second);
        await phone.GetByTestId("go").FocusAsync();
        await phone.Keyboard.PressAsync("Enter");
        await Assertions.Expect(phone.GetByTestId("ended")).ToBeVisibleAsync();
        await phone.Context.CloseAsync();

        foreach (var page in new[] { "", "/receive", "/show", "/log", "/recover" })
        {
            await desk.Page.GotoAsync(mandate + page);
            await Assertions.Expect(desk["over"]).ToBeVisibleAsync();
        }
        await desk.Page.GotoAsync($"{surroundings.Options.WalletUrl}/desk/open?lang=ar");
        await desk["first"].FillAsync(first);
        await desk["second"].FillAsync(second);
        await desk["pin"].FillAsync(DeskPage.Pin);
        await desk["go"].ClickAsync();
        await Assertions.Expect(desk["failed"]).ToBeVisibleAsync();
        await desk.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_desk_reads_offer_question_and_card_with_its_camera_and_sends_what_the_person_agreed_to()
    {
        var offered = await surroundings.OfferDiplomaAsync();
        surroundings.DeskCamera.ShowNothing();
        var desk = new DeskPage(await surroundings.SignedInAtDeskAsync("en", 1024, 768));
        await desk["new"].ClickAsync();
        await desk.ProposeAsync("ne", card: true);
        await Assertions.Expect(desk["aloud"]).ToHaveAttributeAsync("lang", "ne");
        var voice = desk.Page.WaitForResponseAsync(response => response.Url.Contains("/chunks/voice-ne-", StringComparison.Ordinal));
        await desk["listen"].ClickAsync();
        Assert.True((await voice).Ok);
        await desk["said"].CheckAsync();
        await desk["agree"].ClickAsync();
        var card = (await desk["card-code"].GetAttributeAsync("data-text"))!;
        await desk["next"].ClickAsync();
        var mandate = desk.Page.Url;

        // A paper held up by mistake is named, and the camera goes on looking.
        await desk["receive"].ClickAsync();
        surroundings.DeskCamera.ShowQr("IDD:" + new string('A', 40));
        await desk["scan"].ClickAsync();
        await Assertions.Expect(desk["scan-message"]).ToContainTextAsync("printed paper");
        surroundings.DeskCamera.ShowQr(offered.Link);
        await Assertions.Expect(desk["link"]).ToHaveValueAsync(offered.Link);
        await Assertions.Expect(desk["camera"]).ToBeHiddenAsync();
        await Assertions.Expect(desk["code"]).ToBeFocusedAsync();
        await desk["code"].FillAsync(offered.TxCode);
        await desk["go"].ClickAsync();
        await Assertions.Expect(desk["received"]).ToBeVisibleAsync();
        await surroundings.AnchoredAsync(offered);

        // Over the network: the question is a link in a code, and the form goes on by itself.
        using var verifier = new Api(surroundings.Options.VerifierUrl, surroundings.Stack.DeskKey);
        var asked = await verifier.PostAsync("/api/desk/requests",
            new JsonObject { ["purpose_id"] = "welder", ["type"] = "qualification", ["required"] = new JsonArray("holder_name", "title"), ["flow"] = "cross_device" }, CancellationToken.None);
        await desk["show"].ClickAsync();
        surroundings.DeskCamera.ShowQr((string)asked["link"]!);
        await desk["scan"].ClickAsync();
        await Assertions.Expect(desk["aloud"]).ToContainTextAsync("Harbour Yard");
        await Assertions.Expect(desk["aloud"]).ToHaveAttributeAsync("lang", "ne");
        Assert.Equal("fetched", (string?)(await ResultAsync())["state"]);
        await desk["said"].CheckAsync();
        surroundings.DeskCamera.ShowQr(card); // held up once more
        await desk["scan"].ClickAsync();
        await Assertions.Expect(desk["card-text"]).ToHaveValueAsync(card);
        await desk["yes"].ClickAsync();
        await Assertions.Expect(desk["sent"]).ToBeVisibleAsync();
        var result = await ResultAsync();
        Assert.Equal("valid", (string?)result["outcome"]);
        var claims = result["verdicts"]![0]!["verdict"]!["claims"]!.AsObject();
        Assert.Equal("Amina Okoye-Reyes", (string?)claims["holder_name"]);
        Assert.False(claims.ContainsKey("holder_name_native")); // nobody asked for it

        // The person comes back: a photo of the card opens what is kept.
        await desk["back"].ClickAsync();
        await desk["leave"].ClickAsync();
        await desk["open"].ClickAsync();
        await desk["photo"].SetInputFilesAsync(new FilePayload { Name = "card.png", MimeType = "image/png", Buffer = Picture(card) });
        await desk.Page.WaitForURLAsync(mandate);
        await desk.Page.Context.CloseAsync();

        Task<JsonObject> ResultAsync() => verifier.GetAsync($"/api/requests/{asked["id"]}", CancellationToken.None);
    }

    private static byte[] Picture(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var code = new PngByteQRCode(data);
        return code.GetGraphic(6);
    }
}
