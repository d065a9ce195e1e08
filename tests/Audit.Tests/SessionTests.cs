using System.Net;
using Identity.Audit.Data;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Audit.Tests;

public sealed class SessionTests(AuditFixture audit) : IClassFixture<AuditFixture>
{
    private static async Task Open(Browser person) => Assert.Equal(HttpStatusCode.OK, (await person.Get("/desk")).StatusCode);

    private static async Task Closed(Browser person) => Assert.Equal("/desk/sign-in", (await person.Get("/desk")).Headers.Location!.AbsolutePath);

    [Fact]
    public async Task Attack_a_copied_cookie_is_used_at_the_desk_after_the_sign_out()
    {
        var (here, elsewhere) = (await audit.SignIn(AuditFixture.Brand), await audit.SignIn(AuditFixture.Brand));
        var thief = here.Thief();
        audit.Clock.Move(TimeSpan.FromSeconds(61));
        await Open(thief);
        await Open(here);
        var later = here.Thief();

        await here.PostForm("/desk", "/desk/sign-out");

        await Closed(here);
        await Closed(thief);
        await Closed(later);
        await Open(elsewhere);
    }

    [Fact]
    public async Task Attack_the_work_of_a_sign_in_at_the_desk_tells_which_accounts_exist()
    {
        var name = audit.App.Services.GetRequiredService<AuditSeed>().Access.Single(a => a.Organisation == AuditFixture.OtherBrand).UserName;
        var stranger = new Browser(audit.App.GetTestServer().CreateHandler());
        async Task<int> Work(string user)
        {
            audit.Hasher.Work();
            Assert.Equal(HttpStatusCode.OK, (await stranger.PostForm("/desk/sign-in", "/desk/sign-in", ("userName", user), ("password", "x"))).StatusCode);
            return audit.Hasher.Work();
        }
        await Work("nobody@example.org"); // makes the hash that stands in

        for (var tries = 0; tries < 11; tries++) Assert.Equal(1, await Work(name));
        Assert.Equal(1, await Work("nobody@example.org"));
    }

    [Fact]
    public async Task Somebody_who_tried_to_sign_in_at_the_desk_too_often_reads_how_long_to_wait_in_their_language()
    {
        var folder = Directory.CreateTempSubdirectory("audit-tests-").FullName;
        await using (var app = AuditApp.Build([.. AuditFixture.Settings(folder).Where(s => !s.StartsWith("--Limits:", StringComparison.Ordinal)), "--Limits:Secrets=1"], builder => builder.WebHost.UseTestServer()))
        {
            await app.StartAsync();
            var http = app.GetTestClient();
            http.DefaultRequestHeaders.Add("Accept", "text/html");
            http.DefaultRequestHeaders.Add("Accept-Language", "fr");
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/desk/sign-in")).StatusCode);

            var limited = await http.GetAsync("/desk/sign-in");
            var page = await limited.Content.ReadAsStringAsync();

            Assert.Equal((HttpStatusCode.TooManyRequests, "text/html"), (limited.StatusCode, limited.Content.Headers.ContentType!.MediaType));
            Assert.Contains("<html lang=\"fr\" dir=\"ltr\">", page);
            Assert.Contains($": {(int)limited.Headers.RetryAfter!.Delta!.Value.TotalSeconds}.", page);
            await app.StopAsync();
        }
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}
