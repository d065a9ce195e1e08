using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Identity.Credentials.Compact;
using Identity.Credentials.Cose;
using Identity.Credentials.Jose;
using Identity.Credentials.Trust;
using Identity.Credentials.Types;
using Identity.Host.Seed;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>Checking with the network off, or with a service that does not answer.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class VerifierOfflineTests(Surroundings surroundings)
{
    [Fact]
    public async Task A_service_that_never_answers_leaves_a_prepared_device_to_its_own_data()
    {
        await surroundings.VerdictAsync(); // the college has issued something, so that it has a list
        await PackAsync(_ => true);
        surroundings.DeskCamera.ShowNothing();
        var desk = new VerifierPage(await surroundings.OpenAsync("en", 360, 640, desk: true), surroundings);
        await desk.OpenAsync("/", "en");
        await desk["offline-prepare"].ClickAsync();
        await Assertions.Expect(desk["offline-state"]).ToHaveAttributeAsync("data-state", "ready");

        // The service asked; its network is gone when the answer comes, and the copy is not given away for nothing.
        await desk.OpenAsync("/scan", "en");
        await Assertions.Expect(desk["challenge"]).ToBeVisibleAsync();
        await HangAsync(desk);
        var answer = await surroundings.AnswerAsync(desk);
        await desk.PasteAnswerAsync(answer);
        await JudgedAsync(desk, "valid", "valid", "challenge");
        await Assertions.Expect(desk["receipt-later"]).ToBeVisibleAsync();

        // It is gone before the question.
        await ScanningAsync(desk);
        await Assertions.Expect(desk["challenge"]).ToBeVisibleAsync();
        await desk.PasteAnswerAsync(await surroundings.AnswerAsync(desk));
        await JudgedAsync(desk, "valid", "valid", "challenge");
        await Assertions.Expect(desk["receipt-later"]).ToBeVisibleAsync();

        // A text answers nothing: it gets no receipt later, and the page says so.
        await desk.OpenAsync("/", "en");
        await desk.PasteAsync(answer);
        await JudgedAsync(desk, "valid", "valid", "none");
        await Assertions.Expect(desk["receipt-none"]).ToBeVisibleAsync();
        await desk.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_service_that_never_answers_is_given_up_with_words_and_tried_again_and_an_answer_that_comes_too_late_is_told_so()
    {
        surroundings.DeskCamera.ShowNothing();
        var desk = new VerifierPage(await surroundings.OpenAsync("en", 360, 640, desk: true), surroundings);
        await desk.Page.Clock.InstallAsync();
        await HangAsync(desk);
        await desk.OpenAsync("/scan", "en");
        await GivenUpAsync(desk);
        await Axe.FindsNothingAsync(desk.Page, "verifier, no service");
        await desk.Page.UnrouteAllAsync();
        await desk["retry"].ClickAsync();
        await Assertions.Expect(desk["challenge"]).ToBeVisibleAsync();

        // The same answer once more: the other person has no second copy to give for it.
        await HangAsync(desk);
        await desk.PasteAnswerAsync(await surroundings.AnswerAsync(desk));
        await GivenUpAsync(desk);
        await desk.Page.UnrouteAllAsync();
        await desk["retry-answer"].ClickAsync();
        await JudgedAsync(desk, "valid", "valid", "challenge");

        await desk.OpenAsync("/scan", "en");
        await Assertions.Expect(desk["challenge"]).ToBeVisibleAsync();
        var late = await surroundings.AnswerAsync(desk);
        await desk.Page.Clock.FastForwardAsync("04:00");
        await Assertions.Expect(desk["new-challenge"]).ToBeVisibleAsync();
        await desk.PasteAnswerAsync(late);
        await Assertions.Expect(desk["paste-answer-error"]).ToContainTextAsync("This question is over");
        await desk.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task Where_the_browser_keeps_nothing_questions_are_chosen_and_verdicts_given_all_the_same()
    {
        surroundings.DeskCamera.ShowNothing();
        var desk = new VerifierPage(await surroundings.OpenAsync("en", 360, 640, desk: true), surroundings);
        await desk.Page.AddInitScriptAsync("for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) Object.defineProperty(window, name, { get() { throw new DOMException('blocked', 'SecurityError'); } });");
        await desk.OpenAsync("/scan", "en");
        foreach (var (subject, words) in new[] { ("welder", "weld"), ("diploma", "iploma") })
        {
            await desk["subject"].SelectOptionAsync(subject);
            await Assertions.Expect(desk["challenge"]).ToHaveAttributeAsync("alt", new Regex(words, RegexOptions.IgnoreCase));
        }

        var answer = await surroundings.AnswerAsync(desk);
        await desk.PasteAnswerAsync(answer);
        await JudgedAsync(desk, "valid", "valid", "challenge");
        await desk["signal"].ClickAsync();
        await Assertions.Expect(desk["signal"]).ToHaveAttributeAsync("aria-pressed", "false");

        await desk["check-another"].ClickAsync();
        await desk["home"].ClickAsync();
        await desk.PasteAsync(answer);
        await JudgedAsync(desk, "valid", "valid", "none");
        await desk.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task With_both_networks_off_challenge_replay_damage_rolling_code_paper_revocation_and_old_data_each_get_their_verdict()
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = await WalletPage.WithCardAsync(surroundings, offered);
        await phone.KnowsVerifiersAsync();
        await phone.Page.EvaluateAsync("navigator.serviceWorker.ready.then(() => true)");
        var statuses = await PackAsync(_ => true);
        surroundings.DeskCamera.ShowNothing();
        var desk = await VerifierPage.InstalledAsync(surroundings, "en");
        await desk["offline-prepare"].ClickAsync();
        await Assertions.Expect(desk["offline-state"]).ToHaveAttributeAsync("data-state", "ready");
        await Axe.FindsNothingAsync(desk.Page, "verifier, prepared");
        await desk.Page.Context.SetOfflineAsync(true);
        await phone.Page.Context.SetOfflineAsync(true);

        // An answer to the question on the screen, by the picture that the camera reads.
        await AnswersAsync(desk, phone);
        var answer = await CopiedAsync(phone);
        await JudgedAsync(desk, "valid", "valid", "challenge");
        await Assertions.Expect(desk["offline-verdict"]).ToBeVisibleAsync();
        await Assertions.Expect(desk["claim-holder_name"]).ToContainTextAsync("Amina Okoye-Reyes");
        // The ledger was not looked at, and nothing on the page says otherwise.
        await Assertions.Expect(desk["explanation"]).ToHaveTextAsync("It is signed by an accredited issuer, unchanged and in force. Whether it is recorded on the ledger was not looked at.");
        await Assertions.Expect(desk["check-recorded_in_time"]).ToHaveAttributeAsync("data-result", "not_checked");
        await Assertions.Expect(desk["check-issuer_key"]).ToContainTextAsync("by the data at hand");
        await Assertions.Expect(desk["ledger-none"]).ToHaveTextAsync("The ledger was not looked at in this check, so no trace of it was searched for.");
        await Axe.FindsNothingAsync(desk.Page, "verifier, verdict without a network");

        // The same picture again, before a new question.
        await ScanningAsync(desk);
        await surroundings.DeskCamera.ShowAsync(phone["answer-code"], desk.Page);
        await JudgedAsync(desk, "not_valid", "replayed", "none");

        // Its text with another name in it.
        var damaged = Damaged(answer);
        await ScanningAsync(desk);
        surroundings.DeskCamera.ShowQr(damaged);
        await JudgedAsync(desk, "not_valid", "altered", "none");

        await ScanningAsync(desk);
        await phone.GoAsync("#/show");
        await phone["set-can"].ClickAsync();
        await phone.OnScreenAsync("rolling");
        await surroundings.DeskCamera.ShowAsync(phone["rolling-code"], desk.Page);
        await JudgedAsync(desk, "valid", "valid", "rolling");

        var paper = Printed(statuses);
        await ScanningAsync(desk);
        surroundings.DeskCamera.ShowQr(paper);
        await JudgedAsync(desk, "valid", "valid", "paper");
        await Assertions.Expect(desk["explanation"]).ToContainTextAsync("Whether it is recorded on the ledger was not looked at. It is a paper:");

        // Revoked, and the desk was within reach of the network once since.
        await surroundings.RevokeAsync(offered);
        await PackAsync(list => Ended(list) > Ended(statuses));
        surroundings.DeskCamera.ShowNothing();
        await desk.Page.Context.SetOfflineAsync(false);
        await desk.OpenAsync("/", "en");
        await desk["offline-prepare"].ClickAsync();
        await Assertions.Expect(desk["offline-state"].GetByTestId("busy")).ToHaveCountAsync(0);

        // Four of the five checks were signed for meanwhile, each once; for the altered text nobody signs, and the page says so. By now the diploma comes out otherwise both times, and no log holds the paper.
        await Assertions.Expect(desk["receipts-ready"]).ToHaveAttributeAsync("data-count", "4");
        await Assertions.Expect(desk["receipts-lost"]).ToHaveAttributeAsync("data-count", "1");
        await Assertions.Expect(desk["receipts-changed"]).ToHaveCountAsync(3);
        await Assertions.Expect(desk["receipts-waiting"]).ToHaveCountAsync(0);
        await Assertions.Expect(desk["receipts-lost"]).ToContainTextAsync("You have no signed proof of them.");
        await Assertions.Expect(desk["receipts-refused"]).ToHaveAttributeAsync("data-why", "unreadable");
        await Assertions.Expect(desk["receipts-refused"]).ToContainTextAsync("the code was damaged or changed");
        await Assertions.Expect(desk["receipts-refused"].Locator("li")).ToContainTextAsync(new Regex("^[^·]+\\d[^·]+ · [^·]+ · Not valid$"));
        await Axe.FindsNothingAsync(desk.Page, "verifier, receipts");

        // They are the only copies: given as a file, they stay until somebody says that the file is there.
        var file = await desk.Page.RunAndWaitForDownloadAsync(() => desk["receipts-save"].ClickAsync());
        var told = await VerifierReceiptsTests.ToldAsync(surroundings, await file.PathAsync());
        Assert.Equal([1, 2, 3, 4], told.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select((line, at) => line.StartsWith($"receipt {at + 1}: GENUINE, checked ", StringComparison.Ordinal) ? at + 1 : 0));
        await Assertions.Expect(desk["receipts-saved"]).ToHaveAttributeAsync("data-count", "4");
        await Assertions.Expect(desk["receipts-ready"]).ToHaveAttributeAsync("data-count", "4");
        await Axe.FindsNothingAsync(desk.Page, "verifier, receipts saved");
        await desk["receipts-forget"].ClickAsync();
        await Assertions.Expect(desk["receipts-ready"]).ToHaveCountAsync(0);
        await VerifierReceiptsTests.ReadOnPageAsync(desk, await file.PathAsync(), "receipt", "receipt", "receipt", "receipt");
        await ReceiptReachesAsync(phone);
        await EvidenceHoldsAsync(desk, phone, answer);
        await desk.Page.Context.SetOfflineAsync(true);
        await AnswersAsync(desk, phone);
        await JudgedAsync(desk, "not_valid", "revoked", "challenge");

        // Four days without a network: what was good is open, with data as old as these.
        await desk.Page.Clock.SetFixedTimeAsync(DateTime.UtcNow.AddDays(4));
        await ScanningAsync(desk);
        surroundings.DeskCamera.ShowQr(paper);
        await JudgedAsync(desk, "cannot_tell", "stale_data", "paper");
        await desk.OpenAsync("/", "en");
        await Assertions.Expect(desk["offline-state"]).ToHaveAttributeAsync("data-state", "over");

        // Its clock set back makes the old data no younger: it doubts its own clock, and says so.
        await desk.Page.Clock.SetFixedTimeAsync(DateTime.UtcNow);
        await desk.OpenAsync("/", "en");
        await Assertions.Expect(desk["offline-state"]).ToHaveAttributeAsync("data-state", "over");
        await Assertions.Expect(desk["offline-state"]).ToContainTextAsync("The clock of this device shows an earlier time");
        await ScanningAsync(desk);
        surroundings.DeskCamera.ShowQr(paper);
        await JudgedAsync(desk, "cannot_tell", "stale_data", "paper");
        await Assertions.Expect(desk["reason"]).ToHaveTextAsync("The clock of this device is wrong");
        await Axe.FindsNothingAsync(desk.Page, "verifier, its clock set back");
        await desk.Page.Context.CloseAsync();
        await phone.Page.Context.CloseAsync();
    }

    /// <summary>The desk shows a question that was signed in advance, the phone answers it, the desk's camera reads the answer.</summary>
    private async Task AnswersAsync(VerifierPage desk, WalletPage phone)
    {
        await ScanningAsync(desk);
        await Assertions.Expect(desk["challenge"]).ToBeVisibleAsync();
        await surroundings.Camera.ShowAsync(desk["challenge"], desk.Page);
        await phone.ScanToShowAsync();
        await phone.OnScreenAsync("consent");
        await Assertions.Expect(phone["asker"]).ToHaveAttributeAsync("data-standing", "public_page");
        await phone["send"].ClickAsync();
        await phone.OnScreenAsync("answer");
        await surroundings.DeskCamera.ShowAsync(phone["answer-code"], desk.Page);
    }

    /// <summary>The phone, with a network again a day later, asks for the receipt of what it showed by itself when the diary is opened: by whose key, about which answer, is for it to check.</summary>
    private static async Task ReceiptReachesAsync(WalletPage phone)
    {
        await phone.GoAsync("#/history");
        await phone.OnScreenAsync("history");
        await phone["event"].Last.Locator("summary").ClickAsync(); // the first showing; the rolling code came later
        await Assertions.Expect(phone["event"].Last.GetByTestId("receipt-get")).ToBeVisibleAsync();
        await phone.Page.Clock.SetFixedTimeAsync(DateTime.UtcNow.AddHours(30));
        await phone.Page.Context.SetOfflineAsync(false);
        await phone.GoAsync("#/cards");
        await phone.GoAsync("#/history");
        await Assertions.Expect(phone["event"].Last).ToHaveAttributeAsync("data-verdict", "not_valid");
        await Assertions.Expect(phone["event"].Last.GetByTestId("event-verdict")).ToBeVisibleAsync();
        await phone.Page.Clock.SetSystemTimeAsync(DateTime.UtcNow);
        await phone["event"].Last.Locator("summary").ClickAsync();
        await Axe.FindsNothingAsync(phone.Page, "wallet, history with a receipt");
        await phone["event"].Last.GetByTestId("hide").ClickAsync();
        await Assertions.Expect(phone["event"]).ToHaveCountAsync(1);
        await phone["history-hidden"].ClickAsync();
        await Assertions.Expect(phone["event"]).ToHaveCountAsync(2);
        await phone.Page.Context.SetOfflineAsync(true);
    }

    /// <summary>What the phone saves of the showing holds at the command line, held against the very answer that the scanner read, and on the page.</summary>
    private async Task EvidenceHoldsAsync(VerifierPage desk, WalletPage phone, string answer)
    {
        await phone.GoAsync("#/cards");
        var saved = await VerifierReceiptsTests.EvidenceAsync(phone);
        var shown = Path.GetTempFileName();
        await File.WriteAllTextAsync(shown, answer);
        var told = await VerifierReceiptsTests.ToldAsync(surroundings, saved, "--credential", shown);
        File.Delete(shown);
        Assert.Equal(2, Regex.Count(told, "the given text is what was shown, byte for byte"));
        Assert.Contains("line 1: SIGNED by the key of the credential", told, StringComparison.Ordinal);
        await VerifierReceiptsTests.ReadOnPageAsync(desk, saved, "receipt", "line");
    }

    /// <summary>The scanner is open and sees nothing yet: a code that is there already would be judged before anybody saw the scanner.</summary>
    private Task ScanningAsync(VerifierPage desk)
    {
        surroundings.DeskCamera.ShowNothing();
        return desk.OpenAsync("/scan", "en");
    }

    /// <summary>From now on the service takes every question and answers none.</summary>
    private static Task HangAsync(VerifierPage desk) => desk.Page.RouteAsync("**/api/**", _ => Task.CompletedTask);

    /// <summary>It was waited for, with the words that it was, and no longer than twenty seconds.</summary>
    private static async Task GivenUpAsync(VerifierPage desk)
    {
        await Assertions.Expect(desk["busy"]).ToBeVisibleAsync();
        await desk.Page.Clock.FastForwardAsync("00:20");
        await Assertions.Expect(desk["problem"]).ToHaveAttributeAsync("data-code", "offline");
    }

    private static async Task JudgedAsync(VerifierPage desk, string outcome, string reason, string binding)
    {
        await desk.ShowsVerdictAsync(outcome, reason);
        await Assertions.Expect(desk["verdict"].First).ToHaveAttributeAsync("data-binding", binding);
    }

    /// <summary>What "copy as text" gives of the answer on the phone's screen.</summary>
    private static async Task<string> CopiedAsync(WalletPage phone)
    {
        await phone.Page.EvaluateAsync("() => { navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); }; }");
        await phone["copy-answer"].ClickAsync();
        return await phone.Page.EvaluateAsync<string>("window.copied");
    }

    /// <summary>The proof of somebody else: one letter of the name is another.</summary>
    private static string Damaged(string proof)
    {
        Assert.True(Base45.TryDecode(proof.AsSpan(CompactPresentation.Prefix.Length), 2000, out var bytes));
        var name = bytes.AsSpan().IndexOf("Amina"u8);
        Assert.True(name > 0, "The answer shows no name.");
        bytes[name + 2] = (byte)'e';
        return CompactPresentation.Prefix + Base45.Encode(bytes);
    }

    /// <summary>A diploma on paper, signed by the college's own key, at a place of its list that nobody has.</summary>
    private string Printed(PackedList statuses)
    {
        var pem = File.ReadAllText(surroundings.Options.Path("issuer", "keys", $"{Cast.College}.signing.pem"));
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportFromPem(pem);
        using var key = Es256Key.FromPkcs8(ecdsa.ExportPkcs8PrivateKey());
        var list = int.Parse(statuses.Uri[(statuses.Uri.LastIndexOf('/') + 1)..], CultureInfo.InvariantCulture);
        var index = Enumerable.Range(0, statuses.Statuses.Length).First(at => statuses.Statuses.TryGet(at, out var status) && status == 0);
        return CompactPaper.Issue(TypeDefinition.Find("qualification")!, Surroundings.Diploma()["claims"]!.AsObject(), null, null, list, index, key, RandomNumberGenerator.Fill).Text;
    }

    private static int Ended(PackedList list) => Enumerable.Range(0, list.Statuses.Length).Count(at => list.Statuses.TryGet(at, out var status) && status != 0);

    /// <summary>The college's list in the newest pack. Packs are made anew every few seconds where something changed; the list comes with one of the first.</summary>
    private async Task<PackedList> PackAsync(Predicate<PackedList> holds)
    {
        using var http = new HttpClient { BaseAddress = new Uri(surroundings.Options.VerifierUrl) };
        for (var tries = 0; ; tries++)
        {
            var info = await http.GetAsync("/trust/pack/info");
            if (info.IsSuccessStatusCode)
            {
                var signer = JsonNode.Parse(await info.Content.ReadAsStringAsync())!["signer"]!.GetValue<string>();
                if (TrustPack.TryRead(await http.GetByteArrayAsync("/trust/pack"), new PackPin([signer], 0, DateTimeOffset.UtcNow), out var pack, out _)
                    && pack.Content.Lists.FirstOrDefault(list => list.Uri.Contains($"/{Cast.College}/", StringComparison.Ordinal)) is { } list && holds(list)) return list;
            }

            Assert.True(tries < 240, "No trust pack says that of the college's list.");
            await Task.Delay(500);
        }
    }
}
