using System.Globalization;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Host.Network;

internal sealed partial class LedgerCommands
{
    /// <summary>How far one node may be behind another that was asked at about the same time.</summary>
    private const ulong BlocksBehind = 10;

    private static readonly TimeSpan TimeBehind = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Each node of the network by itself (chain, first block, newest block and its age, what is wrong with it in words), then the contracts and who governs. Nodes are compared with each other: one of
    /// another network or fork is named, though two nodes alone cannot tell which of them it is.
    /// </summary>
    /// <param name="file">The network's file.</param>
    /// <param name="headAge">How old the newest block may be; zero: any age.</param>
    /// <param name="ct">Cancels.</param>
    public Task<int> StatusAsync(string file, TimeSpan headAge, CancellationToken ct) => GuardAsync(async () =>
    {
        var network = NetworkFile.Read(file);
        var nodes = await Task.WhenAll(network.Rpc.Select(rpc => LookAsync(network with { Rpc = [rpc] }, rpc, ct)));
        var answering = nodes.Where(node => node.Head is not null).ToList();
        var common = answering.Count > 0 ? answering.Min(node => node.Head!.Number) : 0;
        foreach (var node in answering) node.AtCommon = await node.Evm.BlockAsync(common, ct);

        var now = TimeProvider.System.GetUtcNow();
        var isWell = true;
        foreach (var node in nodes)
        {
            var troubles = Troubles(node, answering, common, now, headAge).ToList();
            isWell &= troubles.Count == 0;
            var place = node.Head is not { } head ? "" : string.Create(CultureInfo.InvariantCulture,
                $"chain {network.ChainId}, first block {node.Genesis!.Hash[..10]}…, block {head.Number} of {head.Time:u} ({Age(now - head.Time)}): ");
            await output.WriteLineAsync($"{node.Name}: {place}{(troubles.Count == 0 ? "good" : string.Join("; ", troubles))}");
        }
        if (answering.Count == 0) return await SayAsync(Unreachable, "The network cannot be reached: no node can be asked.");
        var contracts = await ContractsAsync(network with { Rpc = [.. answering.Select(node => node.Rpc)] }, ct);
        return isWell ? contracts : Refused;
    });

    private async Task<int> ContractsAsync(NetworkFile network, CancellationToken ct)
    {
        var evm = network.Open(http);
        var (governance, registry) = (new GovernanceClient(evm, network.Governance), new RegistryClient(evm, network.Registry));
        var (isGovernance, isRegistry) = (await governance.IsDeployedAsync(ct), await registry.IsDeployedAsync(ct));
        await output.WriteLineAsync($"governance {governance.Contract}: {(isGovernance ? "this version's" : "NOT THERE")}");
        await output.WriteLineAsync($"registry {registry.Contract}: {(isRegistry ? "this version's" : "NOT THERE")}");
        if (!isGovernance || !isRegistry) return Refused;
        var (members, threshold) = await governance.MembersAsync(ct);
        await output.WriteLineAsync($"{threshold} of {members.Count} govern: {string.Join(", ", members)}");
        return await registry.GovernorAsync(ct) == governance.Contract ? Done : await SayAsync(Refused, "The registry is governed by somebody else.");
    }

    private async Task<NodeLook> LookAsync(NetworkFile one, Uri rpc, CancellationToken ct)
    {
        var node = new NodeLook(rpc, one.Open(http));
        try
        {
            node.Genesis = await node.Evm.BlockAsync(0, ct) ?? throw new EvmException($"The ledger node at {node.Name} has no first block.");
            node.Head = await node.Evm.HeadAsync(ct);
        }
        catch (Exception fault) when (fault is EvmException or HttpRequestException or TimeoutException)
        {
            node.Fault = fault is EvmException ? fault.Message : "It does not answer.";
        }
        return node;
    }

    private static IEnumerable<string> Troubles(NodeLook node, IReadOnlyList<NodeLook> all, ulong common, DateTimeOffset now, TimeSpan headAge)
    {
        if (node.Fault is { } fault)
        {
            yield return fault.TrimEnd('.');
            yield break;
        }
        if (all.FirstOrDefault(other => other.Genesis!.Hash != node.Genesis!.Hash) is { } stranger) yield return $"ANOTHER FIRST BLOCK than {stranger.Name}: one of them is of another network";
        else if (all.FirstOrDefault(other => other.AtCommon?.Hash != node.AtCommon?.Hash) is { } fork) yield return $"ANOTHER BLOCK {common} than {fork.Name}: the network has split, or one of them does not tell the truth";
        if (all.MaxBy(other => other.Head!.Number) is { } first && (first.Head!.Time - node.Head!.Time > TimeBehind || first.Head.Number - node.Head.Number > BlocksBehind)) yield return $"BEHIND: {first.Name} has block {first.Head.Number}";
        if (node.Head!.Time - now > TimeBehind) yield return "its newest block is of the future: look at the clocks of the network and of this machine";
        if (headAge > TimeSpan.Zero && now - node.Head.Time > headAge) yield return "NO NEW BLOCK: the network has halted, or this node has lost its peers";
    }

    private static string Age(TimeSpan age) => age < TimeSpan.Zero ? "in the future" : age.TotalMinutes < 2 ? $"{age.TotalSeconds:0} s old" : age.TotalHours < 2 ? $"{age.TotalMinutes:0} min old" : $"{age.TotalHours:0} h old";

    private sealed class NodeLook(Uri rpc, EvmClient evm)
    {
        public Uri Rpc { get; } = rpc;

        /// <summary>Without the password that an address may carry.</summary>
        public string Name { get; } = rpc.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

        public EvmClient Evm { get; } = evm;

        public EvmHead? Genesis { get; set; }

        public EvmHead? Head { get; set; }

        /// <summary>Its block at the lowest height of all newest blocks.</summary>
        public EvmHead? AtCommon { get; set; }

        public string? Fault { get; set; }
    }
}
