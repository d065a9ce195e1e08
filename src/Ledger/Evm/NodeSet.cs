using System.Text.Json;
using System.Text.Json.Nodes;

namespace Identity.Ledger.Evm;

/// <summary>One of the nodes asked, and what is wrong with it; null for nothing, as far as it was asked.</summary>
public sealed record NodeTrouble(Uri Node, string? Trouble);

/// <summary>
/// The nodes of one chain. The first is asked as long as it answers; one that fails, or is not what it should be, rests for half a
/// minute while the next is asked. Before a node's first answer counts, and again after each rest, it must be of our chain.
/// </summary>
internal sealed class NodeSet(HttpClient http, EvmOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private readonly JsonRpc _rpc = new(http, options.RequestTimeout, clock);
    private readonly Node[] _nodes = [.. new[] { options.Rpc }.Concat(options.OtherNodes).Select(uri => new Node(uri))];

    public int Count => _nodes.Length;

    public IReadOnlyList<NodeTrouble> Troubles => [.. _nodes.Select(node => new NodeTrouble(node.Uri, node.Trouble))];

    /// <summary>Asks the first node that is fit, then the next; all of them again after a pause.</summary>
    /// <exception cref="EvmException">No node answered, or none is of our chain.</exception>
    public async Task<RpcAnswer> AskAsync(string method, JsonArray parameters, CancellationToken ct)
    {
        var order = InOrder();
        var refusals = new Dictionary<Node, EvmException>();
        var pause = options.Backoff;
        for (var attempt = 0; ; attempt++)
        {
            var (node, wasResting) = order[attempt % order.Count];
            if (attempt > 0 && (attempt >= order.Count || wasResting))
            {
                await Task.Delay(pause, clock, ct).ConfigureAwait(false);
                pause *= 2;
            }
            Exception last;
            try
            {
                return await AskAsync(node, method, parameters, ct).ConfigureAwait(false);
            }
            catch (EvmException refused)
            {
                if (Count == 1) throw;
                last = refusals[node] = refused;
            }
            catch (Exception e) when (JsonRpc.IsOutOfReach(e, ct))
            {
                last = e;
            }
            if (refusals.Count == Count) throw new EvmException(Told(), last, refusals.Values.Any(r => r.Passing));
            if (attempt + 1 >= Math.Max(options.Attempts, Count)) throw new EvmException(Told(), last, passing: true);
        }
    }

    /// <summary>Shows the same request to every node; what they answer matters only to the first that is fit.</summary>
    public async Task<RpcAnswer> AskAllAsync(string method, JsonArray parameters, CancellationToken ct)
    {
        foreach (var (node, resting) in InOrder().Skip(1))
        {
            if (resting) continue;
            try
            {
                await AskAsync(node, method, parameters, ct).ConfigureAwait(false);
            }
            catch (Exception e) when (e is EvmException || JsonRpc.IsOutOfReach(e, ct))
            {
                // A second node is a help, not a need.
            }
        }
        return await AskAsync(method, parameters, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Asks until as many nodes as must agree gave the same. What is compared is what <paramref name="say"/> makes of an answer, so
    /// that what differs from node to node, as the seals of a block do, can be left out. Null where too few know it yet.
    /// </summary>
    /// <exception cref="EvmException">Two nodes say different things, or too few answer.</exception>
    public async Task<T?> AgreedAsync<T>(string method, JsonArray parameters, Func<RpcAnswer, T?> read, Func<T, string> say, CancellationToken ct) where T : class
    {
        if (options.Agree <= 1) return read(await AskAsync(method, parameters, ct).ConfigureAwait(false));
        var said = new List<(Node Node, T? Value, string? Words)>();
        foreach (var (node, _) in InOrder())
        {
            if (await TryAsync(node, method, parameters, ct).ConfigureAwait(false) is not { } answer) continue;
            T? value;
            try
            {
                value = read(answer);
            }
            catch (EvmException odd)
            {
                Tire(node, odd.Message);
                continue;
            }
            said.Add((node, value, value is null ? null : say(value)));
            if (said.Count == options.Agree && said.TrueForAll(s => s.Words == said[0].Words)) return value;
        }
        if (said.Count < options.Agree) throw TooFew(said.Count);
        var groups = said.Where(s => s.Words is not null).GroupBy(s => s.Words).OrderByDescending(g => g.Count()).ToList();
        if (groups.Count > 1 && (groups[0].Count() < options.Agree || groups[1].Count() >= options.Agree))
        {
            var (one, other) = (groups[0].First().Node, groups[1].First().Node);
            throw new EvmException($"The ledger nodes disagree on {method}: {one.Name} and {other.Name} say different things. One of them is wrong or lies.", passing: true);
        }
        if (groups.Count == 0 || groups[0].Count() < options.Agree) return null;
        foreach (var (node, _, _) in said.Where(s => s.Words is not null && s.Words != groups[0].Key)) Tire(node, $"disagrees with {options.Agree} others on {method}");
        return groups[0].First().Value;
    }

    /// <summary>Every node's answer, of those that answer; at least as many as must agree.</summary>
    /// <exception cref="EvmException">Too few answer.</exception>
    public async Task<IReadOnlyList<RpcAnswer>> AskEachAsync(string method, JsonArray parameters, CancellationToken ct)
    {
        var answers = new List<RpcAnswer>();
        foreach (var (node, _) in InOrder())
            if (await TryAsync(node, method, parameters, ct).ConfigureAwait(false) is { } answer) answers.Add(answer);
        return answers.Count >= options.Agree ? answers : throw TooFew(answers.Count);
    }

    /// <summary>Passes a node over for a while.</summary>
    public void Tire(RpcAnswer answer, string trouble) => Tire(_nodes.First(node => node.Uri == answer.From), trouble);

    private async Task<RpcAnswer?> TryAsync(Node node, string method, JsonArray parameters, CancellationToken ct)
    {
        try
        {
            return await AskAsync(node, method, parameters, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is EvmException || JsonRpc.IsOutOfReach(e, ct))
        {
            return null; // it rests; what is wrong with it stands with it
        }
    }

    private async Task<RpcAnswer> AskAsync(Node node, string method, JsonArray parameters, CancellationToken ct)
    {
        try
        {
            if (!node.IsChecked) await CheckAsync(node, ct).ConfigureAwait(false);
            return await _rpc.AskAsync(node.Uri, method, parameters, ct).ConfigureAwait(false) with { From = node.Uri };
        }
        catch (EvmException refused)
        {
            Tire(node, refused.Message);
            throw;
        }
        catch (Exception e) when (JsonRpc.IsOutOfReach(e, ct))
        {
            Tire(node, "does not answer");
            throw;
        }
    }

    private async Task CheckAsync(Node node, CancellationToken ct)
    {
        var chain = RpcRead.Quantity(await ResultAsync("eth_chainId", []).ConfigureAwait(false), "chain id");
        if (chain != options.ChainId) throw new EvmException($"The ledger node at {node.Name} speaks for chain {chain}, not {options.ChainId}: check Ledger:Rpc, Ledger:Nodes and Ledger:ChainId.");
        if (options.Genesis is { } genesis)
        {
            var first = await ResultAsync("eth_getBlockByNumber", ["0x0", false]).ConfigureAwait(false);
            if (first.ValueKind == JsonValueKind.Null || RpcRead.Block(first).Hash != genesis)
                throw new EvmException($"The ledger node at {node.Name} has another first block than {genesis}: it is of another network with the same chain id. Check Ledger:Rpc, Ledger:Nodes and Ledger:Genesis.");
        }
        if (options.Contract is { } contract && Count > 1) // a single node is asked by whoever needs the contract
        {
            var code = RpcRead.Bytes(await ResultAsync("eth_getCode", [contract.Address.ToHex(), "latest"]).ConfigureAwait(false), "code");
            if (code.Length == 0) throw new EvmException($"There is no registry contract at {contract.Address}, says the ledger node at {node.Name}.", passing: true);
            if (!code.AsSpan().SequenceEqual(contract.Runtime)) throw new EvmException($"The contract at {contract.Address} is not this version's registry, says the ledger node at {node.Name}: check Ledger:Contract.");
        }
        node.Pass();

        async Task<JsonElement> ResultAsync(string method, JsonArray parameters)
        {
            var answer = await _rpc.AskAsync(node.Uri, method, parameters, ct).ConfigureAwait(false);
            return answer.IsError ? throw new EvmException($"The ledger node at {node.Name} refused {method}: {answer.ShortError}") : answer.Result;
        }
    }

    // Those that rest come last, where nothing else is left.
    private List<(Node Node, bool Resting)> InOrder() => [.. _nodes.Select(node => (node, Resting: IsResting(node))).OrderBy(n => n.Resting)];

    private bool IsResting(Node node) => node.TiredAt is { } at && clock.GetElapsedTime(at) < Rest;

    private void Tire(Node node, string trouble) => node.Tire(trouble, clock.GetTimestamp());

    private string Told() => Count == 1
        ? $"The ledger node at {_nodes[0].Name} does not answer."
        : $"No ledger node can be asked: {string.Join("; ", _nodes.Select(node => node.Trouble is null || node.Trouble.Contains(node.Name, StringComparison.Ordinal) ? node.Trouble ?? node.Name : $"{node.Name} {node.Trouble}"))}";

    private EvmException TooFew(int answered) => new($"{options.Agree} ledger nodes must agree (Ledger:Agree), and {answered} can be asked. {Told()}", passing: true);

    private sealed class Node(Uri uri)
    {
        private readonly Lock _lock = new();

        public Uri Uri { get; } = uri;

        /// <summary>Without the password that an address may carry.</summary>
        public string Name { get; } = uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

        public bool IsChecked { get; private set; }

        public string? Trouble { get; private set; }

        public long? TiredAt { get; private set; }

        public void Pass()
        {
            lock (_lock) (IsChecked, Trouble, TiredAt) = (true, null, null);
        }

        public void Tire(string trouble, long now)
        {
            lock (_lock) (IsChecked, Trouble, TiredAt) = (false, trouble, now);
        }
    }
}
