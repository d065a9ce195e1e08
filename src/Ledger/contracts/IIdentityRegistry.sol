// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Who may issue what, whose key is whose, and what the logs said when.
/// @notice The events are the record: a reader who follows them from the first block needs no other call. Storage holds what the contract
/// must know to refuse, and what a proof of state must show to a reader who trusts no node: its slots are part of this interface
/// (docs/registry.md). Times are Unix seconds. A key or an accreditation counts from the later of the `from` in its event and its block's
/// time, which is what storage and views hold; an earlier date is display text.
/// @dev One account governs, an IdentityGovernance where several must agree.
interface IIdentityRegistry {
    // ------------------------------------------------------------------ events

    /// @notice An organisation exists. `id` is the SHA-256 of `profile`, canonical JSON (RFC 8785) in UTF-8.
    /// @param account Who writes for it.
    /// @param roles Bits: 1 issuer, 2 accreditor, 4 log operator, 8 verifier authority, 16 depositary.
    event OrganisationRegistered(bytes32 indexed id, address account, uint8 roles, string profile);

    /// @notice The organisation has another account, or other roles.
    event OrganisationChanged(bytes32 indexed id, address account, uint8 roles);

    /// @notice `supervisor` is the accreditation by which the organisation is supervised: whoever stands above it there may date the
    /// organisation's key thefts back, and close it, until they are closed themselves. The first accreditation of an organisation is it; governance may name another.
    event SupervisionChanged(bytes32 indexed id, uint64 supervisor);

    /// @notice An entitlement of `holder`, under the entitlement `parent` of whoever grants it; `parent` is 0 for a root authority.
    /// @param number Counts from 1.
    /// @param right Bits: 1 may issue, 2 may grant.
    /// @param scope The SHA-256 of `text`, canonical JSON (RFC 8785) that says for what.
    /// @param until The first second it no longer holds; 0 for no end.
    event AccreditationGranted(
        uint64 indexed number, bytes32 indexed holder, uint64 indexed parent, uint8 right, bytes32 scope, uint64 from, uint64 until, string text
    );

    /// @notice The accreditation, and with it everything under it, does not hold from `time` on. A later event for the same number is earlier in its `time`.
    event AccreditationWithdrawn(uint64 indexed number, uint64 time);

    /// @notice A P-256 signing key of `organisation`. `thumbprint` is that of its JWK (RFC 7638); readers check that it is.
    event KeyAdded(bytes32 indexed organisation, bytes32 indexed thumbprint, uint64 from, bytes32 x, bytes32 y);

    /// @notice The key ended. `reason` 1 retired, 2 compromised since `endedAt`.
    event KeyEnded(bytes32 indexed organisation, bytes32 indexed thumbprint, uint64 endedAt, uint8 reason);

    /// @notice A transparency log. `log` is the SHA-256 of `origin`; `ed25519Key` signs its checkpoints.
    event LogRegistered(bytes32 indexed log, address operator, bytes32 ed25519Key, string origin);

    /// @notice The log has another operator, or another key for checkpoints of more than `fromSize` entries.
    event LogChanged(bytes32 indexed log, address operator, bytes32 ed25519Key, uint64 fromSize);

    /// @notice The organisation records what it issues in this log, from this block on.
    event LogUsed(bytes32 indexed organisation, bytes32 indexed log);

    /// @notice The log's tree of `size` entries has this `root`.
    event Anchored(bytes32 indexed log, uint64 size, bytes32 root);

    /// @notice `authority` vouches for a verifier from this block on: who it is, by which keys it asks, and what it may ask.
    /// @param number Counts from 1.
    /// @param verifier The SHA-256 of `profile`, canonical JSON (RFC 8785) in UTF-8.
    /// @param until The first second it no longer holds; there is always an end.
    event VerifierRegistered(uint256 indexed number, bytes32 indexed verifier, bytes32 indexed authority, uint64 until, string profile);

    /// @notice The registration no longer holds from this block on.
    event VerifierWithdrawn(uint256 indexed number);

    /// @notice The organisation issues nothing from this block on, and its keys count as retired.
    /// @param depositary Who shall take over its status lists and issue again; 0 for nobody yet.
    /// @param statement The SHA-256 of `text`, canonical JSON that names its final status lists.
    event OrganisationClosed(bytes32 indexed organisation, bytes32 indexed depositary, bytes32 statement, string text);

    /// @notice The closing, which nobody ever accepted, was a mistake or a theft: it is as if it had not been.
    event ClosingUndone(bytes32 indexed organisation);

    /// @notice Somebody else shall take over from a closed organisation.
    event DepositaryNamed(bytes32 indexed organisation, bytes32 indexed depositary);

    /// @notice The depositary takes over, from this block on.
    event DepositAccepted(bytes32 indexed organisation, bytes32 indexed depositary);

    // ------------------------------------------------------------------ refusals

    /// @notice Only the account that governs the registry may do this.
    error NotGovernor();
    /// @notice Only the organisation's own account may do this.
    error NotOrganisationAccount();
    /// @notice Only the account of whoever stands above the accreditation, by one that is whole up to its root, and is not closed, may do this.
    error NotAbove();
    /// @notice The accreditation `link` does not carry what is asked. `why`: 1 the sender is not its holder, 2 it gives no right to grant,
    /// 3 not yet in force, 4 over, 5 withdrawn, 6 it ends before what is asked, 7 the chain would be longer than 8.
    error NotEntitled(uint64 link, uint8 why);
    /// @notice The organisation does not have the role that this needs.
    error MissingRole(uint8 role);
    /// @notice The organisation is closed.
    error OrganisationIsClosed();
    /// @notice The organisation is not closed.
    error NotClosed();
    /// @notice A depositary has accepted.
    error AlreadyAccepted();
    /// @notice Only the organisation's own account has named this depositary, which accepts from `time` on, or once whoever stands above has named it too.
    error TooEarly(uint64 time);
    /// @notice Only the log's operator may do this.
    error NotOperator();
    /// @notice The id is not the SHA-256 of the text.
    error WrongId();
    /// @notice The id, key, log or text is registered already.
    error AlreadyRegistered();
    /// @notice No such organisation.
    error UnknownOrganisation();
    /// @notice No such accreditation.
    error UnknownAccreditation();
    /// @notice It was withdrawn before, from no later a time.
    error AlreadyWithdrawn();
    /// @notice No such key of this organisation.
    error UnknownKey();
    /// @notice The key ended before, at no later a time.
    error AlreadyEnded();
    /// @notice A theft dated before the key's previous event needs whoever supervises the organisation.
    error BackdatingNeedsSupervisor();
    /// @notice Only the account of an organisation with the verifier authority's role may do this.
    error NotVerifierAuthority();
    /// @notice No such registration of a verifier.
    error UnknownVerifier();
    /// @notice No such log.
    error UnknownLog();
    /// @notice An anchor must be larger than the one before it.
    error SizeNotGrowing(uint64 latestSize);
    /// @notice An argument is empty, too long or out of range.
    error BadArgument();

    // ------------------------------------------------------------------ writes

    /// @notice Registers an organisation. Only the governor.
    /// @param profile 1 to 4096 bytes.
    function registerOrganisation(bytes32 id, address account, uint8 roles, string calldata profile) external;

    /// @notice Another account, or other roles. The organisation's own account may hand over to another and keep the roles; the governor may do both.
    function changeOrganisation(bytes32 id, address account, uint8 roles) external;

    /// @notice Names the accreditation by which an organisation is supervised; it must be one of its own. Only the governor.
    function changeSupervision(bytes32 id, uint64 supervisor) external;

    /// @notice Entitles a root authority. Only the governor.
    /// @param right 2, or 3 for one that also issues.
    /// @param scope 1 to 4096 bytes.
    function admitRoot(bytes32 holder, uint8 right, string calldata scope, uint64 from, uint64 until) external returns (uint64 number);

    /// @notice Entitles an organisation under an accreditation of the sender's, which must give the right to grant and be in force with every
    /// link above it. It ends no later than they do. Its scope is not compared here: a reader takes what every link allows.
    /// @param scope 1 to 4096 bytes.
    function grant(uint64 parent, bytes32 holder, uint8 right, string calldata scope, uint64 from, uint64 until) external returns (uint64 number);

    /// @notice Takes an accreditation back from a time on; a time that is past counts as now. Again only for an earlier time. The account of
    /// whoever granted it, unless closed. Whoever stands above that one, and the governor, may also date it back.
    function withdraw(uint64 number, uint64 time) external;

    /// @notice Adds a key that no organisation has. Only the organisation's account.
    function addKey(bytes32 organisation, bytes32 thumbprint, uint64 from, bytes32 x, bytes32 y) external;

    /// @notice Ends a key; again only for an earlier time. A retirement that is past counts as now; a theft is dated when it happened. The
    /// organisation's account, whoever stands above its supervising accreditation, or the governor; only the latter two may date a theft
    /// before the key's previous event.
    function endKey(bytes32 organisation, bytes32 thumbprint, uint64 endedAt, uint8 reason) external;

    /// @notice Says that an organisation records what it issues in a log. Only the organisation's account.
    function useLog(bytes32 organisation, bytes32 log) external;

    /// @notice Closes an organisation. Its own account, whoever stands above its supervising accreditation, or the governor. A depositary
    /// that the organisation's own account names here can accept seven days later: the account may be stolen, and until then the closing can be undone.
    /// @param statement 1 to 16384 bytes.
    function closeOrganisation(bytes32 organisation, bytes32 depositary, string calldata statement) external;

    /// @notice Undoes a closing that no depositary ever accepted, not even one before another was named. Only the governor.
    function undoClosing(bytes32 organisation) external;

    /// @notice Names a depositary while none has accepted, or the one that has is closed itself; the same one again to confirm it, so that it
    /// can accept at once. Whoever stands above the organisation's supervising accreditation, or the governor.
    function nameDepositary(bytes32 organisation, bytes32 depositary) external;

    /// @notice Takes over from a closed organisation. Only the account of the depositary named, which needs that role; not before `acceptableFrom`,
    /// unless it stands above the organisation's supervising accreditation itself.
    function acceptDeposit(bytes32 organisation) external;

    /// @notice Registers a verifier until a time to come. Only the account of `authority`. It counts from this block on: there is no
    /// earlier date to state. The same authority registers the same profile again only when the last registration is over or withdrawn.
    /// @param profile 1 to 8192 bytes: about 0.3 million gas at most.
    function registerVerifier(bytes32 authority, bytes32 id, uint64 until, string calldata profile) external returns (uint256 number);

    /// @notice Takes the registration of a verifier back, once, from this block on. Only the account of the authority that made it.
    function withdrawVerifier(uint256 number) external;

    /// @notice Registers a log. Only the governor.
    /// @param origin 1 to 256 bytes.
    function registerLog(bytes32 log, address operator, bytes32 ed25519Key, string calldata origin) external;

    /// @notice Another operator, or another key for checkpoints larger than the newest anchor. The operator may change the key, the governor both.
    function changeLog(bytes32 log, address operator, bytes32 ed25519Key) external;

    /// @notice Puts a checkpoint's root on the chain. Only the log's operator; `size` must be larger than any before.
    function anchor(bytes32 log, uint64 size, bytes32 root) external;

    // ------------------------------------------------------------------ views

    /// @notice Who governs.
    function governor() external view returns (address);

    /// @notice The account, roles and supervising accreditation of an organisation; zeros if unknown.
    function organisation(bytes32 id) external view returns (address account, uint8 roles, uint64 supervisor);

    /// @notice An accreditation; `withdrawnAt` is 0 while it is not withdrawn. Zeros if unknown.
    function accreditation(uint64 number) external view returns (
        bytes32 holder, bytes32 scope, uint64 parent, uint64 from, uint64 until, uint64 withdrawnAt, uint64 grantedAt, uint8 right
    );

    /// @notice How many accreditations were granted.
    function accreditations() external view returns (uint64);

    /// @notice Whether the accreditation and every link above it hold at a time; `failing` is the link nearest the root that does not, and why as in NotEntitled.
    function inForce(uint64 number, uint64 time) external view returns (bool whole, uint64 failing, uint8 why);

    /// @notice Since when an organisation records in a log; 0 if it does not.
    function logSince(bytes32 organisation, bytes32 log) external view returns (uint64);

    /// @notice A closing; zeros where there is none. `acceptedAt` is 0 until the depositary accepts, and `acceptableFrom` where it need not wait;
    /// `everAccepted` says whether any depositary of this closing did.
    function closing(bytes32 organisation) external view returns (bytes32 depositary, bytes32 statement, uint64 closedAt, uint64 acceptedAt, uint64 acceptableFrom, bool everAccepted);

    /// @notice Who vouches for which verifier, until when, and whether it was taken back; zeros if unknown.
    function verifier(uint256 number) external view returns (bytes32 authority, bytes32 id, uint64 until, bool withdrawn);

    /// @notice How many registrations of verifiers were made.
    function verifiers() external view returns (uint256);

    /// @notice The organisation and life of a key; zeros if unknown. `retiredAt` and `compromisedAt` are 0 while it is neither.
    function keyOf(bytes32 thumbprint) external view returns (bytes32 organisation, uint64 from, uint64 retiredAt, uint64 compromisedAt);

    /// @notice Operator and checkpoint key of a log, and the size above which the key signs; zeros if unknown.
    function logOf(bytes32 log) external view returns (address operator, bytes32 ed25519Key, uint64 keyFromSize);

    /// @notice The newest anchor of a log; zeros before the first.
    function latest(bytes32 log) external view returns (uint64 size, bytes32 root);

    /// @notice The root anchored for exactly this size; zero if none was.
    function rootAt(bytes32 log, uint64 size) external view returns (bytes32);
}
