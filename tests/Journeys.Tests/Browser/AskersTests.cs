using Identity.Hosting;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>Who asks, as the wallet shows it on a small phone: registered, more than registered, the public page, and whom it refuses.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class AskersTests(Surroundings surroundings)
{
    [Fact]
    public async Task What_the_public_page_asks_for_is_said_in_a_language_in_which_it_is_not_registered()
    {
        var phone = new WalletPage(await surroundings.OpenAsync("ne", 360, 640), surroundings);
        await phone.OpenAsync("ne");
        await phone.KnowsVerifiersAsync();

        await phone.ShowAsync(await Questions.OfThePageAsync(surroundings));

        await phone.OnScreenAsync("missing");
        await Assertions.Expect(phone["asker"]).ToHaveAttributeAsync("data-standing", "public_page");
        await Assertions.Expect(phone["purpose"]).ToHaveTextAsync(Strings.For("ne")["questions.diploma.purpose"]);
        await phone.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_wallet_knows_who_asks_and_refuses_strangers()
    {
        const string language = "ar";
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = new WalletPage(await surroundings.OpenAsync(language, 360, 640), surroundings);
        await phone.OpenAsync(language);
        await phone.TakeAsync(offered);
        await phone.KnowsVerifiersAsync();

        // The registered desk: name, authority and purpose of the register, in the person's language; and with the network off too.
        await phone.ShowAsync(await Questions.OfTheDeskAsync(surroundings));
        await phone.OnScreenAsync("consent");
        await Assertions.Expect(phone["asker"]).ToHaveAttributeAsync("data-standing", "registered");
        await Assertions.Expect(phone["asker-name"]).ToHaveTextAsync("Harbour Yard");
        await Assertions.Expect(phone["registered"]).ToContainTextAsync("Talmara Ministry of Interior");
        await Assertions.Expect(phone["purpose"]).ToHaveTextAsync("لتوظيف لحّام");
        await Assertions.Expect(phone["send"]).ToBeEnabledAsync();

        // More than registered: marked, off, and nothing goes until the person switches each on.
        await phone.ShowAsync(Questions.OfTheAgency(surroundings));
        await phone.OnScreenAsync("consent");
        await Assertions.Expect(phone["asker"]).ToHaveAttributeAsync("data-standing", "more");
        await Assertions.Expect(phone["more-than-registered"]).ToBeVisibleAsync();
        await Assertions.Expect(phone["extra-holder_name"]).ToBeVisibleAsync();
        await Assertions.Expect(phone["extra-title"]).ToHaveCountAsync(0);
        await Assertions.Expect(phone["switch-holder_name"]).Not.ToBeCheckedAsync();
        await Assertions.Expect(phone["send"]).ToBeDisabledAsync();

        // Something that the card does not have: it is said what it has and what it lacks.
        await phone.ShowAsync(Questions.OfTheAgency(surroundings, "result"));
        await phone.OnScreenAsync("missing");
        await Assertions.Expect(phone["missing-has"]).ToContainTextAsync("المؤهل");
        await Assertions.Expect(phone["missing-lacks"]).ToBeVisibleAsync();
        await Axe.FindsNothingAsync(phone.Page, $"wallet, missing, {language}");

        // The public page: nobody is named.
        await phone.ShowAsync(await Questions.LinkOfThePageAsync(surroundings));
        await phone.OnScreenAsync("consent");
        await Assertions.Expect(phone["asker"]).ToHaveAttributeAsync("data-standing", "public_page");
        await Assertions.Expect(phone["public-page"]).ToBeVisibleAsync();

        // A stranger: red, no way to share, and it stands in the history. Without a network the list at hand decides.
        await phone.Page.EvaluateAsync("navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller || new Promise(done => navigator.serviceWorker.addEventListener('controllerchange', done, { once: true }))).then(() => true)");
        await phone.Page.Context.SetOfflineAsync(true);
        await phone.ShowAsync(Questions.OfAStranger());
        await phone.OnScreenAsync("refused");
        await Assertions.Expect(phone["refused"]).ToHaveAttributeAsync("data-reason", "unknown");
        await Assertions.Expect(phone["asker-name"]).ToHaveTextAsync("Ministry of Everything");
        await Assertions.Expect(phone["send"]).ToHaveCountAsync(0);
        await phone.GoAsync("#/history");
        await phone.OnScreenAsync("history");
        await Assertions.Expect(phone["event"].First).ToHaveAttributeAsync("data-outcome", "refused");
    }
}
