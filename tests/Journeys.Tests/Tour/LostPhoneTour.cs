using Identity.Host.Seed;
using Identity.Hosting;
using Identity.Journeys.Tests.Browser;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Tour;

/// <summary>A sheet and a contact, then a lost phone: the words on a new one, a desk that looks at the document, what staff of the issuer must look at, and a second sheet.</summary>
internal static class LostPhoneTour
{
    public static async Task PlayAsync(Surroundings surroundings, string language, Stop stop)
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var old = await OpenedAsync(surroundings, language);
        await old.TakeAsync(offered);
        var words = await PreparedAsync(old, stop);

        var phone = await OpenedAsync(surroundings, language);
        await phone.GoAsync("#/recover");
        await phone.OnScreenAsync("recover");
        await phone["words"].FillAsync("xx " + string.Join(' ', words.Skip(1)));
        await phone["words-go"].ClickAsync();
        await Assertions.Expect(phone["words-error"]).ToBeVisibleAsync();
        await stop(phone.Page, "recover-words-wrong");
        await phone["words"].FillAsync(string.Join(' ', words));
        await phone["words-go"].ClickAsync();
        await phone.OnScreenAsync("recover-found");
        await stop(phone.Page, "recover-found");
        await phone["recover-start"].ClickAsync();
        await phone.OnScreenAsync("recover-desk");
        await stop(phone.Page, "recover-desk");
        await old.GoAsync("#/settings");
        await old.GoAsync("#/cards");
        await Assertions.Expect(old["recovery-running"]).ToBeVisibleAsync();
        await stop(old.Page, "cards-recovery-running");

        await VouchedAsync(surroundings, language, await phone["recovery-number"].InnerTextAsync(), stop);
        await phone["look-again"].ClickAsync();
        await phone.OnScreenAsync("recover-ready");
        await stop(phone.Page, "recover-ready");
        await phone["fetch-cards"].ClickAsync();
        await Assertions.Expect(phone["not-moved"]).ToBeVisibleAsync();
        await stop(phone.Page, "recovered-held");
        await LetGoAsync(surroundings, language, offered, stop);
        await phone.GoAsync("#/cards");
        await phone.GoAsync("#/recover/run");
        await phone.OnScreenAsync("recover-ready");
        await phone["fetch-cards"].ClickAsync();
        await Assertions.Expect(phone["recovered"]).ToBeVisibleAsync();
        await stop(phone.Page, "recovered");

        await old.GoAsync("#/settings");
        await old.GoAsync("#/cards");
        await Assertions.Expect(old["moved-away"]).ToBeVisibleAsync();
        await stop(old.Page, "cards-moved-away");
        await phone.GoAsync("#/recovery");
        await phone["make-sheet"].ClickAsync();
        await phone.OnScreenAsync("recovery-sheet");
        await stop(phone.Page, "recovery-sheet-second");
        await Task.WhenAll(old.Page.Context.CloseAsync(), phone.Page.Context.CloseAsync());
    }

    private static async Task<WalletPage> OpenedAsync(Surroundings surroundings, string language)
    {
        var phone = new WalletPage(await surroundings.OpenAsync(language, 360, 640), surroundings);
        await phone.OpenAsync(language);
        return phone;
    }

    // The twelve words of a new sheet; the contact's code is asked for and not waited for.
    private static async Task<IReadOnlyList<string>> PreparedAsync(WalletPage phone, Stop stop)
    {
        await phone.GoAsync("#/recovery");
        await phone["make-sheet"].ClickAsync();
        await phone.OnScreenAsync("recovery-sheet");
        var words = await phone["sheet-words"].Locator("li").AllTextContentsAsync();
        await phone["sheet-done"].ClickAsync();
        await phone.OnScreenAsync("contact");
        await phone["contact-address"].FillAsync($"amina-{Guid.NewGuid():n}@example.org");
        await phone["contact-send"].ClickAsync();
        await phone.OnScreenAsync("contact-code");
        await phone["contact-code"].FillAsync("1");
        await phone["contact-confirm"].ClickAsync();
        await Assertions.Expect(phone["contact-code"]).ToHaveAttributeAsync("aria-invalid", "true");
        await stop(phone.Page, "contact-code");
        await phone.GoAsync("#/recovery");
        await Assertions.Expect(phone["contact-add"]).ToBeVisibleAsync();
        await stop(phone.Page, "recovery-made");
        return words;
    }

    // The document has another name: the desk is honest, and the issuer's staff must look first.
    private static async Task VouchedAsync(Surroundings surroundings, string language, string number, Stop stop)
    {
        var desk = new DeskPage(await surroundings.SignedInAtDeskAsync(Strings.Languages.Contains(language) ? language : "en"));
        await desk.MandateAsync(language);
        await desk["recover"].ClickAsync();
        await desk["number"].FillAsync(number);
        await desk["go"].ClickAsync();
        await Assertions.Expect(desk["found"]).ToBeVisibleAsync();
        await stop(desk.Page, "desk-recover-found");
        await desk["family"].FillAsync("COSTA");
        await desk["given"].FillAsync("BRUNO");
        await desk["said"].CheckAsync();
        await desk["approve"].ClickAsync();
        await Assertions.Expect(desk["refused"]).ToBeVisibleAsync();
        await stop(desk.Page, "desk-recover-no-birth");
        await desk["no-birth"].CheckAsync();
        await desk["said"].CheckAsync();
        await desk["approve"].ClickAsync();
        await Assertions.Expect(desk["recovery-approved"]).ToBeVisibleAsync();
        await stop(desk.Page, "desk-recover-approved");
        await desk.Page.Context.CloseAsync();
    }

    private static async Task LetGoAsync(Surroundings surroundings, string language, Offered offered, Stop stop)
    {
        var clerk = await surroundings.SignedInAsync(Cast.College, Strings.Languages.Contains(language) ? language : "en", 360, 640);
        await clerk.GotoAsync($"{surroundings.Options.IssuerUrl}/console/credentials/{offered.Id}");
        await Assertions.Expect(clerk.GetByTestId("recovery-held")).ToBeVisibleAsync();
        await stop(clerk, "console-recovery-held");
        await clerk.GetByTestId("recovery-let-go").ClickAsync();
        await Assertions.Expect(clerk.GetByTestId("recovery-let-go")).ToHaveCountAsync(0);
        await stop(clerk, "console-recovery-let-go");
        await clerk.Context.CloseAsync();
    }
}
