using System.Diagnostics;
using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Host.Journey;
using Identity.Host.Network;
using Identity.Host.Seed;
using Identity.Hosting;
using Identity.Issuer;
using Identity.Issuer.Organisations;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Identity.TestKit;
using Identity.TestKit.Chains;
using Identity.Tests.Shared;
using Identity.Verifier;
using Identity.Wallet.Holder;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Identity.Interop.Tests;

/// <summary>A college, the ministry that becomes its depositary, and verifiers: each a service of its own with its own folder, log and address, on one ledger node.</summary>
internal sealed class ClosedCollege : IAsyncDisposable
{
    public const string College = "port-selin", Ministry = "talmara-education";

    private static readonly OrganisationProfile Authority = new("https://authority.talmara.example", "Talmara Accreditation Authority", "XT", true, null);

    private readonly string _folder = Directory.CreateTempSubdirectory("identity-closed-college-").FullName;
    private readonly HttpClient _http = new();
    private readonly EvmAccount _governor = EvmAccount.Create(), _root = EvmAccount.Create();
    private readonly List<WebApplication> _apps = [];
    private readonly List<string> _more = [];
    private AnvilNode? _node;
    private SealedNetwork? _network;
    private ulong _rootNumber;

    public RegistryClient Registry { get; private set; } = null!;

    /// <summary>The file of the validators that seal the blocks; there where somebody does.</summary>
    public string Validators => Path.Combine(_folder, "validators.json");

    private Uri Rpc => _network?.Rpc ?? _node!.Rpc;

    /// <param name="isSealed">On a network of validators, against whom exports are checked; else on a chain for development.</param>
    public static async Task<ClosedCollege> StartAsync(bool isSealed = false)
    {
        var world = isSealed ? new ClosedCollege { _network = await SealedNetwork.StartAsync() } : new ClosedCollege { _node = await AnvilNode.StartAsync() };
        world.Registry = await RegistryClient.DeployAsync(
            new EvmClient(world._http, new EvmOptions { Rpc = world.Rpc, ChainId = AnvilNode.ChainId, PollInterval = TimeSpan.FromMilliseconds(50) }, TimeProvider.System), world._governor);
        (await world.Registry.RegisterOrganisationAsync(world._governor, Authority, world._root.Address, OrganisationRoles.Accreditor)).Require();
        world._rootNumber = Granted(await world.Registry.AdmitRootAsync(world._governor, Authority.Id(), AccreditationRight.Accredit, new Scope(null), DateTimeOffset.UnixEpoch, null));
        if (world._network is { } network) await world.TrustAsync(network);
        return world;
    }

    private async Task TrustAsync(SealedNetwork network)
    {
        var file = Path.Combine(_folder, "network.json");
        new NetworkFile([network.Rpc], SealedNetwork.ChainId, Address.Zero, Registry.Contract).Write(file);
        Assert.Equal(LedgerCommands.Done, await new LedgerCommands(_http, TextWriter.Null).PinAsync(file, [], "A network of a test", Validators, default));
        _more.AddRange(["--Ledger:Consensus=qbft", $"--Exit:Validators={Validators}"]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in Enumerable.Reverse(_apps)) await StopAsync(app);
        if (_node is not null) await _node.DisposeAsync();
        if (_network is not null) await _network.DisposeAsync();
        _governor.Dispose();
        _root.Dispose();
        _http.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    public async Task StopAsync(WebApplication app)
    {
        if (!_apps.Remove(app)) return;
        await app.StopAsync();
        await app.DisposeAsync();
    }

    /// <summary>The service of one organisation, registered with its log.</summary>
    public async Task<Service> IssuerAsync(string slug, string name, OrganisationRoles roles)
    {
        var url = $"http://localhost:{Ports.Free()}";
        string[] settings =
        [
            .. Common(slug, url), $"--Organisations:0:Slug={slug}", $"--Organisations:0:Name={name}", "--Organisations:0:Country=XT", "--Organisations:0:Demonstration=true", "--Organisations:0:Types:0=qualification",
            "--Keys:Settle=00:00:00.100", "--Log:Interval=00:00:00.200", "--Ledger:Interval=00:00:00.300",
        ];
        var app = await StartAsync(IssuerApp.Build(settings));
        var organisation = app.Services.GetRequiredService<OrganisationDirectory>().Find(slug)!;
        (await Registry.RegisterOrganisationAsync(_governor, organisation.Profile, organisation.Account.Address, roles)).Require();
        var log = SeededLog.Of(app.Services);
        (await Registry.RegisterLogAsync(_governor, log.Origin, log.Operator, log.Key)).Require();
        return new Service(app, organisation, settings, Path.Combine(_folder, slug), url);
    }

    /// <summary>A verifier that has never seen anything. It reads the logs of those who do not answer from <paramref name="source"/>.</summary>
    public async Task<(WebApplication App, Api Api)> VerifierAsync(string name, string? source = null)
    {
        var url = $"http://localhost:{Ports.Free()}";
        var app = await StartAsync(VerifierApp.Build(
        [
            .. Common(name, url), "--Mirror:Interval=00:00:01", "--Mirror:HeadAge=00:00:00", "--Mirror:Development=true", "--Status:RefreshSeconds=1", .. source is null ? Array.Empty<string>() : [$"--Mirror:Sources:0={source}"],
        ]));
        return (app, new Api(url));
    }

    public async Task GrantAsync(Service holder, Scope scope) =>
        Granted(await Registry.GrantAsync(_root, _rootNumber, holder.Organisation.Profile.Id(), AccreditationRight.Issue, scope, DateTimeOffset.UnixEpoch, null));

    /// <summary>The authority above the college says that the depositary is the right one.</summary>
    public async Task ConfirmAsync(Service closed, Service depositary) => (await Registry.NameDepositaryAsync(_root, closed.Organisation.Profile.Id(), depositary.Organisation.Profile.Id())).Require();

    /// <summary>A new phone collects an offer.</summary>
    public static async Task<IReadOnlyList<string>> CollectAsync(JsonNode offer, int copies)
    {
        using var fetch = new OutboundFetch(Options.Create(new OutboundOptions { AllowLoopback = true, Timeout = TimeSpan.FromMinutes(1) }));
        var received = await new ReceiveCredentials(fetch, TimeProvider.System).FromOfferAsync((string)offer["link"]!, (string)offer["txCode"]!, copies, default);
        return [.. Assert.IsType<Reception.Received>(received).Copies.Select(c => c.SdJwt)];
    }

    /// <summary>Checks again until the verdict is as it should become; the last one, where it does not.</summary>
    public static Task<JsonObject> CheckAsync(Api verifier, string credential, Predicate<JsonObject> enough) =>
        UntilAsync(() => verifier.PostAsync("/api/check", new JsonObject { ["credential"] = credential }, default), enough);

    /// <summary>Asks again until the answer is there; the last answer, where it never is.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Predicate<T> isThere)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(200))
        {
            var answer = await ask();
            if (isThere(answer) || clock.Elapsed > TimeSpan.FromSeconds(90)) return answer;
        }
    }

    private string[] Common(string app, string url) =>
    [
        "--environment=Development", $"--urls={url}", $"--PublicUrl={url}", $"--Data:Folder={Path.Combine(_folder, app)}", "--Outbound:AllowLoopback=true",
        $"--Ledger:Rpc={Rpc}", $"--Ledger:Contract={Registry.Contract}", $"--Ledger:ChainId={AnvilNode.ChainId}", "--Ledger:Development=true", "--Logging:LogLevel:Default=None",
        "--Limits:Secrets=10000", "--Limits:Work=10000", .. _more,
    ];

    private async Task<WebApplication> StartAsync(WebApplication app)
    {
        _apps.Add(app);
        await app.StartAsync();
        return app;
    }

    private static ulong Granted(RegistryWrite write)
    {
        write.Require();
        return ((RegistryEvent.AccreditationGranted)((RegistryWrite.Done)write).Event).Number;
    }
}
