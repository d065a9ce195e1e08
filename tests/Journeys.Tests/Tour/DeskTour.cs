using Identity.Journeys.Tests.Browser;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Tour;

/// <summary>A person without a phone at a union's desk: a mandate read aloud, a paper collected, printed and shown, the list of what was done, and the end by two words.</summary>
internal static class DeskTour
{
    public static async Task PlayAsync(Surroundings surroundings, string language, Stop stop)
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var stranger = await surroundings.OpenAsync(language, 360, 640, desk: true);
        await stranger.GotoAsync($"{surroundings.Options.WalletUrl}/desk");
        await stranger.GetByTestId("user-name").FillAsync("nobody@seafarers.example");
        await stranger.GetByTestId("password").FillAsync("wrong");
        await stranger.GetByTestId("sign-in").ClickAsync();
        await Assertions.Expect(stranger.GetByTestId("sign-in-error")).ToBeVisibleAsync();
        await stop(stranger, "desk-sign-in");
        await stranger.Context.CloseAsync();

        var desk = new DeskPage(await surroundings.SignedInAtDeskAsync(language));
        await stop(desk.Page, "desk-home");
        await desk["new"].ClickAsync();
        await desk["go"].ClickAsync();
        await Assertions.Expect(desk["wrong"]).ToBeVisibleAsync();
        await stop(desk.Page, "desk-new");
        await desk.ProposeAsync(language, card: true);
        await stop(desk.Page, "desk-read-card");
        await desk["said"].CheckAsync();
        await desk["agree"].ClickAsync();
        await Assertions.Expect(desk["card-code"]).ToBeVisibleAsync();
        await stop(desk.Page, "desk-slip");
        var card = await desk["card-code"].GetAttributeAsync("data-text");
        await desk["next"].ClickAsync();
        await Assertions.Expect(desk["empty"]).ToBeVisibleAsync();
        await stop(desk.Page, "desk-mandate-empty");

        await desk["receive"].ClickAsync();
        await desk["link"].FillAsync("https://somewhere.example");
        await desk["go"].ClickAsync();
        await Assertions.Expect(desk["refused"]).ToBeVisibleAsync();
        await stop(desk.Page, "desk-receive");
        await desk.CollectAsync(offered);
        await desk["kept"].Locator("summary").ClickAsync();
        await stop(desk.Page, "desk-mandate");
        await desk["print"].ClickAsync();
        await Assertions.Expect(desk["print-go"]).ToBeVisibleAsync();
        await stop(desk.Page, "desk-print");
        await desk.ProveAsync(card);
        await desk["print-go"].ClickAsync();
        await Assertions.Expect(desk["paper-code"]).ToBeVisibleAsync();
        await stop(desk.Page, "desk-paper");
        await desk.BackAsync();

        await desk.AskAsync(Questions.OfAStranger());
        await Assertions.Expect(desk["refused"]).ToBeVisibleAsync();
        await stop(desk.Page, "desk-show");
        await desk.BackAsync();
        await desk.AskAsync(await Questions.OfTheDeskAsync(surroundings));
        await Assertions.Expect(desk["yes"]).ToBeVisibleAsync();
        await stop(desk.Page, "desk-question");
        await desk["said"].CheckAsync();
        await desk.ProveAsync(card);
        await desk["yes"].ClickAsync();
        await Assertions.Expect(desk["answer"]).ToBeVisibleAsync();
        await stop(desk.Page, "desk-answer");
        await desk["back"].ClickAsync();
        await desk["recover"].ClickAsync();
        await Assertions.Expect(desk["number"]).ToBeVisibleAsync();
        await stop(desk.Page, "desk-recover");
        await desk.BackAsync();
        await desk["log"].ClickAsync();
        await Assertions.Expect(desk["acts"]).ToBeVisibleAsync();
        await stop(desk.Page, "desk-log");
        await desk.BackAsync();
        await desk["leave"].ClickAsync();
        await Assertions.Expect(desk["left"]).ToBeVisibleAsync();

        await desk["new"].ClickAsync();
        await desk.ProposeAsync(language);
        await stop(desk.Page, "desk-read");
        await desk["decline"].ClickAsync();
        await Assertions.Expect(desk["declined"]).ToBeVisibleAsync();
        await stop(desk.Page, "desk-declined");
        await desk["open"].ClickAsync();
        await desk["card-text"].FillAsync("IDM:nothing");
        await desk["go-card"].ClickAsync();
        await Assertions.Expect(desk["failed"]).ToBeVisibleAsync();
        await stop(desk.Page, "desk-open");
        await desk.Page.GotoAsync($"{surroundings.Options.WalletUrl}/desk/end");
        await desk["first"].FillAsync("xxxx");
        await desk["second"].FillAsync("xxxx");
        await desk["go"].ClickAsync();
        await Assertions.Expect(desk.Page.Locator("#failed")).ToBeVisibleAsync(); // or, after several tours, that this account has to wait
        await stop(desk.Page, "desk-end");
        await desk.Page.Context.CloseAsync();
    }
}
