using Identity.Hosting;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Mirror;
using Identity.Ledger.Registry;
using Identity.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Drill;

/// <summary>A real node with the registry, and the mirror of a verifier that follows the log through every kill.</summary>
internal sealed class DrillLedger : IAsyncDisposable
{
    private readonly AnvilNode _node;
    private readonly HttpClient _http = new();
    private readonly EvmAccount _governor = EvmAccount.Create();
    private readonly ServiceProvider _services;

    private DrillLedger(AnvilNode node, string folder)
    {
        _node = node;
        Registry = new RegistryClient(new EvmClient(_http, new EvmOptions { Rpc = node.Rpc, ChainId = AnvilNode.ChainId, PollInterval = TimeSpan.FromMilliseconds(20) }, TimeProvider.System), RegistryClient.AddressFor(_governor.Address));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Data:Folder"] = folder, ["Ledger:Rpc"] = node.Rpc.ToString(), ["Ledger:Contract"] = Registry.Contract.ToString(), ["Ledger:ChainId"] = $"{AnvilNode.ChainId}", ["Mirror:HeadAge"] = "00:00:00",
        }).Build();
        _services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System)
            .Configure<OutboundOptions>(o => (o.AllowLoopback, o.Timeout) = (true, TimeSpan.FromSeconds(30))).AddSingleton<OutboundFetch>()
            .AddLedgerMirror(configuration).BuildServiceProvider();
    }

    public RegistryClient Registry { get; }

    public Uri Rpc => _node.Rpc;

    /// <summary>The log's checkpoint key, once registered.</summary>
    public byte[] LogKey { get; private set; } = [];

    public LedgerMirror Mirror => _services.GetRequiredService<LedgerMirror>();

    public static async Task<DrillLedger> StartAsync(string folder, CancellationToken ct)
    {
        var ledger = new DrillLedger(await AnvilNode.StartAsync(Ports.Free(), ct: ct), folder);
        await RegistryClient.DeployAsync(ledger.Registry.Evm, ledger._governor, ct);
        return ledger;
    }

    /// <summary>Registers the log with the keys that the Issuer made at its first start.</summary>
    public async Task RegisterAsync(string origin, string keys, CancellationToken ct)
    {
        using var key = LogKeyFile.Load(Path.Combine(keys, "log.pem"));
        using var account = EvmAccount.LoadFile(Path.Combine(keys, "log-operator.account.pem"));
        LogKey = key.PublicBytes;
        (await Registry.RegisterLogAsync(_governor, origin, account.Address, LogKey, ct)).Require();
    }

    public async Task<IReadOnlyList<RegistryEvent.Anchored>> AnchorsAsync(CancellationToken ct)
    {
        var head = await Registry.Evm.HeadAsync(ct);
        return [.. (await Registry.ReadEventsAsync(0, head.Number, ct)).OfType<RegistryEvent.Anchored>()];
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _node.DisposeAsync();
        _governor.Dispose();
        _http.Dispose();
    }
}
