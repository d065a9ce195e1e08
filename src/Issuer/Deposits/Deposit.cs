using System.Security.Cryptography;
using System.Text;
using Identity.Issuer.Issuance;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Deposits;

/// <summary>How far a deposit has come.</summary>
public enum DepositState
{
    /// <summary>The records are here; nobody has asked to accept them on the ledger.</summary>
    Taken,

    /// <summary>The acceptance is on its way to the ledger.</summary>
    Accepting,

    /// <summary>The ledger says that this organisation is the depositary: its status lists count from then on.</summary>
    Accepted,

    /// <summary>The ledger refuses the acceptance; <see cref="Deposit.Waiting"/> says why. It can be asked for again.</summary>
    Refused,
}

/// <summary>What a closed organisation left to one of the organisations here, and the outbox of its acceptance (<see cref="AcceptDeposits"/>).</summary>
public sealed class Deposit
{
    /// <summary>Id of the closed organisation, 64 lower-case hexadecimal digits. Its status lists and entries stand under it in the tables of both.</summary>
    public required string Id { get; init; }

    /// <summary>Slug of the depositary.</summary>
    public required string Depositary { get; init; }

    /// <summary>What the closed organisation said of itself on the ledger, canonical JSON.</summary>
    public required string Profile { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its closing statement, as the ledger has it.</summary>
    public required string Statement { get; init; }

    /// <summary>When it was closed.</summary>
    public required DateTimeOffset ClosedAt { get; init; }

    /// <summary>SHA-256 of the contents of the file that was taken over.</summary>
    public required byte[] Digest { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>How many records it has.</summary>
    public required int Records { get; init; }

    /// <summary>All of the file is here. False while it is taken over, and where that was killed: nobody sees such a deposit, and the next call begins anew.</summary>
    public bool Whole { get; set; } = true;

    /// <summary>What a phone needs that asks by itself is here too (<see cref="DepositCopy"/>, <see cref="DepositAnchor"/>). False where an earlier version took it over; the same file once more adds it.</summary>
    public bool Phones { get; set; }

    /// <summary>How far it has come.</summary>
    public DepositState State { get; set; }

    /// <summary>Who asked to accept it.</summary>
    public string? AskedBy { get; set; }

    /// <summary>Since when the depositary's lists count; time of the block.</summary>
    public DateTimeOffset? AcceptedAt { get; set; }

    /// <summary>The transaction, 0x and hex, where this service saw it.</summary>
    public string? Transaction { get; set; }

    /// <summary>Why it waits, or why the ledger refuses it, in a sentence.</summary>
    public string? Waiting { get; set; }

    /// <summary>Of two changes at once one wins.</summary>
    public int Version { get; set; }

    /// <summary>The address of one of the closed organisation's status lists, as credentials name it.</summary>
    public string StatusListUri(int list) => $"{Issuer()}/status/{list}";

    /// <summary>The issuer identifier of the closed organisation.</summary>
    public string Issuer() => OrganisationProfile.TryParse(Profile, out var profile, out _) ? profile.Issuer : throw new InvalidOperationException("A stored profile cannot be read.");

    /// <summary>The hash by which the ledger knows a closing statement.</summary>
    public static byte[] IdOf(string statement) => SHA256.HashData(Encoding.UTF8.GetBytes(statement));

    /// <summary>What was taken over was left at this closing, and not at one that was undone.</summary>
    public bool IsOf(RegisteredClosing closing) => closing.ClosedAt == ClosedAt && closing.StatementId.AsSpan().SequenceEqual(IdOf(Statement));

    internal static void Map(ModelBuilder model)
    {
        model.Entity<Deposit>(deposit =>
        {
            deposit.ToTable("deposits").HasKey(d => d.Id);
            deposit.Property(d => d.State).HasConversion<string>();
            deposit.Property(d => d.Version).IsConcurrencyToken();
            deposit.HasIndex(d => d.Depositary);
        });
        model.Entity<DepositRecord>(record =>
        {
            record.ToTable("deposit_records").HasKey(r => new { r.Deposit, r.Id });
            record.Property(r => r.State).HasConversion<string>();
            record.Property(r => r.Version).IsConcurrencyToken();
            record.HasOne<Deposit>().WithMany().HasForeignKey(r => r.Deposit).OnDelete(DeleteBehavior.Restrict);
        });
        DepositRequest.Map(model);
    }
}

/// <summary>One record of a closed organisation.</summary>
public sealed class DepositRecord
{
    /// <summary>The deposit.</summary>
    public required string Deposit { get; init; }

    /// <summary>Its id at the closed organisation.</summary>
    public required string Id { get; init; }

    /// <summary>Short name of the type.</summary>
    public required string Type { get; init; }

    /// <summary>The file number of the closed organisation.</summary>
    public required string Reference { get; init; }

    /// <summary>The holder's names as one line.</summary>
    public required string HolderName { get; init; }

    /// <summary>Names and reference in lower case, for the search.</summary>
    public required string SearchText { get; init; }

    /// <summary>The claims, a JSON object.</summary>
    public required string ClaimsJson { get; init; }

    /// <summary>The ledger held the entry of one of its copies before the organisation was closed. Only then is it issued again: whoever could write the file could invent the others.</summary>
    public bool Recorded { get; init; }

    /// <summary>When the closed organisation decided.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a wallet first had it, if ever.</summary>
    public required DateTimeOffset? CollectedAt { get; init; }

    /// <summary>How it stands; only the depositary changes it any more.</summary>
    public required CredentialState State { get; set; }

    /// <summary>Why it ended: one of <see cref="Status.Reasons"/>.</summary>
    public string? StateCode { get; set; }

    /// <summary>The sentence that goes with it.</summary>
    public string? StateReason { get; set; }

    /// <summary>When the state last changed.</summary>
    public DateTimeOffset? StateChangedAt { get; set; }

    /// <summary>The record of the depositary that took its place.</summary>
    public string? ReissuedAs { get; set; }

    /// <summary>Who asked for what two people decide: see <see cref="AskedFor"/>.</summary>
    public string? AskedBy { get; set; }

    /// <summary><c>reissue</c>, or the code of a revocation that was asked for.</summary>
    public string? AskedFor { get; set; }

    /// <summary><see cref="DepositRequest.Id"/> of the phone's request that it was asked for; null where it is for whoever comes to the counter.</summary>
    public string? AskedRequest { get; set; }

    /// <summary>Number of that request, to which the second person agrees: asked again, or changed in any way, it is another one. Null where nothing is asked.</summary>
    public int? Asked => AskedFor is null ? null : Version;

    /// <summary>Of two changes at once one wins.</summary>
    public int Version { get; set; }
}
