using System.Net;
using System.Text.RegularExpressions;
using System.Web;
using Identity.Credentials.Compact;
using Identity.Hosting;
using Identity.TestKit;
using Identity.Wallet.Data;
using Identity.Wallet.Desk;
using Identity.Wallet.Mandates;
using Identity.Wallet.Tests.Holder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Wallet.Tests.Desk;

/// <summary>What a desk does for a person without a phone.</summary>
public sealed partial class DeskTests(DeskWorld world) : IClassFixture<DeskWorld>
{
    private static readonly string[] SpeltAsInEnglish = ["table", "orange", "melon", "olive", "lion", "train", "guitar", "village", "bag", "bus", "basket", "bank", "oven", "lemon", "lentil", "mango", "image", "rose", "hospital"];

    [Fact]
    public async Task A_person_without_a_phone_receives_a_paper_shows_it_and_ends_the_mandate_by_two_words()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff);

        Assert.Equal($"{made.Home}?received=1", await world.Receive(staff, made));
        Assert.Contains("Diploma in Welding", await staff.Page(made.Home));
        var question = await Ask(staff, made, world.Challenge());
        var aloud = await staff.Page(question);
        Assert.Contains("Harbour Yard", aloud);
        Assert.Contains("To hire a welder", aloud);
        var answer = await Agree(staff, question);
        Assert.Equal(["title"], Shown(answer));
        Assert.Equal(HttpStatusCode.Redirect, (await world.Stranger().Get(question)).StatusCode);

        var ended = await staff.PostForm("/desk/end", "/desk/end", ("first", made.First), ("second", made.Second));

        Assert.Equal("/desk?ended=1", ended.Headers.Location!.OriginalString);
        Assert.Equal("/desk/open?over=1", (await staff.Get(made.Home)).Headers.Location!.OriginalString);
        Assert.Equal("/desk/open?over=1", (await staff.Get(question)).Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_paper_is_printed_with_its_code_and_stands_in_the_log()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff, language: "ar");
        var receive = made.Home + "/receive";
        await staff.PostForm(receive, receive, ("link", world.Issuer.OfferLink(ReceivingIssuer.Configuration, ReceivingIssuer.Compact, ReceivingIssuer.Paper)));
        var print = Regex.Match(await staff.Page(made.Home), $"{made.Home}/print/[0-9a-f]+").Value;

        var page = await (await staff.PostForm(print, print, ("pin", made.Pin))).Content.ReadAsStringAsync();

        var code = HttpUtility.HtmlDecode(Regex.Match(page, "data-testid=\"paper-code\" data-text=\"([^\"]+)\"").Groups[1].Value);
        Assert.True(CompactPaper.TryParse(code, out var paper, out _));
        Assert.Equal("urn:identity:qualification:1", paper.Type);
        Assert.Contains("lang=\"ar\" dir=\"rtl\" data-testid=\"paper\"", page);
        Assert.Contains("Amina Okoye-Reyes", page);
        Assert.Equal(["agreed", "received", "printed"], await world.InDb(db => db.Acts.Where(a => a.Mandate == made.Id).OrderBy(a => a.Id).Select(a => a.What).ToListAsync()));
    }

    [Fact]
    public async Task A_claim_that_may_be_left_out_goes_only_where_the_person_says_yes_to_it()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff);
        await world.Receive(staff, made);

        Assert.Equal(["holder_name", "title"], Shown(await Agree(staff, await Ask(staff, made, world.Challenge()), ("agreed", "holder_name"))));

        var again = await Ask(staff, made, world.Challenge());
        await staff.PostForm(again, again, ("agreed", "holder_name"), ("pin", made.Pin));
        Assert.DoesNotContain("data-testid=\"answer\"", await staff.Page(again)); // nobody said that it was read aloud
    }

    [Fact]
    public async Task The_log_says_what_when_and_who_and_never_a_value()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff);
        await world.Receive(staff, made);
        await Agree(staff, await Ask(staff, made, world.Challenge()), ("agreed", "holder_name"));

        var page = await staff.Page(made.Home + "/log");

        Assert.Equal(["agreed", "received", "shown", "log"], ActKind().Matches(page).Select(m => m.Groups[1].Value));
        Assert.Contains("Harbour Yard", page); // only the person can open that
        var acts = await world.InDb(db => db.Acts.Where(a => a.Mandate == made.Id).ToListAsync());
        Assert.Equal("qualification: title, holder_name", acts.Single(a => a.What == "shown").About);
        Assert.All(acts, act => Assert.Equal("desk@seafarers.example", act.Staff));
        Assert.DoesNotContain(acts, act => act.About.Contains("Amina", StringComparison.Ordinal) || act.About.Contains("Harbour", StringComparison.Ordinal) || act.About.Contains("Diploma", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_person_comes_back_with_words_and_PIN_and_finds_what_was_kept()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff, language: "ar");
        await world.Receive(staff, made);
        await staff.PostForm(made.Home, made.Home + "?handler=leave");
        Assert.Equal("/desk/open?over=1", (await staff.Get(made.Home)).Headers.Location!.OriginalString);

        var opened = await staff.PostForm("/desk/open", "/desk/open", ("first", made.First), ("second", made.Second), ("pin", "٨٣٥١٤٢"));

        Assert.Equal(made.Home, opened.Headers.Location!.OriginalString);
        Assert.Contains("Diploma in Welding", await staff.Page(made.Home));
    }

    [Fact]
    public async Task With_a_card_what_was_kept_is_locked_at_the_end_and_opens_under_a_new_mandate_at_any_desk()
    {
        var union = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(union, minutes: 7 * 1440, card: true, seal: true);
        await world.Receive(union, made);
        await union.PostForm(made.Home, made.Home + "?handler=end");
        Assert.Equal(HttpStatusCode.OK, (await union.PostForm("/desk/open", "/desk/open", ("cardText", made.Card!))).StatusCode);

        var embassy = await world.SignIn(DeskWorld.Embassy);
        var second = await world.Make(embassy, card: true, ownCard: made.Card);

        Assert.Contains("Diploma in Welding", await embassy.Page(second.Home));
    }

    [Fact]
    public async Task Without_a_card_everything_is_deleted_at_the_end()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff);
        await world.Receive(staff, made);
        var vault = await world.InDb(db => db.Mandates.Where(m => m.Id == made.Id).Select(m => m.Vault).SingleAsync());
        Assert.True(await world.InDb(db => db.Vaults.AnyAsync(v => v.Id == vault)));

        world.Clock.Move(TimeSpan.FromHours(4));
        await world.Sweep();

        Assert.False(await world.InDb(db => db.Vaults.AnyAsync(v => v.Id == vault)));
        Assert.Equal("time", await world.InDb(db => db.Mandates.Where(m => m.Id == made.Id).Select(m => m.EndedBy).SingleAsync()));
    }

    [Fact]
    public async Task A_person_who_lost_the_phone_is_vouched_for_by_the_nine_digits_of_the_new_one()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff, scope: "recover");
        var (mine, strangers) = (await world.Recovery(bySheet: true), await world.Recovery(bySheet: true));
        var page = made.Home + "/recover";
        Assert.Contains("data-testid=\"found\"", await (await staff.PostForm(page, page, ("number", mine[..3] + " " + mine[3..]))).Content.ReadAsStringAsync());

        await staff.PostForm(page, page + "?handler=approve", ("number", mine), ("said", "yes"), ("family", "OKOYE<REYES"), ("given", "AMINA"), ("birth", "1990-05-14"));
        await staff.PostForm(page, page + "?handler=stop", ("number", strangers));

        var rows = await world.InDb(db => db.Recoveries.AsNoTracking().Where(r => r.Number == mine || r.Number == strangers).ToDictionaryAsync(r => r.Number));
        Assert.Equal((RecoveryState.Ready, DeskWorld.Union), (rows[mine].State, rows[mine].Desk));
        Assert.Equal((RecoveryState.Stopped, "desk"), (rows[strangers].State, rows[strangers].StoppedBy));
        // The log and the recovery name the same mandate, and the same member of staff under a name that is not theirs.
        var log = await staff.Page(made.Home + "/log");
        Assert.Contains("it is you", log);
        Assert.Equal((made.Id, made.Id), (rows[mine].Mandate, rows[strangers].Mandate));
        Assert.Contains($"<bdi data-testid=\"staff-name\">{rows[mine].Staff}</bdi>", log);
        Assert.DoesNotContain("AMINA", log, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task What_could_not_be_done_for_a_recovery_stands_in_the_log_as_not_done()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff, scope: "recover");
        var bare = await world.Recovery(bySheet: false);
        var page = made.Home + "/recover";

        await staff.PostForm(page, page + "?handler=approve", ("number", bare), ("said", "yes"), ("given", "AMINA"), ("birth", "1990"));

        Assert.Equal(["failed"], await LoggedAsync(made));
        Assert.Contains("nothing was done", await staff.Page(made.Home + "/log"));
    }

    [Fact]
    public async Task A_button_that_is_pressed_twice_does_the_same_once_and_is_not_told_that_it_is_over()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff, scope: "recover");
        var (mine, strangers) = (await world.Recovery(bySheet: true), await world.Recovery(bySheet: true));
        var page = made.Home + "/recover";
        async Task<string> Press(string handler, params (string, string)[] fields) => await (await staff.PostForm(page, $"{page}?handler={handler}", fields)).Content.ReadAsStringAsync();

        for (var times = 0; times < 2; times++)
        {
            Assert.Contains("recovery-approved", await Press("approve", ("number", mine), ("said", "yes"), ("given", "AMINA"), ("birth", "1990-05-14")));
            Assert.Contains("recovery-stopped", await Press("stop", ("number", strangers)));
        }

        Assert.Equal(["approved", "stopped"], await LoggedAsync(made));
        // Another name is another decision, and the first one stays.
        Assert.Contains("over already", await Press("approve", ("number", mine), ("said", "yes"), ("given", "BRUNO"), ("birth", "1990-05-14")));
    }

    [Theory]
    [InlineData("1990-02-31")]
    [InlineData("2026-02-31")]
    [InlineData("1899-12-31")]
    [InlineData("1899")]
    [InlineData("2199")]
    [InlineData("2199-01-01")]
    [InlineData("tomorrow")]
    public async Task A_date_on_which_nobody_was_born_is_not_taken(string birth)
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff, scope: "recover");
        var number = await world.Recovery(bySheet: true);
        var page = made.Home + "/recover";
        if (birth == "tomorrow") birth = world.Clock.GetUtcNow().AddDays(1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

        var refused = await (await staff.PostForm(page, page + "?handler=approve", ("number", number), ("said", "yes"), ("given", "AMINA"), ("birth", birth))).Content.ReadAsStringAsync();

        Assert.Contains("Nobody was born on this date", refused, StringComparison.Ordinal);
        Assert.Contains("value=\"AMINA\"", refused, StringComparison.Ordinal);
        Assert.Equal(RecoveryState.Proving, await world.InDb(db => db.Recoveries.Where(r => r.Number == number).Select(r => r.State).SingleAsync()));
    }

    [Theory]
    [InlineData(true, false, "the code that was sent to their contact")]
    [InlineData(false, true, "shows you the recovery sheet")]
    [InlineData(true, true, "Both other proofs")]
    public async Task A_clerk_is_told_that_papers_without_a_date_of_birth_go_by_the_name_alone_and_asked_for_the_other_proof(bool bySheet, bool byContact, string says)
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff, scope: "recover");
        var number = await world.Recovery(bySheet, byContact);
        var page = made.Home + "/recover";

        var found = await (await staff.PostForm(page, page, ("number", number))).Content.ReadAsStringAsync();

        Assert.Contains("the name alone is compared", found, StringComparison.Ordinal);
        Assert.Contains(says, found, StringComparison.Ordinal);
    }

    private Task<List<string>> LoggedAsync(Made made) => world.InDb(db => db.Acts.Where(a => a.Mandate == made.Id && a.What == "recovery").OrderBy(a => a.Id).Select(a => a.About).ToListAsync());

    [Fact]
    public async Task A_desk_says_what_stands_on_the_document_or_that_it_has_no_Latin_name()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff, scope: "recover");
        var number = await world.Recovery(bySheet: true);
        var page = made.Home + "/recover";
        async Task<string> Approve(params (string, string)[] typed) =>
            await (await staff.PostForm(page, page + "?handler=approve", [("number", number), ("said", "yes"), .. typed])).Content.ReadAsStringAsync();

        Assert.Contains("Write a name", await Approve());
        var again = await Approve(("family", "أوكوي"), ("given", "AMINA"));
        Assert.Contains("in Latin letters as the document prints them", again);
        Assert.Contains("value=\"AMINA\"", again);
        Assert.Contains("Nobody was born on this date", await Approve(("given", "AMINA"), ("birth", "14.5.1990")));
        // A thief of the same name is stopped by the date of birth alone: a desk does not leave it out by mistake.
        Assert.Contains("Write the date of birth", await Approve(("given", "AMINA")));
        Assert.Equal(RecoveryState.Proving, await world.InDb(db => db.Recoveries.Where(r => r.Number == number).Select(r => r.State).SingleAsync()));

        Assert.Contains("recovery-approved", await Approve(("noLatin", "yes"), ("noBirth", "yes")));
    }

    [Fact]
    public async Task Two_words_said_in_one_language_are_taken_in_another()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff, language: "ar");
        var embassy = await world.SignIn(DeskWorld.Embassy);
        Assert.True(MandateWords.TryRead(made.First, made.Second, "ar", out var words));
        var (first, second) = words.Say("fr");

        var ended = await embassy.PostForm("/desk/end?lang=fr", "/desk/end?lang=fr", ("first", first.ToUpperInvariant()), ("second", second));

        Assert.Equal("/desk?ended=1", ended.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task More_than_a_day_or_locking_needs_a_card()
    {
        var staff = await world.SignIn(DeskWorld.Union);

        foreach (var (minutes, end) in new[] { ("10080", "erase"), ("240", "seal"), ("999999", "erase"), ("-5", "erase") })
            Assert.Contains("data-testid=\"wrong\"", await (await staff.PostForm("/desk/new", "/desk/new", ("language", "en"), ("minutes", minutes), ("atEnd", end), ("scope", "show"))).Content.ReadAsStringAsync());
    }

    [Fact]
    public void Every_word_is_found_again_in_every_language()
    {
        Assert.Equal(15, DeskView.TheirLanguages.Count);
        foreach (var language in DeskView.TheirLanguages)
            for (var place = 0; place < MandateWords.Count; place++)
            {
                var (first, _) = new MandateWords(place, 0).Say(language);
                Assert.True(MandateWords.TryRead(first, first.ToUpperInvariant(), language, out var read), first);
                Assert.Equal(new MandateWords(place, place), read);
                Assert.True(language == "en" || first != new MandateWords(place, 0).Say("en").First || SpeltAsInEnglish.Contains(first), $"{first} in {language}");
            }
    }

    [Fact]
    public async Task A_mandate_is_read_aloud_in_every_language_of_the_wallet_and_ended_by_the_words_of_that_language()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var embassy = await world.SignIn(DeskWorld.Embassy);
        foreach (var language in DeskView.TheirLanguages)
        {
            (string, string)[] form = [("language", language), ("minutes", "240"), ("atEnd", "erase"), ("scope", "receive"), ("scope", "recover")];
            var read = (await staff.PostForm("/desk/new", "/desk/new", form)).Headers.Location!.OriginalString;
            var aloud = HttpUtility.HtmlDecode(await staff.Page(read));
            var their = Strings.For(language);
            Assert.Contains($"lang=\"{language}\" dir=\"{their.Direction}\" data-testid=\"aloud\"", aloud);
            foreach (var key in new[] { "read.may", "scope.receive", "scope.recover", "read.holds", "length.240", "read.words", "read.each", "read.log", "read.erase", "read.pin", "read.ask" }) Assert.Contains(their.Find("mandate." + key)!, aloud);
            Assert.DoesNotContain(their["mandate.scope.show"], aloud);
            Assert.Contains("data-voice=\"may scope-receive scope-recover holds length-240 words each log erase pin ask\"", aloud);

            var made = await world.Make(staff, language: language);

            Assert.True(MandateWords.TryRead(made.First, made.Second, language, out var words));
            Assert.Equal((made.First, made.Second), words.Say(language));
            Assert.Contains($"<option value=\"{made.First}\"", HttpUtility.HtmlDecode(await embassy.Page($"/desk/end?words={language}")));
            var ended = await embassy.PostForm("/desk/end", "/desk/end", ("words", language), ("first", made.First), ("second", made.Second));
            Assert.True(ended.Headers.Location?.OriginalString == "/desk?ended=1", language);
        }
    }

    [Theory]
    [InlineData("ne", "किताब", "किताब"), InlineData("ne", "कान", "कान"), InlineData("hi", "ज़ैतून", "जैतून"), InlineData("ur", "کتاب", "كتاب"), InlineData("am", "ሥር", "ስር"), InlineData("am", "ዓይን", "አይን"), InlineData("am", "ፀሐይ", "ጸሀይ"), InlineData("am", "ሐኪም", "ኃኪም")]
    public void A_word_typed_another_way_is_the_same(string language, string written, string typed)
    {
        Assert.True(MandateWords.TryRead(written, typed, language, out var words));
        Assert.Equal(words.First, words.Second);
    }

    [Fact]
    public void Vowel_signs_tell_words_apart()
    {
        Assert.NotEqual(MandateWords.Fold("किला"), MandateWords.Fold("कील"));
        Assert.NotEqual(MandateWords.Fold("বালি"), MandateWords.Fold("বল"));
    }

    [Fact]
    public async Task Whoever_left_is_signed_out_within_a_minute_and_comes_in_no_more()
    {
        const string user = "leaver@seafarers.example";
        await using var scope = world.App.Services.CreateAsyncScope();
        var password = await DeskStaff.CreateAsync(scope.ServiceProvider, DeskWorld.Union, user);
        var leaver = world.Stranger();
        await leaver.PostForm("/desk/sign-in", "/desk/sign-in", ("userName", user), ("password", password));
        Assert.Equal(HttpStatusCode.OK, (await leaver.Get("/desk")).StatusCode);

        await Assert.ThrowsAsync<InvalidOperationException>(() => DeskStaff.RemoveAsync(scope.ServiceProvider, DeskWorld.Embassy, user));
        await DeskStaff.RemoveAsync(scope.ServiceProvider, DeskWorld.Union, user);

        world.Clock.Move(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.Redirect, (await leaver.Get("/desk")).StatusCode);
        var again = await world.Stranger().PostForm("/desk/sign-in", "/desk/sign-in", ("userName", user), ("password", password));
        Assert.NotEqual("/desk", again.Headers.Location?.OriginalString);
    }

    [Fact]
    public void A_mandate_goes_one_way()
    {
        var now = DateTimeOffset.UnixEpoch;
        var row = new MandateRow { Id = "A", Desk = "d", Language = "en", Scope = MandateScope.Show, Minutes = 60, WithCard = false, AtEnd = AtEnd.Erase, MadeAt = now };
        Assert.False(row.Permits(MandateScope.Show, now));
        Assert.False(row.Agree("v", [1], now + MandateRow.Deciding));
        Assert.True(row.Agree("v", [1], now));
        Assert.False(row.Agree("w", [2], now));
        Assert.True(row.Permits(MandateScope.Show, now));
        Assert.False(row.Permits(MandateScope.Receive, now));
        Assert.False(row.Permits(MandateScope.Show, now.AddMinutes(60)));
        Assert.True(row.End("words", now));
        Assert.False(row.End("time", now));
        Assert.False(row.Agree("v", [1], now));
        Assert.Equal((MandateState.Ended, "words", 2), (row.State, row.EndedBy, row.Version));
    }

    internal static async Task<string> Ask(Browser staff, Made made, string text) =>
        (await staff.PostForm(made.Home + "/show", made.Home + "/show", ("text", text))).Headers.Location!.OriginalString;

    internal static async Task<string> Agree(Browser staff, string question, params (string, string)[] agreed)
    {
        Assert.Equal(question, (await staff.PostForm(question, question, [("said", "yes"), ("pin", DeskWorld.Pin), .. agreed])).Headers.Location?.OriginalString);
        return Answer(await staff.Page(question));
    }

    internal static string Answer(string page) => HttpUtility.HtmlDecode(AnswerText().Match(page).Groups[1].Value);

    private static string[] Shown(string answer)
    {
        Assert.True(CompactPresentation.TryParse(answer, out var shown, out var reason), reason);
        var type = Credentials.Types.TypeDefinition.Find("qualification");
        return [.. shown.Claims(type).Select(claim => claim.Key).Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex("data-testid=\"answer\" data-text=\"([^\"]+)\"")]
    private static partial Regex AnswerText();

    [GeneratedRegex("data-what=\"([a-z]+)\"")]
    private static partial Regex ActKind();
}
