using System.Text.RegularExpressions;
using Identity.Host.Seed;
using Identity.Hosting;
using Identity.Wallet.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>A phone is lost: the whole way in two browsers, with words from a sheet.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed partial class RecoveryTests(Surroundings surroundings)
{
    [Fact]
    public async Task A_lost_phone_comes_back_by_words_and_a_contact_after_seven_days_and_the_old_cards_end()
    {
        var address = $"amina-{Guid.NewGuid():n}@example.org";
        var (old, words) = await EnrolledAsync(address);
        await DaysPassAsync(8);

        var phone = await EmptyAsync();
        await phone["lost"].ClickAsync();
        await phone.OnScreenAsync("recover");
        await phone["words"].FillAsync(string.Join(' ', words.SkipLast(1)));
        await phone["words-go"].ClickAsync();
        await Assertions.Expect(phone["words-error"]).ToContainTextAsync("11");
        await phone["words"].FillAsync(string.Join(' ', words));
        await phone["words-go"].ClickAsync();
        await phone.OnScreenAsync("recover-found");
        await Assertions.Expect(phone["found-card"]).ToHaveCountAsync(1);
        await phone["recover-start"].ClickAsync();
        await phone.OnScreenAsync("recover-code");
        await phone["recovery-code"].FillAsync(await CodeAsync(address, "Somebody wants"));
        await phone["recovery-confirm"].ClickAsync();
        await phone.OnScreenAsync("recover-waiting");

        // The old phone says so at its next start.
        await old.GoAsync("#/settings");
        await old.GoAsync("#/cards");
        await Assertions.Expect(old["recovery-running"]).ToBeVisibleAsync();
        await LeavesAsync(address, "Your cards will move");
        await DaysPassAsync(8);
        await phone["look-again"].ClickAsync();
        await phone.OnScreenAsync("recover-ready");
        await phone["fetch-cards"].ClickAsync();
        await Assertions.Expect(phone["recovered"]).ToBeVisibleAsync();
        await Axe.FindsNothingAsync(phone.Page, "recovered");
        await phone["all-cards"].ClickAsync();
        await Assertions.Expect(phone["card"]).ToHaveCountAsync(1);

        // Asked at the issuer: the new card holds, the old one has moved.
        Assert.Equal("valid", await StateAsync(phone));
        Assert.Equal("revoked", await StateAsync(old));
        await old.GoAsync("#/cards");
        await Assertions.Expect(old["moved-away"]).ToBeVisibleAsync();
    }

    [Theory, InlineData("en"), InlineData("ar")]
    public async Task A_second_sheet_takes_the_contacts_over_and_the_first_says_that_it_was_replaced_and_later_that_it_has_ended(string language)
    {
        var address = $"amina-{Guid.NewGuid():n}@example.org";
        var (phone, first) = await EnrolledAsync(address, language);
        await phone["make-sheet"].ClickAsync();
        await phone.OnScreenAsync("recovery-sheet");
        await Axe.FindsNothingAsync(phone.Page, $"second sheet, {language}");
        var second = await phone["sheet-words"].Locator("li").AllTextContentsAsync();
        Assert.NotEqual(first, second);
        await phone.GoAsync("#/recovery");
        await Assertions.Expect(phone["contacts"]).ToContainTextAsync(address);
        await LeavesAsync(address, Strings.For(language)["messages.replaced"].Split('{')[0]);

        // Thirty days long the first one still works, and says that it is not the newest.
        var finder = await EmptyAsync(language);
        await TypeAsync(finder, first);
        await finder.OnScreenAsync("recover-found");
        await Assertions.Expect(finder["found-replaced"]).ToBeVisibleAsync();
        await Axe.FindsNothingAsync(finder.Page, $"replaced sheet, {language}");
        await MonthPassesAsync();
        await TypeAsync(finder, first);
        await Assertions.Expect(finder["words-error"]).ToHaveTextAsync(Strings.For(language)["recovery.no.replaced"]);

        // The new one brings the cards back, by the contact that went over with its age.
        await DaysPassAsync(8);
        await TypeAsync(finder, second);
        await finder.OnScreenAsync("recover-found");
        await Assertions.Expect(finder["found-replaced"]).ToHaveCountAsync(0);
        await finder["recover-start"].ClickAsync();
        await finder.OnScreenAsync("recover-code");
        await finder["recovery-code"].FillAsync(await CodeAsync(address, Strings.For(language)["messages.code"].Split('{')[0]));
        await finder["recovery-confirm"].ClickAsync();
        await finder.OnScreenAsync("recover-waiting");
        await Task.WhenAll(phone.Page.Context.CloseAsync(), finder.Page.Context.CloseAsync());
    }

    private static async Task TypeAsync(WalletPage phone, IReadOnlyList<string> words)
    {
        await phone.GoAsync("#/cards");
        await phone.GoAsync("#/recover");
        await phone["words"].FillAsync(string.Join(' ', words));
        await phone["words-go"].ClickAsync();
    }

    [Fact]
    public async Task Attack_somebody_with_the_sheet_begins_and_the_old_phone_stops_it_with_one_tap()
    {
        var address = $"amina-{Guid.NewGuid():n}@example.org";
        var (old, words) = await EnrolledAsync(address);
        await DaysPassAsync(8);
        var thief = await WithSheetAsync(words);

        await old.GoAsync("#/settings");
        await old.GoAsync("#/cards");
        await old["stop-recovery"].ClickAsync();
        await Assertions.Expect(old["recovery-running"]).ToHaveCountAsync(0);

        await thief["look-again"].ClickAsync();
        await thief.OnScreenAsync("recover-stopped");
        Assert.Equal("valid", await StateAsync(old));
    }

    [Fact]
    public async Task A_person_who_lost_phone_and_sheet_comes_back_by_an_address_and_a_desk_and_the_printed_paper_ends()
    {
        var address = $"amina-{Guid.NewGuid():n}@example.org";
        var (old, _) = await EnrolledAsync(address);
        var paper = await PrintedPaper.TextAsync(old.Page);
        await PrintedPaper.IsAsync(surroundings, paper, "valid");
        await DaysPassAsync(8);

        var phone = await EmptyAsync();
        await phone["lost"].ClickAsync();
        await phone["without-sheet"].ClickAsync();
        await phone.OnScreenAsync("recover-without");
        await phone["lost-address"].FillAsync(address);
        await phone["without-go"].ClickAsync();
        await phone.OnScreenAsync("recover-code");
        await phone["recovery-code"].FillAsync(await CodeAsync(address, "Somebody wants"));
        await phone["recovery-confirm"].ClickAsync();
        await phone.OnScreenAsync("recover-desk");
        // The address alone is not enough, and neither is the desk: with both it is at once.
        await VouchedAsync(await phone["recovery-number"].InnerTextAsync(), "OKOYE<REYES", "AMINA");
        await phone["look-again"].ClickAsync();
        await phone.OnScreenAsync("recover-ready");
        await phone["issuer-address"].FillAsync($"{surroundings.Options.IssuerUrl}/{Cast.College}");
        await phone["fetch-cards"].ClickAsync();
        await Assertions.Expect(phone["recovered"]).ToBeVisibleAsync();
        await phone["all-cards"].ClickAsync();
        await Assertions.Expect(phone["card"]).ToHaveCountAsync(1);

        Assert.Equal("valid", await StateAsync(phone));
        Assert.Equal("revoked", await StateAsync(old));
        await PrintedPaper.IsAsync(surroundings, paper, "revoked");
    }

    [Fact]
    public async Task Attack_a_thief_with_the_sheet_and_their_own_document_at_an_honest_desk_is_told_whom_to_ask_and_gets_nothing()
    {
        var address = $"amina-{Guid.NewGuid():n}@example.org";
        var (old, words) = await EnrolledAsync(address);
        await DaysPassAsync(8);
        var thief = await WithSheetAsync(words);
        await VouchedAsync(await thief["recovery-number"].InnerTextAsync(), "COSTA", "BRUNO");

        await thief["look-again"].ClickAsync();
        await thief.OnScreenAsync("recover-ready");
        await thief["fetch-cards"].ClickAsync();
        await Assertions.Expect(thief["not-moved"]).ToContainTextAsync("another name or date of birth");
        await Assertions.Expect(thief["recovered"]).ToHaveCountAsync(0);
        await Axe.FindsNothingAsync(thief.Page, "not moved");

        Assert.Equal("valid", await StateAsync(old));
    }

    private async Task VouchedAsync(string number, string family, string given)
    {
        var desk = new DeskPage(await surroundings.SignedInAtDeskAsync("en", 1280, 800));
        await desk.MandateAsync("en");
        await desk.VouchAsync(number, family, given, "1990-05-14");
        await desk.Page.Context.CloseAsync();
    }

    // A phone with a card, a sheet and a contact that was confirmed.
    private async Task<(WalletPage Phone, IReadOnlyList<string> Words)> EnrolledAsync(string address, string language = "en")
    {
        var phone = await WalletPage.WithCardAsync(surroundings, await surroundings.OfferDiplomaAsync(), language: language);
        await phone["all-cards"].ClickAsync();
        await phone["offer-sheet"].ClickAsync();
        await phone.OnScreenAsync("recovery");
        await phone["make-sheet"].ClickAsync();
        await phone.OnScreenAsync("recovery-sheet");
        await Assertions.Expect(phone["sheet-issuers"]).ToContainTextAsync("Port Selin");
        await PrintedPaper.IsAloneAsync(phone.Page);
        var words = await phone["sheet-words"].Locator("li").AllTextContentsAsync();
        Assert.Equal(12, words.Count);
        await phone["sheet-done"].ClickAsync();
        await phone.OnScreenAsync("contact");
        await phone["contact-address"].FillAsync(address);
        await phone["contact-send"].ClickAsync();
        await phone.OnScreenAsync("contact-code");
        await phone["contact-code"].FillAsync(await CodeAsync(address, Strings.For(language)["messages.confirm"].Split('}')[^1]));
        await phone["contact-confirm"].ClickAsync();
        await phone.OnScreenAsync("recovery");
        await Assertions.Expect(phone["contacts"]).ToContainTextAsync(address);
        return (phone, words);
    }

    [Theory, InlineData(2), InlineData(-12)]
    public async Task A_phone_whose_clock_is_minutes_off_receives_shows_over_the_network_and_makes_a_sheet_that_the_issuer_knows(int minutes)
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = new WalletPage(await surroundings.OpenAsync("en", 360, 640), surroundings);
        await phone.Page.Clock.InstallAsync(new() { TimeDate = DateTime.UtcNow.AddMinutes(minutes) });
        await phone.OpenAsync("en");
        await phone.TakeAsync(offered);
        await surroundings.AnchoredAsync(offered);

        await phone.ShowAsync(await Questions.LinkOfThePageAsync(surroundings));
        await phone.OnScreenAsync("consent");
        await phone["send"].ClickAsync();
        await phone.OnScreenAsync("sent");

        await phone.GoAsync("#/recovery");
        var told = phone.Page.WaitForResponseAsync(response => response.Request.Method == "POST" && response.Url.EndsWith("/recovery-anchor", StringComparison.Ordinal));
        await phone["make-sheet"].ClickAsync();
        Assert.Equal(204, (await told).Status);
        await phone.Page.Context.CloseAsync();
    }

    // An empty phone whose owner holds the sheet and has begun.
    private async Task<WalletPage> WithSheetAsync(IReadOnlyList<string> words)
    {
        var phone = await EmptyAsync();
        await phone.GoAsync("#/recover");
        await phone["words"].FillAsync(string.Join(' ', words));
        await phone["words-go"].ClickAsync();
        await phone["recover-start"].ClickAsync();
        await phone.OnScreenAsync("recover-code");
        return phone;
    }

    private async Task<WalletPage> EmptyAsync(string language = "en")
    {
        var phone = new WalletPage(await surroundings.OpenAsync(language, 360, 640), surroundings);
        await phone.OpenAsync(language);
        return phone;
    }

    private static async Task<string> StateAsync(WalletPage phone)
    {
        await phone.GoAsync("#/cards");
        await phone["card"].First.ClickAsync();
        await phone.OnScreenAsync("card");
        await phone.GoAsync(await phone.Page.EvaluateAsync<string>("location.hash") + "/why");
        await phone.OnScreenAsync("why");
        await phone["why-ask"].ClickAsync();
        await Assertions.Expect(phone["why-state"]).ToBeVisibleAsync();
        return (await phone["why-state"].GetAttributeAsync("data-state"))!;
    }

    // The demonstration writes messages into a folder.
    private async Task<string> CodeAsync(string address, string says) => Digits().Match(await LeavesAsync(address, says)).Value;

    private async Task<string> LeavesAsync(string address, string says)
    {
        var folder = surroundings.Options.Path("wallet", "messages");
        for (var tries = 0; tries < 600; tries++)
        {
            foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.txt") : [])
            {
                var text = await File.ReadAllTextAsync(file);
                if (text.Contains(address, StringComparison.Ordinal) && text.Contains(says, StringComparison.Ordinal)) return text;
            }
            await Task.Delay(100);
        }
        throw new TimeoutException($"No message to {address} says “{says}”.");
    }

    // What the service has written down happened so much earlier.
    private async Task DaysPassAsync(int days)
    {
        await using var db = new WalletDb(new DbContextOptionsBuilder<WalletDb>().UseSqlite($"Data Source={surroundings.Options.Path("wallet", "wallet.db")};Default Timeout=60").Options);
        // The seven days count from when the outbox knows that the notice has left.
        for (var tries = 0; tries < 600 && await db.Outbox.AnyAsync(m => m.Recovery != null); tries++) await Task.Delay(100);
        var by = days * 86_400_000_000L;
        await db.Database.ExecuteSqlAsync($"UPDATE recovery_contacts SET AddedAt = AddedAt - {by}, ConfirmedAt = ConfirmedAt - {by}");
        await db.Database.ExecuteSqlAsync($"UPDATE recoveries SET CreatedAt = CreatedAt - {by}, StartedAt = StartedAt - {by}, EndsAt = EndsAt - {by} WHERE EndedAt IS NULL");
        await using var issuer = new SqliteConnection($"Data Source={surroundings.Options.Path("issuer", "issuer.db")};Default Timeout=60");
        await issuer.OpenAsync();
        await using var told = issuer.CreateCommand();
        told.CommandText = "UPDATE recovery_anchors SET SetAt = SetAt - $by";
        told.Parameters.AddWithValue("$by", by);
        await told.ExecuteNonQueryAsync();
    }

    private async Task MonthPassesAsync()
    {
        await using var db = new WalletDb(new DbContextOptionsBuilder<WalletDb>().UseSqlite($"Data Source={surroundings.Options.Path("wallet", "wallet.db")};Default Timeout=60").Options);
        var by = 31 * 86_400_000_000L;
        await db.Database.ExecuteSqlAsync($"UPDATE recovery_lists SET ReplacedAt = ReplacedAt - {by} WHERE ReplacedAt IS NOT NULL");
    }

    [GeneratedRegex(@"\b[0-9]{6}\b")]
    private static partial Regex Digits();
}
