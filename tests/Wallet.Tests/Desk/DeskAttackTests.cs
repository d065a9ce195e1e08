using System.Net;
using System.Text.RegularExpressions;
using System.Web;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.TestKit;
using Identity.Wallet.Data;
using Identity.Wallet.Desk;
using Identity.Wallet.Mandates;
using Identity.Wallet.Tests.Holder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;

namespace Identity.Wallet.Tests.Desk;

/// <summary>What somebody at or near a desk could try.</summary>
public sealed class DeskAttackTests(DeskWorld world) : IClassFixture<DeskWorld>, IAsyncLifetime
{
    private const string Over = "/desk/open?over=1";

    // Wrong words of one test do not count in the next.
    public Task InitializeAsync() => world.InDb(db => db.WrongWords.ExecuteDeleteAsync());

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Attack_staff_of_another_desk_uses_somebodys_mandate()
    {
        var (union, embassy) = (await world.SignIn(DeskWorld.Union), await world.SignIn(DeskWorld.Embassy));
        var made = await world.Make(union);
        await world.Receive(union, made);

        foreach (var page in new[] { "", "/receive", "/show", "/log", "/slip", "/print/1" }) Assert.Equal(Over, (await embassy.Get(made.Home + page)).Headers.Location!.OriginalString);
        await NotOpened(embassy, made, made.Pin);
        var token = await embassy.Token("/desk/new");
        Assert.Equal(Over, (await embassy.Post(made.Home + "?handler=end", token)).Headers.Location!.OriginalString);
        Assert.Equal(MandateState.Live, await StateOf(made));
    }

    [Fact]
    public async Task Attack_a_colleague_of_the_same_desk_goes_on_where_the_person_sat()
    {
        var (one, other) = (await world.SignIn(DeskWorld.Union), await world.SignIn(DeskWorld.Union));
        var made = await world.Make(one);

        Assert.Equal(Over, (await other.Get(made.Home)).Headers.Location!.OriginalString);
        await one.PostForm("/desk", "/desk/sign-out");
        var again = await world.SignIn(DeskWorld.Union);
        Assert.Equal(Over, (await again.Get(made.Home)).Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Attack_the_person_has_left_and_the_page_was_kept_open()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff);
        var token = await staff.Token(made.Home + "/receive");
        world.Clock.Move(Sittings.Idle + TimeSpan.FromSeconds(1));

        Assert.Equal(Over, (await staff.Post(made.Home + "/receive", token, ("link", world.Issuer.OfferLink()))).Headers.Location!.OriginalString);
        Assert.DoesNotContain(await Acts(made), act => act == "received");
    }

    [Fact]
    public async Task Attack_an_expired_mandate_is_used()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff, minutes: 60);
        world.Clock.Move(TimeSpan.FromMinutes(55));
        await Opened(staff, made);
        Assert.Equal(HttpStatusCode.OK, (await staff.Get(made.Home)).StatusCode);
        world.Clock.Move(TimeSpan.FromMinutes(5));

        Assert.Equal(Over, (await staff.Get(made.Home)).Headers.Location!.OriginalString);
        await NotOpened(staff, made, made.Pin);
        await NotEnded(staff, made);
    }

    [Fact]
    public async Task Attack_a_page_is_kept_busy_so_that_the_key_of_a_person_who_has_left_stays()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff);
        for (var minutes = 0; minutes < 27; minutes += 9)
        {
            Assert.Equal(HttpStatusCode.OK, (await staff.Get(made.Home)).StatusCode);
            world.Clock.Move(TimeSpan.FromMinutes(9));
        }
        Assert.Equal(HttpStatusCode.OK, (await staff.Get(made.Home)).StatusCode);
        world.Clock.Move(TimeSpan.FromMinutes(3));

        Assert.Equal(Over, (await staff.Get(made.Home)).Headers.Location!.OriginalString);
        await Opened(staff, made);
        Assert.Equal(HttpStatusCode.OK, (await staff.Get(made.Home)).StatusCode);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Attack_staff_shows_and_prints_by_themselves_what_a_person_who_has_left_keeps(bool card)
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var (made, others) = (await world.Make(staff, card: card), await world.Make(staff, card: true));
        await staff.PostForm(made.Home + "/receive", made.Home + "/receive", ("link", world.Issuer.OfferLink(ReceivingIssuer.Configuration, ReceivingIssuer.Compact, ReceivingIssuer.Paper)));
        var question = await DeskTests.Ask(staff, made, world.Challenge());
        var print = Regex.Match(await staff.Page(made.Home), $"{made.Home}/print/[0-9a-f]+").Value;
        var token = await staff.Token(print);
        async Task<string> Do(string page, params (string, string)[] proof) => await (await staff.Post(page, token, [("said", "yes"), .. proof])).Content.ReadAsStringAsync();

        foreach (var page in new[] { question, print })
            foreach (var proof in new (string, string)[][] { [], [(card ? "cardText" : "pin", card ? others.Card! : "111222")] })
                Assert.Contains("not the person’s PIN or card", HttpUtility.HtmlDecode(await Do(page, proof)));
        Assert.Equal(["agreed", "received"], await Acts(made));

        var right = card ? ("cardText", made.Card!) : ("pin", made.Pin);
        await Do(question, right);
        await Do(print, right);
        Assert.Equal(["agreed", "received", "shown", "printed"], await Acts(made));
        for (var tries = 0; tries < 5; tries++) await Do(print);
        Assert.DoesNotContain("paper-code", await Do(print, right)); // guessed at: nothing is looked at for a while
        Assert.Equal(["agreed", "received", "shown", "printed"], await Acts(made));
    }

    [Fact]
    public async Task Attack_a_mandate_is_used_for_more_than_it_covers()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var (only, all) = (await world.Make(staff, scope: "print"), await world.Make(staff));

        foreach (var page in new[] { "/receive", "/show" }) Assert.Equal(HttpStatusCode.NotFound, (await staff.Get(only.Home + page)).StatusCode);
        var token = await staff.Token(all.Home + "/receive");
        Assert.Contains("does not cover", await (await staff.Post(only.Home + "/receive", token, ("link", world.Issuer.OfferLink()))).Content.ReadAsStringAsync());
        Assert.Contains("does not cover", await (await staff.Post(only.Home + "/show", token, ("text", world.Challenge()))).Content.ReadAsStringAsync());
        Assert.Equal(["agreed"], await Acts(only));
    }

    [Fact]
    public async Task Attack_a_mandate_is_used_after_its_end_by_a_request_that_was_on_its_way()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff, minutes: 7 * 1440, card: true, seal: true);
        // While the issuer answers, the person's words are said at another desk.
        world.Issuer.Change["compact"] = _ => world.SignIn(DeskWorld.Embassy).ContinueWith(async embassy => await End(await embassy, made), TaskScheduler.Default).Unwrap().GetAwaiter().GetResult();

        Assert.Equal(Over, await world.Receive(staff, made));

        world.Issuer.Change.Clear();
        Assert.Equal(["agreed", "ended"], await Acts(made));
        var again = await world.Make(staff, card: true, ownCard: made.Card);
        Assert.Contains("data-testid=\"empty\"", await staff.Page(again.Home));
    }

    [Fact]
    public async Task Attack_words_are_guessed()
    {
        var (union, embassy) = (await world.SignIn(DeskWorld.Union), await world.SignIn(DeskWorld.Embassy));
        var made = await world.Make(union);
        var wrong = made with { First = made.First == "cat" ? "dog" : "cat" };
        for (var tries = 0; tries < EndMandates.MostWrong; tries++) Assert.Contains("data-testid=\"unknown\"", await End(embassy, wrong));

        Assert.Contains("data-testid=\"too-many\"", await End(embassy, made)); // even the right ones, and on any page
        await NotOpened(embassy, made, made.Pin);
        Assert.Equal(MandateState.Live, await StateOf(made));
        world.Clock.Move(TimeSpan.FromHours(1));
        Assert.Equal("", await End(embassy, made));
    }

    [Fact]
    public async Task Attack_a_PIN_is_guessed_by_who_knows_the_words()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff);
        for (var tries = 0; tries < 5; tries++) await NotOpened(staff, made, "100042");

        await NotOpened(staff, made, made.Pin);
        world.Clock.Move(TimeSpan.FromMinutes(16));
        var opened = await staff.PostForm("/desk/open", "/desk/open", ("first", made.First), ("second", made.Second), ("pin", made.Pin));

        Assert.Equal(made.Home, opened.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Attack_the_answer_to_two_words_tells_whose_mandate_it_was()
    {
        var (union, embassy) = (await world.SignIn(DeskWorld.Union), await world.SignIn(DeskWorld.Embassy));
        var (one, other) = (await world.Make(union), await world.Make(embassy, scope: "print", language: "fr"));

        var first = await embassy.PostForm("/desk/end", "/desk/end", ("first", one.First), ("second", one.Second));
        var second = await embassy.PostForm("/desk/end", "/desk/end", ("first", other.First), ("second", other.Second));

        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Attack_staff_reads_the_store_at_rest()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var (made, card) = (await world.Make(staff), await world.Make(staff, minutes: 7 * 1440, card: true));
        foreach (var one in new[] { made, card }) await world.Receive(staff, one);
        await DeskTests.Agree(staff, await DeskTests.Ask(staff, made, world.Challenge()));

        var stored = string.Concat(StoredBytes.Read(world.Folder, "*"));

        Assert.Contains(made.Id, stored, StringComparison.Ordinal); // the right files
        foreach (var secret in new[] { "Amina", "Okoye", "Diploma", "Harbour Yard", made.Pin, card.Card!, card.Card![4..], world.Issuer.Identifier })
            Assert.DoesNotContain(secret, stored, StringComparison.Ordinal);
        var vaults = await world.InDb(db => db.Vaults.Where(v => db.Mandates.Any(m => m.Vault == v.Id && (m.Id == made.Id || m.Id == card.Id))).ToListAsync());
        Assert.Equal(2, vaults.Count);
        // With the service's own key and the words the PIN is still missing, and nothing stored says whether a guess was right but trying.
        var keys = new PersonsKeys(world.Folder);
        Assert.True(MandateWords.TryRead(made.First, made.Second, "en", out var words));
        foreach (var vault in vaults) Assert.False(Vault.TryOpen(vault.Content, keys.OfPin(words, "835143", vault.Id, vault.Salt), out _));
    }

    [Fact]
    public async Task Attack_what_is_kept_for_one_person_is_put_in_the_place_of_anothers()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var (one, other) = (await world.Make(staff), await world.Make(staff));
        await world.Receive(staff, one);

        await world.InDb(async db =>
        {
            var content = await db.Vaults.Where(v => db.Mandates.Any(m => m.Id == one.Id && m.Vault == v.Id)).Select(v => v.Content).SingleAsync();
            return await db.Vaults.Where(v => db.Mandates.Any(m => m.Id == other.Id && m.Vault == v.Id)).ExecuteUpdateAsync(set => set.SetProperty(v => v.Content, content));
        });

        Assert.DoesNotContain("Diploma", await staff.Page(other.Home));
        await NotOpened(staff, other, other.Pin);
    }

    [Fact]
    public async Task Attack_an_offer_and_a_consent_are_sent_twice()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff);
        var (token, offer) = (await staff.Token(made.Home + "/receive"), world.Issuer.OfferLink());
        var received = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => staff.Post(made.Home + "/receive", token, ("link", offer))));
        Assert.All(received, answer => Assert.Equal(made.Home + "?received=1", answer.Headers.Location!.OriginalString));
        var question = await DeskTests.Ask(staff, made, world.Challenge());
        token = await staff.Token(question);

        var shown = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => staff.Post(question, token, ("said", "yes"), ("pin", made.Pin))));

        Assert.All(shown, answer => Assert.Equal(question, answer.Headers.Location!.OriginalString));
        Assert.Equal(["agreed", "received", "shown"], await Acts(made));
        var agreed = await staff.Post($"{made.Home}/read", token, ("said", "yes"), ("pin", "111222"), ("again", "111222"));
        Assert.Equal($"{made.Home}/slip", agreed.Headers.Location!.OriginalString);
        Assert.Contains(made.First, await staff.Page($"{made.Home}/slip"));
    }

    [Fact]
    public async Task Attack_a_cookie_is_forged()
    {
        foreach (var value in new[] { "1", new string('A', 400), Base64Url.Encode(new byte[300]) })
        {
            var forger = world.Stranger();
            forger.Put(new Cookie("identity-desk", value, "/desk"));
            Assert.StartsWith("/desk/sign-in", (await forger.Get("/desk")).Headers.Location!.PathAndQuery, StringComparison.Ordinal);
        }
        var staff = await world.SignIn(DeskWorld.Union);
        var cookie = staff.Cookies.Single(c => c.Name == "identity-desk");
        Assert.True(cookie.HttpOnly);
        var changed = world.Stranger();
        changed.Put(new Cookie(cookie.Name, cookie.Value[..^8] + "AAAAAAAA", "/desk"));
        Assert.StartsWith("/desk/sign-in", (await changed.Get("/desk")).Headers.Location!.PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_another_site_sends_a_form()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff);
        foreach (var path in new[] { "/desk/new", "/desk/end", "/desk/open", $"{made.Home}?handler=end", $"{made.Home}/receive", $"{made.Home}/show", $"{made.Home}/read", "/desk/sign-out" })
            Assert.Equal(HttpStatusCode.BadRequest, (await staff.Post(path, null, ("first", made.First), ("second", made.Second), ("said", "yes"))).StatusCode);
        var others = await (await world.SignIn(DeskWorld.Embassy)).Token("/desk/new");
        Assert.Equal(HttpStatusCode.BadRequest, (await staff.Post($"{made.Home}?handler=end", others)).StatusCode);

        Assert.Equal(MandateState.Live, await StateOf(made));
    }

    [Fact]
    public async Task Attack_a_form_sets_what_it_should_not()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var answer = await staff.PostForm("/desk/new", "/desk/new", ("language", "en"), ("minutes", "60"), ("atEnd", "erase"), ("scope", "print"), ("scope", "255"), ("scope", "none"),
            ("id", "AAAAAAAA"), ("desk", DeskWorld.Embassy), ("state", "1"), ("until", "2099-01-01"), ("vault", "x"), ("version", "9"), ("Mandate.Desk", DeskWorld.Embassy));
        var id = answer.Headers.Location!.OriginalString.Split('/')[3];

        var row = await world.InDb(db => db.Mandates.AsNoTracking().SingleAsync(m => m.Id == id));

        Assert.Equal((DeskWorld.Union, MandateState.Proposed, MandateScope.Print, 60, (DateTimeOffset?)null, (string?)null), (row.Desk, row.State, row.Scope, row.Minutes, row.Until, row.Vault));
        Assert.NotEqual("AAAAAAAA", id);
    }

    [Fact]
    public async Task Attack_somebodys_recovery_is_approved_without_a_mandate_a_document_or_a_second_proof()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var (made, only) = (await world.Make(staff, scope: "recover"), await world.Make(staff, scope: "show"));
        var (proved, bare) = (await world.Recovery(bySheet: true), await world.Recovery(bySheet: false));
        var token = await staff.Token(made.Home + "/recover");
        async Task<string> Approve(Made mandate, string number, string said = "yes") =>
            await (await staff.Post(mandate.Home + "/recover?handler=approve", token, ("number", number), ("said", said), ("family", "OKOYE"), ("birth", "1990"))).Content.ReadAsStringAsync();

        Assert.Contains("does not cover", await Approve(only, proved));
        Assert.Contains("Read it aloud first", await Approve(made, proved, said: ""));
        Assert.Contains("not enough", await Approve(made, bare));
        for (var tries = 0; tries < EndMandates.MostWrong; tries++) Assert.Contains("No recovery has", await Approve(made, "123"));
        Assert.Contains("Too many", await Approve(made, proved));
        Assert.Equal([RecoveryState.Proving, RecoveryState.Proving], await world.InDb(db => db.Recoveries.Where(r => r.Number == proved || r.Number == bare).Select(r => r.State).ToListAsync()));
    }

    [Fact]
    public async Task Attack_a_question_by_nobody_known_and_a_link_that_is_none_are_answered()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff);
        await world.Receive(staff, made);
        using var stranger = Es256Key.Create();
        foreach (var text in new[] { world.Challenge(stranger), "https://evil.example/?request_uri=x", "javascript:alert(1)", "IDC:NONSENSE", "openid4vp://?client_id=x509_hash:x&request_uri=http://169.254.169.254/" })
            Assert.Contains("data-testid=\"refused\"", await (await staff.PostForm(made.Home + "/show", made.Home + "/show", ("text", text))).Content.ReadAsStringAsync());

        Assert.Equal(["agreed", "received"], await Acts(made));
    }

    [Theory]
    [InlineData("employer"), InlineData("issuer"), InlineData("agency"), InlineData("0"), InlineData("union,embassy")]
    public void Attack_an_employer_poses_as_a_desk_by_its_kind(string kind)
    {
        var refused = Assert.Throws<SettingMissingException>(() => Read([.. DeskWorld.Desk(0, "yard", "Harbour Yard", kind, "https://harbour-yard.example")]));

        Assert.Contains("runs no desk", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HARBOUR  YARD.", "https://other.example", "an employer"), InlineData("Another name", "https://console.harbour-yard.example/x", "an issuer"), InlineData("Someone", "people@harbour-yard.example", "an agency")]
    public void Attack_an_employer_an_issuer_or_an_agency_is_set_up_as_a_desk(string name, string site, string role)
    {
        var refused = Assert.Throws<SettingMissingException>(() => Read([.. DeskWorld.Desk(0, "yard", "Harbour Yard", "ngo", "https://harbour-yard.example"), $"--Registered:0:Name={name}", $"--Registered:0:Site={site}", $"--Registered:0:As={role}"]));

        Assert.Contains(role, refused.Message, StringComparison.Ordinal);
        Assert.Single(Read([.. DeskWorld.Desk(0, "yard", "Harbour Yard", "ngo", "https://harbour-yard.example"), "--Registered:0:Name=Port College", "--Registered:0:Site=https://yard.example"]).All);
    }

    [Fact]
    public void Attack_a_desk_of_the_same_name_is_set_twice() =>
        Assert.Throws<SettingMissingException>(() => Read([.. DeskWorld.Desk(0, "a", "A", "ngo", "https://a.example"), .. DeskWorld.Desk(1, "a", "B", "ngo", "https://b.example")]));

    private static Desks Read(string[] args) => Desks.Read(new ConfigurationBuilder().AddCommandLine(args).Build());

    private static async Task<string> End(Browser staff, Made made)
    {
        var answer = await staff.PostForm("/desk/end", "/desk/end", ("first", made.First), ("second", made.Second));
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task Opened(Browser staff, Made made) =>
        Assert.Equal(made.Home, (await staff.PostForm("/desk/open", "/desk/open", ("first", made.First), ("second", made.Second), ("pin", made.Pin))).Headers.Location?.OriginalString);

    private static async Task NotOpened(Browser staff, Made made, string pin) =>
        Assert.Contains("data-testid=\"failed\"", await (await staff.PostForm("/desk/open", "/desk/open", ("first", made.First), ("second", made.Second), ("pin", pin))).Content.ReadAsStringAsync());

    private static async Task NotEnded(Browser staff, Made made) => Assert.Contains("data-testid=\"unknown\"", await End(staff, made));

    private Task<MandateState> StateOf(Made made) => world.InDb(db => db.Mandates.Where(m => m.Id == made.Id).Select(m => m.State).SingleAsync());

    private Task<List<string>> Acts(Made made) => world.InDb(db => db.Acts.Where(a => a.Mandate == made.Id).OrderBy(a => a.Id).Select(a => a.What).ToListAsync());
}

/// <summary>The registry changes while a desk works.</summary>
public sealed class DeskThatBecomesAVerifierTests(DeskWorld world) : IClassFixture<DeskWorld>
{
    [Fact]
    public async Task Attack_a_desk_becomes_a_registered_verifier_and_goes_on()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff);

        await world.RegisterAsync("Seafarers & Welders Union", "jobs@hiring.seafarers.example");

        Assert.StartsWith("/desk/sign-in", (await staff.Get(made.Home)).Headers.Location!.PathAndQuery, StringComparison.Ordinal);
        Assert.Contains("data-testid=\"closed\"", await staff.Page("/desk/sign-in"));
        var access = world.App.Services.GetService(typeof(DeskSeed)) as DeskSeed;
        var union = access!.Access.Single(a => a.Desk == DeskWorld.Union);
        var stranger = world.Stranger();
        var answer = await stranger.PostForm("/desk/sign-in", "/desk/sign-in", ("userName", union.UserName), ("password", union.Password));
        Assert.Contains("data-testid=\"closed\"", await answer.Content.ReadAsStringAsync());
        var embassy = await world.SignIn(DeskWorld.Embassy);
        Assert.Equal("/desk?ended=1", (await embassy.PostForm("/desk/end", "/desk/end", ("first", made.First), ("second", made.Second))).Headers.Location!.OriginalString);
    }
}
