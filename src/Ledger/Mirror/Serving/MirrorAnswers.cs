using Identity.Credentials.Transparency;

namespace Identity.Ledger.Mirror.Serving;

// Ids, roots and keys of logs are lower-case hexadecimal without a prefix; hashes, transactions and addresses of the chain are "0x" and hexadecimal; times are UTC in whole seconds.

/// <summary>What a mirror holds.</summary>
/// <param name="ReadAt">When the chain was last read to its end; of what came later the mirror says nothing.</param>
/// <param name="NotReady">Why the last look did not get so far; null when it did.</param>
/// <param name="Organisations">How many are registered.</param>
/// <param name="Alarms">How many alarms stand.</param>
public sealed record MirrorIndex(DateTime? ReadAt, string? NotReady, MirrorChain Chain, IReadOnlyList<MirrorLogView> Logs, int Organisations, int Alarms);

/// <summary>The chain as far as it was read.</summary>
/// <param name="Contract">Address of the registry.</param>
/// <param name="Genesis">Hash of block 0; null before the first look.</param>
/// <param name="Block">The last block that was read, which was final.</param>
/// <param name="HeadTime">Time stamp of the newest block that the node showed at the last look; null since the start of this service, where no look went well.</param>
public sealed record MirrorChain(ulong ChainId, string Contract, string? Genesis, ulong? Block, string? BlockHash, DateTime? HeadTime);

/// <summary>One log as far as it was read and checked.</summary>
/// <param name="Id">SHA-256 of the origin.</param>
/// <param name="Key">Ed25519, the key whose newer checkpoints count.</param>
/// <param name="Operator">Account that anchors.</param>
/// <param name="Size">Entries read and checked against a signed checkpoint.</param>
/// <param name="CheckedAt">When a checkpoint that held was last shown to this mirror; null since its start.</param>
/// <param name="ReadFrom">The other mirror that it was read from, since its own address did not answer.</param>
/// <param name="Anchored">How many entries the chain covers.</param>
/// <param name="LastAnchor">The newest checked anchor.</param>
/// <param name="Alarm">Why the log is not trusted; null while it is.</param>
/// <param name="Problem">Why the last look brought nothing; null when it went well.</param>
/// <param name="Peers">Other mirrors that it is compared with.</param>
public sealed record MirrorLogView(
    string Id, string Origin, string Key, string Operator, long Size, DateTime? CheckedAt, string? ReadFrom, long Anchored, MirrorAnchor? LastAnchor, string? Alarm, string? Problem, IReadOnlyList<MirrorPeer> Peers);

/// <summary>Another mirror that this one compares with, so that a log that shows two trees is found.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="ComparedAt">When its checkpoint was last held against the tree here; null since the start of this service, where none was.</param>
/// <param name="Size">How many entries that checkpoint was of: one of few entries says little. Null where none was.</param>
/// <param name="Problem">Why it showed none that can be compared at the last look, for example since it shows more than is here; null where it did.</param>
public sealed record MirrorPeer(string Address, DateTime? ComparedAt, long? Size, string? Problem);

/// <summary>A root on the chain that is the root of the entries here.</summary>
public sealed record MirrorAnchor(long Size, string Root, DateTime Time, ulong Block, string BlockHash, string Transaction);

/// <summary>A contradiction that was seen, with the signed checkpoints that show it.</summary>
/// <param name="Origin">The log's; <c>ledger</c> for the chain itself.</param>
/// <param name="Before">Signed checkpoint that was held first; null where the chain is what is contradicted.</param>
/// <param name="After">Signed checkpoint that does not fit.</param>
/// <param name="LiftedAt">When it was lifted, because the evidence rests on a key that was replaced; null while it stands.</param>
/// <param name="LiftedBy">The transaction that replaced the key.</param>
/// <param name="Evidence">Both checkpoints as a file that proves the fork to anybody; null where they prove none.</param>
public sealed record MirrorAlarmView(string Origin, DateTime RaisedAt, string Reason, string? Before, string? After, DateTime? LiftedAt, string? LiftedBy, ForkEvidence? Evidence);

/// <summary>One registered organisation.</summary>
/// <param name="Id">SHA-256 of its profile.</param>
/// <param name="Issuer">Its issuer identifier.</param>
public sealed record MirrorOrganisation(string Id, string Name, string Issuer, string Country, bool Demonstration, string? Contact, DateTime RegisteredAt);

/// <summary>What the chain has of one organisation, in its order.</summary>
public sealed record MirrorHistory(MirrorOrganisation Organisation, IReadOnlyList<MirrorAct> Acts);

/// <summary>One act on the chain. Members that do not belong to its kind are null.</summary>
/// <param name="What">
/// registered, changed, supervised, accredited, granted, accreditation_withdrawn, grant_withdrawn, key_added, key_retired, key_compromised, log_used, log_changed, verifier_registered,
/// verifier_withdrawn, closed, closing_undone, depositary_named, deposit_accepted; named_depositary and accepted_deposit of another organisation's closing.
/// </param>
/// <param name="At">Time stamp of the block.</param>
/// <param name="Number">Of the accreditation or registration.</param>
/// <param name="Parent">The accreditation that it was granted under; null for a root authority.</param>
/// <param name="Rights">issue, accredit.</param>
/// <param name="Scope">Id of the scope's text.</param>
/// <param name="From">As stated; it does not count before the block.</param>
/// <param name="Until">The end, or the time from which what was withdrawn or ended does not hold.</param>
/// <param name="Key">Thumbprint of a signing key (RFC 7638), or a log's new Ed25519 key.</param>
/// <param name="Log">Origin of the log.</param>
/// <param name="Other">Id of the other organisation: holder, accreditor or depositary.</param>
/// <param name="OtherName">Its name; null where the chain knows none.</param>
public sealed record MirrorAct(
    string What, DateTime At, ulong Block, string BlockHash, string Transaction, ulong? Number = null, ulong? Parent = null, IReadOnlyList<string>? Rights = null, string? Scope = null,
    DateTime? From = null, DateTime? Until = null, string? Key = null, string? Log = null, string? Other = null, string? OtherName = null);

/// <summary>What came onto the chain in one hour or day.</summary>
/// <param name="From">The hour's or day's beginning, by the time stamps of the blocks.</param>
/// <param name="Entries">Entries that were anchored.</param>
/// <param name="Anchors">In how many anchors.</param>
/// <param name="MedianDelay">Seconds from when this mirror first saw a checkpoint to the block that anchored it, for half of the anchors not more; null where it saw none in time.</param>
/// <param name="LongestDelay">The same for the slowest of a hundred (p99).</param>
public sealed record MirrorCount(DateTime From, long Entries, int Anchors, double? MedianDelay, double? LongestDelay);
