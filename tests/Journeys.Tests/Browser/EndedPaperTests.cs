using System.Text.Json.Nodes;
using Identity.Host.Journey;
using Identity.Host.Seed;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>The paper of a card that does not count: nobody is helped to print it, and whoever prints it by the browser's own menu gets one that says so.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class EndedPaperTests(Surroundings surroundings)
{
    [Fact]
    public async Task Attack_the_paper_of_a_card_that_expired_was_suspended_or_revoked_is_printed_as_good()
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = await WalletPage.WithCardAsync(surroundings, offered, 590, 800);
        await phone.ToCardAsync();
        await phone["paper"].ClickAsync();
        await Assertions.Expect(phone["print-page"]).ToBeVisibleAsync();
        await Assertions.Expect(phone["paper-ended"]).ToHaveCountAsync(0);

        await ExpiringAsync(phone, "1_600_000_000");
        await EndedAsync(phone, "expired", "Expired");
        await ExpiringAsync(phone, "undefined");

        using var college = new Api(surroundings.Options.IssuerUrl, surroundings.Stack.Access.Single(access => access.Organisation == Cast.College).ApiKey);
        await college.PostAsync($"/api/{Cast.College}/credentials/{offered.Id}/suspension", new JsonObject { ["code"] = "under_review" }, CancellationToken.None);
        await EndedAsync(phone, "suspended", "Suspended for now");

        await surroundings.RevokeAsync(offered);
        await EndedAsync(phone, "revoked", "Revoked by the issuer");
        await Axe.FindsNothingAsync(phone.Page, "wallet, paper that has ended");
        await phone.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task Where_the_card_was_revoked_its_paper_says_so_and_not_that_there_is_none_and_no_new_one_is_offered()
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = await WalletPage.WithCardAsync(surroundings, offered);
        await phone.ToCardAsync();
        await Assertions.Expect(phone["status-value"]).ToHaveAttributeAsync("data-status", "valid");
        var paper = await phone.Page.EvaluateAsync<string>("location.hash") + "/paper";
        await phone.GoAsync("#/cards");
        await surroundings.RevokeAsync(offered);

        // The card itself was not looked at since.
        await phone.GoAsync(paper);
        await Assertions.Expect(phone["trouble"]).ToContainTextAsync("The issuer has withdrawn this card");
        await Assertions.Expect(phone["paper-none"]).ToHaveCountAsync(0);

        await phone.Page.EvaluateAsync("""
            () => new Promise(done => { const open = indexedDB.open('identity-wallet'); open.onsuccess = () => {
              const change = open.result.transaction('cards', 'readwrite'), cards = change.objectStore('cards'), all = cards.getAll();
              all.onsuccess = () => { const row = all.result[0]; delete row.body.clear.paper; cards.put(row); };
              change.oncomplete = () => { open.result.close(); done(); };
            }; })
            """);
        await phone.Page.ReloadAsync();
        await phone.OnScreenAsync("paper");
        await Assertions.Expect(phone["trouble"]).ToContainTextAsync("Revoked by the issuer");
        await Assertions.Expect(phone["why"]).ToBeVisibleAsync();
        await Assertions.Expect(phone["paper-new"]).ToHaveCountAsync(0);
        await Axe.FindsNothingAsync(phone.Page, "wallet, no paper of a card that has ended");
        await phone.Page.Context.CloseAsync();
    }

    private static async Task EndedAsync(WalletPage phone, string state, string words)
    {
        await phone.ToCardAsync();
        await Assertions.Expect(phone["status-value"]).ToHaveAttributeAsync("data-status", state);
        await phone["paper"].ClickAsync();
        await phone.OnScreenAsync("paper");
        await Assertions.Expect(phone["trouble"]).ToContainTextAsync("This paper is not valid now.");
        await Assertions.Expect(phone["why"]).ToBeVisibleAsync();
        await Assertions.Expect(phone["print-page"]).ToHaveCountAsync(0);
        await Assertions.Expect(phone["print-card"]).ToHaveCountAsync(0);

        await phone.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await Assertions.Expect(phone["trouble"]).ToBeHiddenAsync();
        await Assertions.Expect(phone["paper-page"].GetByTestId("paper-ended")).ToBeVisibleAsync();
        await Assertions.Expect(phone["paper-page"].GetByTestId("paper-ended")).ToContainTextAsync(words);
        await phone.Page.EvaluateAsync("document.documentElement.dataset.print = 'card'");
        await Assertions.Expect(phone["paper-page"]).ToBeHiddenAsync();
        await Assertions.Expect(phone["paper-card"].GetByTestId("paper-ended")).ToHaveCountAsync(2); // one on each side
        await Assertions.Expect(phone["paper-card"].GetByTestId("paper-ended").First).ToContainTextAsync("This paper is not valid now.");
        await Assertions.Expect(phone["paper-card"].GetByTestId("paper-ended").Last).ToBeVisibleAsync();
        await phone.Page.EvaluateAsync("delete document.documentElement.dataset.print");
        await phone.Page.EmulateMediaAsync(new() { Media = Media.Screen });
    }

    /// <summary>Gives the card on the phone this end, Unix seconds: the diploma of the college has none.</summary>
    private static Task ExpiringAsync(WalletPage phone, string end) => phone.Page.EvaluateAsync($$"""
        () => new Promise(done => { const open = indexedDB.open('identity-wallet'); open.onsuccess = () => {
          const change = open.result.transaction('cards', 'readwrite'), cards = change.objectStore('cards'), all = cards.getAll();
          all.onsuccess = () => { const row = all.result[0]; row.body.clear.expires = {{end}}; cards.put(row); };
          change.oncomplete = () => { open.result.close(); done(); };
        }; })
        """);
}
