using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Accreditation;
using Identity.Ledger.Evm;

namespace Identity.Ledger.Registry;

/// <summary>The registry contract, typed: writes that wait for their own event, reads, and the record as events.</summary>
public sealed partial class RegistryClient(EvmClient evm, Address contract)
{
    /// <summary>The contract.</summary>
    public Address Contract { get; } = contract;

    /// <summary>The chain it lives on.</summary>
    public ulong ChainId => evm.Options.ChainId;

    /// <summary>The chain.</summary>
    public EvmClient Evm => evm;

    /// <summary>Where the governor's first transaction puts the contract: the same place after every loss of the chain.</summary>
    public static Address AddressFor(Address governor) => Address.OfContract(governor, 0);

    /// <summary>A log's id: SHA-256 of its origin.</summary>
    public static byte[] LogId(string origin) => SHA256.HashData(Encoding.UTF8.GetBytes(origin));

    /// <summary>
    /// Puts the contract on the chain with the governor's first transaction, or finds it there already. Two who do so at once
    /// end with the same contract.
    /// </summary>
    /// <exception cref="EvmException">The governor's first transaction went elsewhere, or the chain cannot be asked.</exception>
    public static async Task<RegistryClient> DeployAsync(EvmClient evm, IEvmSigner governor, CancellationToken ct = default)
    {
        var registry = new RegistryClient(evm, AddressFor(governor.Address));
        if (await registry.IsDeployedAsync(ct).ConfigureAwait(false)) return registry;
        if (await evm.NonceAsync(governor.Address, ct: ct).ConfigureAwait(false) != 0)
            throw new EvmException($"The first transaction of {governor.Address} did not create the registry: use a new account, or set Ledger:Contract to the registry's address.");
        EvmException? fault = null;
        try
        {
            await evm.SendAsync(governor, null, CompiledContract.Registry.Creation(AbiValue.Address(governor.Address)), ct).ConfigureAwait(false);
        }
        catch (EvmException e)
        {
            fault = e;
        }
        return await registry.IsDeployedAsync(ct).ConfigureAwait(false)
            ? registry : throw fault ?? new EvmException("The network took the registry's deployment and put no code in place; check that it runs contracts compiled for istanbul.");
    }

    /// <summary>This very contract has code at the address.</summary>
    /// <exception cref="EvmException">Another contract lives there.</exception>
    public async Task<bool> IsDeployedAsync(CancellationToken ct = default)
    {
        var code = await evm.CodeAsync(Contract, ct).ConfigureAwait(false);
        if (code.Length == 0) return false;
        return code.AsSpan().SequenceEqual(CompiledContract.Registry.Runtime) ? true
            : throw new EvmException($"The contract at {Contract} is not this version's registry: check Ledger:Contract.");
    }

    /// <summary>Something else than this version's registry has code at the address: after an upgrade, where an older one was deployed.</summary>
    public async Task<bool> IsAnotherThereAsync(CancellationToken ct = default)
    {
        var code = await evm.CodeAsync(Contract, ct).ConfigureAwait(false);
        return code.Length > 0 && !code.AsSpan().SequenceEqual(CompiledContract.Registry.Runtime);
    }

    /// <summary>
    /// The contract's events in these blocks, both ends included, in chain order, with their blocks' times. Ask only for final
    /// blocks. Events that this version does not know are left out.
    /// </summary>
    public async Task<IReadOnlyList<RegistryEvent>> ReadEventsAsync(ulong fromBlock, ulong toBlock, CancellationToken ct = default)
    {
        var events = new List<RegistryEvent>();
        EvmHead? block = null;
        foreach (var log in await evm.LogsAsync(Contract, fromBlock, toBlock, ct).ConfigureAwait(false))
        {
            if (block?.Hash != log.BlockHash) block = await evm.BlockOfAsync(log.BlockHash, ct).ConfigureAwait(false);
            if (block is null || block.Number != log.Block) throw new EvmException("The ledger node answered with an event of a block that it does not have.", passing: true);
            if (RegistryEventReader.TryRead(log, block.Time) is { } read) events.Add(read);
        }
        return events;
    }

    /// <summary>The newest anchor of a log, or null.</summary>
    public async Task<LatestAnchor?> LatestAsync(byte[] log, CancellationToken ct = default)
    {
        var read = await ReadAsync("latest(bytes32)", 2, ct, AbiValue.Bytes32(log)).ConfigureAwait(false);
        var anchor = new LatestAnchor((long)read.Uint64(long.MaxValue), read.Bytes32());
        return Whole(read, anchor).Size == 0 ? null : anchor;
    }

    /// <summary>The root anchored for this very size, or null.</summary>
    public async Task<byte[]?> RootAtAsync(byte[] log, long size, CancellationToken ct = default)
    {
        var read = await ReadAsync("rootAt(bytes32,uint64)", 1, ct, AbiValue.Bytes32(log), AbiValue.Uint(size)).ConfigureAwait(false);
        var root = Whole(read, read.Bytes32());
        return IsZero(root) ? null : root;
    }

    /// <summary>A log as registered, or null.</summary>
    public async Task<RegisteredLog?> FindLogAsync(byte[] log, CancellationToken ct = default)
    {
        var read = await ReadAsync("logOf(bytes32)", 3, ct, AbiValue.Bytes32(log)).ConfigureAwait(false);
        var found = Whole(read, new RegisteredLog(read.Address(), read.Bytes32(), (long)read.Uint64(long.MaxValue)));
        return found.Operator == Address.Zero ? null : found;
    }

    /// <summary>An organisation as registered, or null.</summary>
    public async Task<RegisteredOrganisation?> FindOrganisationAsync(byte[] id, CancellationToken ct = default)
    {
        var read = await ReadAsync("organisation(bytes32)", 3, ct, AbiValue.Bytes32(id)).ConfigureAwait(false);
        var found = Whole(read, new RegisteredOrganisation(read.Address(), (OrganisationRoles)read.Uint64(31), read.Uint64()));
        return found.Account == Address.Zero ? null : found;
    }

    /// <summary>An accreditation as granted, or null.</summary>
    public async Task<RegisteredAccreditation?> FindAccreditationAsync(ulong number, CancellationToken ct = default)
    {
        var read = await ReadAsync("accreditation(uint64)", 8, ct, AbiValue.Uint(number)).ConfigureAwait(false);
        var (holder, scope, parent, from, until) = (read.Bytes32(), read.Bytes32(), read.Uint64(), RegistryEventReader.Time(read.Uint64()), RegistryEventReader.TimeOrNone(read.Uint64()));
        var found = Whole(read, new RegisteredAccreditation(holder, scope, parent == 0 ? null : parent, from, until,
            RegistryEventReader.TimeOrNone(read.Uint64()), RegistryEventReader.Time(read.Uint64()), (AccreditationRight)read.Uint64(3)));
        return IsZero(found.Holder) ? null : found;
    }

    /// <summary>Whether an accreditation and every link above it hold at a time: null if so, else a sentence with the link nearest the root that does not.</summary>
    public async Task<string?> WhyNotInForceAsync(ulong number, DateTimeOffset at, CancellationToken ct = default)
    {
        var read = await ReadAsync("inForce(uint64,uint64)", 3, ct, AbiValue.Uint(number), Seconds(at)).ConfigureAwait(false);
        var (whole, failing, why) = Whole(read, (read.Bool(), read.Uint64(), (int)read.Uint64(5)));
        return whole ? null : RegistryAbi.OfLink(failing, why);
    }

    /// <summary>Since when an organisation records in a log, or null.</summary>
    public async Task<DateTimeOffset?> LogSinceAsync(byte[] organisation, byte[] log, CancellationToken ct = default)
    {
        var read = await ReadAsync("logSince(bytes32,bytes32)", 1, ct, AbiValue.Bytes32(organisation), AbiValue.Bytes32(log)).ConfigureAwait(false);
        return Whole(read, RegistryEventReader.TimeOrNone(read.Uint64()));
    }

    /// <summary>How an organisation was closed, or null.</summary>
    public async Task<RegisteredClosing?> FindClosingAsync(byte[] organisation, CancellationToken ct = default)
    {
        var read = await ReadAsync("closing(bytes32)", 6, ct, AbiValue.Bytes32(organisation)).ConfigureAwait(false);
        var (depositary, statement, closed) = (read.Bytes32(), read.Bytes32(), read.Uint64());
        var found = Whole(read, new RegisteredClosing(IsZero(depositary) ? null : depositary, statement, RegistryEventReader.Time(closed), RegistryEventReader.TimeOrNone(read.Uint64()), RegistryEventReader.TimeOrNone(read.Uint64()), read.Bool()));
        return closed == 0 ? null : found;
    }

    /// <summary>A registration of a verifier, or null.</summary>
    public async Task<RegisteredVerifier?> FindVerifierAsync(ulong number, CancellationToken ct = default)
    {
        var read = await ReadAsync("verifier(uint256)", 4, ct, AbiValue.Uint(number)).ConfigureAwait(false);
        var found = Whole(read, new RegisteredVerifier(read.Bytes32(), read.Bytes32(), RegistryEventReader.Time(read.Uint64()), read.Bool()));
        return IsZero(found.Authority) ? null : found;
    }

    /// <summary>A key as registered, or null.</summary>
    public async Task<RegisteredKey?> FindKeyAsync(byte[] thumbprint, CancellationToken ct = default)
    {
        var read = await ReadAsync("keyOf(bytes32)", 4, ct, AbiValue.Bytes32(thumbprint)).ConfigureAwait(false);
        var owner = read.Bytes32();
        var found = Whole(read, new RegisteredKey(owner, RegistryEventReader.Time(read.Uint64()), RegistryEventReader.TimeOrNone(read.Uint64()), RegistryEventReader.TimeOrNone(read.Uint64())));
        return IsZero(owner) ? null : found;
    }

    /// <summary>Who governs the registry.</summary>
    public async Task<Address> GovernorAsync(CancellationToken ct = default)
    {
        var read = await ReadAsync("governor()", 1, ct).ConfigureAwait(false);
        return Whole(read, read.Address());
    }

    /// <summary>What the contract lets this account do for the organisation.</summary>
    public async Task<RegistryPermissions> PermissionsAsync(Address account, byte[] organisation, CancellationToken ct = default)
    {
        var isGovernor = await GovernorAsync(ct).ConfigureAwait(false) == account;
        var found = await FindOrganisationAsync(organisation, ct).ConfigureAwait(false);
        var own = found?.Account == account;
        return new(isGovernor, own, own && found!.Roles.HasFlag(OrganisationRoles.Accreditor));
    }

    private async Task<AbiReader> ReadAsync(string signature, int words, CancellationToken ct, params AbiValue[] arguments)
    {
        var call = await evm.CallAsync(Contract, Abi.Call(signature, arguments), ct: ct).ConfigureAwait(false);
        return call is EvmCall.Returned { Data.Length: > 0 } returned
            ? new AbiReader(returned.Data, words) : throw new EvmException($"There is no registry at {Contract}.");
    }

    private static T Whole<T>(AbiReader read, T value) =>
        read.Finish() ? value : throw new EvmException("The ledger node answered with values that the registry cannot have returned.");

    private static bool IsZero(byte[] bytes) => !bytes.AsSpan().ContainsAnyExcept((byte)0);
}

/// <summary>A log's newest anchor.</summary>
public sealed record LatestAnchor(long Size, byte[] Root);

/// <summary>A log's operator, and the key of its checkpoints of more than <paramref name="KeyFromSize"/> entries.</summary>
public sealed record RegisteredLog(Address Operator, byte[] Ed25519Key, long KeyFromSize);

/// <summary>An organisation's account and roles, and the accreditation by which it is supervised; 0 before its first.</summary>
public sealed record RegisteredOrganisation(Address Account, OrganisationRoles Roles, ulong Supervisor);

/// <summary>An accreditation; the scope's text is in its event. <paramref name="From"/> is when it takes effect, never before <paramref name="GrantedAt"/>.</summary>
public sealed record RegisteredAccreditation(
    byte[] Holder, byte[] ScopeId, ulong? Parent, DateTimeOffset From, DateTimeOffset? Until, DateTimeOffset? WithdrawnAt, DateTimeOffset GrantedAt, AccreditationRight Right);

/// <summary>How an organisation was closed: who shall take over, the SHA-256 of its statement, when, since when somebody has, from when somebody can, where the organisation's own account alone named who, and whether anybody ever did.</summary>
public sealed record RegisteredClosing(byte[]? Depositary, byte[] StatementId, DateTimeOffset ClosedAt, DateTimeOffset? AcceptedAt, DateTimeOffset? AcceptableFrom = null, bool EverAccepted = false);

/// <summary>Who vouches for which verifier (id of its profile), until when, and whether it was taken back.</summary>
public sealed record RegisteredVerifier(byte[] Authority, byte[] Verifier, DateTimeOffset Until, bool Withdrawn);

/// <summary>Whose key it is and since when it counts; the times are null while it is not retired, or not known to be in foreign hands.</summary>
public sealed record RegisteredKey(byte[] Organisation, DateTimeOffset From, DateTimeOffset? RetiredAt, DateTimeOffset? CompromisedAt);

/// <summary>What an account may do: register organisations and logs; add and end keys; accredit others where it holds an accreditation that says so.</summary>
public sealed record RegistryPermissions(bool Governs, bool WritesForOrganisation, bool Accredits);
