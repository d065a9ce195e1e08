using Identity.Credentials.Verifiers;
using Identity.Ledger.Evm;

namespace Identity.Ledger.Registry;

/// <summary>
/// Writing. Each write is done when the contract's own event with the very values sent is in a final block: a status of 1
/// alone proves nothing, some networks give it to transactions that never ran.
/// </summary>
public sealed partial class RegistryClient
{
    /// <summary>Registers an organisation. Only the governor.</summary>
    /// <exception cref="ArgumentException">The profile's values have a fault.</exception>
    public Task<RegistryWrite> RegisterOrganisationAsync(EvmAccount governor, OrganisationProfile profile, Address account, OrganisationRoles roles, CancellationToken ct = default)
    {
        if (profile.Fault() is { } fault) throw new ArgumentException(fault, nameof(profile));
        var (id, canonical) = (profile.Id(), profile.Canonical());
        return WriteAsync<RegistryEvent.OrganisationRegistered>(governor,
            Abi.Call("registerOrganisation(bytes32,address,uint8,string)", AbiValue.Bytes32(id), AbiValue.Address(account), AbiValue.Uint((int)roles), AbiValue.Text(canonical)),
            e => Same(e.Id, id) && e.Account == account && e.Roles == roles && e.Profile == canonical, ct);
    }

    /// <summary>Entitles an organisation to issue a type. Only the accreditor's account. The event carries the accreditation's number.</summary>
    public Task<RegistryWrite> GrantAccreditationAsync(EvmAccount account, byte[] accreditor, byte[] organisation, string credentialType, DateTimeOffset from, DateTimeOffset? until, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.AccreditationGranted>(account,
            Abi.Call("grantAccreditation(bytes32,bytes32,string,uint64,uint64)", AbiValue.Bytes32(accreditor), AbiValue.Bytes32(organisation), AbiValue.Text(credentialType), Seconds(from), until is null ? AbiValue.Uint(0) : Seconds(until.Value)),
            e => Same(e.Accreditor, accreditor) && Same(e.Organisation, organisation) && e.CredentialType == credentialType && Same(e.From, from) && e.Until?.ToUnixTimeSeconds() == until?.ToUnixTimeSeconds(), ct);

    /// <summary>Takes an accreditation back. Only the account of the accreditor that granted it, once.</summary>
    public Task<RegistryWrite> WithdrawAccreditationAsync(EvmAccount account, ulong number, DateTimeOffset at, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.AccreditationWithdrawn>(account,
            Abi.Call("withdrawAccreditation(uint256,uint64)", AbiValue.Uint(number), Seconds(at)),
            e => e.Number == number && Same(e.At, at), ct);

    /// <summary>Adds a P-256 signing key (32-byte coordinates). Only the organisation's account.</summary>
    public Task<RegistryWrite> AddKeyAsync(EvmAccount account, byte[] organisation, byte[] thumbprint, DateTimeOffset from, byte[] x, byte[] y, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.KeyAdded>(account,
            Abi.Call("addKey(bytes32,bytes32,uint64,bytes32,bytes32)", AbiValue.Bytes32(organisation), AbiValue.Bytes32(thumbprint), Seconds(from), AbiValue.Bytes32(x), AbiValue.Bytes32(y)),
            e => Same(e.Organisation, organisation) && Same(e.Thumbprint, thumbprint) && Same(e.From, from) && Same(e.X, x) && Same(e.Y, y), ct);

    /// <summary>Ends a key. The organisation's account, or one of its accreditors; an end dated before the key's previous event only by the latter.</summary>
    public Task<RegistryWrite> EndKeyAsync(EvmAccount account, byte[] organisation, byte[] thumbprint, DateTimeOffset endedAt, KeyEnding reason, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.KeyEnded>(account,
            Abi.Call("endKey(bytes32,bytes32,uint64,uint8)", AbiValue.Bytes32(organisation), AbiValue.Bytes32(thumbprint), Seconds(endedAt), AbiValue.Uint((int)reason)),
            e => Same(e.Organisation, organisation) && Same(e.Thumbprint, thumbprint) && Same(e.EndedAt, endedAt) && e.Reason == reason, ct);

    /// <summary>Vouches for a verifier until a time to come. Only the account of an organisation with the verifier authority's role. The event carries the number.</summary>
    /// <exception cref="ArgumentException">The profile's values have a fault.</exception>
    public Task<RegistryWrite> RegisterVerifierAsync(EvmAccount account, byte[] authority, VerifierProfile profile, DateTimeOffset until, CancellationToken ct = default)
    {
        if (profile.Fault() is { } fault) throw new ArgumentException(fault, nameof(profile));
        var (id, canonical) = (profile.Id(), profile.Canonical());
        return WriteAsync<RegistryEvent.VerifierRegistered>(account,
            Abi.Call("registerVerifier(bytes32,bytes32,uint64,string)", AbiValue.Bytes32(authority), AbiValue.Bytes32(id), Seconds(until), AbiValue.Text(canonical)),
            e => Same(e.Authority, authority) && Same(e.Verifier, id) && Same(e.Until, until) && e.Profile == canonical, ct);
    }

    /// <summary>Takes a verifier's registration back, from this block on. Only the account of the authority that made it, once.</summary>
    public Task<RegistryWrite> WithdrawVerifierAsync(EvmAccount account, ulong number, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.VerifierWithdrawn>(account, Abi.Call("withdrawVerifier(uint256)", AbiValue.Uint(number)), e => e.Number == number, ct);

    /// <summary>Registers a transparency log. Only the governor.</summary>
    public Task<RegistryWrite> RegisterLogAsync(EvmAccount governor, string origin, Address @operator, byte[] ed25519Key, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.LogRegistered>(governor,
            Abi.Call("registerLog(bytes32,address,bytes32,string)", AbiValue.Bytes32(LogId(origin)), AbiValue.Address(@operator), AbiValue.Bytes32(ed25519Key), AbiValue.Text(origin)),
            e => e.Origin == origin && e.Operator == @operator && Same(e.Ed25519Key, ed25519Key), ct);

    /// <summary>
    /// Puts a checkpoint's root on the chain. Only the log's operator; the size must grow. Safe to repeat: a second call for the
    /// same size is refused as SizeNotGrowing.
    /// </summary>
    public Task<RegistryWrite> AnchorAsync(EvmAccount account, byte[] log, long size, byte[] root, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.Anchored>(account,
            Abi.Call("anchor(bytes32,uint64,bytes32)", AbiValue.Bytes32(log), AbiValue.Uint(size), AbiValue.Bytes32(root)),
            e => Same(e.Log, log) && e.Size == size && Same(e.Root, root), ct);

    private async Task<RegistryWrite> WriteAsync<TEvent>(EvmAccount account, byte[] call, Predicate<TEvent> isOurs, CancellationToken ct) where TEvent : RegistryEvent
    {
        var sent = await evm.SendAsync(account, Contract, call, ct).ConfigureAwait(false);
        if (sent is EvmSent.Reverted reverted) return RegistryAbi.Refusal(reverted.Data);
        var receipt = ((EvmSent.Mined)sent).Receipt;
        foreach (var log in receipt.Logs.Where(log => log.Address == Contract))
            if (RegistryEventReader.TryRead(log, receipt.BlockTime) is TEvent read && isOurs(read)) return new RegistryWrite.Done(receipt, read);
        throw new EvmException($"The network reports success for {receipt.TransactionHash}, yet the registry at {Contract} recorded nothing: there is no registry there, or the network takes the transaction for a private one.");
    }

    private static AbiValue Seconds(DateTimeOffset time) => AbiValue.Uint(Math.Max(0, time.ToUnixTimeSeconds()));

    private static bool Same(byte[] left, byte[] right) => left.AsSpan().SequenceEqual(right);

    private static bool Same(DateTimeOffset left, DateTimeOffset right) => left.ToUnixTimeSeconds() == Math.Max(0, right.ToUnixTimeSeconds());
}
