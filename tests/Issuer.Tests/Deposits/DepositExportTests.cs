using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.StatusList;
using Identity.Issuer.Deposits;
using Identity.Ledger.Exit;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Deposits;

/// <summary>The status lists in an export of everything: of an organisation that is closed, once another has taken over, and of that one.</summary>
[Trait("Store", "Own")]
public sealed class DepositExportTests(DepositWorld world) : IClassFixture<DepositWorld>
{
    private IssuerFixture Issuer => world.Issuer;

    [Fact]
    public async Task A_closed_college_exports_its_last_list_and_after_the_acceptance_its_depositarys_beside_it_and_so_does_the_depositary()
    {
        var uri = world.Closed.StatusListUri(1);
        var last = await Issuer.Http.GetStringAsync($"/{College}/status/1");

        Assert.Equal([last], (await ExportAsync(College)).Lists[uri]);
        Assert.Equal(HttpStatusCode.Redirect, (await (await Console.Clerk.SignedIn(Issuer, College, "admin")).Post("/console/export")).StatusCode);

        Assert.Equal(0, (await world.TakeOver(world.File)).Code);
        await world.ConfirmAsync();
        var accepted = await Issuer.Ask(HttpMethod.Post, $"/api/{Ministry}/deposits/{world.Id}/acceptance", await Issuer.NewApiKey(Ministry), new JsonObject { ["word"] = Ministry });
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        await IssuerOnLedger.Until(() => Issuer.InDb(db => db.Deposits.AsNoTracking().SingleAsync(d => d.Id == world.Id)), d => d.State is DepositState.Accepted);
        var kept = await Issuer.Http.GetStringAsync($"/{Ministry}/deposits/{world.Id}/status/1");

        // What is in force the depositary says, what had ended both.
        var college = await ExportAsync(College);
        Assert.Equal([kept, last], college.Lists[uri]);
        Assert.Equal((null, true), (Parsed(last).Expires, Parsed(kept).Expires is not null));
        Assert.Equal([kept], (await ExportAsync(Ministry)).Lists[uri]);
    }

    // As whoever reads the file would: it holds, or it is none.
    private async Task<ExitBundle> ExportAsync(string slug)
    {
        var key = await Issuer.NewApiKey(slug);
        // The ledger may have a proof of what was recorded last only a moment later.
        await IssuerOnLedger.Until(async () =>
        {
            await Issuer.Ask(HttpMethod.Post, $"/api/{slug}/export", key);
            return await IssuerOnLedger.Until(async () => await Json(await Issuer.Ask(HttpMethod.Get, $"/api/{slug}/export", key)), v => (string?)v["state"] is "made" or "failed");
        }, v => (string?)v["state"] == "made" && (int)v["file"]!["missingAnchors"]! == 0 && (int)v["file"]!["missingStatusLists"]! == 0);
        using var file = new MemoryStream(await (await Issuer.Ask(HttpMethod.Get, $"/api/{slug}/export/file", key)).Content.ReadAsByteArrayAsync());
        Assert.True(ExitBundle.TryRead(file, out var bundle, out var reason), reason);
        Assert.IsType<ExitRuling.Holds>(BundleCheck.Run(bundle, null, out var lists));
        Assert.Equal(bundle.Lists.Count, lists.Count);
        return bundle;
    }

    private static StatusListToken Parsed(string text) => StatusListToken.TryParse(text, out var token, out var reason) ? token : throw new InvalidOperationException(reason);
}
