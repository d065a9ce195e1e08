using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Deposits;

/// <summary>A copy of a closed organisation (SD-JWT VC) that the ledger held before the closing. Whose it is stands in the status entry of its place; of its holder nothing is kept.</summary>
public sealed class DepositCopy
{
    /// <summary>The deposit.</summary>
    public required string Deposit { get; init; }

    /// <summary>Its log entry, 32 bytes: SHA-256 of the JWT that the closed organisation signed.</summary>
    public required byte[] Entry { get; init; }

    /// <summary>Number of its status list.</summary>
    public required int List { get; init; }

    /// <summary>Index in that list.</summary>
    public required int Index { get; init; }
}

/// <summary>What a wallet told the closed organisation for a lost phone, of one record; see <see cref="Recovery.RecoveryAnchor"/>.</summary>
public sealed class DepositAnchor
{
    /// <summary>The deposit.</summary>
    public required string Deposit { get; init; }

    /// <summary>The record.</summary>
    public required string Record { get; init; }

    /// <summary>The tag that attestations for the closed organisation name.</summary>
    public required string Tag { get; init; }

    /// <summary>SHA-256 of the secret for the closed organisation.</summary>
    public required byte[] SecretHash { get; init; }

    /// <summary>When it was told.</summary>
    public required DateTimeOffset SetAt { get; init; }

    /// <summary>Until when it proves the holder; null for what was told last.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Since when staff of the closed organisation did not allow that the record moves; null where they did.</summary>
    public DateTimeOffset? StoppedAt { get; init; }
}

/// <summary>How far a phone's request has come.</summary>
public enum DepositRequestState
{
    /// <summary>A clerk must look at it.</summary>
    Waiting,

    /// <summary>The record is issued again, for this phone.</summary>
    Issued,

    /// <summary>A clerk refused it; <see cref="DepositRequest.Reason"/> says why.</summary>
    Refused,
}

/// <summary>One record of a deposit, asked for by one phone.</summary>
public sealed class DepositRequest
{
    /// <summary>How long it is kept: so long a recovery gives attestations after it was completed.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>The <see cref="Proofs"/> of a phone that showed its own copy.</summary>
    public const string ByCopy = "copy";

    /// <summary>A <see cref="Because"/>: a phone that had the card has renewed it already, and whoever asks now has the proofs of a lost phone.</summary>
    public const string Renewed = "renewed";

    /// <summary>The deposit.</summary>
    public required string Deposit { get; init; }

    /// <summary>The record.</summary>
    public required string Record { get; init; }

    /// <summary>Thumbprint (RFC 7638) of the key that asked.</summary>
    public required string Phone { get; init; }

    /// <summary>Names it and what it says: where that changes, it is another one. Whoever decides names what was looked at.</summary>
    public required string Id { get; set; }

    /// <summary>How far it has come.</summary>
    public DepositRequestState State { get; set; }

    /// <summary><see cref="ByCopy"/>, or the proofs of an attestation joined by <c> + </c>.</summary>
    public required string Proofs { get; set; }

    /// <summary>
    /// Why a person must look, where it is not that the phone was lost. Of a copy: <c>claims</c> (it says something else than the record), <c>place</c> (its place in the status list is not the one in the file), <c>recovery</c>
    /// (somebody proved that the phone was lost), <c>earlier</c> (there was a depositary before this one, and what that one ended is not known here), <c>key</c> (signed with a key that is reported stolen), <c>expired</c>, or
    /// <c>two_people</c>. Of a lost phone: <c>differs</c> or <c>cannot_tell</c> (the document that a desk read has another name than the record, or cannot be compared), <c>no_document</c> (no desk read one), or <see cref="Renewed"/>.
    /// </summary>
    public string? Because { get; set; }

    /// <summary>The names of the claims that differ; or the desk, its mandate and who of its staff.</summary>
    public string? Detail { get; set; }

    /// <summary>When it was first asked so.</summary>
    public required DateTimeOffset AskedAt { get; set; }

    /// <summary>When it is forgotten.</summary>
    public required DateTimeOffset Until { get; set; }

    /// <summary>The credential that was issued for it.</summary>
    public string? CredentialId { get; set; }

    /// <summary>The last offer of that: for this phone alone, never shown to staff.</summary>
    public string? OfferId { get; set; }

    /// <summary>Why it was refused, a sentence of a clerk.</summary>
    public string? Reason { get; set; }

    internal static void Map(ModelBuilder model)
    {
        model.Entity<DepositCopy>().ToTable("deposit_copies").HasKey(c => new { c.Deposit, c.Entry });
        model.Entity<DepositAnchor>().ToTable("deposit_anchors").HasKey(a => new { a.Deposit, a.Tag, a.Record, a.SecretHash });
        model.Entity<DepositRequest>(request =>
        {
            request.ToTable("deposit_requests").HasKey(r => new { r.Deposit, r.Record, r.Phone });
            request.Property(r => r.Id).IsRequired(); // by its name EF takes it for the key first
            request.Property(r => r.State).HasConversion<string>();
            request.HasOne<DepositRecord>().WithMany().HasForeignKey(r => new { r.Deposit, r.Record }).OnDelete(DeleteBehavior.Cascade);
            request.HasIndex(r => r.CredentialId);
            request.HasIndex(r => r.Until);
        });
    }
}
