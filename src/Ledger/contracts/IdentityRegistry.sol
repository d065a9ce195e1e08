// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IIdentityRegistry} from "./IIdentityRegistry.sol";

/// @title The registry itself; what it promises is written in IIdentityRegistry.
contract IdentityRegistry is IIdentityRegistry {
    uint8 private constant ISSUER = 1;
    uint8 private constant ACCREDITOR = 2;
    uint8 private constant VERIFIER_AUTHORITY = 8;
    uint8 private constant DEPOSITARY = 16;
    uint8 private constant ALL_ROLES = 31;
    uint8 private constant MAY_ISSUE = 1;
    uint8 private constant MAY_GRANT = 2;
    uint8 private constant RETIRED = 1;
    uint8 private constant COMPROMISED = 2;
    uint8 private constant NOT_HOLDER = 1;
    uint8 private constant NO_RIGHT = 2;
    uint8 private constant NOT_YET = 3;
    uint8 private constant OVER = 4;
    uint8 private constant WITHDRAWN = 5;
    uint8 private constant TOO_LONG = 6;
    uint8 private constant TOO_DEEP = 7;
    uint256 private constant DEEPEST = 8;
    /// How long governance can undo what an organisation's own account did alone.
    uint64 private constant UNDO_TIME = 7 days;
    /// The last second of the year 9999: what every reader's calendar can hold.
    uint64 private constant LAST_SECOND = 253402300799;

    struct Log { address operator; uint64 size; bytes32 ed25519Key; uint64 keyFromSize; }
    struct Organisation { address account; uint8 roles; uint64 supervisor; }
    struct Accreditation { bytes32 holder; bytes32 scope; uint64 parent; uint64 from; uint64 until; uint64 withdrawnAt; uint64 grantedAt; uint8 right; }
    struct Key { bytes32 organisation; uint64 from; uint64 retiredAt; uint64 compromisedAt; uint64 lastEvent; }
    struct Closing { bytes32 depositary; bytes32 statement; uint64 closedAt; uint64 acceptedAt; uint64 acceptableFrom; bool everAccepted; }
    struct Verifier { bytes32 authority; bytes32 id; uint64 until; bool withdrawn; }

    // The order is the order of the slots that proofs of state name: nothing is put in between.

    /// @inheritdoc IIdentityRegistry
    mapping(bytes32 => mapping(uint64 => bytes32)) public rootAt;
    mapping(bytes32 => Log) private _logs;
    /// @inheritdoc IIdentityRegistry
    mapping(bytes32 => Organisation) public organisation;
    /// @inheritdoc IIdentityRegistry
    mapping(uint64 => Accreditation) public accreditation;
    mapping(bytes32 => Key) private _keys;
    /// @inheritdoc IIdentityRegistry
    mapping(bytes32 => Closing) public closing;
    /// @inheritdoc IIdentityRegistry
    mapping(bytes32 => mapping(bytes32 => uint64)) public logSince;
    /// @inheritdoc IIdentityRegistry
    mapping(uint256 => Verifier) public verifier;
    /// authority => profile => number of its newest registration
    mapping(bytes32 => mapping(bytes32 => uint256)) private _registrations;
    /// @inheritdoc IIdentityRegistry
    address public governor;
    /// @inheritdoc IIdentityRegistry
    uint64 public accreditations;
    /// @inheritdoc IIdentityRegistry
    uint256 public verifiers;

    constructor(address governedBy) {
        if (governedBy == address(0)) revert BadArgument();
        governor = governedBy;
    }

    modifier onlyGovernor() {
        if (msg.sender != governor) revert NotGovernor();
        _;
    }

    // ------------------------------------------------------------------ organisations

    /// @inheritdoc IIdentityRegistry
    function registerOrganisation(bytes32 id, address account, uint8 roles, string calldata profile) external onlyGovernor {
        _checkAccount(account, roles);
        _checkText(id, profile, 4096);
        if (organisation[id].account != address(0)) revert AlreadyRegistered();
        organisation[id] = Organisation(account, roles, 0);
        emit OrganisationRegistered(id, account, roles, profile);
    }

    /// @inheritdoc IIdentityRegistry
    function changeOrganisation(bytes32 id, address account, uint8 roles) external {
        Organisation storage changed = _known(id);
        _checkAccount(account, roles);
        if (msg.sender != governor) {
            if (msg.sender != changed.account) revert NotOrganisationAccount();
            if (roles != changed.roles) revert NotGovernor();
        }
        (changed.account, changed.roles) = (account, roles);
        emit OrganisationChanged(id, account, roles);
    }

    /// @inheritdoc IIdentityRegistry
    function changeSupervision(bytes32 id, uint64 supervisor) external onlyGovernor {
        Organisation storage supervised = _known(id);
        if (accreditation[supervisor].holder != id) revert UnknownAccreditation();
        supervised.supervisor = supervisor;
        emit SupervisionChanged(id, supervisor);
    }

    // ------------------------------------------------------------------ accreditations

    /// @inheritdoc IIdentityRegistry
    function admitRoot(bytes32 holder, uint8 right, string calldata scope, uint64 from, uint64 until) external onlyGovernor returns (uint64) {
        if (right & MAY_GRANT == 0) revert BadArgument();
        return _grant(0, holder, right, scope, from, until);
    }

    /// @inheritdoc IIdentityRegistry
    function grant(uint64 parent, bytes32 holder, uint8 right, string calldata scope, uint64 from, uint64 until) external returns (uint64) {
        Accreditation storage above = _granted(parent);
        if (msg.sender != organisation[above.holder].account) revert NotEntitled(parent, NOT_HOLDER);
        if (above.right & MAY_GRANT == 0) revert NotEntitled(parent, NO_RIGHT);
        _checkNotClosed(above.holder);
        if (above.until != 0 && (until == 0 || until > above.until)) revert NotEntitled(parent, TOO_LONG);
        (uint256 depth, uint64 failing, uint8 why) = _walk(parent, uint64(block.timestamp));
        if (failing != 0) revert NotEntitled(failing, why);
        if (depth == DEEPEST) revert NotEntitled(parent, TOO_DEEP);
        return _grant(parent, holder, right, scope, from, until);
    }

    /// @inheritdoc IIdentityRegistry
    function withdraw(uint64 number, uint64 time) external {
        Accreditation storage granted = _granted(number);
        uint256 above = msg.sender == governor ? 2 : _standing(granted.parent);
        if (above == 0) revert NotAbove();
        _checkTime(time);
        if (above == 1 && time < block.timestamp) time = uint64(block.timestamp);
        if (time == 0) revert BadArgument();
        if (granted.withdrawnAt != 0 && time >= granted.withdrawnAt) revert AlreadyWithdrawn();
        granted.withdrawnAt = time;
        emit AccreditationWithdrawn(number, time);
    }

    // ------------------------------------------------------------------ keys

    /// @inheritdoc IIdentityRegistry
    function addKey(bytes32 owner, bytes32 thumbprint, uint64 from, bytes32 x, bytes32 y) external {
        _checkOwner(owner);
        _checkNotClosed(owner);
        if (thumbprint == 0 || x == 0 || y == 0) revert BadArgument();
        _checkTime(from);
        if (_keys[thumbprint].organisation != 0) revert AlreadyRegistered();
        uint64 time = uint64(block.timestamp);
        _keys[thumbprint] = Key(owner, from > time ? from : time, 0, 0, time);
        emit KeyAdded(owner, thumbprint, from, x, y);
    }

    /// @inheritdoc IIdentityRegistry
    function endKey(bytes32 owner, bytes32 thumbprint, uint64 endedAt, uint8 reason) external {
        bool supervising = _supervises(owner);
        if (!supervising) _checkOwner(owner);
        Key storage key = _keys[thumbprint];
        if (key.organisation != owner || owner == 0) revert UnknownKey();
        _checkTime(endedAt);
        uint64 time = uint64(block.timestamp);
        if (reason == RETIRED) {
            if (endedAt < time) endedAt = time;
            if (key.compromisedAt != 0 || (key.retiredAt != 0 && endedAt >= key.retiredAt)) revert AlreadyEnded();
            key.retiredAt = endedAt;
        } else if (reason == COMPROMISED && endedAt != 0) {
            if (key.compromisedAt != 0 && endedAt >= key.compromisedAt) revert AlreadyEnded();
            if (endedAt < key.lastEvent && !supervising) revert BackdatingNeedsSupervisor();
            key.compromisedAt = endedAt;
        } else revert BadArgument();
        key.lastEvent = time;
        emit KeyEnded(owner, thumbprint, endedAt, reason);
    }

    // ------------------------------------------------------------------ closing

    /// @inheritdoc IIdentityRegistry
    function closeOrganisation(bytes32 closed, bytes32 depositary, string calldata statement) external {
        bool supervising = _supervises(closed);
        if (!supervising) _checkOwner(closed);
        _checkNotClosed(closed);
        _checkLength(statement, 16384);
        if (depositary != 0) _checkDepositary(closed, depositary);
        bytes32 id = sha256(bytes(statement));
        uint64 time = uint64(block.timestamp);
        closing[closed] = Closing(depositary, id, time, 0, supervising || depositary == 0 ? 0 : time + UNDO_TIME, false);
        emit OrganisationClosed(closed, depositary, id, statement);
    }

    /// @inheritdoc IIdentityRegistry
    function undoClosing(bytes32 closed) external onlyGovernor {
        if (_closing(closed).everAccepted) revert AlreadyAccepted();
        delete closing[closed];
        emit ClosingUndone(closed);
    }

    /// @inheritdoc IIdentityRegistry
    function nameDepositary(bytes32 closed, bytes32 depositary) external {
        if (!_supervises(closed)) revert NotAbove();
        Closing storage ended = _closing(closed);
        if (ended.acceptedAt != 0 && closing[ended.depositary].closedAt == 0) revert AlreadyAccepted();
        _checkDepositary(closed, depositary);
        (ended.depositary, ended.acceptedAt, ended.acceptableFrom) = (depositary, 0, 0);
        emit DepositaryNamed(closed, depositary);
    }

    /// @inheritdoc IIdentityRegistry
    function acceptDeposit(bytes32 closed) external {
        Closing storage ended = _closing(closed);
        _checkOwner(ended.depositary);
        if (ended.acceptedAt != 0) revert AlreadyAccepted();
        _checkDepositary(closed, ended.depositary);
        if (block.timestamp < ended.acceptableFrom && !_supervises(closed)) revert TooEarly(ended.acceptableFrom);
        (ended.acceptedAt, ended.everAccepted) = (uint64(block.timestamp), true);
        emit DepositAccepted(closed, ended.depositary);
    }

    // ------------------------------------------------------------------ verifiers

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

    // ------------------------------------------------------------------ logs

    /// @inheritdoc IIdentityRegistry
    function registerLog(bytes32 log, address operator, bytes32 ed25519Key, string calldata origin) external onlyGovernor {
        if (operator == address(0) || ed25519Key == 0) revert BadArgument();
        _checkText(log, origin, 256);
        if (_logs[log].operator != address(0)) revert AlreadyRegistered();
        _logs[log] = Log(operator, 0, ed25519Key, 0);
        emit LogRegistered(log, operator, ed25519Key, origin);
    }

    /// @inheritdoc IIdentityRegistry
    function changeLog(bytes32 log, address operator, bytes32 ed25519Key) external {
        Log storage changed = _log(log);
        if (operator == address(0) || ed25519Key == 0) revert BadArgument();
        if (msg.sender != governor && (msg.sender != changed.operator || operator != changed.operator)) revert NotOperator();
        if (ed25519Key != changed.ed25519Key) changed.keyFromSize = changed.size;
        (changed.operator, changed.ed25519Key) = (operator, ed25519Key);
        emit LogChanged(log, operator, ed25519Key, changed.keyFromSize);
    }

    /// @inheritdoc IIdentityRegistry
    function useLog(bytes32 owner, bytes32 log) external {
        _checkOwner(owner);
        _checkNotClosed(owner);
        _log(log);
        if (logSince[owner][log] != 0) revert AlreadyRegistered();
        logSince[owner][log] = uint64(block.timestamp);
        emit LogUsed(owner, log);
    }

    /// @inheritdoc IIdentityRegistry
    function anchor(bytes32 log, uint64 size, bytes32 root) external {
        Log storage known = _log(log);
        if (msg.sender != known.operator) revert NotOperator();
        if (size <= known.size) revert SizeNotGrowing(known.size);
        if (root == 0 || size > uint64(type(int64).max)) revert BadArgument();
        known.size = size;
        rootAt[log][size] = root;
        emit Anchored(log, size, root);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IIdentityRegistry
    function keyOf(bytes32 thumbprint) external view returns (bytes32 owner, uint64 from, uint64 retiredAt, uint64 compromisedAt) {
        Key storage key = _keys[thumbprint];
        return (key.organisation, key.from, key.retiredAt, key.compromisedAt);
    }

    /// @inheritdoc IIdentityRegistry
    function logOf(bytes32 log) external view returns (address operator, bytes32 ed25519Key, uint64 keyFromSize) {
        Log storage known = _logs[log];
        return (known.operator, known.ed25519Key, known.keyFromSize);
    }

    /// @inheritdoc IIdentityRegistry
    function latest(bytes32 log) external view returns (uint64 size, bytes32 root) {
        size = _logs[log].size;
        root = rootAt[log][size];
    }

    /// @inheritdoc IIdentityRegistry
    function inForce(uint64 number, uint64 time) external view returns (bool whole, uint64 failing, uint8 why) {
        _granted(number);
        (, failing, why) = _walk(number, time);
        whole = failing == 0;
    }

    // ------------------------------------------------------------------ rules

    function _grant(uint64 parent, bytes32 holder, uint8 right, string calldata scope, uint64 from, uint64 until) private returns (uint64 number) {
        _checkNotClosed(holder);
        if (right == 0 || right > MAY_ISSUE + MAY_GRANT) revert BadArgument();
        if (right & MAY_ISSUE != 0) _checkRole(holder, ISSUER);
        if (right & MAY_GRANT != 0) _checkRole(holder, ACCREDITOR);
        _checkLength(scope, 4096);
        _checkTime(from);
        _checkTime(until);
        uint64 time = uint64(block.timestamp);
        if (until != 0 && until <= (from > time ? from : time)) revert BadArgument();
        number = ++accreditations;
        Accreditation storage granted = accreditation[number];
        granted.holder = holder;
        granted.scope = sha256(bytes(scope));
        granted.parent = parent;
        granted.from = from > time ? from : time;
        granted.until = until;
        granted.grantedAt = time;
        granted.right = right;
        emit AccreditationGranted(number, holder, parent, right, granted.scope, from, until, scope);
        _superviseFirst(holder, number);
    }

    function _superviseFirst(bytes32 holder, uint64 number) private {
        if (organisation[holder].supervisor != 0) return;
        organisation[holder].supervisor = number;
        emit SupervisionChanged(holder, number);
    }

    /// How many links from `number` up to its root, and the one nearest the root that does not hold then, with why.
    function _walk(uint64 number, uint64 time) private view returns (uint256 depth, uint64 failing, uint8 why) {
        for (; number != 0; depth++) {
            Accreditation storage link = accreditation[number];
            if (time < link.from) (failing, why) = (number, NOT_YET);
            else if (link.until != 0 && time >= link.until) (failing, why) = (number, OVER);
            else if (link.withdrawnAt != 0 && time >= link.withdrawnAt) (failing, why) = (number, WITHDRAWN);
            number = link.parent;
        }
    }

    /// 0 if the sender holds no link from `number` up, 1 if it holds `number`, 2 if it holds one above; only a link that is whole up to its root counts, and of no organisation that is closed.
    function _standing(uint64 number) private view returns (uint256) {
        for (uint256 height = 1; number != 0; height = 2) {
            Accreditation storage link = accreditation[number];
            if (msg.sender == organisation[link.holder].account && link.right & MAY_GRANT != 0 && closing[link.holder].closedAt == 0) {
                (, uint64 failing,) = _walk(number, uint64(block.timestamp));
                if (failing == 0) return height;
            }
            number = link.parent;
        }
        return 0;
    }

    /// The sender governs, or stands above the organisation's supervising accreditation.
    function _supervises(bytes32 id) private view returns (bool) {
        return msg.sender == governor || _standing(accreditation[organisation[id].supervisor].parent) != 0;
    }

    function _known(bytes32 id) private view returns (Organisation storage found) {
        found = organisation[id];
        if (found.account == address(0)) revert UnknownOrganisation();
    }

    function _granted(uint64 number) private view returns (Accreditation storage found) {
        found = accreditation[number];
        if (found.holder == 0) revert UnknownAccreditation();
    }

    function _log(bytes32 log) private view returns (Log storage found) {
        found = _logs[log];
        if (found.operator == address(0)) revert UnknownLog();
    }

    function _closing(bytes32 id) private view returns (Closing storage found) {
        found = closing[id];
        if (found.closedAt == 0) revert NotClosed();
    }

    function _checkOwner(bytes32 owner) private view {
        if (msg.sender != _known(owner).account) revert NotOrganisationAccount();
    }

    function _checkNotClosed(bytes32 id) private view {
        if (closing[id].closedAt != 0) revert OrganisationIsClosed();
    }

    function _checkDepositary(bytes32 closed, bytes32 depositary) private view {
        if (depositary == closed) revert BadArgument();
        _checkRole(depositary, DEPOSITARY);
        _checkNotClosed(depositary);
    }

    function _checkRole(bytes32 id, uint8 role) private view {
        if (_known(id).roles & role == 0) revert MissingRole(role);
    }

    function _checkAccount(address account, uint8 roles) private pure {
        if (account == address(0) || roles == 0 || roles > ALL_ROLES) revert BadArgument();
    }

    function _checkText(bytes32 id, string calldata text, uint256 longest) private pure {
        _checkLength(text, longest);
        if (sha256(bytes(text)) != id) revert WrongId();
    }

    function _checkLength(string calldata text, uint256 longest) private pure {
        if (bytes(text).length == 0 || bytes(text).length > longest) revert BadArgument();
    }

    function _checkTime(uint64 time) private pure {
        if (time > LAST_SECOND) revert BadArgument();
    }
}
