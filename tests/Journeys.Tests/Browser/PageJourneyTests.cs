using System.Collections.Concurrent;
using System.Web;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>Cards that do not come at once: by the organisation's own page, where the wallet leads and the browser comes back from, and those that a second person must agree to.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class PageJourneyTests(Surroundings surroundings)
{
    private const string Pin = "a-77-plums";

    [Theory, InlineData("en"), InlineData("ar")]
    public async Task The_wallet_leads_to_the_organisations_page_and_the_card_comes_back_with_the_person(string language)
    {
        var (phone, txCode) = await OfferedAsync(language);
        await Axe.FindsNothingAsync(phone.Page, $"wallet, offer by page, {language}");
        var sent = Requests(phone);

        await LeaveAsync(phone);
        await Assertions.Expect(phone.Page.Locator("html")).ToHaveAttributeAsync("lang", language);
        await Assertions.Expect(phone["collect-wallet"]).ToBeVisibleAsync(); // the organisation knows this wallet
        await Axe.FindsNothingAsync(phone.Page, $"organisation's page, {language}");
        await GiveAsync(phone, txCode);

        await phone.OnScreenAsync("received");
        Assert.DoesNotContain("code=", phone.Page.Url, StringComparison.Ordinal);
        Assert.Equal("DPoP", Assert.Single(sent.Where(r => r.Url.EndsWith("/credential", StringComparison.Ordinal) && r.Method == "POST").Select(Scheme).Distinct()));
        await phone["see-card"].ClickAsync();
        await Assertions.Expect(phone["claim-title"]).ToContainTextAsync("Diploma in Welding");
        await Assertions.Expect(phone["status-value"]).ToHaveAttributeAsync("data-status", "valid");
    }

    [Fact]
    public async Task Who_leaves_the_page_goes_on_later_a_no_can_be_taken_back_and_a_locked_wallet_asks_for_its_PIN_first()
    {
        var (phone, txCode) = await OfferedAsync("en");
        await LeaveAsync(phone);

        await phone.Page.GoBackAsync();
        await phone.OnScreenAsync("cards");
        await phone["resume"].ClickAsync();
        await OnPageAsync(phone);
        await phone["collect-deny"].ClickAsync();
        await ProblemAsync(phone, "page_denied");
        await phone.GoAsync("#/settings/lock/set");
        await phone["pin-new"].FillAsync(Pin);
        await phone["pin-again"].FillAsync(Pin);
        await phone["pin-save"].ClickAsync();
        await phone.OnScreenAsync("lock-settings");

        await phone.Page.GotoAsync(ByPage);
        await LeaveAsync(phone);
        await GiveAsync(phone, txCode);
        await phone.OnScreenAsync("lock");
        await phone["pin"].FillAsync(Pin);
        await phone["unlock"].ClickAsync();

        await phone.OnScreenAsync("received");
        await phone["all-cards"].ClickAsync();
        await Assertions.Expect(phone["card"]).ToHaveCountAsync(1);
        await Assertions.Expect(phone["unfinished"]).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Attack_answers_that_nobody_asked_for_by_another_organisation_or_used_before_bring_nothing()
    {
        var (phone, txCode) = await OfferedAsync("en");
        var sent = Requests(phone);
        await LeaveAsync(phone);
        var state = HttpUtility.ParseQueryString(sent.Single(r => r.Url.EndsWith("/par", StringComparison.Ordinal) && r.Method == "POST").PostData!)["state"]!;
        var issuer = Uri.EscapeDataString($"{surroundings.Options.IssuerUrl}/port-selin");

        // Somebody else's link takes nothing away from what is under way, in the fragment or in the query.
        foreach (var foreign in new[] { $"#code=x&state=made-up&iss={issuer}", $"?code=x&state=made-up&iss={issuer}" })
        {
            await AnsweredAsync(phone, foreign);
            await ProblemAsync(phone, "page_unknown");
            await Assertions.Expect(phone["retry"]).ToHaveCountAsync(0);
            Assert.DoesNotContain("made-up", phone.Page.Url, StringComparison.Ordinal);
        }
        await phone["close"].ClickAsync();
        await Assertions.Expect(phone["unfinished"]).ToBeVisibleAsync();

        // The right name of the request in the answer of another organisation: nothing is sent to anybody, and it was the one answer.
        await AnsweredAsync(phone, $"#code=x&state={state}&iss=https%3A%2F%2Fevil.example");
        await ProblemAsync(phone, "page_other_issuer");
        await Assertions.Expect(phone["retry"]).ToHaveCountAsync(0);
        await AnsweredAsync(phone, $"#code=x&state={state}&iss={issuer}");
        await ProblemAsync(phone, "page_unknown");
        Assert.DoesNotContain(sent, r => r.Url.EndsWith("/token", StringComparison.Ordinal));

        await phone.Page.GotoAsync(ByPage);
        await LeaveAsync(phone);
        string? answer = null;
        phone.Page.Response += (_, response) => answer = response.Headers.GetValueOrDefault("location") ?? answer;
        await GiveAsync(phone, txCode);
        await phone.OnScreenAsync("received");
        Assert.Contains("code=", answer, StringComparison.Ordinal);
        await AnsweredAsync(phone, answer![surroundings.Options.WalletUrl.Length..].TrimStart('/'));
        await ProblemAsync(phone, "page_unknown");
    }

    [Theory, InlineData("en"), InlineData("ar")]
    public async Task A_card_that_a_second_person_must_agree_to_waits_in_the_wallet_and_comes_when_asked_for_again(string language)
    {
        var (waiting, approve) = await surroundings.OfferPersonInWaitingAsync();
        var phone = new WalletPage(await surroundings.OpenAsync(language, 360, 640), surroundings);
        await phone.OpenAsync(language);
        await phone.Page.GotoAsync(waiting.WalletLink);
        await phone["accept"].ClickAsync();
        await phone["tx-code"].FillAsync(waiting.TxCode);
        await phone["tx-send"].ClickAsync();
        await ProblemAsync(phone, "not_ready");
        await Axe.FindsNothingAsync(phone.Page, $"wallet, not ready, {language}");
        await phone["close"].ClickAsync();
        await phone.OnScreenAsync("cards");

        // Another card meanwhile does not push it aside, and it survives the wallet being closed.
        var other = await surroundings.OfferDiplomaAsync();
        await phone.TakeAsync(other);
        await phone.Page.GotoAsync("about:blank");
        await phone.Page.GotoAsync(surroundings.Options.WalletUrl);
        await Assertions.Expect(phone["unfinished"]).ToHaveCountAsync(1);
        await Axe.FindsNothingAsync(phone.Page, $"wallet, a card that waits, {language}");
        await phone["resume"].ClickAsync();
        await ProblemAsync(phone, "not_ready");
        await phone["close"].ClickAsync();

        await approve();
        await phone["resume"].ClickAsync();
        await phone.OnScreenAsync("received");
        await phone["see-card"].ClickAsync();
        await Assertions.Expect(phone["claim-full_name"]).ToContainTextAsync("Amina");
        await phone.GoAsync("#/cards");
        await Assertions.Expect(phone["card"]).ToHaveCountAsync(2);
        await Assertions.Expect(phone["unfinished"]).ToHaveCountAsync(0);
    }

    /// <summary>The offer with the organisation's page alone.</summary>
    private string ByPage { get; set; } = "";

    private async Task<(WalletPage Phone, string TxCode)> OfferedAsync(string language)
    {
        var offered = await surroundings.OfferDiplomaAsync();
        ByPage = await surroundings.ByPageAsync(offered);
        var phone = new WalletPage(await surroundings.OpenAsync(language, 360, 640), surroundings);
        await phone.OpenAsync(language);
        await phone.Page.GotoAsync(ByPage);
        await phone.OnScreenAsync("offer");
        return (phone, offered.TxCode);
    }

    private static async Task LeaveAsync(WalletPage phone)
    {
        await phone.OnScreenAsync("offer");
        await Assertions.Expect(phone["by-page"]).ToBeVisibleAsync();
        await phone["accept"].ClickAsync();
        await OnPageAsync(phone);
    }

    private static Task OnPageAsync(WalletPage phone) => Assertions.Expect(phone["collect-give"]).ToBeVisibleAsync();

    private static async Task GiveAsync(WalletPage phone, string txCode)
    {
        await phone["collect-code"].FillAsync(txCode);
        await phone["collect-give"].ClickAsync();
    }

    // As a browser does that was sent there: a page load, not a step within the page.
    private async Task AnsweredAsync(WalletPage phone, string answer)
    {
        await phone.Page.GotoAsync("about:blank");
        await phone.Page.GotoAsync($"{surroundings.Options.WalletUrl}/{answer}");
    }

    private static async Task ProblemAsync(WalletPage phone, string code)
    {
        await phone.OnScreenAsync("problem");
        await Assertions.Expect(phone["problem-text"]).ToHaveAttributeAsync("data-code", code);
    }

    // Requests are told while the test reads.
    private static ConcurrentQueue<IRequest> Requests(WalletPage phone)
    {
        var sent = new ConcurrentQueue<IRequest>();
        phone.Page.Request += (_, request) => sent.Enqueue(request);
        return sent;
    }

    private static string? Scheme(IRequest request) => request.Headers.GetValueOrDefault("authorization")?.Split(' ')[0];
}
