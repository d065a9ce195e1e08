using System.Text.RegularExpressions;
using System.Text.Json.Nodes;
using Identity.Credentials.SdJwt;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Tests.Authorization;
using Identity.TestKit;
using Identity.Wallet.Holder;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Holder;

/// <summary>The holder in C# against the Issuer as it listens: every way of receiving, over a real connection.</summary>
public sealed class HolderTests : IAsyncLifetime
{
    private const string Client = "https://wallet.example", Redirect = "https://wallet.example/cb";
    private readonly string _folder = Directory.CreateTempSubdirectory("issuer-holder-").FullName;
    private readonly OutboundFetch _fetch = new(Options.Create(new OutboundOptions { AllowLoopback = true, Timeout = TimeSpan.FromMinutes(1) }));
    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
    private WebApplication _app = null!;
    private ReceiveCredentials _receive = null!;

    public async Task InitializeAsync()
    {
        var url = $"http://localhost:{Ports.Free()}";
        _app = IssuerApp.Build([.. Settings(_folder).Where(s => !s.StartsWith("--PublicUrl", StringComparison.Ordinal)), $"--PublicUrl={url}", $"--urls={url}"]);
        await _app.StartAsync();
        _http.BaseAddress = new Uri(url);
        _http.DefaultRequestHeaders.Add("X-Api-Key", _app.Services.GetRequiredService<IssuerSeed>().Access.Single(a => a.Organisation == College).ApiKey);
        _receive = new ReceiveCredentials(_fetch, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _http.Dispose();
        _fetch.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("ES256", KeyNaming.Jwk, false, null, false)]
    [InlineData("ES256", KeyNaming.DidKey, true, "A128GCM", true)]
    [InlineData("ES256", KeyNaming.DidJwk, true, "A256GCM", false)]
    [InlineData("EdDSA", KeyNaming.Jwk, false, "A256GCM", true)]
    [InlineData("EdDSA", KeyNaming.DidKey, true, null, false)]
    public async Task Copies_come_with_a_pre_authorized_code_in_every_way(string algorithm, KeyNaming naming, bool dpop, string? encryption, bool byDetails)
    {
        var (id, link, code) = await OfferAsync();
        var options = new ReceiveOptions { Copies = 2, Algorithm = algorithm, Naming = naming, Dpop = dpop, Encryption = encryption, ByDetails = byDetails };

        var received = Received(await _receive.FromOfferAsync(link, code, options, default));

        Assert.Equal(2, received.Copies.Count);
        Assert.All(received.Copies, copy => Assert.True(SdJwtVc.TryParse(copy.SdJwt, out var credential, out _) && credential.HolderKey!.SameKey(copy.Key.PublicKey)));
        Assert.All(received.Copies, copy => Assert.Equal(algorithm == "ES256", copy.Compact is not null));
        Assert.Contains("wallet_accepted", await ActsAsync(id));

        // More copies, without the person, for a wallet that is bound by its key.
        Assert.Equal(dpop, received.More is not null);
        for (var (more, seen) = (received.More, received.Copies.ToList()); more is not null && seen.Count < 6;)
        {
            var fetched = Received(await _receive.TopUpAsync(more, default));
            seen.AddRange(fetched.Copies);
            more = fetched.More;
            Assert.Empty(fetched.Papers);
            Assert.Equal(seen.Count, seen.DistinctBy(c => c.Key.PublicKey.ThumbprintText()).Count());
        }
    }

    [Theory]
    [InlineData(false, null, false)]
    [InlineData(true, "A128GCM", true)]
    public async Task Copies_come_by_the_organisations_page(bool dpop, string? encryption, bool byDetails)
    {
        var (_, link, code) = await OfferAsync();
        var (step, refusal) = await _receive.BeginAsync(link, Client, Redirect, new ReceiveOptions { Dpop = dpop, Encryption = encryption, ByDetails = byDetails }, default);
        Assert.True(step is not null, refusal?.Reason);

        var received = Received(await _receive.FinishAsync(step, await AnswerAsync(step.Page, ("code", code), ("act", "give")), default));

        Assert.NotNull(Assert.Single(received.Copies).Compact);
    }

    [Fact]
    public async Task A_no_on_the_page_and_an_answer_by_another_issuer_keep_nothing()
    {
        var (_, link, _) = await OfferAsync();
        var (step, _) = await _receive.BeginAsync(link, Client, Redirect, new ReceiveOptions(), default);
        var callback = await AnswerAsync(step!.Page, ("act", "deny"));

        Assert.Equal("access_denied", Refused(await _receive.FinishAsync(step, callback, default)));
        Assert.Equal("issuer_mismatch", Refused(await _receive.FinishAsync(step, Regex.Replace(callback, "iss=[^&]*", "iss=https%3A%2F%2Fevil.example"), default)));
        Assert.Equal("issuer_mismatch", Refused(await _receive.FinishAsync(step, Regex.Replace(callback, "&iss=[^&]*", ""), default)));
        Assert.Equal("malformed", Refused(await _receive.FinishAsync(step, Regex.Replace(callback, "state=[^&]*", "state=other"), default)));
        Assert.Equal("malformed", Refused(await _receive.FinishAsync(step, callback.Replace("wallet.example", "evil.example"), default)));
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "A256GCM")]
    public async Task A_credential_that_waits_comes_after_somebody_agreed(bool dpop, string? encryption)
    {
        var (id, link, code) = await OfferAsync();
        await StepAsync(id, c => c.HoldBack(DateTimeOffset.UtcNow));
        var reception = await _receive.FromOfferAsync(link, code, new ReceiveOptions { Dpop = dpop, Encryption = encryption }, default);
        var waiting = Assert.IsType<Reception.Deferred>(reception).Waiting;
        Assert.True(waiting.Interval > TimeSpan.Zero);
        waiting = Assert.IsType<Reception.Deferred>(await _receive.AskAgainAsync(waiting, default)).Waiting;
        // The first access token has ended meanwhile; the wallet gets another.
        await InDbAsync(db => db.AccessTokens.ExecuteDeleteAsync());
        await StepAsync(id, c => c.Release(DateTimeOffset.UtcNow));

        var received = Received(await _receive.AskAgainAsync(waiting, default));

        Assert.NotNull(Assert.Single(received.Copies).Compact);
        Assert.Contains("wallet_accepted", await ActsAsync(id));
        Assert.Equal("invalid_transaction_id", Refused(await _receive.AskAgainAsync(waiting, default)));
    }

    private async Task<(string Id, string Link, string TxCode)> OfferAsync()
    {
        var body = new JsonObject { ["type"] = "qualification", ["reference"] = $"H-{Guid.NewGuid():n}", ["claims"] = Diploma() };
        var answer = await Json(await _http.PostAsync($"/api/{College}/credentials", System.Net.Http.Json.JsonContent.Create(body)));
        return (answer["id"]!.GetValue<string>(), answer["offer"]!["link"]!.GetValue<string>(), TxCode(answer));
    }

    private async Task<string> AnswerAsync(Uri page, params (string, string)[] fields)
    {
        var browser = new Browser(_http);
        await browser.Get(page.PathAndQuery);
        return (await browser.Post(page.PathAndQuery, fields)).Headers.GetValues("Location").Single();
    }

    private async Task<string> ActsAsync(string id) => (await Json(await _http.GetAsync($"/api/{College}/credentials/{id}")))["events"]!.ToJsonString();

    private Task StepAsync(string id, Func<CredentialRecord, Step> step) => InDbAsync(async db =>
    {
        Assert.IsType<Step.Taken>(step(await db.Credentials.SingleAsync(c => c.Id == id)));
        return await db.SaveChangesAsync();
    });

    private async Task InDbAsync(Func<IssuerDb, Task<int>> work)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        await work(scope.ServiceProvider.GetRequiredService<IssuerDb>());
    }

    private static Reception.Received Received(Reception reception) =>
        reception as Reception.Received ?? throw new InvalidOperationException(reception is Reception.Refused refused ? $"{refused.Why.Code}: {refused.Why.Reason}" : reception.ToString());

    private static string Refused(Reception reception) => Assert.IsType<Reception.Refused>(reception).Why.Code;
}
