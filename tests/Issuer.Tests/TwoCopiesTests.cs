using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Issuer.Data;
using Identity.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>Two copies of the service over one PostgreSQL and one folder of keys, as behind a proxy.</summary>
[Trait("Store", "Own")]
public sealed class TwoCopiesTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("issuer-two-").FullName;
    private readonly List<WebApplication> _copies = [];

    public async Task InitializeAsync()
    {
        if (PostgresServer.Absent is not null) return;
        var settings = Settings(_folder).Append($"--ConnectionStrings:Issuer={await PostgresServer.NewDatabaseAsync()}").Append("--Log:Lease=00:00:02").Append("--Log:Interval=00:00:00.100").ToArray();
        _copies.AddRange([Build(settings), Build(settings)]);
        await Task.WhenAll(_copies.Select(copy => copy.StartAsync()));
    }

    public async Task DisposeAsync()
    {
        foreach (var copy in _copies) await copy.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [PostgresFact]
    public async Task An_offer_made_by_one_is_redeemed_at_the_other_and_its_nonce_serves_once_in_all()
    {
        var (code, txCode, _) = await PrepareAsync(0);
        var token = await TokenAsync(1, code, txCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await RedeemAsync(0, code, txCode)).StatusCode);
        using var key = Es256Key.Create();
        var nonce = await NonceAsync(0);

        var first = await CollectAsync(1, token, nonce, key);
        var second = await CollectAsync(0, token, nonce, key);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal("invalid_nonce", await Error(second));
    }

    [PostgresFact]
    public async Task Attack_tries_of_a_transaction_code_are_counted_over_both()
    {
        var (code, txCode, _) = await PrepareAsync(0);
        for (var n = 0; n < 5; n++) Assert.Equal(HttpStatusCode.BadRequest, (await RedeemAsync(n % 2, code, txCode == "000000" ? "000001" : "000000")).StatusCode);

        Assert.Equal(HttpStatusCode.BadRequest, (await RedeemAsync(0, code, txCode)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await RedeemAsync(1, code, txCode)).StatusCode);
    }

    [PostgresFact]
    public async Task Attack_one_nonce_sent_to_both_at_the_same_moment_serves_once()
    {
        for (var round = 0; round < 5; round++)
        {
            var offers = await Task.WhenAll(PrepareAsync(0), PrepareAsync(1));
            var tokens = await Task.WhenAll(TokenAsync(0, offers[0].Code, offers[0].TxCode), TokenAsync(1, offers[1].Code, offers[1].TxCode));
            using var key = Es256Key.Create();
            var nonce = await NonceAsync(0);

            var answers = await Task.WhenAll(CollectAsync(0, tokens[0], nonce, key), CollectAsync(1, tokens[1], nonce, key));

            Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
            Assert.Equal("invalid_nonce", await Error(answers.Single(a => a.StatusCode != HttpStatusCode.OK)));
        }
    }

    [PostgresFact]
    public async Task Both_issue_at_once_and_each_copy_has_an_index_and_one_place_in_the_log_even_when_the_holder_of_the_lease_dies()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(n => IssueAsync(n % 2)));
        await UntilLoggedAsync(1);

        // Gone without a farewell: the lease is not given back, it runs out.
        await _copies[0].DisposeAsync();
        _copies.RemoveAt(0);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => IssueAsync(0)));
        await UntilLoggedAsync(0);

        await using var scope = _copies[0].Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IssuerDb>();
        Assert.Equal(40, await db.Copies.Select(c => new { c.List, c.Index }).Distinct().CountAsync());
        Assert.Equal(40, (await db.StatusLists.ToListAsync()).Sum(l => l.Taken));
        Assert.Equal(40, await db.Database.SqlQueryRaw<int>("SELECT CAST(COUNT(*) AS INTEGER) AS \"Value\" FROM ledger_entries e JOIN credential_copies c ON c.\"Entry\" = e.entry").SingleAsync());
    }

    private async Task UntilLoggedAsync(int copy)
    {
        await using var scope = _copies[copy].Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IssuerDb>();
        for (var tries = 0; await db.Database.SqlQueryRaw<int>("SELECT CAST(COUNT(*) AS INTEGER) AS \"Value\" FROM ledger_pending").SingleAsync() > 0; tries++)
        {
            Assert.True(tries < 600, "Entries wait for a sequencer.");
            await Task.Delay(100);
        }
    }

    private async Task IssueAsync(int copy)
    {
        var (code, txCode, _) = await PrepareAsync(copy);
        using var first = Es256Key.Create();
        using var second = Es256Key.Create();
        Assert.Equal(HttpStatusCode.OK, (await CollectAsync(copy, await TokenAsync(copy, code, txCode), await NonceAsync(copy), first, second)).StatusCode);
    }

    private HttpClient Http(int copy)
    {
        var http = _copies[copy].GetTestClient();
        http.BaseAddress = new Uri(Url);
        return http;
    }

    private async Task<(string Code, string TxCode, string Id)> PrepareAsync(int copy)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/{College}/credentials")
        {
            Headers = { { "X-Api-Key", _copies[copy].Services.GetRequiredService<IssuerSeed>().Access.Single(a => a.Organisation == College).ApiKey } },
            Content = JsonContent.Create(new JsonObject { ["type"] = "qualification", ["reference"] = $"T-{Guid.NewGuid():n}", ["claims"] = Diploma() }),
        };
        var answer = await Http(copy).SendAsync(request);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var prepared = await Json(answer);
        var value = Uri.UnescapeDataString(prepared["offer"]!["byValueLink"]!.GetValue<string>().Split("credential_offer=")[1]);
        return (Code(JsonNode.Parse(value)!.AsObject()), TxCode(prepared), prepared["id"]!.GetValue<string>());
    }

    private Task<HttpResponseMessage> RedeemAsync(int copy, string code, string txCode) => Http(copy).PostAsync($"/{College}/token", new FormUrlEncodedContent(new Dictionary<string, string>
    {
        ["grant_type"] = "urn:ietf:params:oauth:grant-type:pre-authorized_code", ["pre-authorized_code"] = code, ["tx_code"] = txCode,
    }));

    private async Task<string> TokenAsync(int copy, string code, string txCode) => (await Json(await RedeemAsync(copy, code, txCode)))["access_token"]!.GetValue<string>();

    private async Task<string> NonceAsync(int copy) => (await Json(await Http(copy).PostAsync($"/{College}/nonce", null)))["c_nonce"]!.GetValue<string>();

    private Task<HttpResponseMessage> CollectAsync(int copy, string token, string nonce, params Es256Key[] keys)
    {
        var proofs = keys.Select(key => Jws.Sign(
            new JsonObject { ["typ"] = "openid4vci-proof+jwt", ["alg"] = key.Algorithm, ["jwk"] = key.PublicKey.ToJson() },
            new JsonObject { ["aud"] = $"{Url}/{College}", ["iat"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(), ["nonce"] = nonce }, key));
        var request = new HttpRequestMessage(HttpMethod.Post, $"/{College}/credential") { Content = JsonContent.Create(Request(proofs)) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return Http(copy).SendAsync(request);
    }
}
