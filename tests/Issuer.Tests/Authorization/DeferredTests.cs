using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Issuer.Issuance;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Authorization;

/// <summary>Deferred issuance and notifications through HTTP (OpenID4VCI 1.0, 9 and 11).</summary>
public sealed class DeferredTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    [Fact]
    public async Task A_credential_that_waits_for_agreement_comes_when_somebody_agreed()
    {
        using var key = Es256Key.Create();
        var (prepared, token, refresh) = await Held();
        var answer = await issuer.Credential(token, Request([issuer.Proof(key, await issuer.Nonce())]));
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var put = await Json(answer);
        Assert.True(put["interval"]!.GetValue<int>() > 0);
        Assert.False(put.ContainsKey("credentials"));
        Assert.False(put.ContainsKey("notification_id"));
        var transaction = put["transaction_id"]!.GetValue<string>();

        // Asked too soon, and asked at the first endpoint again, nothing changes.
        for (var i = 0; i < 3; i++)
        {
            var still = await Deferred(token, transaction);
            Assert.Equal(HttpStatusCode.Accepted, still.StatusCode);
            Assert.Equal(transaction, (await Json(still))["transaction_id"]!.GetValue<string>());
        }
        var again = await issuer.Credential(token, Request([issuer.Proof(key, await issuer.Nonce())]));
        Assert.Equal(transaction, (await Json(again))["transaction_id"]!.GetValue<string>());
        Assert.Equal(0, await Copies(prepared));

        // Days later, with a new access token.
        issuer.Clock.Move(TimeSpan.FromDays(2));
        Assert.Equal("invalid_token", await Error(await Deferred(token, transaction), HttpStatusCode.Unauthorized));
        var renewed = await Json(await Refresh(refresh));
        token = renewed["access_token"]!.GetValue<string>();
        await Step(prepared, c => c.Release(issuer.Clock.GetUtcNow()));
        var delivered = await Deferred(token, transaction);

        Assert.Equal(HttpStatusCode.OK, delivered.StatusCode);
        var json = await Json(delivered);
        var text = Assert.Single(json["credentials"]!.AsArray())!["credential"]!.GetValue<string>();
        Assert.NotEmpty(json["notification_id"]!.GetValue<string>());
        Assert.True(Identity.Credentials.SdJwt.SdJwtVc.TryParse(text, out var credential, out var reason), reason);
        Assert.True(credential.HolderKey!.SameKey(key.PublicKey));
        Assert.Equal("invalid_transaction_id", await Error(await Deferred(token, transaction)));
        // A lost answer: the same keys get the same credential at the first endpoint.
        Assert.Equal(text, Assert.Single(await issuer.Collect(token, [key])));
    }

    [Fact]
    public async Task Attack_a_transaction_of_somebody_else_or_of_nobody()
    {
        using var key = Es256Key.Create();
        var (_, mine, _) = await Held();
        var (_, other, _) = await Held();
        var transaction = (await Json(await issuer.Credential(mine, Request([issuer.Proof(key, await issuer.Nonce())]))))["transaction_id"]!.GetValue<string>();

        Assert.Equal("invalid_transaction_id", await Error(await Deferred(other, transaction)));
        Assert.Equal("invalid_transaction_id", await Error(await Deferred(mine, "made-up")));
        Assert.Equal("invalid_token", await Error(await Deferred("made-up", transaction), HttpStatusCode.Unauthorized));
        foreach (var odd in new[] { "{}", "[]", "{", "", """{"transaction_id":7}""", """{"transaction_id":""}""", """{"transaction_id":"a","transaction_id":"b"}""" })
            Assert.Equal("invalid_credential_request", await Error(await Deferred(mine, new StringContent(odd, System.Text.Encoding.UTF8, "application/json"))));
    }

    [Fact]
    public async Task Attack_a_stolen_token_waits_with_other_keys()
    {
        using var key = Es256Key.Create();
        using var thief = Es256Key.Create();
        var (_, token, _) = await Held();
        await issuer.Credential(token, Request([issuer.Proof(key, await issuer.Nonce())]));

        Assert.Equal("credential_request_denied", await Error(await issuer.Credential(token, Request([issuer.Proof(thief, await issuer.Nonce())]))));
        Assert.Equal("invalid_proof", await Error(await issuer.Credential(token, Request([issuer.Proof(thief, await issuer.Nonce())], "qualification-compact"))));
    }

    [Fact]
    public async Task A_credential_that_nobody_agrees_to_is_denied()
    {
        using var key = Es256Key.Create();
        var (prepared, token, _) = await Held();
        var transaction = (await Json(await issuer.Credential(token, Request([issuer.Proof(key, await issuer.Nonce())]))))["transaction_id"]!.GetValue<string>();
        await Step(prepared, c => c.Revoke("wrong_person", "not this person", issuer.Clock.GetUtcNow()));

        Assert.Equal("credential_request_denied", await Error(await Deferred(token, transaction)));
        Assert.Equal(0, await Copies(prepared));
    }

    [Fact]
    public async Task Attack_questions_race_and_one_gets_the_credential()
    {
        using var key = Es256Key.Create();
        var (prepared, token, _) = await Held();
        var transaction = (await Json(await issuer.Credential(token, Request([issuer.Proof(key, await issuer.Nonce())]))))["transaction_id"]!.GetValue<string>();
        await Step(prepared, c => c.Release(issuer.Clock.GetUtcNow()));

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Deferred(token, transaction))));

        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        foreach (var lost in answers.Where(a => a.StatusCode != HttpStatusCode.OK)) Assert.Equal("invalid_transaction_id", await Error(lost));
        Assert.Equal(1, await Copies(prepared));
    }

    [Fact]
    public async Task Attack_a_replaced_refresh_token_ends_the_whole_family()
    {
        var (_, token, refresh) = await Held();
        var next = (await Json(await Refresh(refresh)))["refresh_token"]!.GetValue<string>();
        Assert.NotEqual(refresh, next);

        Assert.Equal("invalid_grant", await Error(await Refresh(refresh)));

        Assert.Equal("invalid_grant", await Error(await Refresh(next)));
        Assert.Equal("invalid_token", await Error(await Deferred(token, "any"), HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task Who_can_collect_at_once_gets_no_refresh_token()
    {
        var prepared = await issuer.Prepare();
        var answer = await Json(await issuer.Token(Code(await issuer.Offer(prepared)), TxCode(prepared)));

        Assert.False(answer.ContainsKey("refresh_token"));
    }

    [Fact]
    public async Task The_history_says_in_order_what_the_wallet_reported()
    {
        var (prepared, token, id) = await Collected();

        foreach (var happened in new[] { "credential_accepted", "credential_accepted", "credential_deleted" })
            Assert.Equal(HttpStatusCode.NoContent, (await Notify(token, new JsonObject { ["notification_id"] = id, ["event"] = happened, ["event_description"] = "It's fine (really)." })).StatusCode);

        var details = await Json(await issuer.Api(HttpMethod.Get, College, "/" + prepared["id"]!.GetValue<string>()));
        var acts = details["events"]!.AsArray().Select(e => e!["act"]!.GetValue<string>()).Where(a => a.StartsWith("wallet_", StringComparison.Ordinal));
        Assert.Equal(["wallet_accepted", "wallet_deleted"], acts);
        Assert.DoesNotContain("really", details.ToJsonString());
    }

    [Fact]
    public async Task Attack_a_notification_about_somebody_elses_credential()
    {
        var (prepared, _, id) = await Collected();
        var (_, other, _) = await Collected();

        Assert.Equal("invalid_notification_id", await Error(await Notify(other, new JsonObject { ["notification_id"] = id, ["event"] = "credential_deleted" })));
        Assert.Equal("invalid_notification_id", await Error(await Notify(other, new JsonObject { ["notification_id"] = "made-up", ["event"] = "credential_deleted" })));
        Assert.Equal("invalid_notification_id", await Error(await Notify(other, new JsonObject { ["notification_id"] = new string('x', 5000), ["event"] = "credential_deleted" })));
        Assert.Equal("invalid_token", await Error(await Notify("made-up", new JsonObject { ["notification_id"] = id, ["event"] = "credential_deleted" }), HttpStatusCode.Unauthorized));
        var details = await Json(await issuer.Api(HttpMethod.Get, College, "/" + prepared["id"]!.GetValue<string>()));
        Assert.DoesNotContain("wallet_deleted", details.ToJsonString());
    }

    [Theory]
    [InlineData("""{"event":"credential_accepted"}""")]
    [InlineData("""{"notification_id":"x"}""")]
    [InlineData("""{"notification_id":7,"event":"credential_accepted"}""")]
    [InlineData("""{"notification_id":"x","event":"CREDENTIAL_ACCEPTED"}""")]
    [InlineData("""{"notification_id":"x","event":"made_up"}""")]
    [InlineData("""{"notification_id":"x","event":"credential_accepted","event":"credential_deleted"}""")]
    [InlineData("""{"notification_id":"x","event":"credential_accepted","event_description":"a \"quote\""}""")]
    [InlineData("""{"notification_id":"x","event":"credential_accepted","event_description":"naïve"}""")]
    [InlineData("""{"notification_id":"x","event":"credential_accepted","event_description":7}""")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("")]
    public async Task A_malformed_notification_gets_the_protocols_own_error(string body)
    {
        var token = await issuer.AccessToken(await issuer.Prepare());

        Assert.Equal("invalid_notification_request", await Error(await Post("notification", token, new StringContent(body, System.Text.Encoding.UTF8, "application/json"))));
    }

    private async Task<(JsonObject Prepared, string Token, string Refresh)> Held()
    {
        var prepared = await issuer.Prepare();
        await Step(prepared, c => c.HoldBack(issuer.Clock.GetUtcNow()));
        var json = await Json(await issuer.Token(Code(await issuer.Offer(prepared)), TxCode(prepared)));
        return (prepared, json["access_token"]!.GetValue<string>(), json["refresh_token"]!.GetValue<string>());
    }

    private async Task<(JsonObject Prepared, string Token, string NotificationId)> Collected()
    {
        using var key = Es256Key.Create();
        var prepared = await issuer.Prepare();
        var token = await issuer.AccessToken(prepared);
        var json = await Json(await issuer.Credential(token, Request([issuer.Proof(key, await issuer.Nonce())])));
        return (prepared, token, json["notification_id"]!.GetValue<string>());
    }

    private Task<int> Step(JsonObject prepared, Func<CredentialRecord, Step> step) => issuer.InDb(async db =>
    {
        var id = prepared["id"]!.GetValue<string>();
        Assert.IsType<Step.Taken>(step(await db.Credentials.SingleAsync(c => c.Id == id)));
        return await db.SaveChangesAsync();
    });

    private Task<int> Copies(JsonObject prepared)
    {
        var id = prepared["id"]!.GetValue<string>();
        return issuer.InDb(db => db.Copies.CountAsync(c => c.CredentialId == id));
    }

    private Task<HttpResponseMessage> Refresh(string token) =>
        issuer.Http.PostAsync($"/{College}/token", new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("refresh_token", token)]));

    private Task<HttpResponseMessage> Deferred(string token, string transaction) => Deferred(token, JsonContent.Create(new JsonObject { ["transaction_id"] = transaction }));

    private Task<HttpResponseMessage> Deferred(string token, HttpContent content) => Post("deferred-credential", token, content);

    private Task<HttpResponseMessage> Notify(string token, JsonObject body) => Post("notification", token, JsonContent.Create(body));

    private Task<HttpResponseMessage> Post(string endpoint, string token, HttpContent content)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, $"/{College}/{endpoint}") { Content = content };
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return issuer.Http.SendAsync(message);
    }
}
