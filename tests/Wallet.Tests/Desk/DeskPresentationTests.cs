using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Wallet.Mandates;
using Microsoft.EntityFrameworkCore;

namespace Identity.Wallet.Tests.Desk;

/// <summary>A verifier asks over the network, and the desk sends what the person agreed to: that, and under a mandate in force alone.</summary>
public sealed class DeskPresentationTests(DeskWorld world) : IClassFixture<DeskWorld>
{
    private const string Over = "/desk/open?over=1";

    [Fact]
    public async Task What_the_person_agreed_to_is_sent_to_who_asked_once_and_stands_in_the_log()
    {
        await using var verifier = await AskingVerifier.StartAsync(world.Employer);
        verifier.Asks = ["title", "holder_name"];
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await ReadyAsync(staff);

        var question = await DeskTests.Ask(staff, made, verifier.Link);
        var aloud = await staff.Page(question);
        Assert.Contains("Harbour Yard", aloud); // the name of the register, not the one that it gives itself
        Assert.DoesNotContain("Ministry of Everything", aloud);
        Assert.Contains("To hire a welder", aloud);
        Assert.Empty(verifier.Sent);
        for (var times = 0; times < 2; times++) Assert.Equal(question, (await staff.PostForm(made.Home + "/show", question, ("said", "yes"), ("pin", DeskWorld.Pin))).Headers.Location?.OriginalString);

        Assert.Contains("data-testid=\"sent\"", await staff.Page(question));
        Assert.Equal(["holder_name", "title"], Shown(Assert.Single(verifier.Sent)));
        Assert.Equal(["qualification: title, holder_name"], await world.InDb(db => db.Acts.Where(a => a.Mandate == made.Id && a.What == "shown").Select(a => a.About).ToListAsync()));
    }

    [Fact]
    public async Task What_the_verifier_does_not_take_is_said()
    {
        await using var verifier = await AskingVerifier.StartAsync(world.Employer);
        verifier.Takes = false;
        var staff = await world.SignIn(DeskWorld.Union);
        var question = await DeskTests.Ask(staff, await ReadyAsync(staff), verifier.Link);

        await staff.PostForm(question, question, ("said", "yes"), ("pin", DeskWorld.Pin));

        Assert.Contains("data-testid=\"not-taken\"", await staff.Page(question));
    }

    [Fact]
    public async Task Attack_something_is_sent_without_the_persons_yes_or_for_another_question()
    {
        await using var verifier = await AskingVerifier.StartAsync(world.Employer);
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await ReadyAsync(staff);
        var question = await DeskTests.Ask(staff, made, verifier.Link);

        Assert.Contains("data-testid=\"refused\"", await (await staff.PostForm(question, question, ("pin", DeskWorld.Pin))).Content.ReadAsStringAsync());
        await staff.PostForm(question, made.Home + "/questions/0123456789abcdef", ("said", "yes"), ("pin", DeskWorld.Pin));

        Assert.Empty(verifier.Sent);
    }

    [Theory, InlineData("words"), InlineData("time"), InlineData("left")]
    public async Task Attack_a_request_is_answered_after_the_mandate_is_over(string by)
    {
        await using var verifier = await AskingVerifier.StartAsync(world.Employer);
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await ReadyAsync(staff, minutes: 60);
        var question = await DeskTests.Ask(staff, made, verifier.Link);
        var token = await staff.Token(question);
        switch (by)
        {
            case "words": await EndAsync(made); break;
            case "left": await staff.PostForm(made.Home, made.Home + "?handler=leave"); break;
            default:
                world.Clock.Move(TimeSpan.FromMinutes(60));
                break;
        }

        Assert.Equal(Over, (await staff.Post(question, token, ("said", "yes"), ("pin", DeskWorld.Pin))).Headers.Location?.OriginalString);
        Assert.Equal(Over, (await staff.Post(made.Home + "/show", token, ("text", verifier.Link))).Headers.Location?.OriginalString);

        Assert.Empty(verifier.Sent);
        Assert.DoesNotContain("shown", await Acts(made));
    }

    [Fact]
    public async Task Attack_the_mandate_ends_while_the_request_is_fetched()
    {
        await using var verifier = await AskingVerifier.StartAsync(world.Employer);
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await ReadyAsync(staff);
        verifier.Meanwhile = () => EndAsync(made);

        var question = await DeskTests.Ask(staff, made, verifier.Link);

        Assert.Equal(Over, (await staff.Get(question)).Headers.Location?.OriginalString);
        Assert.Empty(verifier.Sent);
    }

    [Fact]
    public async Task Attack_a_request_is_answered_under_a_mandate_that_does_not_cover_showing()
    {
        await using var verifier = await AskingVerifier.StartAsync(world.Employer);
        var staff = await world.SignIn(DeskWorld.Union);
        var (made, other) = (await ReadyAsync(staff, "receive,print"), await world.Make(staff));
        var token = await staff.Token(other.Home + "/show");

        Assert.Equal(HttpStatusCode.NotFound, (await staff.Get(made.Home + "/show")).StatusCode);
        Assert.Contains("does not cover", await (await staff.Post(made.Home + "/show", token, ("text", verifier.Link))).Content.ReadAsStringAsync());

        Assert.Empty(verifier.Sent);
    }

    [Fact]
    public async Task Attack_a_verifier_whom_nobody_registered_asks()
    {
        using var stranger = Es256Key.Create();
        await using var verifier = await AskingVerifier.StartAsync(stranger);
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await ReadyAsync(staff);

        var refused = await (await staff.PostForm(made.Home + "/show", made.Home + "/show", ("text", verifier.Link))).Content.ReadAsStringAsync();

        Assert.Contains("Nobody has confirmed who asks", refused);
        Assert.Empty(verifier.Sent);
    }

    [Fact]
    public async Task Attack_a_registered_verifier_asks_for_more_than_it_registered()
    {
        await using var verifier = await AskingVerifier.StartAsync(world.Employer);
        verifier.Asks = ["title", "holder_name"];
        await world.RegisterAsync("Harbour Yard", "people@harbour-yard.example", "title");
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await ReadyAsync(staff);
        var question = await DeskTests.Ask(staff, made, verifier.Link);

        Assert.Contains("data-testid=\"more\"", await staff.Page(question));
        Assert.Contains("data-testid=\"refused\"", await (await staff.PostForm(question, question, ("said", "yes"), ("pin", DeskWorld.Pin))).Content.ReadAsStringAsync());
        Assert.Empty(verifier.Sent);

        await staff.PostForm(question, question, ("said", "yes"), ("pin", DeskWorld.Pin), ("agreed", "holder_name"));
        Assert.Equal(["holder_name", "title"], Shown(Assert.Single(verifier.Sent)));
        await world.RegisterAsync("Harbour Yard", "people@harbour-yard.example");
    }

    private async Task<Made> ReadyAsync(Browser staff, string scope = "receive,show", int minutes = 240)
    {
        var made = await world.Make(staff, scope, minutes);
        Assert.Equal($"{made.Home}?received=1", await world.Receive(staff, made));
        return made;
    }

    private async Task EndAsync(Made made)
    {
        var embassy = await world.SignIn(DeskWorld.Embassy);
        Assert.Equal("/desk?ended=1", (await embassy.PostForm("/desk/end", "/desk/end", ("first", made.First), ("second", made.Second))).Headers.Location?.OriginalString);
    }

    private Task<List<string>> Acts(Made made) => world.InDb(db => db.Acts.Where(a => a.Mandate == made.Id).OrderBy(a => a.Id).Select(a => a.What).ToListAsync());

    private static string[] Shown(string answers)
    {
        var presented = (string)JsonNode.Parse(answers)!["diploma"]![0]!;
        Assert.True(SdJwtDocument.TryParse(presented, out var document, out var reason), reason);
        return [.. document.Disclosures.Select(one => one.Name!).Order(StringComparer.Ordinal)];
    }
}
