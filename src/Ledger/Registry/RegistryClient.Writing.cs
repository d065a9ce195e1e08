using Identity.Credentials.Accreditation;
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
    public Task<RegistryWrite> RegisterOrganisationAsync(IEvmSigner governor, OrganisationProfile profile, Address account, OrganisationRoles roles, CancellationToken ct = default)
    {
        if (profile.Fault() is { } fault) throw new ArgumentException(fault, nameof(profile));
        var (id, canonical) = (profile.Id(), profile.Canonical());
        return WriteAsync<RegistryEvent.OrganisationRegistered>(governor,
            Abi.Call("registerOrganisation(bytes32,address,uint8,string)", AbiValue.Bytes32(id), AbiValue.Address(account), AbiValue.Uint((int)roles), AbiValue.Text(canonical)),
            e => Same(e.Id, id) && e.Account == account && e.Roles == roles && e.Profile == canonical, ct);
    }

    /// <summary>Gives an organisation another account, or other roles. Its own account may hand over and keep the roles; the governor may do both.</summary>
    public Task<RegistryWrite> ChangeOrganisationAsync(IEvmSigner sender, byte[] organisation, Address account, OrganisationRoles roles, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.OrganisationChanged>(sender,
            Abi.Call("changeOrganisation(bytes32,address,uint8)", AbiValue.Bytes32(organisation), AbiValue.Address(account), AbiValue.Uint((int)roles)),
            e => Same(e.Id, organisation) && e.Account == account && e.Roles == roles, ct);

    /// <summary>Names the accreditation by which its holder is supervised. Only the governor.</summary>
    public Task<RegistryWrite> ChangeSupervisionAsync(IEvmSigner governor, byte[] organisation, ulong supervisor, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.SupervisionChanged>(governor,
            Abi.Call("changeSupervision(bytes32,uint64)", AbiValue.Bytes32(organisation), AbiValue.Uint(supervisor)),
            e => Same(e.Id, organisation) && e.Supervisor == supervisor, ct);

    /// <summary>Entitles a root authority. Only the governor. The event carries the accreditation's number.</summary>
    /// <exception cref="ArgumentException">The scope's values have a fault.</exception>
    public Task<RegistryWrite> AdmitRootAsync(IEvmSigner governor, byte[] holder, AccreditationRight right, Scope scope, DateTimeOffset from, DateTimeOffset? until, CancellationToken ct = default) =>
        GrantAsync(governor, null, holder, right, scope, from, until, ct);

    /// <summary>Entitles an organisation under the accreditation <paramref name="parent"/>. Only the account of that one's holder. The event carries the number.</summary>
    /// <exception cref="ArgumentException">The scope's values have a fault.</exception>
    public Task<RegistryWrite> GrantAsync(IEvmSigner account, ulong parent, byte[] holder, AccreditationRight right, Scope scope, DateTimeOffset from, DateTimeOffset? until, CancellationToken ct = default) =>
        GrantAsync(account, (ulong?)parent, holder, right, scope, from, until, ct);

    /// <summary>Takes an accreditation back from a time on; for whoever granted it not before now. Whoever stands higher, and the governor, may date it back.</summary>
    public Task<RegistryWrite> WithdrawAsync(IEvmSigner account, ulong number, DateTimeOffset at, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.AccreditationWithdrawn>(account, Abi.Call("withdraw(uint64,uint64)", AbiValue.Uint(number), Seconds(at)), e => e.Number == number, ct);

    /// <summary>Adds a P-256 signing key (32-byte coordinates). Only the organisation's account.</summary>
    public Task<RegistryWrite> AddKeyAsync(IEvmSigner account, byte[] organisation, byte[] thumbprint, DateTimeOffset from, byte[] x, byte[] y, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.KeyAdded>(account,
            Abi.Call("addKey(bytes32,bytes32,uint64,bytes32,bytes32)", AbiValue.Bytes32(organisation), AbiValue.Bytes32(thumbprint), Seconds(from), AbiValue.Bytes32(x), AbiValue.Bytes32(y)),
            e => Same(e.Organisation, organisation) && Same(e.Thumbprint, thumbprint) && Same(e.From, from) && Same(e.X, x) && Same(e.Y, y), ct);

    /// <summary>
    /// Ends a key: a retirement now or later, a theft when it happened. The organisation's account, whoever supervises it, or the governor; a theft dated before the
    /// key's previous event only by the latter two. The event carries the time that counts.
    /// </summary>
    public Task<RegistryWrite> EndKeyAsync(IEvmSigner account, byte[] organisation, byte[] thumbprint, DateTimeOffset endedAt, KeyEnding reason, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.KeyEnded>(account,
            Abi.Call("endKey(bytes32,bytes32,uint64,uint8)", AbiValue.Bytes32(organisation), AbiValue.Bytes32(thumbprint), Seconds(endedAt), AbiValue.Uint((int)reason)),
            e => Same(e.Organisation, organisation) && Same(e.Thumbprint, thumbprint) && e.Reason == reason && (reason == KeyEnding.Retired || Same(e.EndedAt, endedAt)), ct);

    /// <summary>Says that an organisation records what it issues in a log. Only the organisation's account, once for each log.</summary>
    public Task<RegistryWrite> UseLogAsync(IEvmSigner account, byte[] organisation, byte[] log, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.LogUsed>(account, Abi.Call("useLog(bytes32,bytes32)", AbiValue.Bytes32(organisation), AbiValue.Bytes32(log)),
            e => Same(e.Organisation, organisation) && Same(e.Log, log), ct);

    /// <summary>Closes an organisation. Its own account, whoever supervises it, or the governor.</summary>
    /// <param name="account">Who.</param>
    /// <param name="organisation">Id of the organisation that ends.</param>
    /// <param name="depositary">Id of the organisation that shall take over, or null. Named by the organisation's own account, it can accept seven days later, or once it is named by whoever supervises too.</param>
    /// <param name="statement">Canonical JSON that names its final status lists, 1 to 16,384 bytes.</param>
    /// <param name="ct">Cancels.</param>
    public Task<RegistryWrite> CloseOrganisationAsync(IEvmSigner account, byte[] organisation, byte[]? depositary, string statement, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.OrganisationClosed>(account,
            Abi.Call("closeOrganisation(bytes32,bytes32,string)", AbiValue.Bytes32(organisation), AbiValue.Bytes32(depositary ?? new byte[32]), AbiValue.Text(statement)),
            e => Same(e.Organisation, organisation) && e.Statement == statement, ct);

    /// <summary>Undoes a closing that no depositary ever accepted. Only the governor.</summary>
    public Task<RegistryWrite> UndoClosingAsync(IEvmSigner governor, byte[] organisation, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.ClosingUndone>(governor, Abi.Call("undoClosing(bytes32)", AbiValue.Bytes32(organisation)), e => Same(e.Organisation, organisation), ct);

    /// <summary>Names who shall take over from a closed organisation, or confirms whom it named itself. Whoever supervises it, or the governor.</summary>
    public Task<RegistryWrite> NameDepositaryAsync(IEvmSigner account, byte[] organisation, byte[] depositary, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.DepositaryNamed>(account, Abi.Call("nameDepositary(bytes32,bytes32)", AbiValue.Bytes32(organisation), AbiValue.Bytes32(depositary)),
            e => Same(e.Organisation, organisation) && Same(e.Depositary, depositary), ct);

    /// <summary>Takes over from a closed organisation. Only the account of the depositary that was named; not before <see cref="RegisteredClosing.AcceptableFrom"/>, unless it supervises that organisation itself.</summary>
    public Task<RegistryWrite> AcceptDepositAsync(IEvmSigner account, byte[] organisation, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.DepositAccepted>(account, Abi.Call("acceptDeposit(bytes32)", AbiValue.Bytes32(organisation)), e => Same(e.Organisation, organisation), ct);

    /// <summary>Vouches for a verifier until a time to come. Only the account of an organisation with the verifier authority's role. The event carries the number.</summary>
    /// <exception cref="ArgumentException">The profile's values have a fault.</exception>
    public Task<RegistryWrite> RegisterVerifierAsync(IEvmSigner account, byte[] authority, VerifierProfile profile, DateTimeOffset until, CancellationToken ct = default)
    {
        if (profile.Fault() is { } fault) throw new ArgumentException(fault, nameof(profile));
        var (id, canonical) = (profile.Id(), profile.Canonical());
        return WriteAsync<RegistryEvent.VerifierRegistered>(account,
            Abi.Call("registerVerifier(bytes32,bytes32,uint64,string)", AbiValue.Bytes32(authority), AbiValue.Bytes32(id), Seconds(until), AbiValue.Text(canonical)),
            e => Same(e.Authority, authority) && Same(e.Verifier, id) && Same(e.Until, until) && e.Profile == canonical, ct);
    }

    /// <summary>Takes a verifier's registration back, from this block on. Only the account of the authority that made it, once.</summary>
    public Task<RegistryWrite> WithdrawVerifierAsync(IEvmSigner account, ulong number, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.VerifierWithdrawn>(account, Abi.Call("withdrawVerifier(uint256)", AbiValue.Uint(number)), e => e.Number == number, ct);

    /// <summary>Registers a transparency log. Only the governor.</summary>
    public Task<RegistryWrite> RegisterLogAsync(IEvmSigner governor, string origin, Address @operator, byte[] ed25519Key, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.LogRegistered>(governor,
            Abi.Call("registerLog(bytes32,address,bytes32,string)", AbiValue.Bytes32(LogId(origin)), AbiValue.Address(@operator), AbiValue.Bytes32(ed25519Key), AbiValue.Text(origin)),
            e => e.Origin == origin && e.Operator == @operator && Same(e.Ed25519Key, ed25519Key), ct);

    /// <summary>Gives a log another operator, or another key for checkpoints larger than the newest anchor. The operator may change the key, the governor both.</summary>
    public Task<RegistryWrite> ChangeLogAsync(IEvmSigner account, byte[] log, Address @operator, byte[] ed25519Key, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.LogChanged>(account,
            Abi.Call("changeLog(bytes32,address,bytes32)", AbiValue.Bytes32(log), AbiValue.Address(@operator), AbiValue.Bytes32(ed25519Key)),
            e => Same(e.Log, log) && e.Operator == @operator && Same(e.Ed25519Key, ed25519Key), ct);

    /// <summary>
    /// Puts a checkpoint's root on the chain. Only the log's operator; the size must grow. Safe to repeat: a second call for the
    /// same size is refused as SizeNotGrowing.
    /// </summary>
    public Task<RegistryWrite> AnchorAsync(IEvmSigner account, byte[] log, long size, byte[] root, CancellationToken ct = default) =>
        WriteAsync<RegistryEvent.Anchored>(account,
            Abi.Call("anchor(bytes32,uint64,bytes32)", AbiValue.Bytes32(log), AbiValue.Uint(size), AbiValue.Bytes32(root)),
            e => Same(e.Log, log) && e.Size == size && Same(e.Root, root), ct);

    private Task<RegistryWrite> GrantAsync(IEvmSigner account, ulong? parent, byte[] holder, AccreditationRight right, Scope scope, DateTimeOffset from, DateTimeOffset? until, CancellationToken ct)
    {
        if (scope.Fault() is { } fault) throw new ArgumentException(fault, nameof(scope));
        var canonical = scope.Canonical();
        AbiValue[] arguments = [AbiValue.Bytes32(holder), AbiValue.Uint((int)right), AbiValue.Text(canonical), Seconds(from), until is null ? AbiValue.Uint(0) : Seconds(until.Value)];
        var call = parent is { } number
            ? Abi.Call("grant(uint64,bytes32,uint8,string,uint64,uint64)", [AbiValue.Uint(number), .. arguments]) : Abi.Call("admitRoot(bytes32,uint8,string,uint64,uint64)", arguments);
        return WriteAsync<RegistryEvent.AccreditationGranted>(account, call,
            e => e.Parent == parent && Same(e.Holder, holder) && e.Right == right && e.Scope == canonical && Same(e.From, from) && e.Until?.ToUnixTimeSeconds() == until?.ToUnixTimeSeconds(), ct);
    }

    private async Task<RegistryWrite> WriteAsync<TEvent>(IEvmSigner account, byte[] call, Predicate<TEvent> isOurs, CancellationToken ct) where TEvent : RegistryEvent
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
