using System.Net;
using Identity.Credentials.Jose;
using Identity.Credentials.Verifiers;
using Identity.Hosting;
using Identity.TestKit;
using Identity.Wallet.Verifiers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Identity.Wallet.Tests.Verifiers;

/// <summary>The list that the wallet's server keeps for phones, and the pin in the page.</summary>
public sealed class VerifierListKeeperTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    private readonly Es256Key _authority = Es256Key.Create();
    private readonly Es256Key _stranger = Es256Key.Create();
    private readonly OutboundFetch _fetch = new(Options.Create(new OutboundOptions { AllowLoopback = true, Timeout = TimeSpan.FromMinutes(1) }));
    private readonly string _url = $"http://localhost:{Ports.Free()}";
    private WebApplication _site = null!;
    private string _served = "";

    public async Task InitializeAsync()
    {
        _site = WebApplication.CreateBuilder(new WebApplicationOptions { Args = [$"--urls={_url}"] }).Build();
        _site.MapGet("/list", () => Results.Text(_served, VerifierList.MediaType));
        await _site.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _site.DisposeAsync();
        _fetch.Dispose();
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task A_newer_list_is_taken_and_an_older_one_never()
    {
        using var keeper = Keeper();
        Assert.Null(await LookAsync(keeper, List(5)));
        Assert.Null(await LookAsync(keeper, List(6)));

        Assert.Contains("older", await LookAsync(keeper, List(5)), StringComparison.Ordinal);

        Assert.Equal(6, keeper.Current!.List.Version);
    }

    [Fact]
    public async Task Attack_lists_by_others_expired_or_from_the_future_are_not_taken()
    {
        using var keeper = Keeper();

        Assert.NotNull(await LookAsync(keeper, List(7).Sign(_stranger)));
        Assert.NotNull(await LookAsync(keeper, List(7) with { Expires = Now.AddSeconds(-1) }));
        Assert.NotNull(await LookAsync(keeper, List(7) with { IssuedAt = Now.AddHours(1) }));
        Assert.NotNull(await LookAsync(keeper, "nonsense"));

        Assert.Null(keeper.Current);
    }

    [Fact]
    public async Task The_server_writes_the_pin_into_the_page_and_the_service_worker_and_hands_out_the_list()
    {
        _served = List(5).Sign(_authority);
        var pin = _authority.PublicKey.ThumbprintText();
        var folder = Directory.CreateTempSubdirectory("wallet-test-").FullName;
        await using var wallet = WalletApp.Build([$"--urls=http://127.0.0.1:0", "--PublicUrl=http://localhost:5002", "--environment=Development", $"--Data:Folder={folder}", "--Outbound:AllowLoopback=true", $"--Verifiers:List={_url}/list", $"--Verifiers:Signers:0={pin}", "--Verifiers:RefreshSeconds=1"]);
        await wallet.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(wallet.Urls.Single()) };

        Assert.Contains($"<meta name=\"verifier-signers\" content=\"{pin}\">", await http.GetStringAsync(new Uri("/", UriKind.Relative)), StringComparison.Ordinal);
        Assert.DoesNotContain("%verifier-signers%", await http.GetStringAsync(new Uri("/sw.js", UriKind.Relative)), StringComparison.Ordinal);
        HttpResponseMessage answer;
        for (var tries = 0; (answer = await http.GetAsync(new Uri("/verifiers.jwt", UriKind.Relative))).StatusCode == HttpStatusCode.ServiceUnavailable && tries < 300; tries++) await Task.Delay(100);
        Assert.Equal(_served, await answer.Content.ReadAsStringAsync());
        Assert.Equal(VerifierList.MediaType, answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public void In_production_a_wallet_without_a_list_or_a_pin_does_not_start()
    {
        Assert.Throws<SettingMissingException>(() => WalletApp.Build(["--environment=Production"]));
        Assert.Throws<SettingMissingException>(() => WalletApp.Build(["--environment=Production", "--Verifiers:List=https://issuer.example/ministry/verifiers"]));
        Assert.Throws<SettingMissingException>(() => WalletApp.Build(["--environment=Development", "--Data:Folder=nowhere", "--Verifiers:List=https://issuer.example/ministry/verifiers", "--Verifiers:Signers:0=short"]));
    }

    private VerifierListKeeper Keeper() => new(new VerifierListOptions(new Uri($"{_url}/list"), [_authority.PublicKey.ThumbprintText()], TimeSpan.FromHours(1)), _fetch, TimeProvider.System, NullLogger<VerifierListKeeper>.Instance);

    private Task<string?> LookAsync(VerifierListKeeper keeper, VerifierList list) => LookAsync(keeper, list.Sign(_authority));

    private Task<string?> LookAsync(VerifierListKeeper keeper, string served)
    {
        _served = served;
        return keeper.LookAsync(CancellationToken.None);
    }

    private static VerifierList List(long version) => new("https://issuer.example/ministry", "Ministry", version, Now.AddMinutes(-1), Now.AddDays(3), []);
}
