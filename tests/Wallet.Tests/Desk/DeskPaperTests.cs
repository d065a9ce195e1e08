using System.Text.RegularExpressions;
using Identity.Credentials.StatusList;
using Identity.Wallet.Tests.Holder;

namespace Identity.Wallet.Tests.Desk;

/// <summary>A paper that has ended since it was received.</summary>
public sealed class DeskPaperTests(DeskWorld world) : IClassFixture<DeskWorld>
{
    [Fact]
    public async Task Attack_a_desk_prints_a_paper_that_has_ended_as_good()
    {
        var staff = await world.SignIn(DeskWorld.Union);
        var made = await world.Make(staff);
        var receive = made.Home + "/receive";
        await staff.PostForm(receive, receive, ("link", world.Issuer.OfferLink(ReceivingIssuer.Configuration, ReceivingIssuer.Compact, ReceivingIssuer.Paper)));
        var print = Regex.Match(await staff.Page(made.Home), $"{made.Home}/print/[0-9a-f]+").Value;
        async Task<string> PrintAsync() => await (await staff.PostForm(print, print, ("pin", made.Pin))).Content.ReadAsStringAsync();

        world.Issuer.Publish(2, StatusValue.Invalid); // the place of the paper; the copies beside it stay in force
        var ended = await PrintAsync();
        Assert.DoesNotContain("paper-code", ended);
        Assert.Contains("data-testid=\"refused\"", ended);

        world.Issuer.Publish(2, StatusValue.Valid);
        Assert.Contains("paper-code", await PrintAsync());
    }
}
