using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>What a person does at a verifier's desk, by the page contract of src/Verifier/app/README.md.</summary>
internal sealed class VerifierPage(IPage page, Surroundings surroundings)
{
    public IPage Page => page;

    public ILocator this[string testId] => page.GetByTestId(testId);

    public async Task OpenAsync(string path, string language)
    {
        await page.GotoAsync($"{surroundings.Options.VerifierUrl}{path}?lang={language}");
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("lang", language);
        await OnScreenAsync(path.Trim('/') is { Length: > 0 } screen ? screen : "check");
    }

    public async Task ShowsVerdictAsync(string outcome, string reason)
    {
        await OnScreenAsync("verdict");
        await Assertions.Expect(this["verdict"].First).ToHaveAttributeAsync("data-reason", reason);
        await Assertions.Expect(this["verdict"].First).ToHaveAttributeAsync("data-outcome", outcome);
    }

    /// <summary>Puts the chosen question as a code for another person's phone; the code's link.</summary>
    public async Task<string> AskAsync()
    {
        var asked = page.WaitForResponseAsync(response => response.Request.Method == "POST" && response.Url.EndsWith("/requests", StringComparison.Ordinal));
        await this["ask-qr"].ClickAsync();
        var link = (await (await asked).JsonAsync())!.Value.GetProperty("link").GetString()!;
        await OnScreenAsync("waiting");
        return link;
    }

    /// <summary>Gives what the other phone shows as text, for want of a camera.</summary>
    public async Task PasteAnswerAsync(string answer)
    {
        if (await this["no-camera"].GetAttributeAsync("open") is null) await this["no-camera"].Locator("summary").ClickAsync();
        await this["paste-answer"].FillAsync(answer);
        await this["paste-answer-go"].ClickAsync();
    }

    /// <summary>Gives a text at the start page.</summary>
    public async Task PasteAsync(string text)
    {
        await this["paste-open"].ClickAsync();
        await this["paste"].FillAsync(text);
        await this["paste-go"].ClickAsync();
    }

    public Task OnScreenAsync(string name) => Assertions.Expect(this[$"screen-{name}"]).ToBeVisibleAsync();

    /// <summary>A phone on which the page is kept: its own service worker serves it, in this language.</summary>
    public static async Task<VerifierPage> InstalledAsync(Surroundings surroundings, string language)
    {
        var desk = new VerifierPage(await surroundings.OpenAsync(language, 360, 640, desk: true, keeping: true), surroundings);
        await desk.OpenAsync("/", language);
        await desk.Page.EvaluateAsync("navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller || new Promise(done => navigator.serviceWorker.addEventListener('controllerchange', done, { once: true }))).then(() => true)");
        // The language is kept once the worker is there.
        await desk.Page.WaitForFunctionAsync("""
            async language => {
              for (const name of await caches.keys()) for (const { url } of await (await caches.open(name)).keys()) if (url.includes(`/strings-${language}-`)) return true;
              return language === 'en';
            }
            """, language);
        return desk;
    }
}
