using System.Text.Json.Nodes;
using Identity.Host.Journey;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>What a wallet would print of its first card, and what the verifier says of it.</summary>
internal static class PrintedPaper
{
    public static Task<string> TextAsync(IPage wallet) => wallet.EvaluateAsync<string>("""
        () => new Promise(done => { const open = indexedDB.open('identity-wallet'); open.onsuccess = () => { const get = open.result.transaction('cards').objectStore('cards').getAll(); get.onsuccess = () => { open.result.close(); done(get.result[0].body.clear.paper.text); }; }; })
        """);

    /// <summary>In print, nothing stands on the page but the paper.</summary>
    public static async Task IsAloneAsync(IPage printing)
    {
        await printing.EmulateMediaAsync(new() { Media = Media.Print });
        Assert.Equal((await printing.Locator(".paper").InnerTextAsync()).Trim(), (await printing.Locator("body").InnerTextAsync()).Trim());
        await printing.EmulateMediaAsync(new() { Media = Media.Screen });
    }

    /// <summary>Waits until the verifier says that a paper is so: it has to learn of it by a list.</summary>
    public static async Task IsAsync(Surroundings surroundings, string text, string reason)
    {
        using var api = new Api(surroundings.Options.VerifierUrl);
        string? said = null;
        for (var tries = 0; tries < 120; tries++)
        {
            said = (string?)(await api.PostAsync("/api/check", new JsonObject { ["credential"] = text }, CancellationToken.None))["reason"];
            if (said == reason) return;
            await Task.Delay(500);
        }
        Assert.Equal(reason, said);
    }
}
