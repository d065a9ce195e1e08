using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>Copies are shown once where possible: when few are left, the wallet fetches more without anybody at the organisation.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class MoreCopiesTests(Surroundings surroundings)
{
    [Fact]
    public async Task When_few_copies_are_left_more_come_by_themselves_with_keys_of_their_own_and_can_be_shown()
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = await WalletPage.WithCardAsync(surroundings, offered);
        await phone.Page.Context.SetOfflineAsync(true);
        Assert.Equal(5, await UseAllAsync(phone));
        await phone.GoAsync("#/settings");
        await phone.GoAsync("#/cards");
        await Assertions.Expect(phone["few-left"]).ToBeVisibleAsync();

        // Back within reach of a network.
        await phone.Page.Context.SetOfflineAsync(false);
        await phone.GoAsync("#/settings");
        await phone.GoAsync("#/cards");

        await Assertions.Expect(phone["few-left"]).ToHaveCountAsync(0);
        Assert.Equal(10, await UseAllAsync(phone));
        await surroundings.RevokeAsync(offered);
        await phone.ToCardAsync();
        await Assertions.Expect(phone["status-value"]).ToHaveAttributeAsync("data-status", "revoked");
        await phone.Page.Context.CloseAsync();
    }

    /// <summary>Notes every copy as shown; how many there are, each under a key of its own.</summary>
    private static Task<int> UseAllAsync(WalletPage phone) => phone.Page.EvaluateAsync<int>("""
        () => new Promise((done, failed) => {
          const open = indexedDB.open('identity-wallet');
          open.onsuccess = () => {
            const transaction = open.result.transaction('copies', 'readwrite'), store = transaction.objectStore('copies');
            let rows = [];
            store.getAll().onsuccess = event => { rows = event.target.result; for (const row of rows) store.put({ ...row, used: 1 }); };
            transaction.onabort = () => failed(transaction.error);
            transaction.oncomplete = async () => {
              open.result.close();
              const keys = await Promise.all(rows.map(row => crypto.subtle.exportKey('jwk', row.keys.publicKey).then(key => key.x)));
              done(new Set(keys).size);
            };
          };
        })
        """);
}
