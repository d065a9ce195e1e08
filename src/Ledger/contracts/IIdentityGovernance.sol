// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title k of n accounts act as one: what governs the registry.
/// @notice A member proposes a call, which counts as its approval; the k-th approval makes the call in the same transaction. Approvals of
/// accounts that are members no longer do not count.
interface IIdentityGovernance {
    /// @notice These accounts govern now, `threshold` of them together.
    event MembersChanged(address[] members, uint8 threshold);
    /// @notice A member proposes a call of `target`, and approves it by that. It can be approved until the second `until`.
    /// @param id Counts from 1.
    event Proposed(uint64 indexed id, address indexed by, address target, bytes call, uint64 until);
    /// @notice A member approves.
    event Approved(uint64 indexed id, address indexed by);
    /// @notice A member takes its approval back.
    event Revoked(uint64 indexed id, address indexed by);
    /// @notice The call was made and succeeded.
    event Executed(uint64 indexed id);

    /// @notice Only a member may do this.
    error NotMember();
    /// @notice Members are changed only by a proposal of their own.
    error NotGovernance();
    /// @notice No such proposal.
    error UnknownProposal();
    /// @notice The account has approved it.
    error AlreadyApproved();
    /// @notice The account has not approved it.
    error NotApproved();
    /// @notice The call was made before.
    error AlreadyExecuted();
    /// @notice Its thirty days are over.
    error ProposalExpired();
    /// @notice 1 to 32 distinct accounts, and a threshold of 1 to their number.
    error BadMembers();
    /// @notice The call is longer than 16,384 bytes or goes to no contract.
    error BadCall();

    /// @notice Proposes a call and approves it. Only a member. With a threshold of 1 the call is made at once.
    function propose(address target, bytes calldata call) external returns (uint64 id);

    /// @notice Approves; the approval that completes the threshold makes the call, and fails as the call fails.
    function approve(uint64 id) external;

    /// @notice Takes one's approval back while the call has not been made.
    function revoke(uint64 id) external;

    /// @notice Other members, another threshold. Only by a proposal that calls this.
    function changeMembers(address[] calldata members, uint8 threshold) external;

    /// @notice The accounts that govern.
    function members() external view returns (address[] memory);

    /// @notice How many of them must agree.
    function threshold() external view returns (uint8);

    /// @notice How many proposals were made.
    function proposals() external view returns (uint64);

    /// @notice A proposal: `approvals` counts present members only. Zeros if unknown.
    function proposal(uint64 id) external view returns (address target, bytes32 callHash, uint64 until, uint8 approvals, bool executed);
}
