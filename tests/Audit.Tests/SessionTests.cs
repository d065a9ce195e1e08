using System.Net;

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
}
