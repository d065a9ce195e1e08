using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Issuer.Closing;
using Identity.Issuer.Data;
using Identity.Issuer.Keys;
using Identity.Issuer.Status;
using Identity.Ledger.Log;
using Identity.Ledger.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>The end of an organisation, on a real node. Each test ends another one.</summary>
[Trait("Store", "Own")]
public sealed class ClosingTests(SteppedLedger world) : IClassFixture<SteppedLedger>
{
    private static string Address(string slug, string more = "") => $"/api/{slug}/closing{more}";

    // Nothing is remembered between two steps but what the database holds, as after a kill.
    private Task Step(string slug) => ActivatorUtilities.CreateInstance<CloseOrganisation>(world.Issuer.App.Services).RunAsync(world.Organisation(slug), default);

    private Task<OrganisationClosing> Row(string slug) => world.Issuer.InDb(db => db.Closings.AsNoTracking().SingleAsync(c => c.Organisation == slug));

    private async Task<ClosingState> StepUntilOn(string slug, ClosingState before)
    {
        await IssuerOnLedger.Until(async () =>
        {
            await Step(slug);
            return await Row(slug);
        }, row => row.State > before);
        return (await Row(slug)).State;
    }

    // The step happened, and the process was killed before it was remembered.
    private Task Forget(string slug, ClosingState state) => world.Issuer.InDb(db => db.Closings.Where(c => c.Organisation == slug)
        .ExecuteUpdateAsync(c => c.SetProperty(x => x.State, state).SetProperty(x => x.Transaction, (string?)null).SetProperty(x => x.ClosedAt, (DateTimeOffset?)null)));

    private static JsonObject Body(string slug, string? depositary = null) => new() { ["word"] = slug, ["notice"] = "The college closes; its files go to the ministry.", ["contact"] = "archive@talmara.example", ["depositary"] = depositary };

    private async Task AgreeAsync(string slug, string? depositary = null)
    {
        var asked = await world.Issuer.Ask(HttpMethod.Post, Address(slug), await world.Issuer.NewApiKey(slug), Body(slug, depositary));
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        var agreed = await world.Issuer.Ask(HttpMethod.Post, Address(slug, "/decision"), world.Issuer.ApproverKey(slug), new JsonObject { ["word"] = slug, ["asked"] = (int)(await Json(asked))["asked"]!, ["agree"] = true });
        Assert.Equal(HttpStatusCode.OK, agreed.StatusCode);
    }

    [Fact]
    public async Task Killed_between_every_two_steps_a_closing_goes_on_and_its_last_lists_are_the_ones_that_the_ledger_names()
    {
        var college = world.Organisation(College);
        await IssuerOnLedger.Until(() => world.Registry.FindKeyAsync(college.FirstKey.Signer.PublicKey.Thumbprint()), k => k is not null);
        using var holder = Es256Key.Create();
        var kept = await world.Issuer.Prepare(reference: "kept");
        await world.Issuer.Collect(await world.Issuer.AccessToken(kept), [holder]);
        using var other = Es256Key.Create();
        var ended = await world.Issuer.Prepare(reference: "ended");
        await world.Issuer.Collect(await world.Issuer.AccessToken(ended), [other]);
        await world.Issuer.Api(HttpMethod.Post, College, $"/{ended["id"]}/revocation", new JsonObject { ["code"] = "issued_in_error" });
        var waiting = await world.Issuer.Prepare(reference: "never collected");

        await AgreeAsync(College, Convert.ToHexStringLower(world.Organisation(Ministry).Profile.Id()));

        Assert.Equal(ClosingState.Begun, (await Row(College)).State);
        var before = ClosingState.Begun;
        foreach (var expected in new[] { ClosingState.ListsSigned, ClosingState.ListsAnchored, ClosingState.OnLedger, ClosingState.Done })
        {
            Assert.Equal(expected, await StepUntilOn(College, before));
            if (expected is not ClosingState.Done) await Forget(College, before);
            if (expected is not ClosingState.Done) Assert.Equal(expected, await StepUntilOn(College, before));
            before = expected;
        }

        // One end on the ledger, with the statement whose lists are the ones that are served.
        var events = await world.Registry.ReadEventsAsync(0, (await world.Registry.Evm.HeadAsync()).Number);
        var closed = Assert.Single(events.OfType<RegistryEvent.OrganisationClosed>(), e => e.Organisation.AsSpan().SequenceEqual(college.Profile.Id()));
        Assert.Equal(world.Organisation(Ministry).Profile.Id(), closed.Depositary);
        var statement = JsonNode.Parse(closed.Statement)!;
        Assert.Equal(["contact", "lists", "notice", "organisation", "v"], statement.AsObject().Select(m => m.Key));
        Assert.Equal(Convert.ToHexStringLower(college.Profile.Id()), (string?)statement["organisation"]);
        var list = Assert.Single(statement["lists"]!.AsArray())!;
        var token = await world.Issuer.Http.GetStringAsync($"/{College}/status/1");
        Assert.Equal(college.StatusListUri(1), (string?)list["uri"]);
        Assert.Equal(Convert.ToHexStringLower(Entry.OfJwt(token)), (string?)list["entry"]);
        Assert.True(StatusListToken.TryParse(token, out var parsed, out var reason), reason);
        Assert.Equal((null, null), (parsed.Expires, parsed.TimeToLive));

        // Everything lies in the log before the end, the last list too, with what was revoked.
        Assert.NotNull(await world.Issuer.InDb(db => LedgerLog.FindReceiptAsync(db, Entry.OfJwt(token))));
        var rows = await world.Issuer.InDb(db => db.StatusEntries.AsNoTracking().Where(e => e.Organisation == College).ToListAsync());
        Assert.Equal([(ended["id"]!.GetValue<string>(), 1), (kept["id"]!.GetValue<string>(), 0)], rows.Select(e => (e.CredentialId, (int)parsed.List.Get(e.Index))).OrderByDescending(e => e.Item2));
        var entries = await world.Issuer.InDb(db => db.Copies.Where(c => c.Organisation == College).Select(c => c.Entry).ToListAsync());
        foreach (var entry in entries) Assert.True((await world.Issuer.InDb(db => LedgerLog.FindReceiptAsync(db, entry))) is { } receipt && DateTimeOffset.Parse(receipt.Anchor.Time, System.Globalization.CultureInfo.InvariantCulture) <= closed.Place.BlockTime);

        Assert.All(await world.Issuer.InDb(db => db.SigningKeys.AsNoTracking().Where(k => k.Organisation == College).ToListAsync()), k => Assert.Equal((KeyEnd.Retired, closed.Place.BlockTime), (k.End, k.EndedAt)));
        // What was asked for later changes nothing: the list stays the very same.
        Assert.Equal(HttpStatusCode.Conflict, (await world.Issuer.Api(HttpMethod.Post, College, $"/{kept["id"]}/revocation", new JsonObject { ["code"] = "fraud" })).StatusCode);
        Assert.Equal(token, await world.Issuer.Http.GetStringAsync($"/{College}/status/1"));
        Assert.Equal("Dead", await world.Issuer.InDb(db => db.Offers.Where(o => o.CredentialId == waiting["id"]!.GetValue<string>()).Select(o => o.State.ToString()).SingleAsync()));
        Assert.Equal(["closing_asked admin", "closing_agreed approver", "organisation_closed system"],
            await world.Issuer.InDb(db => db.AccessLog.Where(e => e.Organisation == College && (e.Act.StartsWith("closing") || e.Act == "organisation_closed")).OrderBy(e => e.Id).Select(e => e.Act + " " + e.Role).ToListAsync()));
        Assert.Contains("\"what\":\"closed\"", await (await world.Issuer.Ask(HttpMethod.Get, $"/api/{College}/history", await world.Issuer.NewApiKey(College))).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("data-state=\"done\"", await (await Console.Clerk.SignedIn(world.Issuer, role: "admin")).Page("/console/closing"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_anything_at_all_is_sent_to_issue_or_change_for_an_organisation_that_closes()
    {
        var clerk = await Console.Clerk.SignedIn(world.Issuer, Shipyard);
        await AgreeAsync(Shipyard);

        var endpoints = world.Issuer.App.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.Parameters.Any(p => p.Name == "org") && e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { } methods && !methods.Contains("GET")).ToList();
        Assert.True(endpoints.Count > 25);
        foreach (var endpoint in endpoints.Where(e => e.Metadata.GetMetadata<StaysOpen>() is null))
        {
            var path = System.Text.RegularExpressions.Regex.Replace("/" + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("{org}", Shipyard, StringComparison.Ordinal), @"\{[^}]*\}", "1");
            using var request = new HttpRequestMessage(new HttpMethod(endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0]), path)
            {
                Content = new StringContent("{}", System.Text.Encoding.UTF8, endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Http.Metadata.IAcceptsMetadata>()?.ContentTypes[0] ?? "application/json"),
            };
            request.Headers.Add("X-Api-Key", world.Issuer.ApiKey(Shipyard));
            var answer = await world.Issuer.Http.SendAsync(request);
            Assert.True(answer.StatusCode == HttpStatusCode.Conflict, $"{path}: {answer.StatusCode}");
            Assert.Contains("closing or closed", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Equal(
            ["/api/{org}/accreditations/{number}/withdrawal", "/api/{org}/closing", "/api/{org}/closing/decision", "/api/{org}/export", "/api/{org}/keys/{thumbprint}/compromise", "/api/{org}/monitor", "/api/{org}/monitor/{finding:long}/answers", "/{org}/nonce", "/{org}/notification", "/{org}/status-reason"],
            endpoints.Where(e => e.Metadata.GetMetadata<StaysOpen>() is not null).Select(e => "/" + e.RoutePattern.RawText!.Trim('/')).Order(StringComparer.Ordinal));
        Assert.Equal("/console/closed", (await clerk.Post("/console/issue/training", ("reference", "T-2"))).Headers.Location?.OriginalString);
        Assert.Contains("data-testid=\"closed\"", await clerk.Page("/console/closed"), StringComparison.Ordinal);
        // Another organisation of the same service goes on.
        Assert.NotEqual(HttpStatusCode.Conflict, (await world.Issuer.Api(HttpMethod.Post, Ministry, "", new JsonObject())).StatusCode);
    }

    [Fact]
    public async Task A_statement_that_the_ledger_would_not_take_is_refused_before_anybody_agrees()
    {
        async Task<HttpResponseMessage> Ask() => await world.Issuer.Ask(HttpMethod.Post, Address(Ministry), await world.Issuer.NewApiKey(Ministry), Body(Ministry));
        Assert.Equal(HttpStatusCode.Accepted, (await Ask()).StatusCode);
        await world.Issuer.InDb(async db =>
        {
            db.StatusLists.AddRange(Enumerable.Range(1000, 130).Select(number => new StatusListRow { Organisation = Ministry, Number = number, Size = 8 }));
            return await db.SaveChangesAsync();
        });

        // What was asked while it fitted cannot be agreed to any more, either.
        var agreed = await world.Issuer.Ask(HttpMethod.Post, Address(Ministry, "/decision"), world.Issuer.ApproverKey(Ministry), new JsonObject { ["word"] = Ministry, ["asked"] = (await Row(Ministry)).Version, ["agree"] = true });
        Assert.Equal(HttpStatusCode.Conflict, agreed.StatusCode);
        var asked = await Ask();
        Assert.Equal(HttpStatusCode.Conflict, asked.StatusCode);
        Assert.Contains("longer than the ledger takes", (string)(await Json(asked))["detail"]!, StringComparison.Ordinal);
        Assert.Equal(ClosingState.Asked, (await Row(Ministry)).State);
        await world.Issuer.InDb(db => db.StatusLists.Where(l => l.Organisation == Ministry && l.Number >= 1000).ExecuteDeleteAsync()); // others close it, too
    }

    [Fact]
    public async Task Attack_one_person_closes_an_organisation_alone_or_agrees_to_what_was_not_seen()
    {
        var both = await world.Issuer.NewApiKey(Centre, StaffRoles.Admin | StaffRoles.Approver);
        async Task<HttpStatusCode> Decide(string key, int asked, bool agree = true, string word = Centre) =>
            (await world.Issuer.Ask(HttpMethod.Post, Address(Centre, "/decision"), key, new JsonObject { ["word"] = word, ["asked"] = asked, ["agree"] = agree })).StatusCode;
        async Task<HttpStatusCode> Ask(JsonObject body, string? key = null) => (await world.Issuer.Ask(HttpMethod.Post, Address(Centre), key ?? both, body)).StatusCode;

        Assert.Equal(HttpStatusCode.Conflict, await Decide(world.Issuer.ApproverKey(Centre), 1));
        Assert.Equal(HttpStatusCode.BadRequest, await Ask(new JsonObject { ["word"] = "yes", ["notice"] = "It ends." }));
        Assert.Equal(HttpStatusCode.BadRequest, await Ask(new JsonObject { ["word"] = Centre }));
        Assert.Equal(HttpStatusCode.BadRequest, await Ask(Body(Centre, Convert.ToHexStringLower(world.Organisation(College).Profile.Id()))));
        Assert.Equal(HttpStatusCode.BadRequest, await Ask(Body(Centre, Convert.ToHexStringLower(world.Organisation(Centre).Profile.Id()))));
        Assert.Equal(HttpStatusCode.Forbidden, await Ask(Body(Centre), world.Issuer.ApproverKey(Centre)));
        Assert.Equal(HttpStatusCode.Forbidden, await Ask(Body(Centre), world.Issuer.ApproverKey(College)));
        Assert.Equal(HttpStatusCode.Accepted, await Ask(Body(Centre)));
        var first = (await Row(Centre)).Version;
        Assert.Equal(HttpStatusCode.Conflict, await Decide(both, first));
        // Asked again with other words: what the second person saw is no longer what waits.
        Assert.Equal(HttpStatusCode.Accepted, await Ask(new JsonObject { ["word"] = Centre, ["notice"] = "Another notice." }));
        Assert.Equal(HttpStatusCode.Conflict, await Decide(world.Issuer.ApproverKey(Centre), first));
        Assert.Equal(HttpStatusCode.BadRequest, await Decide(world.Issuer.ApproverKey(Centre), (await Row(Centre)).Version, word: "yes"));
        Assert.Equal(HttpStatusCode.Forbidden, await Decide(await world.Issuer.NewApiKey(Centre), (await Row(Centre)).Version));
        await Step(Centre);
        Assert.Equal(ClosingState.Asked, (await Row(Centre)).State);

        // Refused: everything goes on. The console asks and decides by the same rules.
        Assert.Equal(HttpStatusCode.OK, await Decide(world.Issuer.ApproverKey(Centre), (await Row(Centre)).Version, agree: false));
        Assert.Equal(ClosingState.Returned, (await Row(Centre)).State);
        var admin = await Console.Clerk.SignedIn(world.Issuer, Centre, "admin");
        var approver = await Console.Clerk.SignedIn(world.Issuer, Centre, "approver");
        Assert.Contains("data-testid=\"returned\"", await admin.Page("/console/closing"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.Post("/console/closing", ("notice", "It ends."), ("word", "no"))).StatusCode);
        Assert.Equal("/console/closing", (await admin.Post("/console/closing", ("notice", "It ends."), ("word", Centre))).Headers.Location?.OriginalString);
        Assert.Contains("data-testid=\"approval-closing\"", await approver.Page("/console/approvals"), StringComparison.Ordinal);
        var asked = System.Text.RegularExpressions.Regex.Match(await approver.Page("/console/closing/approval"), "name=\"asked\" value=\"(\\d+)\"").Groups[1].Value;
        Assert.Equal(HttpStatusCode.BadRequest, (await approver.Post("/console/closing/approval", ("asked", asked), ("word", "no"))).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await approver.Post("/console/closing/approval", ("asked", "1"), ("word", Centre))).StatusCode);
        Assert.Equal("/console/closed", (await approver.Post("/console/closing/approval", ("asked", asked), ("word", Centre))).Headers.Location?.OriginalString);
        Assert.Equal(ClosingState.Begun, (await Row(Centre)).State);
        // Begun once, it is not asked for again.
        Assert.Equal(HttpStatusCode.Conflict, await Ask(Body(Centre)));
    }

    [Fact]
    public async Task A_closing_that_governance_undoes_lets_the_organisation_issue_again_with_the_same_key_and_it_can_end_again()
    {
        var ministry = world.Organisation(Ministry);
        await IssuerOnLedger.Until(() => world.Registry.FindKeyAsync(ministry.FirstKey.Signer.PublicKey.Thumbprint()), k => k is not null);
        for (var round = 0; round < 2; round++)
        {
            Assert.NotEmpty(await Offered());
            await AgreeAsync(Ministry);
            Assert.Empty(await Offered());
            for (var state = ClosingState.Begun; state < ClosingState.Done;) state = await StepUntilOn(Ministry, state);
            await Step(Ministry);
            Assert.Equal(ClosingState.Done, (await Row(Ministry)).State);

            (await world.Registry.UndoClosingAsync(world.Governor, ministry.Profile.Id())).Require();
            await IssuerOnLedger.Until(async () =>
            {
                await Step(Ministry);
                return await Row(Ministry);
            }, row => row.State is ClosingState.Undone);

            var key = Assert.Single(await world.Issuer.InDb(db => db.SigningKeys.AsNoTracking().Where(k => k.Organisation == Ministry).ToListAsync()));
            Assert.Equal((ministry.FirstKey.Id, true, null), (key.Thumbprint, key.Signs, key.End));
            Assert.Equal(HttpStatusCode.BadRequest, (await world.Issuer.Api(HttpMethod.Post, Ministry, "", new JsonObject())).StatusCode);
            Assert.Contains("data-testid=\"undone\"", await (await Console.Clerk.SignedIn(world.Issuer, Ministry, role: "admin")).Page("/console/closing"), StringComparison.Ordinal);
        }

        async Task<JsonObject> Offered() => JsonNode.Parse(await world.Issuer.Http.GetStringAsync($"/.well-known/openid-credential-issuer/{Ministry}"))!["credential_configurations_supported"]!.AsObject();
    }
}
