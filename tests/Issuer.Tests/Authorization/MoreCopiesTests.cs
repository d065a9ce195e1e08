using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Issuer.Issuance;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Authorization;

/// <summary>More copies for a wallet that has a credential: by a refresh token that only the wallet's key can use, replaced at each use, ended with the record.</summary>
public sealed class MoreCopiesTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    [Fact]
    public async Task A_wallet_bound_by_its_key_fetches_more_copies_without_an_offer_each_with_its_own_index_and_entry()
    {
        var (prepared, dpop, refresh) = await Collected();

        for (var round = 0; round < 2; round++)
        {
            var next = await Json(await Refresh(prepared, refresh, dpop));
            refresh = next["refresh_token"]!.GetValue<string>();
            await CollectAsync(dpop, next["access_token"]!.GetValue<string>(), 3);
        }

        var id = prepared["id"]!.GetValue<string>();
        var copies = await issuer.InDb(db => db.Copies.Where(c => c.CredentialId == id).ToListAsync());
        Assert.Equal(7, copies.Count);
        Assert.Equal(7, copies.DistinctBy(c => c.HolderKey).Count());
        Assert.Equal(7, copies.DistinctBy(c => (c.List, c.Index)).Count());
        Assert.Equal(7, copies.DistinctBy(c => Convert.ToHexString(c.Entry)).Count());
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_again_and_nothing_ends()
    {
        var (prepared, dpop, refresh) = await Collected();
        var lost = (await Json(await Refresh(prepared, refresh, dpop)))["refresh_token"]!.GetValue<string>();

        var again = await Json(await Refresh(prepared, refresh, dpop));

        await CollectAsync(dpop, again["access_token"]!.GetValue<string>(), 1);
        Assert.Equal("invalid_grant", await Error(await Refresh(prepared, lost, dpop)));
        Assert.Equal(HttpStatusCode.OK, (await Refresh(prepared, again["refresh_token"]!.GetValue<string>(), dpop)).StatusCode);
    }

    [Fact]
    public async Task Attack_a_stolen_refresh_token_without_the_wallets_key_gets_nothing_and_takes_nothing_away()
    {
        var (prepared, dpop, refresh) = await Collected();

        Assert.Equal("invalid_grant", await Error(await Refresh(prepared, refresh, new DpopKey(issuer))));
        Assert.Equal("invalid_grant", await Error(await Refresh(prepared, refresh, null)));

        Assert.Equal(HttpStatusCode.OK, (await Refresh(prepared, refresh, dpop)).StatusCode);
        Assert.Equal("invalid_grant", await Error(await Refresh(prepared, refresh, new DpopKey(issuer))));
    }

    [Fact]
    public async Task Attack_a_replaced_token_comes_back_after_its_successor_was_used_and_everything_ends()
    {
        var (prepared, dpop, refresh) = await Collected();
        var second = await Json(await Refresh(prepared, refresh, dpop));
        var third = await Json(await Refresh(prepared, second["refresh_token"]!.GetValue<string>(), dpop));

        Assert.Equal("invalid_grant", await Error(await Refresh(prepared, refresh, dpop)));

        Assert.Equal("invalid_grant", await Error(await Refresh(prepared, third["refresh_token"]!.GetValue<string>(), dpop)));
        using var key = Es256Key.Create();
        Assert.Equal(HttpStatusCode.Unauthorized, (await Credential(dpop, third["access_token"]!.GetValue<string>(), [key])).StatusCode);
    }

    [Fact]
    public async Task Attack_an_ended_record_gives_no_more_copies_and_a_suspended_one_none_until_it_is_back()
    {
        var (prepared, dpop, refresh) = await Collected();
        var id = prepared["id"]!.GetValue<string>();
        var before = (await Json(await Refresh(prepared, refresh, dpop)))["access_token"]!.GetValue<string>();
        await issuer.Api(HttpMethod.Post, College, $"/{id}/suspension", new JsonObject { ["reason"] = "under review" });
        Assert.Equal("invalid_grant", await Error(await Refresh(prepared, refresh, dpop)));
        using var key = Es256Key.Create();
        Assert.Equal(HttpStatusCode.BadRequest, (await Credential(dpop, before, [key])).StatusCode);

        await issuer.Api(HttpMethod.Delete, College, $"/{id}/suspension");
        var back = await Json(await Refresh(prepared, refresh, dpop));
        await issuer.Api(HttpMethod.Post, College, $"/{id}/revocation", new JsonObject { ["reason"] = "awarded in error" });

        Assert.Equal("invalid_grant", await Error(await Refresh(prepared, back["refresh_token"]!.GetValue<string>(), dpop)));
        Assert.Equal(0, await issuer.InDb(db => db.RefreshTokens.CountAsync(t => t.CredentialId == id)));
        Assert.NotEqual(HttpStatusCode.OK, (await Credential(dpop, back["access_token"]!.GetValue<string>(), [key])).StatusCode);
    }

    [Fact]
    public async Task Attack_a_token_of_one_record_opens_no_other()
    {
        var (prepared, dpop, refresh) = await Collected();
        var access = (await Json(await Refresh(prepared, refresh, dpop)))["access_token"]!.GetValue<string>();
        using var key = Es256Key.Create();

        Assert.Equal(HttpStatusCode.Forbidden, (await Credential(dpop, access, [key], "training")).StatusCode);
        var elsewhere = await new CodeFlow(issuer, prepared).Post($"/{Shipyard}/token", new() { ["grant_type"] = "refresh_token", ["refresh_token"] = refresh },
            await dpop.Proof("token", payload: p => p["htu"] = $"{Url}/{Shipyard}/token"));
        Assert.NotEqual(HttpStatusCode.OK, elsewhere.StatusCode);
    }

    [Fact]
    public async Task Attack_copies_without_end_stop_at_a_days_number()
    {
        var (prepared, dpop, refresh) = await Collected();
        var most = IssueCopies.MostADay / 10;
        for (var round = 0; ; round++)
        {
            var next = await Json(await Refresh(prepared, refresh, dpop));
            refresh = next["refresh_token"]!.GetValue<string>();
            var keys = Enumerable.Range(0, 10).Select(_ => Es256Key.Create()).ToList();
            var answer = await Credential(dpop, next["access_token"]!.GetValue<string>(), keys);
            if (answer.StatusCode is HttpStatusCode.BadRequest)
            {
                Assert.Equal("credential_request_denied", await Error(answer));
                Assert.Equal(most - 1, round);
                return;
            }
            Assert.True(round < most, "Nothing stops it.");
        }
    }

    [Fact]
    public async Task Whoever_shows_a_credential_daily_for_years_still_gets_copies()
    {
        var (prepared, dpop, refresh) = await Collected();
        var id = prepared["id"]!.GetValue<string>();
        await Earlier(IssueCopies.Most, issuer.Clock.GetUtcNow().AddDays(-366));
        using var key = Es256Key.Create();

        var next = await Json(await Refresh(prepared, refresh, dpop));
        Assert.Equal(HttpStatusCode.OK, (await Credential(dpop, next["access_token"]!.GetValue<string>(), [key])).StatusCode);

        // As many in one year are not a person's.
        await Earlier(IssueCopies.Most, issuer.Clock.GetUtcNow().AddDays(-300));
        next = await Json(await Refresh(prepared, next["refresh_token"]!.GetValue<string>(), dpop));
        Assert.Equal("credential_request_denied", await Error(await Credential(dpop, next["access_token"]!.GetValue<string>(), [key])));

        Task<int> Earlier(int count, DateTimeOffset at) => issuer.InDb(async db =>
        {
            var one = await db.Copies.AsNoTracking().FirstAsync(c => c.CredentialId == id);
            db.Copies.AddRange(Enumerable.Range(0, count).Select(n => new CredentialCopy
            {
                CredentialId = id, Organisation = one.Organisation, OfferId = $"{at.Ticks}-{n}", Family = one.Family, Format = one.Format, HolderKey = one.HolderKey, List = 0, Index = n, Entry = one.Entry, IssuedAt = at, ExpiresAt = null,
            }));
            return await db.SaveChangesAsync();
        });
    }

    [Fact]
    public async Task A_wallet_whose_paper_was_lost_makes_a_new_one_and_the_old_one_ends_in_the_same_act_and_nothing_else()
    {
        var (prepared, dpop, refresh) = await Collected();
        var lost = await PaperAsync(dpop, (await Json(await Refresh(prepared, refresh, dpop)))["access_token"]!.GetValue<string>());
        Assert.Equal(StatusValue.Valid, await StatusAsync(lost));

        var again = await Json(await Refresh(prepared, refresh, dpop));
        var access = again["access_token"]!.GetValue<string>();
        var made = await PaperAsync(dpop, access);

        Assert.Equal((StatusValue.Invalid, StatusValue.Valid), (await StatusAsync(lost), await StatusAsync(made)));
        Assert.Equal(made.LogEntry, (await PaperAsync(dpop, access)).LogEntry); // a lost answer, asked for again
        var id = prepared["id"]!.GetValue<string>();
        Assert.Equal((1, 2), await issuer.InDb(async db => (
            await db.StatusEntries.CountAsync(e => e.CredentialId == id && e.Value == (int)StatusValue.Invalid), await db.StatusEntries.CountAsync(e => e.CredentialId == id && e.Value == (int)StatusValue.Valid))));
    }

    [Fact]
    public async Task Two_new_papers_at_once_leave_one_in_force()
    {
        var (prepared, dpop, refresh) = await Collected();
        var first = (await Json(await Refresh(prepared, refresh, dpop)))["access_token"]!.GetValue<string>();
        var second = (await Json(await Refresh(prepared, refresh, dpop)))["access_token"]!.GetValue<string>();

        var papers = await Task.WhenAll(PaperAsync(dpop, first), PaperAsync(dpop, second));

        var said = await Task.WhenAll(papers.Select(StatusAsync));
        Assert.Single(said, StatusValue.Valid);
        Assert.Single(said, StatusValue.Invalid);
    }

    [Fact]
    public async Task Attack_a_stolen_refresh_token_makes_no_paper_and_ends_none()
    {
        var (prepared, dpop, refresh) = await Collected();
        var carried = await PaperAsync(dpop, (await Json(await Refresh(prepared, refresh, dpop)))["access_token"]!.GetValue<string>());
        var thief = new DpopKey(issuer);

        Assert.Equal("invalid_grant", await Error(await Refresh(prepared, refresh, thief)));
        var stolen = (await Json(await Refresh(prepared, refresh, dpop)))["access_token"]!.GetValue<string>();
        Assert.Equal(HttpStatusCode.Unauthorized, (await PaperAnswerAsync(thief, stolen)).StatusCode);

        Assert.Equal(StatusValue.Valid, await StatusAsync(carried));
    }

    [Fact]
    public async Task Attack_papers_without_end_stop_at_a_days_number_and_the_last_one_stays_in_force()
    {
        var (prepared, dpop, refresh) = await Collected();
        CompactPaper? last = null;
        for (var made = 0; ; made++)
        {
            Assert.True(made < IssueCopies.MostADay, "Nothing stops it.");
            var next = await Json(await Refresh(prepared, refresh, dpop));
            refresh = next["refresh_token"]!.GetValue<string>();
            var answer = await PaperAnswerAsync(dpop, next["access_token"]!.GetValue<string>());
            if (answer.StatusCode is HttpStatusCode.BadRequest)
            {
                Assert.Equal("credential_request_denied", await Error(answer));
                Assert.Equal(StatusValue.Valid, await StatusAsync(last!));
                return;
            }
            last = Read(await Json(answer));
        }
    }

    [Fact]
    public async Task Attack_a_clerk_prints_the_paper_that_a_wallet_made_anew()
    {
        var (prepared, dpop, refresh) = await Collected();
        await PaperAsync(dpop, (await Json(await Refresh(prepared, refresh, dpop)))["access_token"]!.GetValue<string>());
        var clerk = await Console.Clerk.SignedIn(issuer);
        var path = $"/console/credentials/{prepared["id"]}/paper";

        var page = await clerk.Page(path);

        Assert.Contains("in-force", page, StringComparison.Ordinal);
        Assert.DoesNotContain("paper-code", page, StringComparison.Ordinal);
        // One of the clerk's own is printed, though it was made in the same second.
        await clerk.Post(path);
        Assert.Contains("paper-code", await clerk.Page(path), StringComparison.Ordinal);
    }

    private async Task<CompactPaper> PaperAsync(DpopKey dpop, string access)
    {
        var answer = await PaperAnswerAsync(dpop, access);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return Read(await Json(answer));
    }

    private static CompactPaper Read(JsonObject answer)
    {
        Assert.True(CompactPaper.TryParse(answer["credentials"]![0]!["credential"]!.GetValue<string>(), out var paper, out var reason), reason);
        return paper;
    }

    private async Task<HttpResponseMessage> PaperAnswerAsync(DpopKey dpop, string access)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/{College}/credential") { Content = JsonContent.Create(new JsonObject { ["credential_configuration_id"] = "qualification-paper" }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("DPoP", access);
        request.Headers.TryAddWithoutValidation("DPoP", await dpop.Proof("credential", access));
        return await issuer.Http.SendAsync(request);
    }

    private async Task<StatusValue> StatusAsync(CompactPaper paper)
    {
        Assert.True(StatusListToken.TryParse(await issuer.Http.GetStringAsync($"/{College}/status/{paper.List}"), out var token, out var reason), reason);
        return (StatusValue)token.List.Get(paper.Index);
    }

    private async Task<(JsonObject Prepared, DpopKey Dpop, string Refresh)> Collected()
    {
        var prepared = await issuer.Prepare();
        var dpop = new DpopKey(issuer);
        var answer = await new CodeFlow(issuer, prepared).Post($"/{College}/token", new()
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:pre-authorized_code", ["pre-authorized_code"] = Code(await issuer.Offer(prepared)), ["tx_code"] = TxCode(prepared),
        }, await dpop.Proof("token"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var json = await Json(answer);
        await CollectAsync(dpop, json["access_token"]!.GetValue<string>(), 1);
        return (prepared, dpop, json["refresh_token"]!.GetValue<string>());
    }

    private async Task<HttpResponseMessage> Refresh(JsonObject prepared, string refresh, DpopKey? dpop) =>
        await new CodeFlow(issuer, prepared).Post($"/{College}/token", new() { ["grant_type"] = "refresh_token", ["refresh_token"] = refresh }, dpop is null ? null : await dpop.Proof("token"));

    private async Task CollectAsync(DpopKey dpop, string access, int copies)
    {
        var answer = await Credential(dpop, access, [.. Enumerable.Range(0, copies).Select(_ => Es256Key.Create())]);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(copies, (await Json(answer))["credentials"]!.AsArray().Count);
    }

    private async Task<HttpResponseMessage> Credential(DpopKey dpop, string access, IReadOnlyList<ISigner> keys, string configuration = "qualification")
    {
        var nonce = await issuer.Nonce();
        var request = new HttpRequestMessage(HttpMethod.Post, $"/{College}/credential") { Content = JsonContent.Create(Request([.. keys.Select(k => issuer.Proof(k, nonce))], configuration)) };
        request.Headers.Authorization = new AuthenticationHeaderValue("DPoP", access);
        request.Headers.TryAddWithoutValidation("DPoP", await dpop.Proof("credential", access));
        return await issuer.Http.SendAsync(request);
    }
}
