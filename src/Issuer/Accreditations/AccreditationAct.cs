using Identity.Credentials.Accreditation;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Accreditations;

/// <summary>What an organisation wants written.</summary>
public enum AccreditationActKind
{
    /// <summary>Entitle another organisation.</summary>
    Grant,

    /// <summary>Take an accreditation back from a time on.</summary>
    Withdrawal,
}

/// <summary>How far it has come.</summary>
public enum AccreditationActState
{
    /// <summary>On its way to the ledger.</summary>
    Waiting,

    /// <summary>On the ledger.</summary>
    Done,

    /// <summary>The ledger refuses it, for good; <see cref="AccreditationAct.Waiting"/> says why.</summary>
    Refused,
}

/// <summary>One grant or withdrawal on its way to the ledger: the outbox of <see cref="WriteAccreditations"/>.</summary>
public sealed class AccreditationAct
{
    /// <summary>Random id, later ones sort after earlier ones.</summary>
    public required string Id { get; init; }

    /// <summary>Slug of the organisation that acts.</summary>
    public required string Organisation { get; init; }

    /// <summary>What is wanted.</summary>
    public required AccreditationActKind Kind { get; init; }

    /// <summary>The accreditation concerned: of a grant the one above it, of a withdrawal the one that ends.</summary>
    public required long Number { get; init; }

    /// <summary>Of a grant: 32-byte id of the organisation that gets it.</summary>
    public byte[]? Holder { get; init; }

    /// <summary>Of a grant: what it lets its holder do.</summary>
    public AccreditationRight Right { get; init; }

    /// <summary>Of a grant: the scope, canonical JSON.</summary>
    public string? Scope { get; init; }

    /// <summary>From when it counts; of a withdrawal, from when it does not. Whole seconds.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Of a grant: the first moment it no longer holds, or null.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Of a withdrawal: why, in a sentence for the records of the organisation. The ledger does not hold it.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Who asked for it.</summary>
    public required string AskedBy { get; init; }

    /// <summary>How far it has come.</summary>
    public AccreditationActState State { get; set; }

    /// <summary>Of a grant that is done: its number.</summary>
    public long? Granted { get; set; }

    /// <summary>The transaction, 0x and hex, where this service saw it.</summary>
    public string? Transaction { get; set; }

    /// <summary>Why it waits, or why the ledger refuses it, in a sentence.</summary>
    public string? Waiting { get; set; }

    /// <summary>Of two changes at once one wins.</summary>
    public int Version { get; set; }

    internal static void Map(ModelBuilder model) => model.Entity<AccreditationAct>(act =>
    {
        act.ToTable("accreditation_acts").HasKey(a => a.Id);
        act.Property(a => a.Kind).HasConversion<string>();
        act.Property(a => a.State).HasConversion<string>();
        act.Property(a => a.Version).IsConcurrencyToken();
        act.HasIndex(a => new { a.Organisation, a.State });
    });
}
