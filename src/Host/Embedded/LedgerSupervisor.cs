using Identity.Ledger.Anchoring;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Host.Embedded;

/// <summary>
/// Owns the local ledger node: starts it, puts the registry and the seeded organisations on it, and does both again when the node
/// dies or has lost its state. The registry's address depends only on the governor's key, so it survives a lost chain.
/// </summary>
internal sealed class LedgerSupervisor : IAsyncDisposable
{
    private readonly DemonstrationOptions _options;
    private readonly LedgerAccounts _accounts;
    private readonly HttpClient _http = new();
    private readonly CancellationTokenSource _stop = new();
    private AnvilNode? _node;
    private Task _watch = Task.CompletedTask;

    public LedgerSupervisor(DemonstrationOptions options, LedgerAccounts accounts)
    {
        _options = options;
        _accounts = accounts;
        Evm = ChainSettings.OpenChain(new ChainOptions { Rpc = options.Rpc, ChainId = AnvilNode.ChainId, Development = true }, _http, TimeProvider.System);
        Contract = RegistryClient.AddressFor(accounts.Governor.Address);
        Registry = new RegistryClient(Evm, Contract);
    }

    public EvmClient Evm { get; }

    public Address Contract { get; }

    public RegistryClient Registry { get; }

    /// <summary>Writes what the demonstration needs on the chain; set before <see cref="WatchAsync"/> so that a lost chain is written again.</summary>
    public Func<RegistryClient, LedgerAccounts, CancellationToken, Task> Seed { get; set; } = (_, _, _) => Task.CompletedTask;

    /// <summary>Starts the node and makes sure that the registry is deployed.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(_options.Path("ledger"));
        var state = _options.Path("ledger", "node-state.json");
        _node = await AnvilNode.StartAsync(_options.LedgerPort, state, null, ct);
        if (await Registry.IsAnotherThereAsync(ct))
        {
            // An older version's registry: this chain is a stand-in that may be lost at any time, so it is begun anew.
            await _node.DisposeAsync();
            File.Delete(state);
            _node = await AnvilNode.StartAsync(_options.LedgerPort, state, null, ct);
            Evm.ForgetHead();
        }
        await RegistryClient.DeployAsync(Evm, _accounts.Governor, ct);
    }

    /// <summary>Seeds the chain, then restarts and re-seeds the node whenever it ends.</summary>
    public async Task WatchAsync(CancellationToken ct)
    {
        await Seed(Registry, _accounts, ct);
        _watch = Task.Run(RestartWhenItEndsAsync, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_node is not null) await _node.DisposeAsync();
        await _watch;
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task RestartWhenItEndsAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _node!.Exited.WaitAsync(_stop.Token);
                Console.Error.WriteLine("The local ledger node ended; starting it again.");
                await StartAsync(_stop.Token);
                await Seed(Registry, _accounts, _stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is InvalidOperationException or EvmException or HttpRequestException)
            {
                // The port may need a moment to come free; issuing goes on meanwhile and verdicts say what is true.
                Console.Error.WriteLine($"The local ledger node does not start ({e.Message}); trying again.");
                await Task.Delay(TimeSpan.FromSeconds(1), _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }
}
