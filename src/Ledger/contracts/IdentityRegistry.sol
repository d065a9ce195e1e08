// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IIdentityRegistry} from "./IIdentityRegistry.sol";

/// @title The registry itself; what it promises is written in IIdentityRegistry.
contract IdentityRegistry is IIdentityRegistry {
    uint8 private constant ISSUER = 1;
    uint8 private constant ACCREDITOR = 2;
    uint8 private constant VERIFIER_AUTHORITY = 8;
    uint8 private constant ALL_ROLES = 15;
    uint8 private constant RETIRED = 1;
    uint8 private constant COMPROMISED = 2;
    /// The last second of the year 9999: what every reader's calendar can hold.
    uint64 private constant LAST_SECOND = 253402300799;

    struct Organisation { address account; uint8 roles; }
    struct Accreditation { bytes32 accreditor; bytes32 organisation; bool withdrawn; }
    struct Verifier { bytes32 authority; bytes32 id; uint64 until; bool withdrawn; }
    struct Key { bytes32 organisation; uint64 from; uint64 endedAt; uint64 lastEvent; uint8 reason; }
    struct Log { address operator; uint64 size; bytes32 ed25519Key; }

    /// @inheritdoc IIdentityRegistry
    address public governor;
    /// @inheritdoc IIdentityRegistry
    uint256 public accreditations;
    /// @inheritdoc IIdentityRegistry
    mapping(bytes32 => Organisation) public organisation;
    /// @inheritdoc IIdentityRegistry
    mapping(uint256 => Accreditation) public accreditation;
    /// @inheritdoc IIdentityRegistry
    uint256 public verifiers;
    /// @inheritdoc IIdentityRegistry
    mapping(uint256 => Verifier) public verifier;
    /// @inheritdoc IIdentityRegistry
    mapping(bytes32 => mapping(uint64 => bytes32)) public rootAt;

    mapping(bytes32 => Key) private _keys;
    mapping(bytes32 => Log) private _logs;
    /// authority => profile => number of its newest registration
    mapping(bytes32 => mapping(bytes32 => uint256)) private _registrations;
    /// account => organisation it has accredited => yes: an account is all that a sender shows
    mapping(address => mapping(bytes32 => bool)) private _accreditorAccount;

    constructor() {
        governor = msg.sender;
    }

    modifier onlyGovernor() {
        if (msg.sender != governor) revert NotGovernor();
        _;
    }

    /// @inheritdoc IIdentityRegistry
    function registerOrganisation(bytes32 id, address account, uint8 roles, string calldata profile) external onlyGovernor {
        if (account == address(0) || roles == 0 || roles > ALL_ROLES) revert BadArgument();
        _checkText(id, profile, 4096);
        if (organisation[id].account != address(0)) revert AlreadyRegistered();
        organisation[id] = Organisation(account, roles);
        emit OrganisationRegistered(id, account, roles, profile);
    }

    /// @inheritdoc IIdentityRegistry
    function grantAccreditation(
        bytes32 accreditor, bytes32 to, string calldata credentialType, uint64 from, uint64 until
    ) external returns (uint256 number) {
        Organisation storage grantor = organisation[accreditor];
        if (msg.sender != grantor.account || grantor.roles & ACCREDITOR == 0) revert NotAccreditor();
        if (organisation[to].account == address(0)) revert UnknownOrganisation();
        if (organisation[to].roles & ISSUER == 0) revert NotIssuer();
        if (bytes(credentialType).length == 0 || bytes(credentialType).length > 200) revert BadArgument();
        _checkTime(from);
        _checkTime(until);
        if (until != 0 && until <= from) revert BadArgument();
        number = ++accreditations;
        accreditation[number] = Accreditation(accreditor, to, false);
        _accreditorAccount[msg.sender][to] = true;
        emit AccreditationGranted(number, to, accreditor, credentialType, from, until);
    }

    /// @inheritdoc IIdentityRegistry
    function withdrawAccreditation(uint256 number, uint64 withdrawnAt) external {
        Accreditation storage granted = accreditation[number];
        if (granted.organisation == 0) revert UnknownAccreditation();
        if (msg.sender != organisation[granted.accreditor].account) revert NotAccreditor();
        if (granted.withdrawn) revert AlreadyWithdrawn();
        _checkTime(withdrawnAt);
        granted.withdrawn = true;
        emit AccreditationWithdrawn(number, withdrawnAt);
    }

    /// @inheritdoc IIdentityRegistry
    function addKey(bytes32 owner, bytes32 thumbprint, uint64 from, bytes32 x, bytes32 y) external {
        _checkOwner(owner);
        if (thumbprint == 0 || x == 0 || y == 0) revert BadArgument();
        _checkTime(from);
        if (_keys[thumbprint].organisation != 0) revert AlreadyRegistered();
        _keys[thumbprint] = Key(owner, from, 0, uint64(block.timestamp), 0);
        emit KeyAdded(owner, thumbprint, from, x, y);
    }

    /// @inheritdoc IIdentityRegistry
    function endKey(bytes32 owner, bytes32 thumbprint, uint64 endedAt, uint8 reason) external {
        bool byAccreditor = _accreditorAccount[msg.sender][owner];
        if (!byAccreditor) _checkOwner(owner);
        Key storage key = _keys[thumbprint];
        if (key.organisation != owner || owner == 0) revert UnknownKey();
        if (reason != RETIRED && reason != COMPROMISED) revert BadArgument();
        _checkTime(endedAt);
        if (key.reason != 0 && !(key.reason == RETIRED && reason == COMPROMISED)) revert AlreadyEnded();
        if (endedAt < key.lastEvent && !byAccreditor) revert BackdatingNeedsAccreditor();
        (key.endedAt, key.lastEvent, key.reason) = (endedAt, uint64(block.timestamp), reason);
        emit KeyEnded(owner, thumbprint, endedAt, reason);
    }

    /// @inheritdoc IIdentityRegistry
    function registerVerifier(bytes32 authority, bytes32 id, uint64 until, string calldata profile) external returns (uint256 number) {
        Organisation storage registrar = organisation[authority];
        if (msg.sender != registrar.account || registrar.roles & VERIFIER_AUTHORITY == 0) revert NotVerifierAuthority();
        _checkText(id, profile, 8192);
        _checkTime(until);
        if (until <= block.timestamp) revert BadArgument();
        Verifier storage last = verifier[_registrations[authority][id]];
        if (!last.withdrawn && last.until > block.timestamp) revert AlreadyRegistered();
        number = ++verifiers;
        verifier[number] = Verifier(authority, id, until, false);
        _registrations[authority][id] = number;
        emit VerifierRegistered(number, id, authority, until, profile);
    }

    /// @inheritdoc IIdentityRegistry
    function withdrawVerifier(uint256 number) external {
        Verifier storage registered = verifier[number];
        if (registered.authority == 0) revert UnknownVerifier();
        if (msg.sender != organisation[registered.authority].account) revert NotVerifierAuthority();
        if (registered.withdrawn) revert AlreadyWithdrawn();
        registered.withdrawn = true;
        emit VerifierWithdrawn(number);
    }

    /// @inheritdoc IIdentityRegistry
    function registerLog(bytes32 log, address operator, bytes32 ed25519Key, string calldata origin) external onlyGovernor {
        if (operator == address(0) || ed25519Key == 0) revert BadArgument();
        _checkText(log, origin, 256);
        if (_logs[log].operator != address(0)) revert AlreadyRegistered();
        _logs[log] = Log(operator, 0, ed25519Key);
        emit LogRegistered(log, operator, ed25519Key, origin);
    }

    /// @inheritdoc IIdentityRegistry
    function anchor(bytes32 log, uint64 size, bytes32 root) external {
        Log storage known = _logs[log];
        if (known.operator == address(0)) revert UnknownLog();
        if (msg.sender != known.operator) revert NotOperator();
        if (size <= known.size) revert SizeNotGrowing(known.size);
        if (root == 0 || size > uint64(type(int64).max)) revert BadArgument();
        known.size = size;
        rootAt[log][size] = root;
        emit Anchored(log, size, root);
    }

    /// @inheritdoc IIdentityRegistry
    function keyOf(bytes32 thumbprint) external view returns (bytes32 owner, uint64 from, uint64 endedAt, uint8 reason) {
        Key storage key = _keys[thumbprint];
        return (key.organisation, key.from, key.endedAt, key.reason);
    }

    /// @inheritdoc IIdentityRegistry
    function logOf(bytes32 log) external view returns (address operator, bytes32 ed25519Key) {
        return (_logs[log].operator, _logs[log].ed25519Key);
    }

    /// @inheritdoc IIdentityRegistry
    function latest(bytes32 log) external view returns (uint64 size, bytes32 root) {
        size = _logs[log].size;
        root = rootAt[log][size];
    }

    function _checkOwner(bytes32 owner) private view {
        address account = organisation[owner].account;
        if (account == address(0)) revert UnknownOrganisation();
        if (msg.sender != account) revert NotOrganisationAccount();
    }

    function _checkText(bytes32 id, string calldata text, uint256 longest) private pure {
        if (bytes(text).length == 0 || bytes(text).length > longest) revert BadArgument();
        if (sha256(bytes(text)) != id) revert WrongId();
    }

    function _checkTime(uint64 time) private pure {
        if (time > LAST_SECOND) revert BadArgument();
    }
}
