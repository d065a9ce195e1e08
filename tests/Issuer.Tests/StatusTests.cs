using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Identity.Credentials;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

public sealed class StatusTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    [Fact]
    public async Task A_status_list_is_signed_by_the_key_that_signs_the_credentials()
    {
        var (_, _) = await Issued(1);

        var answer = await issuer.Http.GetAsync($"/{College}/status/1");

        Assert.Equal("application/statuslist+jwt", answer.Content.Headers.ContentType!.MediaType);
        Assert.True(StatusListToken.TryParse(await answer.Content.ReadAsStringAsync(), out var token, out var reason), reason);
        Assert.Equal($"{Url}/{College}/status/1", token.Uri);
        Assert.Equal(TimeSpan.FromMinutes(15), token.TimeToLive);
        Assert.Equal(token.IssuedAt.AddHours(24), token.Expires);
        Assert.Equal(2, token.List.Bits);
        Assert.True(X5c.TryParse(token.Jws.Header["x5c"], out var chain, out _));
        Assert.True(X5c.TryLeafKey(chain[0], out var leaf));
        Assert.True(VerificationKey.TryImport(leaf, out var key, out _));
        Assert.True(token.Jws.Verify(key));
    }

    [Fact]
    public async Task Revoking_covers_every_copy_and_is_published_at_once()
    {
        var (id, copies) = await Issued(3);
        Assert.All(copies, c => Assert.Equal(StatusValue.Valid, c));

        var answer = await issuer.Api(HttpMethod.Post, College, $"/{id}/revocation", Reason("awarded in error"));

        Assert.Equal("revoked", (await Json(answer))["state"]!.GetValue<string>());
        Assert.All(await Statuses(id), c => Assert.Equal(StatusValue.Invalid, c));
    }

    [Fact]
    public async Task Suspending_and_reinstating_lead_back()
    {
        var (id, _) = await Issued(2);

        Assert.Equal(HttpStatusCode.OK, (await issuer.Api(HttpMethod.Post, College, $"/{id}/suspension", Reason("under review"))).StatusCode);
        Assert.All(await Statuses(id), c => Assert.Equal(StatusValue.Suspended, c));
        Assert.Equal(HttpStatusCode.OK, (await issuer.Api(HttpMethod.Delete, College, $"/{id}/suspension")).StatusCode);
        Assert.All(await Statuses(id), c => Assert.Equal(StatusValue.Valid, c));
    }

    [Fact]
    public async Task Attack_a_closed_organisations_file_calls_its_record_as_one_of_ours_is_called()
    {
        var (id, _) = await Issued(1);
        await issuer.InDb(db =>
        {
            db.StatusEntries.Add(new Identity.Issuer.Status.StatusEntry { Organisation = new string('d', 64), List = 1, Index = 7, CredentialId = id });
            return db.SaveChangesAsync();
        });

        await issuer.Api(HttpMethod.Post, College, $"/{id}/revocation", Reason("awarded in error"));

        Assert.Equal(0, await issuer.InDb(db => db.StatusEntries.Where(e => e.Organisation == new string('d', 64)).Select(e => e.Value).SingleAsync()));
    }

    [Fact]
    public async Task Nothing_leads_back_from_a_revocation()
    {
        var (id, _) = await Issued(1);
        await issuer.Api(HttpMethod.Post, College, $"/{id}/revocation", Reason("awarded in error"));

        foreach (var (method, path) in new[] { (HttpMethod.Post, "revocation"), (HttpMethod.Post, "suspension"), (HttpMethod.Delete, "suspension"), (HttpMethod.Post, "offer") })
            Assert.Equal(HttpStatusCode.Conflict, (await issuer.Api(method, College, $"/{id}/{path}", method == HttpMethod.Post ? Reason("again") : null)).StatusCode);
        Assert.All(await Statuses(id), c => Assert.Equal(StatusValue.Invalid, c));
    }

    [Fact]
    public async Task Two_revocations_at_once_leave_one_winner()
    {
        var (id, _) = await Issued(1);

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => issuer.Api(HttpMethod.Post, College, $"/{id}/revocation", Reason("awarded in error")))));

        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.All(answers.Where(a => a.StatusCode != HttpStatusCode.OK), a => Assert.Equal(HttpStatusCode.Conflict, a.StatusCode));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  x ")]
    public async Task A_revocation_needs_a_reason(string? reason)
    {
        var (id, _) = await Issued(1);

        Assert.Equal(HttpStatusCode.BadRequest, (await issuer.Api(HttpMethod.Post, College, $"/{id}/revocation", new JsonObject { ["reason"] = reason })).StatusCode);
    }

    [Fact]
    public async Task A_reader_with_the_newest_list_is_told_so()
    {
        await Issued(1);
        var tag = (await issuer.Http.GetAsync($"/{College}/status/1")).Headers.ETag!;
        var request = new HttpRequestMessage(HttpMethod.Get, $"/{College}/status/1");
        request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue(tag.Tag));

        Assert.Equal(HttpStatusCode.NotModified, (await issuer.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_list_is_signed_anew_after_its_time_to_live_and_logged_only_when_it_changed()
    {
        var (id, _) = await Issued(1);
        var first = await Token();
        issuer.Clock.Move(TimeSpan.FromMinutes(14));
        Assert.Equal(first, await Token());
        issuer.Clock.Move(TimeSpan.FromMinutes(1));
        var second = await Token();
        Assert.NotEqual(first, second);
        await issuer.Api(HttpMethod.Post, College, $"/{id}/revocation", Reason("awarded in error"));
        var third = await Token();

        Assert.IsNotType<EntryPlace.Unknown>(await Place(first));
        Assert.IsType<EntryPlace.Unknown>(await Place(second));
        Assert.IsNotType<EntryPlace.Unknown>(await Place(third));

        Task<EntryPlace> Place(string token) => issuer.InDb(db => LedgerLog.FindAsync(db, Entry.OfJwt(token)));
    }

    [Fact]
    public async Task Attack_a_list_of_the_past_is_asked_for_and_not_answered_with_the_present_one()
    {
        await Issued(1);
        Assert.Equal(HttpStatusCode.NotImplemented, (await issuer.Http.GetAsync($"/{College}/status/1?time=1700000000")).StatusCode);
    }

    [Fact]
    public async Task A_status_index_is_never_given_twice_even_after_its_copy_is_gone()
    {
        var (id, _) = await Issued(2);
        await issuer.InDb(db => db.Copies.Where(c => c.CredentialId == id).ExecuteDeleteAsync());

        Assert.Equal(2, await issuer.InDb(db => db.StatusEntries.CountAsync(e => e.CredentialId == id)));
        var entry = await issuer.InDb(db => db.StatusEntries.AsNoTracking().FirstAsync(e => e.CredentialId == id));
        await Assert.ThrowsAsync<DbUpdateException>(() => issuer.InDb(db =>
        {
            db.StatusEntries.Add(new Status.StatusEntry { Organisation = entry.Organisation, List = entry.List, Index = entry.Index, CredentialId = "other" });
            return db.SaveChangesAsync();
        }));
    }

    [Fact]
    public async Task A_copy_collected_after_a_new_offer_is_revoked_with_the_others()
    {
        var (id, _) = await Issued(1);
        using var key = Es256Key.Create();
        var offer = new JsonObject { ["offer"] = await Json(await issuer.Api(HttpMethod.Post, College, $"/{id}/offer")) };
        await issuer.Collect(await issuer.AccessToken(offer), [key]);
        await issuer.Api(HttpMethod.Post, College, $"/{id}/revocation", Reason("awarded in error"));

        var statuses = await Statuses(id);

        Assert.Equal(2, statuses.Count);
        Assert.All(statuses, c => Assert.Equal(StatusValue.Invalid, c));
    }

    [Theory]
    [InlineData("/nobody/status/1")]
    [InlineData("/port-selin/status/99")]
    [InlineData("/port-selin/status/-1")]
    [InlineData("/port-selin/status/one")]
    [InlineData("/port-selin/status/99999999999")]
    public async Task A_list_that_does_not_exist_is_not_found(string path) => Assert.Equal(HttpStatusCode.NotFound, (await issuer.Http.GetAsync(path)).StatusCode);

    [Fact]
    public async Task The_lists_of_an_organisation_are_listed()
    {
        await Issued(1);
        var lists = await Json(await issuer.Http.GetAsync($"/{College}/status"));
        Assert.Equal($"{Url}/{College}/status/1", lists["status_lists"]![0]!.GetValue<string>());
    }

    private static JsonObject Reason(string text) => new() { ["reason"] = text };

    private Task<string> Token() => issuer.Http.GetStringAsync($"/{College}/status/1");

    private async Task<(string Id, IReadOnlyList<StatusValue> Statuses)> Issued(int copies)
    {
        var prepared = await issuer.Prepare();
        var keys = Enumerable.Range(0, copies).Select(_ => Es256Key.Create()).ToList();
        await issuer.Collect(await issuer.AccessToken(prepared), keys);
        var id = prepared["id"]!.GetValue<string>();
        return (id, await Statuses(id));
    }

    // As a verifier reads them: from the published list.
    private async Task<IReadOnlyList<StatusValue>> Statuses(string id)
    {
        Assert.True(StatusListToken.TryParse(await Token(), out var token, out var reason), reason);
        var indices = await issuer.InDb(db => db.Copies.Where(c => c.CredentialId == id).Select(c => c.Index).ToListAsync());
        return [.. indices.Select(i => (StatusValue)token.List.Get(i))];
    }
}
