using Identity.Ledger.Evm;

namespace Identity.Ledger.Registry;

/// <summary>The registry contract, typed: writes that wait for their own event, reads, and the record as events.</summary>
public sealed class RegistryClient(EvmClient evm, Address contract)
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
    public static byte[] LogId(string origin) => throw new NotImplementedException();

    /// <summary>Puts the contract on the chain with the governor's first transaction, or finds it there already.</summary>
    /// <exception cref="EvmException">The governor's first transaction went elsewhere, or the chain cannot be asked.</exception>
    public static Task<RegistryClient> DeployAsync(EvmClient evm, EvmAccount governor, CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>This very contract has code at the address.</summary>
    public Task<bool> IsDeployedAsync(CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>Registers an organisation. Only the governor.</summary>
    public Task<RegistryWrite> RegisterOrganisationAsync(EvmAccount governor, OrganisationProfile profile, Address account, OrganisationRoles roles, CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>Entitles an organisation to issue a type. Only the accreditor's account.</summary>
    public Task<RegistryWrite> GrantAccreditationAsync(EvmAccount account, byte[] accreditor, byte[] organisation, string credentialType, DateTimeOffset from, DateTimeOffset? until, CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>Takes an accreditation back. Only the account of the accreditor that granted it, once.</summary>
    public Task<RegistryWrite> WithdrawAccreditationAsync(EvmAccount account, ulong number, DateTimeOffset at, CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>Adds a P-256 signing key (32-byte coordinates). Only the organisation's account.</summary>
    public Task<RegistryWrite> AddKeyAsync(EvmAccount account, byte[] organisation, byte[] thumbprint, DateTimeOffset from, byte[] x, byte[] y, CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>Ends a key. The organisation's account; an end dated before the key's previous event only by one of its accreditors.</summary>
    public Task<RegistryWrite> EndKeyAsync(EvmAccount account, byte[] organisation, byte[] thumbprint, DateTimeOffset endedAt, KeyEnding reason, CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>Registers a transparency log. Only the governor.</summary>
    public Task<RegistryWrite> RegisterLogAsync(EvmAccount governor, string origin, Address @operator, byte[] ed25519Key, CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>Puts a checkpoint's root on the chain. Only the log's operator; the size must grow. Safe to repeat: a second call for the same size is refused as SizeNotGrowing.</summary>
    public Task<RegistryWrite> AnchorAsync(EvmAccount account, byte[] log, long size, byte[] root, CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>The contract's events in these blocks, both ends included, in chain order, with their blocks' times.</summary>
    public Task<IReadOnlyList<RegistryEvent>> ReadEventsAsync(ulong fromBlock, ulong toBlock, CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>The newest anchor of a log, or null.</summary>
    public Task<LatestAnchor?> LatestAsync(byte[] log, CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>The root anchored for this very size, or null.</summary>
    public Task<byte[]?> RootAtAsync(byte[] log, long size, CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>A log as registered, or null.</summary>
    public Task<RegisteredLog?> FindLogAsync(byte[] log, CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>An organisation as registered, or null.</summary>
    public Task<RegisteredOrganisation?> FindOrganisationAsync(byte[] id, CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>A key as registered, or null.</summary>
    public Task<RegisteredKey?> FindKeyAsync(byte[] thumbprint, CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>Who governs the registry.</summary>
    public Task<Address> GovernorAsync(CancellationToken ct = default) => throw new NotImplementedException();
}

/// <summary>A log's newest anchor.</summary>
public sealed record LatestAnchor(long Size, byte[] Root);

/// <summary>A log's operator and checkpoint key.</summary>
public sealed record RegisteredLog(Address Operator, byte[] Ed25519Key);

/// <summary>An organisation's account and roles.</summary>
public sealed record RegisteredOrganisation(Address Account, OrganisationRoles Roles);

/// <summary>Whose key it is; <paramref name="Reason"/> is null while it lives.</summary>
public sealed record RegisteredKey(byte[] Organisation, DateTimeOffset From, DateTimeOffset? EndedAt, KeyEnding? Reason);
