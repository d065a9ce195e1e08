// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Who may issue what, whose key is whose, and what the logs said when.
/// @notice The events are the record: a reader who follows them from the first block needs no other call. Storage holds
/// only what the contract must know to refuse. Times are Unix seconds; a reader counts a key or an accreditation
/// from the later of its own `from` and its block's time, so an earlier date is display text.
/// @dev The account that deploys governs; it may be a multi-signature contract.
interface IIdentityRegistry {
    // ------------------------------------------------------------------ events

    /// @notice An organisation exists. `id` is the SHA-256 of `profile`, canonical JSON (RFC 8785) in UTF-8.
    /// @param account Who writes for it.
    /// @param roles Bits: 1 issuer, 2 accreditor, 4 log operator, 8 verifier authority.
    event OrganisationRegistered(bytes32 indexed id, address account, uint8 roles, string profile);

    /// @notice `accreditor` entitles `organisation` to issue `credentialType`.
    /// @param number Counts from 1.
    /// @param until The first second it no longer holds; 0 for no end.
    event AccreditationGranted(
        uint256 indexed number, bytes32 indexed organisation, bytes32 indexed accreditor,
        string credentialType, uint64 from, uint64 until
    );

    /// @notice The accreditation no longer holds from `withdrawnAt` on.
    event AccreditationWithdrawn(uint256 indexed number, uint64 withdrawnAt);

    /// @notice A P-256 signing key of `organisation`. `thumbprint` is that of its JWK (RFC 7638); readers check that it is.
    event KeyAdded(bytes32 indexed organisation, bytes32 indexed thumbprint, uint64 from, bytes32 x, bytes32 y);

    /// @notice The key ended. `reason` 1 retired, 2 compromised since `endedAt`.
    event KeyEnded(bytes32 indexed organisation, bytes32 indexed thumbprint, uint64 endedAt, uint8 reason);

    /// @notice A transparency log. `log` is the SHA-256 of `origin`; `ed25519Key` signs its checkpoints.
    event LogRegistered(bytes32 indexed log, address operator, bytes32 ed25519Key, string origin);

    /// @notice The log's tree of `size` entries has this `root`.
    event Anchored(bytes32 indexed log, uint64 size, bytes32 root);

    /// @notice `authority` vouches for a verifier from this block on: who it is, by which keys it asks, and what it may ask.
    /// @param number Counts from 1.
    /// @param verifier The SHA-256 of `profile`, canonical JSON (RFC 8785) in UTF-8.
    /// @param until The first second it no longer holds; there is always an end.
    event VerifierRegistered(uint256 indexed number, bytes32 indexed verifier, bytes32 indexed authority, uint64 until, string profile);

    /// @notice The registration no longer holds from this block on.
    event VerifierWithdrawn(uint256 indexed number);

    // ------------------------------------------------------------------ refusals

    /// @notice Only the account that governs the registry may do this.
    error NotGovernor();
    /// @notice Only the organisation's own account may do this.
    error NotOrganisationAccount();
    /// @notice Only the account of an organisation with the accreditor's role may do this.
    error NotAccreditor();
    /// @notice Only the log's operator may anchor.
    error NotOperator();
    /// @notice The id is not the SHA-256 of the text.
    error WrongId();
    /// @notice The id, key, log or text is registered already.
    error AlreadyRegistered();
    /// @notice No such organisation.
    error UnknownOrganisation();
    /// @notice The organisation does not have the issuer's role.
    error NotIssuer();
    /// @notice No such accreditation.
    error UnknownAccreditation();
    /// @notice It was withdrawn before.
    error AlreadyWithdrawn();
    /// @notice No such key of this organisation.
    error UnknownKey();
    /// @notice The key ended before, and not as retired with compromise to add.
    error AlreadyEnded();
    /// @notice An end before the key's previous event needs an accreditor of the organisation.
    error BackdatingNeedsAccreditor();
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

    /// @notice Entitles an organisation to issue a type. Only the account of `accreditor`.
    /// @param credentialType 1 to 200 bytes.
    function grantAccreditation(
        bytes32 accreditor, bytes32 organisation, string calldata credentialType, uint64 from, uint64 until
    ) external returns (uint256 number);

    /// @notice Takes an accreditation back, once. Only the account of the accreditor that granted it.
    function withdrawAccreditation(uint256 number, uint64 withdrawnAt) external;

    /// @notice Adds a key that no organisation has. Only the organisation's account.
    function addKey(bytes32 organisation, bytes32 thumbprint, uint64 from, bytes32 x, bytes32 y) external;

    /// @notice Ends a key; a retired key may end once more as compromised. The organisation's account, or the account of
    /// an accreditor that has accredited it; only the latter may date the end before the key's previous event.
    function endKey(bytes32 organisation, bytes32 thumbprint, uint64 endedAt, uint8 reason) external;

    /// @notice Registers a verifier until a time to come. Only the account of `authority`. It counts from this block on: there is no
    /// earlier date to state. The same authority registers the same profile again only when the last registration is over or withdrawn.
    /// @param profile 1 to 8192 bytes: about 0.3 million gas at most.
    function registerVerifier(bytes32 authority, bytes32 id, uint64 until, string calldata profile) external returns (uint256 number);

    /// @notice Takes the registration of a verifier back, once, from this block on. Only the account of the authority that made it.
    function withdrawVerifier(uint256 number) external;

    /// @notice Registers a log. Only the governor.
    /// @param origin 1 to 256 bytes.
    function registerLog(bytes32 log, address operator, bytes32 ed25519Key, string calldata origin) external;

    /// @notice Puts a checkpoint's root on the chain. Only the log's operator; `size` must be larger than any before.
    function anchor(bytes32 log, uint64 size, bytes32 root) external;

    // ------------------------------------------------------------------ views

    /// @notice Who governs.
    function governor() external view returns (address);

    /// @notice The account and roles of an organisation; zeros if unknown.
    function organisation(bytes32 id) external view returns (address account, uint8 roles);

    /// @notice The holder, grantor and withdrawal of an accreditation; zeros if unknown.
    function accreditation(uint256 number) external view returns (bytes32 accreditor, bytes32 organisation, bool withdrawn);

    /// @notice How many accreditations were granted.
    function accreditations() external view returns (uint256);

    /// @notice Who vouches for which verifier, until when, and whether it was taken back; zeros if unknown.
    function verifier(uint256 number) external view returns (bytes32 authority, bytes32 id, uint64 until, bool withdrawn);

    /// @notice How many registrations of verifiers were made.
    function verifiers() external view returns (uint256);

    /// @notice The organisation and life of a key; zeros if unknown, `reason` 0 while it lives.
    function keyOf(bytes32 thumbprint) external view returns (bytes32 organisation, uint64 from, uint64 endedAt, uint8 reason);

    /// @notice Operator and checkpoint key of a log; zeros if unknown.
    function logOf(bytes32 log) external view returns (address operator, bytes32 ed25519Key);

    /// @notice The newest anchor of a log; zeros before the first.
    function latest(bytes32 log) external view returns (uint64 size, bytes32 root);

    /// @notice The root anchored for exactly this size; zero if none was.
    function rootAt(bytes32 log, uint64 size) external view returns (bytes32);
}
