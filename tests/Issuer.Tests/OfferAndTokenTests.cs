using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Identity.Issuer.Offers;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

public sealed class OfferAndTokenTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    [Fact]
    public async Task An_offer_by_reference_and_by_value_say_the_same()
    {
        var prepared = await issuer.Prepare();

        var byReference = await issuer.Offer(prepared);

        var value = Regex.Match(prepared["offer"]!["byValueLink"]!.GetValue<string>(), @"^openid-credential-offer://\?credential_offer=(.*)$").Groups[1].Value;
        Assert.Equal(JsonNode.Parse(Uri.UnescapeDataString(value))!.ToJsonString(), byReference.ToJsonString());
        Assert.Equal($"{Url}/{College}", byReference["credential_issuer"]!.GetValue<string>());
        Assert.Equal(["qualification", "qualification-compact", "qualification-paper"], byReference["credential_configuration_ids"]!.AsArray().Select(i => i!.GetValue<string>()));
        var txCode = byReference["grants"]!["urn:ietf:params:oauth:grant-type:pre-authorized_code"]!["tx_code"]!;
        Assert.Equal("numeric", txCode["input_mode"]!.GetValue<string>());
        Assert.Equal(6, txCode["length"]!.GetValue<int>());
        Assert.StartsWith("http://localhost:5002/#offer?credential_offer_uri=", prepared["offer"]!["walletLink"]!.GetValue<string>());
        Assert.DoesNotContain(TxCode(prepared), byReference.ToJsonString());
    }

    [Fact]
    public async Task A_code_becomes_an_opaque_token_of_at_most_five_minutes_that_is_stored_as_a_hash()
    {
        var prepared = await issuer.Prepare();

        var answer = await issuer.Token(Code(await issuer.Offer(prepared)), TxCode(prepared));

        var json = await Json(answer);
        Assert.Equal("Bearer", json["token_type"]!.GetValue<string>());
        Assert.InRange(json["expires_in"]!.GetValue<int>(), 1, 300);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var token = json["access_token"]!.GetValue<string>();
        var hash = OfferSecrets.Hash(token);
        Assert.True(await issuer.InDb(db => db.AccessTokens.AnyAsync(t => t.Hash == hash)));
        var file = Path.Combine(issuer.Folder, "issuer.db");
        if (!File.Exists(file)) return; // PostgreSQL keeps the same rows
        var stored = await File.ReadAllBytesAsync(file);
        Assert.Equal(-1, stored.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(token)));
    }

    [Fact]
    public async Task Attack_a_code_is_used_twice()
    {
        var prepared = await issuer.Prepare();
        var code = Code(await issuer.Offer(prepared));
        Assert.Equal(HttpStatusCode.OK, (await issuer.Token(code, TxCode(prepared))).StatusCode);

        Assert.Equal("invalid_grant", await Error(await issuer.Token(code, TxCode(prepared))));
    }

    [Fact]
    public async Task Attack_eight_redemptions_race_for_one_code_and_one_wins()
    {
        var prepared = await issuer.Prepare();
        var code = Code(await issuer.Offer(prepared));

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => issuer.Token(code, TxCode(prepared)))));

        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        foreach (var lost in answers.Where(a => a.StatusCode != HttpStatusCode.OK)) Assert.Equal("invalid_grant", await Error(lost));
    }

    [Fact]
    public async Task A_wrong_transaction_code_does_not_burn_the_offer()
    {
        var prepared = await issuer.Prepare();
        var code = Code(await issuer.Offer(prepared));
        for (var i = 0; i < 4; i++) Assert.Equal("invalid_grant", await Error(await issuer.Token(code, Wrong(prepared))));

        Assert.Equal(HttpStatusCode.OK, (await issuer.Token(code, TxCode(prepared))).StatusCode);
    }

    [Fact]
    public async Task Attack_transaction_codes_are_guessed_and_the_fifth_wrong_one_ends_the_offer()
    {
        var prepared = await issuer.Prepare();
        var code = Code(await issuer.Offer(prepared));
        for (var i = 0; i < 5; i++) Assert.Equal("invalid_grant", await Error(await issuer.Token(code, Wrong(prepared))));

        Assert.Equal("invalid_grant", await Error(await issuer.Token(code, TxCode(prepared))));

        var details = await Json(await issuer.Api(HttpMethod.Get, College, "/" + prepared["id"]!.GetValue<string>()));
        Assert.Equal("dead", details["offer"]!["state"]!.GetValue<string>());
        Assert.Contains(details["events"]!.AsArray(), e => e!["act"]!.GetValue<string>() == "offer_locked");
    }

    [Fact]
    public async Task Attack_guesses_race_each_other_and_still_only_five_are_judged()
    {
        var prepared = await issuer.Prepare();
        var code = Code(await issuer.Offer(prepared));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => issuer.Token(code, Wrong(prepared)))));

        Assert.Equal("invalid_grant", await Error(await issuer.Token(code, TxCode(prepared))));
        Assert.Equal(5, await issuer.InDb(db => db.Offers.Where(o => o.Id == prepared["offer"]!["id"]!.GetValue<string>()).Select(o => o.WrongTries).SingleAsync()));
    }

    [Fact]
    public async Task A_missing_transaction_code_is_an_invalid_request_and_costs_no_try()
    {
        var prepared = await issuer.Prepare();
        var code = Code(await issuer.Offer(prepared));
        for (var i = 0; i < 6; i++) Assert.Equal("invalid_request", await Error(await issuer.Token(code, null)));

        Assert.Equal(HttpStatusCode.OK, (await issuer.Token(code, TxCode(prepared))).StatusCode);
    }

    [Fact]
    public void A_transaction_code_where_none_is_expected_is_refused_without_spending_the_offer()
    {
        var now = DateTimeOffset.UnixEpoch;
        var offer = new Offer { Id = "o", CredentialId = "c", Organisation = "x", CodeHash = [], NeedsTxCode = false, CreatedAt = now, ExpiresAt = now.AddDays(1) };

        Assert.IsType<Redemption.TxCodeUnexpected>(offer.Redeem("123456", _ => true, now));
        Assert.IsType<Redemption.Won>(offer.Redeem(null, _ => false, now));
    }

    [Fact]
    public async Task A_code_of_one_organisation_is_worthless_at_another()
    {
        var prepared = await issuer.Prepare();

        Assert.Equal("invalid_grant", await Error(await issuer.Token(Code(await issuer.Offer(prepared)), TxCode(prepared), Ministry)));
    }

    [Fact]
    public async Task An_offer_ends_by_itself()
    {
        var prepared = await issuer.Prepare();
        var offer = await issuer.Offer(prepared);
        issuer.Clock.Move(TimeSpan.FromDays(3));

        Assert.Equal("invalid_grant", await Error(await issuer.Token(Code(offer), TxCode(prepared))));
        Assert.Equal(HttpStatusCode.NotFound, (await issuer.Http.GetAsync($"/{College}/offers/{prepared["offer"]!["id"]}")).StatusCode);
    }

    [Fact]
    public async Task A_new_offer_ends_the_old_one()
    {
        var prepared = await issuer.Prepare();
        var old = await issuer.Offer(prepared);

        var renewed = await issuer.Api(HttpMethod.Post, College, $"/{prepared["id"]}/offer");

        Assert.Equal(HttpStatusCode.OK, renewed.StatusCode);
        Assert.Equal("invalid_grant", await Error(await issuer.Token(Code(old), TxCode(prepared))));
    }

    [Theory]
    [InlineData("", "invalid_request")]
    [InlineData("grant_type=password&username=x&password=y", "unsupported_grant_type")]
    [InlineData("grant_type=authorization_code&code=x", "invalid_request")]
    [InlineData("grant_type=refresh_token", "invalid_request")]
    [InlineData("grant_type=refresh_token&refresh_token=nobody-has-this", "invalid_grant")]
    [InlineData("grant_type=urn:ietf:params:oauth:grant-type:pre-authorized_code", "invalid_request")]
    [InlineData("grant_type=urn:ietf:params:oauth:grant-type:pre-authorized_code&pre-authorized_code=nobody-has-this", "invalid_grant")]
    [InlineData("grant_type=a&grant_type=b", "invalid_request")]
    [InlineData("grant_type=urn:ietf:params:oauth:grant-type:pre-authorized_code&pre-authorized_code=%00%ff%fe", "invalid_request")]
    public async Task A_malformed_token_request_gets_the_protocols_own_error(string form, string error)
    {
        var answer = await issuer.Http.PostAsync($"/{College}/token", new StringContent(form, System.Text.Encoding.ASCII, "application/x-www-form-urlencoded"));

        Assert.Equal(error, await Error(answer));
    }

    [Fact]
    public async Task A_token_request_that_is_no_form_gets_the_protocols_own_error()
    {
        Assert.Equal("invalid_request", await Error(await issuer.Http.PostAsync($"/{College}/token", new StringContent("{}", System.Text.Encoding.UTF8, "application/json"))));
        Assert.Equal("invalid_request", await Error(await issuer.Http.PostAsync($"/{College}/token", null)));
    }

    private static string Wrong(JsonObject prepared) => TxCode(prepared) == "000000" ? "000001" : "000000";
}
