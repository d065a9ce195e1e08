using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>What staff and a person do together at a desk, signed in.</summary>
internal sealed class DeskPage(IPage page)
{
    public const string Pin = "835142";

    public IPage Page => page;

    public ILocator this[string testId] => page.GetByTestId(testId);

    /// <summary>Fills in a mandate for everything and goes on to where it is read aloud.</summary>
    public async Task ProposeAsync(string language, bool card = false)
    {
        await this["language"].SelectOptionAsync(language);
        foreach (var scope in new[] { "receive", "show", "print", "recover" }) await this[$"scope-{scope}"].CheckAsync();
        if (card)
        {
            await this["minutes"].SelectOptionAsync($"{7 * 24 * 60}");
            await this["card"].CheckAsync();
            await this["seal"].CheckAsync();
        }
        await this["go"].ClickAsync();
        await Assertions.Expect(this["agree"]).ToBeVisibleAsync();
    }

    /// <summary>From the start, makes a mandate with the person, up to its own page.</summary>
    public async Task MandateAsync(string language)
    {
        await this["new"].ClickAsync();
        await ProposeAsync(language);
        foreach (var pin in new[] { "pin", "again" }) await this[pin].FillAsync(Pin);
        await this["said"].CheckAsync();
        await this["agree"].ClickAsync();
        await this["next"].ClickAsync();
    }

    /// <summary>From the mandate's page, says what stands on the person's document, for the recovery of these digits.</summary>
    public async Task VouchAsync(string number, string family, string given, string birth)
    {
        await this["recover"].ClickAsync();
        await this["number"].FillAsync(number);
        await this["go"].ClickAsync();
        await Assertions.Expect(this["found"]).ToBeVisibleAsync();
        await this["family"].FillAsync(family);
        await this["given"].FillAsync(given);
        await this["birth"].FillAsync(birth);
        await this["said"].CheckAsync();
        await this["approve"].ClickAsync();
        await Assertions.Expect(this["recovery-approved"]).ToBeVisibleAsync();
    }

    /// <summary>The PIN of the person, or the code of the card.</summary>
    public Task ProveAsync(string? card = null) => card is null ? this["pin"].FillAsync(Pin) : this["card-text"].FillAsync(card);

    /// <summary>On the page for it.</summary>
    public async Task CollectAsync(Offered offered)
    {
        await this["link"].FillAsync(offered.Link);
        await this["code"].FillAsync(offered.TxCode);
        await this["go"].ClickAsync();
        await Assertions.Expect(this["received"]).ToBeVisibleAsync();
    }

    /// <summary>From the mandate's page, puts a question.</summary>
    public async Task AskAsync(string question)
    {
        await this["show"].ClickAsync();
        await this["text"].FillAsync(question);
        await this["go"].ClickAsync();
    }

    /// <summary>To the mandate's page.</summary>
    public async Task BackAsync()
    {
        await page.Locator("main a[href^=\"/desk/mandates/\"]").First.ClickAsync();
        await Assertions.Expect(this["leave"]).ToBeVisibleAsync();
    }
}
