using Identity.Ledger.Evm;

namespace Identity.Ledger.Registry;

/// <summary>The governance contract, typed: k of n accounts that act as one on the registry.</summary>
public sealed class GovernanceClient(EvmClient evm, Address contract)
{
    internal const string Proposed = "Proposed(uint64,address,address,bytes,uint64)";
    internal const string Approved = "Approved(uint64,address)";
    internal const string Revoked = "Revoked(uint64,address)";
    internal const string Executed = "Executed(uint64)";
    internal const string MembersChanged = "MembersChanged(address[],uint8)";

    /// <summary>Every refusal of the contract, and what it means.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Refusals = new Dictionary<string, string>
    {
        ["NotMember()"] = "only an account that governs may do this",
        ["NotGovernance()"] = "members are changed by a proposal only",
        ["UnknownProposal()"] = "no such proposal was made",
        ["AlreadyApproved()"] = "this account has approved it",
        ["NotApproved()"] = "this account has not approved it",
        ["AlreadyExecuted()"] = "it was carried out before",
        ["ProposalExpired()"] = "its thirty days are over",
        ["BadMembers()"] = "the members are not 1 to 32 different accounts, or the threshold is not 1 to their number",
        ["BadCall()"] = "the call is too long or goes to no contract",
    };

    private const int MostMembers = 32;

    /// <summary>The contract.</summary>
    public Address Contract { get; } = contract;

    /// <summary>Puts the governance and a registry that it governs on the chain, by the first two transactions of an account that has no say afterwards; finds them where they are.</summary>
    /// <exception cref="EvmException">The account's first transactions went elsewhere, or the chain cannot be asked.</exception>
    public static async Task<(GovernanceClient Governance, RegistryClient Registry)> DeployAsync(EvmClient evm, IEvmSigner deployer, IReadOnlyList<Address> members, int threshold, CancellationToken ct = default)
    {
        var governance = new GovernanceClient(evm, Address.OfContract(deployer.Address, 0));
        var registry = new RegistryClient(evm, Address.OfContract(deployer.Address, 1));
        if (!await governance.IsDeployedAsync(ct).ConfigureAwait(false))
        {
            if (await evm.NonceAsync(deployer.Address, ct: ct).ConfigureAwait(false) != 0) throw new EvmException($"The first transaction of {deployer.Address} did not create the governance: use a new account.");
            var sent = await evm.SendAsync(deployer, null, CompiledContract.Governance.Creation(AbiValue.Addresses([.. members]), AbiValue.Uint(threshold)), ct).ConfigureAwait(false);
            if (sent is EvmSent.Reverted reverted) throw new EvmException($"The governance was not deployed: {RegistryAbi.Refusal(reverted.Data).Reason}.");
        }
        if (!await registry.IsDeployedAsync(ct).ConfigureAwait(false))
            await evm.SendAsync(deployer, null, CompiledContract.Registry.Creation(AbiValue.Address(governance.Contract)), ct).ConfigureAwait(false);
        if (!await governance.IsDeployedAsync(ct).ConfigureAwait(false) || !await registry.IsDeployedAsync(ct).ConfigureAwait(false) || await registry.GovernorAsync(ct).ConfigureAwait(false) != governance.Contract)
            throw new EvmException("The network took the contracts' deployment and did not put them in place; check that it runs contracts compiled for istanbul.");
        return (governance, registry);
    }

    /// <summary>This very contract has code at the address.</summary>
    public async Task<bool> IsDeployedAsync(CancellationToken ct = default) =>
        (await evm.CodeAsync(Contract, ct).ConfigureAwait(false)).AsSpan().SequenceEqual(CompiledContract.Governance.Runtime);

    /// <summary>The accounts that govern, and how many of them must agree.</summary>
    public async Task<(IReadOnlyList<Address> Members, int Threshold)> MembersAsync(CancellationToken ct = default)
    {
        var members = await ReadAsync("members()", 1, read => read.Addresses(MostMembers), ct).ConfigureAwait(false);
        return (members, await ReadAsync("threshold()", 1, read => (int)read.Uint64(MostMembers), ct).ConfigureAwait(false));
    }

    /// <summary>How many proposals were made.</summary>
    public Task<ulong> ProposalsAsync(CancellationToken ct = default) => ReadAsync("proposals()", 1, read => read.Uint64(), ct);

    /// <summary>A proposal, or null.</summary>
    public async Task<GovernanceProposal?> FindAsync(ulong id, CancellationToken ct = default)
    {
        var found = await ReadAsync("proposal(uint64)", 5,
            read => new GovernanceProposal(id, read.Address(), read.Bytes32(), RegistryEventReader.Time(read.Uint64()), (int)read.Uint64(MostMembers), read.Bool()), ct, AbiValue.Uint(id)).ConfigureAwait(false);
        return found.Target == Address.Zero ? null : found;
    }

    /// <summary>Every call that was proposed, oldest first.</summary>
    /// <exception cref="EvmException">The contract cannot have written this: the node is broken.</exception>
    public async Task<IReadOnlyList<ProposedCall>> ReadProposedAsync(CancellationToken ct = default)
    {
        var topic = Abi.Topic(Proposed);
        var calls = new List<ProposedCall>();
        var head = await evm.FinalHeadAsync(ct).ConfigureAwait(false);
        foreach (var log in head is null ? [] : await evm.LogsAsync(Contract, 0, head.Number, ct).ConfigureAwait(false))
        {
            if (log.Topics.Count != 3 || !log.Topics[0].AsSpan().SequenceEqual(topic)) continue;
            var (id, by, data) = (new AbiReader(log.Topics[1], 1), new AbiReader(log.Topics[2], 1), new AbiReader(log.Data, 3));
            var call = new ProposedCall(id.Uint64(), by.Address(), data.Address(), data.Data());
            _ = data.Uint64();
            if (!id.Finish() || !by.Finish() || !data.Finish()) throw new EvmException("The ledger node answered with an event that the governance cannot have written.");
            calls.Add(call);
        }
        return calls;
    }

    /// <summary>Proposes a call of the registry or of the governance itself, and approves it. With a threshold of 1 it is made at once.</summary>
    public Task<GovernanceWrite> ProposeAsync(IEvmSigner member, Address target, byte[] call, CancellationToken ct = default) =>
        WriteAsync(member, Abi.Call("propose(address,bytes)", AbiValue.Address(target), AbiValue.Data(call)), Proposed, ct);

    /// <summary>Approves; the approval that completes the threshold makes the call, or is refused as the call is.</summary>
    public Task<GovernanceWrite> ApproveAsync(IEvmSigner member, ulong id, CancellationToken ct = default) =>
        WriteAsync(member, Abi.Call("approve(uint64)", AbiValue.Uint(id)), Approved, ct);

    /// <summary>Takes one's approval back.</summary>
    public Task<GovernanceWrite> RevokeAsync(IEvmSigner member, ulong id, CancellationToken ct = default) =>
        WriteAsync(member, Abi.Call("revoke(uint64)", AbiValue.Uint(id)), Revoked, ct);

    /// <summary>The call that changes the members, to be proposed to the governance itself.</summary>
    public static byte[] ChangeMembers(IReadOnlyList<Address> members, int threshold) =>
        Abi.Call("changeMembers(address[],uint8)", AbiValue.Addresses([.. members]), AbiValue.Uint(threshold));

    private async Task<GovernanceWrite> WriteAsync(IEvmSigner member, byte[] call, string expected, CancellationToken ct)
    {
        var sent = await evm.SendAsync(member, Contract, call, ct).ConfigureAwait(false);
        if (sent is EvmSent.Reverted reverted)
        {
            var refusal = RegistryAbi.Refusal(reverted.Data);
            return new GovernanceWrite.Refused(refusal.Error, refusal.Reason);
        }
        var receipt = ((EvmSent.Mined)sent).Receipt;
        var logs = receipt.Logs.Where(log => log.Address == Contract && log.Topics.Count > 1).ToList();
        var own = logs.Find(log => log.Topics[0].AsSpan().SequenceEqual(Abi.Topic(expected)))
            ?? throw new EvmException($"The network reports success for {receipt.TransactionHash}, yet the governance at {Contract} recorded nothing.");
        return new GovernanceWrite.Done(receipt, new AbiReader(own.Topics[1], 1).Uint64(), logs.Exists(log => log.Topics[0].AsSpan().SequenceEqual(Abi.Topic(Executed))));
    }

    private async Task<T> ReadAsync<T>(string signature, int words, Func<AbiReader, T> read, CancellationToken ct, params AbiValue[] arguments)
    {
        var call = await evm.CallAsync(Contract, Abi.Call(signature, arguments), ct: ct).ConfigureAwait(false);
        if (call is not EvmCall.Returned { Data.Length: > 0 } returned) throw new EvmException($"There is no governance at {Contract}.");
        var reader = new AbiReader(returned.Data, words);
        var value = read(reader);
        return reader.Finish() ? value : throw new EvmException("The ledger node answered with values that the governance cannot have returned.");
    }
}

/// <summary>A proposal as the contract has it.</summary>
/// <param name="Id">Counts from 1.</param>
/// <param name="Target">The contract that it calls.</param>
/// <param name="CallHash">Keccak-256 of the call.</param>
/// <param name="Until">It can be approved before then.</param>
/// <param name="Approvals">By accounts that govern now.</param>
/// <param name="IsExecuted">The call was made.</param>
public sealed record GovernanceProposal(ulong Id, Address Target, byte[] CallHash, DateTimeOffset Until, int Approvals, bool IsExecuted);

/// <summary>A call as it was proposed: number, who proposed it, the contract that it calls, and with what.</summary>
public sealed record ProposedCall(ulong Id, Address By, Address Target, byte[] Call);

/// <summary>What became of a member's act.</summary>
public abstract record GovernanceWrite
{
    private GovernanceWrite() { }

    /// <summary>It is on the chain and final; <paramref name="IsExecuted"/> when the proposed call was made with it.</summary>
    public sealed record Done(EvmReceipt Receipt, ulong Proposal, bool IsExecuted) : GovernanceWrite;

    /// <summary>The governance, or the contract that it called, refuses it.</summary>
    public sealed record Refused(string Error, string Reason) : GovernanceWrite;

    /// <summary>The act, where a refusal would be a fault.</summary>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public Done Require() => this switch
    {
        Done done => done,
        Refused refused => throw new InvalidOperationException($"The governance refused: {refused.Reason} ({refused.Error})."),
        _ => throw new InvalidOperationException(),
    };
}
