using System.Net;
using System.Security.Claims;
using Identity.Hosting.Pages;
using Identity.Issuer.Data;
using Identity.TestKit;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Identity.Issuer.Tests.Console;

public sealed class SessionTests : IAsyncLifetime
{
    private readonly CountingHasher<StaffUser> _hasher = new();
    private readonly IssuerFixture _issuer;

    public SessionTests() => _issuer = new IssuerFixture { Replace = services => services.Replace(ServiceDescriptor.Singleton<IPasswordHasher<StaffUser>>(_hasher)) };

    public Task InitializeAsync() => _issuer.InitializeAsync();

    public Task DisposeAsync() => _issuer.DisposeAsync();

    private static async Task Open(Clerk person) => Assert.Equal(HttpStatusCode.OK, (await person.Get("/console")).StatusCode);

    private static async Task Closed(Clerk person) => Assert.StartsWith("/console/sign-in", (await person.Get("/console")).Headers.Location!.PathAndQuery, StringComparison.Ordinal);

    [Fact]
    public async Task Attack_a_copied_cookie_is_used_after_the_sign_out()
    {
        var (counter, office) = (await Clerk.SignedIn(_issuer), await Clerk.SignedIn(_issuer));
        var thief = counter.Thief();
        await Open(thief);
        // The claims are made anew each minute; the session stays the same one.
        _issuer.Clock.Move(TimeSpan.FromSeconds(61));
        await Open(counter);
        var later = counter.Thief();

        await counter.Post("/console/sign-out");

        await Closed(counter);
        await Closed(thief);
        await Closed(later);
        await Open(office);
    }

    [Fact]
    public async Task Attack_a_cookie_that_names_no_session_is_used()
    {
        var clerk = await Clerk.SignedIn(_issuer);
        await using var scope = _issuer.App.Services.CreateAsyncScope();
        var user = await scope.ServiceProvider.GetRequiredService<UserManager<StaffUser>>().FindByNameAsync("clerk@port-selin.example");
        var principal = await scope.ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<StaffUser>>().CreateAsync(user!);
        var cookie = scope.ServiceProvider.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(IdentityConstants.ApplicationScheme);
        string Ticket() => cookie.TicketDataFormat.Protect(new AuthenticationTicket(principal,
            new AuthenticationProperties { IssuedUtc = _issuer.Clock.GetUtcNow(), ExpiresUtc = _issuer.Clock.GetUtcNow().AddHours(8) }, IdentityConstants.ApplicationScheme));
        var old = new Clerk(_issuer);

        old.Take(DataServices.Cookie, Ticket());
        await Closed(old);
        ((ClaimsIdentity)principal.Identity!).AddClaim(new Claim("sid", await _issuer.InDb(db => db.Set<StaffSessionRow>().Select(s => s.Id).SingleAsync())));
        old.Take(DataServices.Cookie, Ticket());

        await Open(old); // the ticket was refused for its session alone
        await Open(clerk);
    }

    [Fact]
    public async Task Signing_in_again_ends_the_session_before_and_none_lasts_longer_than_twelve_hours()
    {
        var clerk = await Clerk.SignedIn(_issuer);
        var before = clerk.Thief();
        var access = _issuer.Service<IssuerSeed>().Access.Single(a => a.Organisation == IssuerFixture.College);
        await clerk.Post("/console/sign-in", ("userName", access.UserName), ("password", access.Password));
        await Closed(before);

        for (var hours = 0; hours < 12; hours += 6)
        {
            await Open(clerk);
            _issuer.Clock.Move(TimeSpan.FromHours(6));
        }
        _issuer.Clock.Move(TimeSpan.FromSeconds(1));

        await Closed(clerk);
        await Clerk.SignedIn(_issuer);
        Assert.Equal(1, await _issuer.InDb(db => db.Set<StaffSessionRow>().CountAsync()));
    }

    [Fact]
    public async Task Attack_the_work_of_a_sign_in_tells_which_accounts_exist()
    {
        var access = _issuer.Service<IssuerSeed>().Access.Single(a => a.Organisation == IssuerFixture.College);
        await _issuer.InDb(db => db.Users.Where(u => u.UserName == "auditor@port-selin.example").ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, _issuer.Clock.GetUtcNow())));
        var stranger = new Clerk(_issuer);
        async Task<int> Work(string name, string password)
        {
            _hasher.Work();
            var answer = await stranger.Post("/console/sign-in", ("userName", name), ("password", password));
            Assert.NotEmpty(Clerk.TestId(await answer.Content.ReadAsStringAsync(), "sign-in-error"));
            return _hasher.Work();
        }
        await Work("nobody@port-selin.example", "x"); // makes the hash that stands in

        for (var tries = 0; tries < 10; tries++) Assert.Equal(1, await Work(access.UserName, "x"));
        Assert.Equal(1, await Work(access.UserName, "x")); // locked now
        Assert.Equal(1, await Work(access.UserName, access.Password));
        Assert.Equal(1, await Work("nobody@port-selin.example", "x"));
        Assert.Equal(1, await Work("auditor@port-selin.example", access.Staff.Single(s => s.Role == "auditor").Password));
        Assert.Equal(1, await Work("", ""));
    }

    [Fact]
    public async Task Attack_a_password_is_chosen_that_is_easy_to_guess()
    {
        var clerk = await Clerk.SignedIn(_issuer);
        var present = _issuer.Service<IssuerSeed>().Access.Single(a => a.Organisation == IssuerFixture.College).Password;

        foreach (var guessable in new[] { "aaaaaaaaaaaa", "Port Selin College 2026", "clerk-port-selin" })
        {
            var answer = await clerk.Post("/console/account?handler=Password", ("current", present), ("next", guessable));
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.StartsWith("The new password is easy to guess.", Clerk.TestId(await answer.Content.ReadAsStringAsync(), "problem"), StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.OK, (await clerk.Post("/console/account?handler=Password", ("current", present), ("next", "a password of my own"))).StatusCode);
    }
}
