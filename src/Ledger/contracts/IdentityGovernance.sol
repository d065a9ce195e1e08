// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IIdentityGovernance} from "./IIdentityGovernance.sol";

/// @title The governance itself; what it promises is written in IIdentityGovernance.
contract IdentityGovernance is IIdentityGovernance {
    uint64 private constant LIFE = 30 days;
    uint256 private constant MOST_MEMBERS = 32;
    uint256 private constant LONGEST_CALL = 16384;

    struct Proposal { address target; uint64 until; bool executed; bytes call; }

    address[] private _members;
    /// @inheritdoc IIdentityGovernance
    uint8 public threshold;
    /// @inheritdoc IIdentityGovernance
    uint64 public proposals;
    mapping(uint64 => Proposal) private _proposals;
    mapping(uint64 => mapping(address => bool)) private _approved;

    constructor(address[] memory first, uint8 k) {
        _setMembers(first, k);
    }

    modifier onlyMember() {
        if (!_isMember(msg.sender)) revert NotMember();
        _;
    }

    /// @inheritdoc IIdentityGovernance
    function propose(address target, bytes calldata call) external onlyMember returns (uint64 id) {
        if (call.length > LONGEST_CALL || target.code.length == 0) revert BadCall();
        id = ++proposals;
        uint64 until = uint64(block.timestamp) + LIFE;
        _proposals[id] = Proposal(target, until, false, call);
        emit Proposed(id, msg.sender, target, call, until);
        _approve(id);
    }

    /// @inheritdoc IIdentityGovernance
    function approve(uint64 id) external onlyMember {
        _checkOpen(id);
        if (_approved[id][msg.sender]) revert AlreadyApproved();
        emit Approved(id, msg.sender);
        _approve(id);
    }

    /// @inheritdoc IIdentityGovernance
    function revoke(uint64 id) external onlyMember {
        _checkOpen(id);
        if (!_approved[id][msg.sender]) revert NotApproved();
        _approved[id][msg.sender] = false;
        emit Revoked(id, msg.sender);
    }

    /// @inheritdoc IIdentityGovernance
    function changeMembers(address[] calldata next, uint8 k) external {
        if (msg.sender != address(this)) revert NotGovernance();
        _setMembers(next, k);
    }

    /// @inheritdoc IIdentityGovernance
    function members() external view returns (address[] memory) {
        return _members;
    }

    /// @inheritdoc IIdentityGovernance
    function proposal(uint64 id) external view returns (address target, bytes32 callHash, uint64 until, uint8 approvals, bool executed) {
        Proposal storage p = _proposals[id];
        if (p.target == address(0)) return (address(0), 0, 0, 0, false);
        return (p.target, keccak256(p.call), p.until, _approvals(id), p.executed);
    }

    function _approve(uint64 id) private {
        _approved[id][msg.sender] = true;
        if (_approvals(id) < threshold) return;
        Proposal storage p = _proposals[id];
        p.executed = true;
        emit Executed(id);
        (bool done, bytes memory answer) = p.target.call(p.call);
        if (!done) assembly { revert(add(answer, 32), mload(answer)) }
    }

    function _checkOpen(uint64 id) private view {
        Proposal storage p = _proposals[id];
        if (p.target == address(0)) revert UnknownProposal();
        if (p.executed) revert AlreadyExecuted();
        if (block.timestamp >= p.until) revert ProposalExpired();
    }

    function _approvals(uint64 id) private view returns (uint8 count) {
        for (uint256 i = 0; i < _members.length; i++) if (_approved[id][_members[i]]) count++;
    }

    function _isMember(address account) private view returns (bool) {
        for (uint256 i = 0; i < _members.length; i++) if (_members[i] == account) return true;
        return false;
    }

    function _setMembers(address[] memory next, uint8 k) private {
        if (next.length == 0 || next.length > MOST_MEMBERS || k == 0 || k > next.length) revert BadMembers();
        for (uint256 i = 0; i < next.length; i++) {
            if (next[i] == address(0) || next[i] == address(this)) revert BadMembers();
            for (uint256 j = 0; j < i; j++) if (next[j] == next[i]) revert BadMembers();
        }
        (_members, threshold) = (next, k);
        emit MembersChanged(next, k);
    }
}
