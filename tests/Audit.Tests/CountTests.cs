using System.Net;
using Identity.Audit.Counts;

namespace Identity.Audit.Tests;

public sealed class CountTests(AuditFixture audit) : IClassFixture<AuditFixture>
{
    [Fact]
    public async Task Attack_counts_below_the_floor_and_steps_of_one_cannot_be_seen()
    {
        for (var i = 0; i < 9; i++) await audit.Worker();
        await audit.Publish();
        Assert.Equal(0, await audit.Count());
        Assert.Equal(0, await audit.Count("offer"));

        await audit.Worker();
        Assert.Equal(0, await audit.Count()); // not before it is published
        await audit.Publish();
        Assert.Equal(10, await audit.Count());
        Assert.Equal(10, await audit.Count("arrival"));
        Assert.Equal(0, await audit.Count("origin"));

        for (var i = 11; i <= 15; i++)
        {
            Assert.Equal(10, await audit.Count()); // eleven to fourteen look alike
            await audit.Worker();
            await audit.Publish();
        }
        Assert.Equal(15, await audit.Count());
        Assert.Equal(0, await audit.Count(site: AuditFixture.OtherSite));

        var page = await (await audit.SignIn(AuditFixture.Brand)).Page("/desk/engagements/site-14");
        Assert.Contains("data-testid=\"count-workers\" data-count=\"15\"", page);
        Assert.Contains("data-testid=\"count-origin\" data-count=\"0\"", page);
        Assert.DoesNotContain("SITE-9", page);
    }

    [Theory, InlineData(0, 0), InlineData(9, 0), InlineData(10, 10), InlineData(14, 10), InlineData(15, 15), InlineData(104, 100)]
    public void Numbers_are_rounded_down_from_the_floor_up(int workers, int told) => Assert.Equal(told, CountSites.Round(workers));
}

public sealed class AccessTests(AuditFixture audit) : IClassFixture<AuditFixture>
{
    [Fact]
    public async Task Attack_another_organisation_sees_neither_engagement_nor_bundle()
    {
        var worker = await audit.Worker();
        var shown = await audit.Show(worker.Copies);
        var other = await audit.SignIn(AuditFixture.OtherBrand);

        Assert.Equal(HttpStatusCode.NotFound, (await other.Get("/desk/engagements/site-14")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.Get($"/desk/engagements/site-14/bundles/{shown.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.Get($"/desk/engagements/site-9/bundles/{shown.Id}")).StatusCode);
        Assert.DoesNotContain("site-14", await other.Page("/desk/reads"));
    }

    [Fact]
    public async Task Attack_who_counts_cannot_make_codes_and_who_makes_codes_cannot_look()
    {
        var worker = await audit.Worker();
        var shown = await audit.Show(worker.Copies);
        var auditor = await audit.SignIn(AuditFixture.Brand);
        var union = await audit.SignIn(AuditFixture.Union);

        Assert.Equal(HttpStatusCode.Redirect, (await auditor.Get("/desk/codes")).StatusCode);
        foreach (var path in new[] { "/desk/engagements/site-14", $"/desk/engagements/site-14/bundles/{shown.Id}", "/desk/reads" })
            Assert.Equal(HttpStatusCode.Redirect, (await union.Get(path)).StatusCode);

        var made = await union.PostForm("/desk/codes", "/desk/codes", ("site", AuditFixture.Site), ("count", "12"));
        Assert.Equal(12, (await made.Content.ReadAsStringAsync()).Split("data-testid=\"code\"").Length - 1);
    }

    [Theory, InlineData("0"), InlineData("101"), InlineData("-1"), InlineData("x"), InlineData("99999999999")]
    public async Task Attack_odd_numbers_of_codes_make_none(string count)
    {
        var union = await audit.SignIn(AuditFixture.Union);
        var answer = await union.PostForm("/desk/codes", "/desk/codes", ("site", AuditFixture.Site), ("count", count));

        Assert.Contains("codes-error", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Attack_a_page_is_sent_what_it_has_no_handler_for()
    {
        var union = await audit.SignIn(AuditFixture.Union);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, await union.SendOdd(HttpMethod.Put, "/desk/codes", new FormUrlEncodedContent([])));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await union.SendOdd(HttpMethod.Post, "/desk/codes", new StringContent("{}", System.Text.Encoding.UTF8, "application/json")));
    }

    [Fact]
    public async Task Without_a_sign_in_no_page_shows_anything()
    {
        foreach (var path in new[] { "/desk", "/desk/engagements/site-14", "/desk/codes", "/desk/reads" })
            Assert.Contains("/desk/sign-in", (await audit.Http.GetAsync(path)).Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Each_look_is_written_down()
    {
        var worker = await audit.Worker();
        var shown = await audit.Show(worker.Copies);
        var auditor = await audit.SignIn(AuditFixture.Brand);
        await auditor.Page("/desk/engagements/site-14");
        await auditor.Page($"/desk/engagements/site-14/bundles/{shown.Id}");

        var page = await auditor.Page("/desk/reads");
        Assert.Contains(shown.Id[..8], page);
        var status = await audit.Http.PostAsync($"/api/bundles/{shown.Id}/status", System.Net.Http.Json.JsonContent.Create(new { token = shown.Token }));
        Assert.Contains("\"opened\":1", await status.Content.ReadAsStringAsync());
    }
}
