using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Identity.TestKit.Chains;

/// <summary>
/// A network of validators on one machine: several addresses in front of one development node, which seal and link its blocks anew by the rules of QBFT, IBFT 2.0 or IBFT. What its
/// contracts hold, and the proofs of that, are real; who agreed, when the head moves, and what each node says of it is the test's to choose.
/// </summary>
internal sealed class SealedNetwork : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly AnvilNode _anvil;
    private readonly Sealer _sealer;
    private readonly SealedBlocks _blocks;
    private readonly List<(ulong Since, IReadOnlyList<EvmAccount> Set)> _sets = [];
    private readonly List<Sealer> _forks = [];
    private WebApplication? _app;

    private SealedNetwork(AnvilNode anvil, Consensus consensus, int validators, int nodes)
    {
        (_anvil, Consensus, _sealer) = (anvil, consensus, new Sealer(consensus, validators));
        _sets.Add((0, _sealer.Keys));
        _blocks = new SealedBlocks(_sealer, SetAt, AskAsync);
        Nodes = [.. Enumerable.Range(0, nodes).Select(i => new SealedNode(i, _blocks, ForwardAsync))];
    }

    /// <summary>Its id (EIP-155).</summary>
    public static ulong ChainId => AnvilNode.ChainId;

    /// <summary>By which rules it agrees.</summary>
    public Consensus Consensus { get; }

    /// <summary>Its nodes; each can be made to misbehave by itself.</summary>
    public IReadOnlyList<SealedNode> Nodes { get; }

    /// <summary>The first node's address.</summary>
    public Uri Rpc => Nodes[0].Rpc;

    /// <summary>Who seals the newest blocks.</summary>
    public IReadOnlyList<EvmAccount> Validators => _sets[^1].Set;

    /// <summary>Starts it with its genesis block alone.</summary>
    /// <param name="consensus">Its rules.</param>
    /// <param name="validators">How many seal.</param>
    /// <param name="nodes">How many addresses answer.</param>
    public static async Task<SealedNetwork> StartAsync(Consensus consensus = Consensus.Qbft, int validators = 4, int nodes = 1)
    {
        var binary = Path.Combine(Checkout.Root, "node_modules", "@foundry-rs", "anvil-linux-amd64", "bin", "anvil");
        var network = new SealedNetwork(await AnvilNode.StartAsync(binary: File.Exists(binary) ? binary : null, hardfork: "istanbul"), consensus, validators, nodes);
        await network.ListenAsync();
        return network;
    }

    /// <summary>A client of its first node, which also knows the others.</summary>
    public EvmClient Client(Func<EvmOptions, EvmOptions>? change = null, TimeProvider? clock = null) => new(_http, (change ?? (o => o))(new EvmOptions
    {
        Rpc = Rpc, OtherNodes = [.. Nodes.Skip(1).Select(node => node.Rpc)], ChainId = ChainId, PollInterval = TimeSpan.FromMilliseconds(20), Backoff = TimeSpan.FromMilliseconds(10),
    }), clock ?? TimeProvider.System);

    /// <summary>Makes blocks without transactions. Returns the newest one's number.</summary>
    public async Task<ulong> MineAsync(int blocks = 1)
    {
        for (var i = 0; i < blocks; i++) await AskAsync("evm_mine", []);
        return await _blocks.ExtendAsync();
    }

    /// <summary>The validators agree on no more blocks; transactions wait.</summary>
    public Task HaltAsync() => AskAsync("evm_setAutomine", [false]);

    /// <summary>They go on, with what waits.</summary>
    public async Task ResumeAsync()
    {
        await AskAsync("evm_setAutomine", [true]);
        await MineAsync();
    }

    /// <summary>Others seal from the next block on: those of these that are new are made by <see cref="NewValidators"/>. Returns that block's number; it is not made yet.</summary>
    public async Task<ulong> ChangeAsync(IReadOnlyList<EvmAccount> validators)
    {
        var next = await _blocks.ExtendAsync() + 1;
        _sets.Add((next, validators));
        return next;
    }

    /// <summary>Keys that the network disposes of.</summary>
    public IReadOnlyList<EvmAccount> NewValidators(int count) => _sealer.Make(count);

    /// <summary>From this block on the node shows another history: other hashes, sealed by the same validators, with the same state.</summary>
    public async Task ForkAsync(SealedNode node, ulong since)
    {
        await _blocks.ExtendAsync();
        var sealer = new Sealer(Consensus, 0) { Vanity = [.. "the other branch"u8, .. new byte[16]], Keys = [] };
        _forks.Add(sealer);
        node.Follow(new SealedBlocks(sealer, SetAt, AskAsync, _blocks, since));
    }

    /// <summary>A header of the first node, as its RLP with the seals.</summary>
    public async Task<SealedHeader> HeaderAsync(ulong number)
    {
        var block = (await Nodes[0].AnswerAsync("eth_getBlockByNumber", [$"0x{number:x}", false]))["result"];
        if (!BlockHeader.TryFromJson(System.Text.Json.JsonSerializer.SerializeToElement(block), out var header, out var reason) || !SealedHeader.TryRead(header, Consensus, out var read, out reason))
            throw new InvalidOperationException(reason);
        return read;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        await _anvil.DisposeAsync();
        _http.Dispose();
        _sealer.Dispose();
        _forks.ForEach(fork => fork.Dispose());
    }

    private IReadOnlyList<EvmAccount> SetAt(ulong number) => _sets.Last(set => set.Since <= number).Set;

    private async Task ListenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => Nodes.ToList().ForEach(_ => kestrel.Listen(IPAddress.Loopback, 0)));
        _app = builder.Build();
        _app.MapPost("/", AnswerAsync);
        await _app.StartAsync();
        foreach (var (node, url) in Nodes.Zip(_app.Urls)) node.Rpc = new Uri(url);
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var node = Nodes.First(node => node.Rpc.Port == http.Connection.LocalPort);
        if (node.Down)
        {
            http.Abort();
            return;
        }
        var request = (await JsonNode.ParseAsync(http.Request.Body))!.AsObject();
        var answer = await node.AnswerAsync(request["method"]!.GetValue<string>(), request["params"]?.AsArray() ?? []);
        (answer["jsonrpc"], answer["id"]) = ("2.0", request["id"]?.DeepClone());
        await http.Response.WriteAsJsonAsync(answer);
    }

    private async Task<JsonNode?> AskAsync(string method, JsonArray parameters)
    {
        var answer = await ForwardAsync(method, parameters);
        return answer["error"] is null ? answer["result"]?.DeepClone() : throw new InvalidOperationException($"{method}: {answer["error"]!.ToJsonString()}");
    }

    private async Task<JsonObject> ForwardAsync(string method, JsonArray parameters)
    {
        using var answer = await _http.PostAsJsonAsync(_anvil.Rpc, new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = parameters.DeepClone() });
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
    }
}
