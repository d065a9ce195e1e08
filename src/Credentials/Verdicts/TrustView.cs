using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;

namespace Identity.Credentials.Verdicts;

/// <summary>What the verifier knows of the register, the logs and status lists. Every answer comes from local data, at once.</summary>
public interface ITrustView
{
    /// <summary>The organisation whose profile names exactly this issuer identifier (ordinal comparison).</summary>
    OrganisationRecord? FindOrganisationByIssuer(string iss);

    /// <summary>The organisation with this 32-byte id.</summary>
    OrganisationRecord? FindOrganisation(byte[] id);

    /// <summary>Every registered key whose JWK thumbprint starts with these 8 or 32 bytes, of whatever organisation, ended or not.</summary>
    IReadOnlyList<KeyRecord> FindKeys(ReadOnlySpan<byte> thumbprintPrefix);

    /// <summary>Every accreditation to issue that the organisation ever held, each with all that stand above it.</summary>
    IReadOnlyList<AccreditationChain> Chains(byte[] organisationId);

    /// <summary>How the organisation was closed; null while it is not.</summary>
    ClosingRecord? Closing(byte[] organisationId);

    /// <summary>Whether the organisation had said by then, on the ledger, that it records in the log of this origin.</summary>
    bool UsesLog(byte[] organisationId, string origin, DateTimeOffset at);

    /// <summary>
    /// Where a 32-byte entry lies; null when no log is known to hold it. Of several logs one that the organisation records in, where one is given; then a trusted one, then the
    /// earliest anchor.
    /// </summary>
    AnchorEvidence? FindEntry(byte[] entry, byte[]? organisationId = null);

    /// <summary>The newest status list fetched from this address; null when there is none. Its signature is judged by the engine.</summary>
    StatusSnapshot? FindStatus(string uri);

    /// <summary>How current the local copy of the ledger is.</summary>
    MirrorState State { get; }

    /// <summary>Set where all of this is an archive, to which nothing is added: up to when it reaches for an organisation, of null for the newest one.</summary>
    ArchiveFacts? Archive(byte[]? organisationId) => null;

    /// <summary>Set where all of this comes from a signed trust pack, which holds neither logs nor whole lists. Null for a mirror of the ledger.</summary>
    IPackedTrust? Packed => null;
}

/// <summary>What follows from a view.</summary>
public static class TrustViews
{
    /// <summary>The organisation in whose place a credential says it was issued; null where it says nothing, or no id.</summary>
    public static byte[]? OriginalOf(ScopeFacts facts) => facts.OnBehalfOf is { Length: 64 } id && id.All(char.IsAsciiHexDigitLower) ? Convert.FromHexString(id) : null;

    /// <summary>The anchor of a 32-byte entry in a log that the organisation had said by then to record in; null where none vouches for it. Its <see cref="AnchorEvidence.AnchoredAt"/> is set.</summary>
    public static AnchorEvidence? FindAnchor(this ITrustView trust, byte[] entry, byte[] organisation) =>
        trust.FindEntry(entry, organisation) is { Trusted: true, RootMatchesContract: true, AnchoredAt: { } at } anchor && trust.UsesLog(organisation, anchor.Log, at) ? anchor : null;
}

/// <summary>
/// What a trust pack says in place of logs and lists. Its signature, signer and version were checked when it was loaded; the time in
/// <see cref="ITrustView.State"/> is that up to which its maker had read the ledger.
/// </summary>
public interface IPackedTrust
{
    /// <summary>From then on the pack proves nothing any more. At most 72 hours after it was made; offline this stands in for the expiry of lists.</summary>
    DateTimeOffset GoodUntil { get; }

    /// <summary>
    /// Whether the pack lists the entry that starts with these 16 bytes under this key, which has ended: anchored while the key was in force, before its end.
    /// Null where the pack lists nothing for it: a key in force, or one whose entries it leaves out. The list is that of this key of this organisation: another may
    /// have registered the same key, with another end.
    /// </summary>
    bool? IsRecordedBeforeEnd(KeyRecord key, ReadOnlySpan<byte> entryPrefix);

    /// <summary>The entry of the list published at exactly this address by this organisation; null where the pack does not hold it: another's list says nothing of this one's credentials.</summary>
    PackedStatus? FindStatus(string uri, long index, byte[] organisation);
}

/// <summary>One entry of a status list whose signature was checked by the maker of the pack.</summary>
/// <param name="Value">0 is in force, 1 revoked, 2 suspended; every other value is not in force either.</param>
/// <param name="IssuedAt"><c>iat</c> of the list.</param>
/// <param name="ReadAt">When it was read into the pack.</param>
/// <param name="IsFinal">The list is the last word of an organisation that was closed, and counts for ever.</param>
public sealed record PackedStatus(byte Value, DateTimeOffset IssuedAt, DateTimeOffset ReadAt, bool IsFinal = false);

/// <summary>A registered organisation.</summary>
/// <param name="Id">SHA-256 of the canonical profile.</param>
/// <param name="Issuer">The issuer identifier, an address.</param>
/// <param name="Name">As registered.</param>
/// <param name="Country">As registered.</param>
/// <param name="Demonstration">True for fictional organisations.</param>
/// <param name="Contact">Where to ask, if registered.</param>
public sealed record OrganisationRecord(byte[] Id, string Issuer, string Name, string Country, bool Demonstration, string? Contact);

/// <summary>Why a key ended.</summary>
public enum KeyEndReason
{
    /// <summary>Replaced in order: what it signed before stays good.</summary>
    Retired,

    /// <summary>Somebody else may have used it since.</summary>
    Compromised,
}

/// <summary>A key registered for an organisation.</summary>
/// <param name="Thumbprint">32 bytes, RFC 7638.</param>
/// <param name="Key">The public key.</param>
/// <param name="Organisation">Id of the organisation.</param>
/// <param name="From">In force since: the later of the stated date and the block's time.</param>
/// <param name="EndedAt">Not in force from then on; for a compromised key the time since when.</param>
/// <param name="Reason">Set together with the end.</param>
public sealed record KeyRecord(byte[] Thumbprint, Jwk Key, byte[] Organisation, DateTimeOffset From, DateTimeOffset? EndedAt, KeyEndReason? Reason)
{
    /// <summary>The key as it counts where its organisation was closed: retired then, unless it had ended before.</summary>
    public KeyRecord EndedBy(ClosingRecord? closing) =>
        closing is null || EndedAt <= closing.ClosedAt ? this : this with { EndedAt = closing.ClosedAt, Reason = Reason ?? KeyEndReason.Retired };
}

/// <summary>Where an entry lies in a log and on the chain.</summary>
/// <param name="Log">The log's origin.</param>
/// <param name="Index">Position in the log.</param>
/// <param name="Size">Size of the first anchored tree that holds it; 0 while none is.</param>
/// <param name="Root">Its root, lower-case hex.</param>
/// <param name="RootMatchesContract">Whether the mirrored root equals the one in the contract.</param>
/// <param name="AnchoredAt">Time of the anchoring block; null while the entry is in the log but not yet anchored.</param>
/// <param name="Block">Number of that block.</param>
/// <param name="Transaction">Hash, 0x-hex.</param>
/// <param name="Contract">Address, 0x-hex.</param>
/// <param name="ChainId">Chain of the contract.</param>
/// <param name="Trusted">False while the log is in alarm (a fork or a rollback was seen).</param>
/// <param name="Witnesses">Who besides the log confirms a tree that holds it; null where this reader asks for nobody. With too few the anchor's members are not set.</param>
public sealed record AnchorEvidence(
    string Log,
    long Index,
    long Size,
    string Root,
    bool RootMatchesContract,
    DateTimeOffset? AnchoredAt,
    long? Block,
    string? Transaction,
    string? Contract,
    long? ChainId,
    bool Trusted,
    WitnessCount? Witnesses = null)
{
    /// <summary>The time is one by which the ledger held it, and not when it was put there: that may have been before.</summary>
    public bool IsLate { get; init; }
}

/// <summary>How many of the witnesses that a reader named cosigned a checkpoint.</summary>
/// <param name="Count">Each once, by the reader's clock.</param>
/// <param name="Required">How many it asks for.</param>
public sealed record WitnessCount(int Count, int Required)
{
    /// <summary>There are enough.</summary>
    public bool IsEnough => Count >= Required;
}

/// <summary>What an archive is: a copy of the ledger as it was, kept for when nobody can be asked any more.</summary>
/// <param name="AsOf">What happened since, it cannot know.</param>
/// <param name="IsProven">By the seals of the network's validators; else whoever made it was believed.</param>
public sealed record ArchiveFacts(DateTimeOffset AsOf, bool IsProven);

/// <summary>A status list as fetched.</summary>
/// <param name="Token">Parsed, its signature not yet judged.</param>
/// <param name="FetchedAt">When.</param>
/// <param name="Before">Of an organisation that was closed, other lists of this address that were believed: what one of them ended stays ended. Null for none.</param>
public sealed record StatusSnapshot(StatusListToken Token, DateTimeOffset FetchedAt, IReadOnlyList<StatusListToken>? Before = null);

/// <summary>How current the local copy of the ledger is.</summary>
/// <param name="HeadTime">Time of the newest block or of the last successful poll; null before the first.</param>
/// <param name="Alarms">Origins of logs in alarm.</param>
public sealed record MirrorState(DateTimeOffset? HeadTime, IReadOnlyList<string> Alarms);
