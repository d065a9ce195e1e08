using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Host.Network;

/// <summary>
/// What those who run and govern a network do at the command line (docs/operations/network.md): make an account, deploy the contracts, look, propose, approve. Exit codes: 0 done, 1 refused,
/// 2 the network cannot be reached, 3 wrong call.
/// </summary>
internal sealed partial class LedgerCommands(HttpClient http, TextWriter output)
{
    public const int Done = 0, Refused = 1, Unreachable = 2, Usage = 3;

    /// <summary>Makes a key file if there is none, and says its address.</summary>
    public Task<int> AccountAsync(string file) => GuardAsync(() =>
    {
        using var account = File.Exists(file) ? EvmAccount.LoadFile(file) : EvmAccount.CreateFile(file);
        return SayAsync(Done, account.Address.ToString());
    });

    /// <summary>The id of the organisation that says this of itself.</summary>
    public Task<int> IdAsync(string profileFile) => GuardAsync(() => SayAsync(Done, Convert.ToHexStringLower(GovernanceActs.Profile(profileFile).Id())));

    /// <summary>Puts governance and registry on the chain with the first two transactions of an account, or finds them there, and writes the network file.</summary>
    public Task<int> DeployAsync(IReadOnlyList<Uri> rpc, ulong chainId, string accountSource, string members, int threshold, string file, CancellationToken ct) => GuardAsync(async () =>
    {
        var network = new NetworkFile(rpc, chainId, Address.Zero, Address.Zero);
        using var account = AccountSource.Open(accountSource);
        var (governance, registry) = await GovernanceClient.DeployAsync(network.Open(http), account, GovernanceActs.Accounts(members), threshold, ct);
        (network with { Governance = governance.Contract, Registry = registry.Contract }).Write(file);
        var (found, needed) = await governance.MembersAsync(ct);
        await output.WriteLineAsync($"governance {governance.Contract}, registry {registry.Contract}: {file}");
        return needed == threshold && found.ToHashSet().SetEquals(GovernanceActs.Accounts(members)) ? Done
            : await SayAsync(Refused, $"They were there before, and are governed by {needed} of {string.Join(", ", found)}.");
    });

    /// <summary>Every proposal that is open, or all, in words.</summary>
    public Task<int> ListAsync(string file, bool all, CancellationToken ct) => GuardAsync(async () =>
    {
        var (network, governance, _) = Open(file);
        var shown = 0;
        foreach (var proposed in await governance.ReadProposedAsync(ct))
        {
            var now = await governance.FindAsync(proposed.Id, ct) ?? throw new EvmException("The node tells of a proposal that the contract does not have.");
            var isOpen = !now.IsExecuted && now.Until > TimeProvider.System.GetUtcNow();
            if (!isOpen && !all) continue;
            shown++;
            var target = proposed.Target == network.Registry || proposed.Target == network.Governance ? "" : $" OF ANOTHER CONTRACT {proposed.Target}";
            await output.WriteLineAsync($"{proposed.Id} {(now.IsExecuted ? "done" : isOpen ? $"{now.Approvals} approvals, open until {now.Until:u}" : "run out")}, by {proposed.By}{target}");
            await output.WriteLineAsync($"  {GovernanceActs.Describe(proposed.Call) ?? $"unreadable call {Hex.Encode(proposed.Call)}"}");
        }
        return shown > 0 ? Done : await SayAsync(Done, all ? "Nothing was proposed." : "Nothing is open.");
    });

    /// <summary>Proposes an act, which approves it by that.</summary>
    public Task<int> ProposeAsync(string file, string accountSource, string[] words, CancellationToken ct) => GuardAsync(async () =>
    {
        if (words is not [var name, .. var rest] || GovernanceActs.All.FirstOrDefault(act => act.Name == name) is not { } act)
            return await SayAsync(Usage, string.Join('\n', GovernanceActs.All.Select(known => $"{known.Name} {known.Usage}")));
        var call = act.Call(rest);
        var (network, governance, _) = Open(file);
        using var account = AccountSource.Open(accountSource);
        await output.WriteLineAsync(GovernanceActs.Describe(call));
        return await SaidAsync(await governance.ProposeAsync(account, act.OfItself ? network.Governance : network.Registry, call, ct), "Proposed and approved");
    });

    /// <summary>Approves a proposal, which is said in words first.</summary>
    public Task<int> ApproveAsync(string file, string accountSource, ulong number, CancellationToken ct) => DecideAsync(file, accountSource, number, "Approved", (governance, account) => governance.ApproveAsync(account, number, ct), ct);

    /// <summary>Takes an approval back.</summary>
    public Task<int> RevokeAsync(string file, string accountSource, ulong number, CancellationToken ct) => DecideAsync(file, accountSource, number, "Taken back", (governance, account) => governance.RevokeAsync(account, number, ct), ct);

    /// <summary>Runs a node for practice until it is told to end: one machine, nobody else, keys that cost nothing.</summary>
    public Task<int> NodeAsync(int port, string? state, CancellationToken ct) => GuardAsync(async () =>
    {
        await using var node = await AnvilNode.StartAsync(port, state, null, ct);
        await output.WriteLineAsync($"{node.Rpc}, chain {AnvilNode.ChainId}: for practice on this machine alone.");
        try
        {
            return await node.Exited.WaitAsync(ct) == 0 ? Done : await SayAsync(Refused, "The node has ended.");
        }
        catch (OperationCanceledException)
        {
            return Done;
        }
    });

    /// <summary>Makes the files of a new network of validators.</summary>
    public Task<int> NetworkKeysAsync(ulong chainId, int validators, string subnet, string? accounts, string folder) => GuardAsync(async () =>
    {
        var keys = NetworkKeys.Create(chainId, validators, subnet, accounts is null ? [] : GovernanceActs.Accounts(accounts));
        keys.Write(folder, NetworkKeys.Template());
        foreach (var node in keys.Nodes) await output.WriteLineAsync(node.ToString());
        return await SayAsync(Done, keys.Accounts.Count > 0 ? folder : $"{folder}: accounts-allowlist is empty, so nobody may send yet; put the accounts into each permissions_config.toml.");
    });

    private Task<int> DecideAsync(string file, string accountSource, ulong number, string said, Func<GovernanceClient, IEvmSigner, Task<GovernanceWrite>> decide, CancellationToken ct) => GuardAsync(async () =>
    {
        var (network, governance, _) = Open(file);
        if ((await governance.ReadProposedAsync(ct)).FirstOrDefault(p => p.Id == number) is not { } proposed) return await SayAsync(Refused, $"There is no proposal {number}.");
        if (proposed.Target != network.Registry && proposed.Target != network.Governance) return await SayAsync(Refused, $"It calls another contract, {proposed.Target}.");
        if (GovernanceActs.Describe(proposed.Call) is not { } words) return await SayAsync(Refused, $"This version cannot read it, and nobody approves what cannot be read: {Hex.Encode(proposed.Call)}");
        await output.WriteLineAsync(words);
        using var account = AccountSource.Open(accountSource);
        return await SaidAsync(await decide(governance, account), said);
    });

    private Task<int> SaidAsync(GovernanceWrite write, string said) => write switch
    {
        GovernanceWrite.Done done => SayAsync(Done, $"{said}: proposal {done.Proposal}{(done.IsExecuted ? ", carried out" : "")}."),
        GovernanceWrite.Refused refused => SayAsync(Refused, $"The ledger refuses it: {refused.Reason} ({refused.Error})."),
        _ => throw new InvalidOperationException(),
    };

    private (NetworkFile Network, GovernanceClient Governance, RegistryClient Registry) Open(string file)
    {
        var network = NetworkFile.Read(file);
        var evm = network.Open(http);
        return (network, new GovernanceClient(evm, network.Governance), new RegistryClient(evm, network.Registry));
    }

    private async Task<int> GuardAsync(Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (FormatException wrong)
        {
            return await SayAsync(Usage, wrong.Message);
        }
        catch (InvalidOperationException wrong) // an account's file
        {
            return await SayAsync(Usage, wrong.Message);
        }
        catch (Exception fault) when (fault is EvmException or HttpRequestException or TimeoutException)
        {
            return await SayAsync(Unreachable, $"The network cannot be reached, or answers what cannot be: {fault.Message}");
        }
    }

    private async Task<int> SayAsync(int code, string text)
    {
        await output.WriteLineAsync(text);
        return code;
    }
}
