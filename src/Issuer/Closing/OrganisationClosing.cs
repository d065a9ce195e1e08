using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Closing;

/// <summary>How far a closing has come. Here nobody takes it back from <see cref="Begun"/> on; governance may, on the ledger.</summary>
public enum ClosingState
{
    /// <summary>Somebody asked; a second person has not decided. Everything goes on as before.</summary>
    Asked,

    /// <summary>A second person did not agree.</summary>
    Returned,

    /// <summary>It was on the ledger, and governance undid it there. Everything goes on again.</summary>
    Undone,

    /// <summary>Agreed. Nothing is issued or changed any more.</summary>
    Begun,

    /// <summary>Every status list is signed for the last time.</summary>
    ListsSigned,

    /// <summary>The ledger holds everything that the organisation ever signed.</summary>
    ListsAnchored,

    /// <summary>The ledger says that the organisation is closed.</summary>
    OnLedger,

    /// <summary>The keys count as retired here too. Nothing is left to do.</summary>
    Done,
}

/// <summary>The end of an organisation: the outbox of <see cref="CloseOrganisation"/>. One row for each organisation that ever asked.</summary>
public sealed class OrganisationClosing
{
    /// <summary>Slug of the organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>How far it has come.</summary>
    public ClosingState State { get; set; }

    /// <summary>Who asked.</summary>
    public required string AskedBy { get; set; }

    /// <summary>When.</summary>
    public required DateTimeOffset AskedAt { get; set; }

    /// <summary>32-byte id of the organisation that shall take over; null for nobody yet.</summary>
    public byte[]? Depositary { get; set; }

    /// <summary>A sentence for everybody, in English; it goes onto the ledger.</summary>
    public required string Notice { get; set; }

    /// <summary>Where people turn to afterwards; it goes onto the ledger.</summary>
    public string? Contact { get; set; }

    /// <summary>The second person.</summary>
    public string? DecidedBy { get; set; }

    /// <summary>Nothing was issued or changed from then on.</summary>
    public DateTimeOffset? BegunAt { get; set; }

    /// <summary>The closing statement, canonical JSON: names the final lists.</summary>
    public string? Statement { get; set; }

    /// <summary>The log's size that must be anchored before the ledger may learn of the end. Null until it is known.</summary>
    public long? EndAfterSize { get; set; }

    /// <summary>The end as the ledger has it.</summary>
    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>The transaction, 0x and hex, where this service saw it.</summary>
    public string? Transaction { get; set; }

    /// <summary>Why the next step waits, in a sentence.</summary>
    public string? Waiting { get; set; }

    /// <summary>Of two changes at once one wins. Also names the request that a second person has seen.</summary>
    public int Version { get; set; }

    /// <summary>Nothing is issued or changed any more.</summary>
    public bool IsClosing => State >= ClosingState.Begun;

    internal static void Map(ModelBuilder model) => model.Entity<OrganisationClosing>(closing =>
    {
        closing.ToTable("organisation_closings").HasKey(c => c.Organisation);
        closing.Property(c => c.State).HasConversion<string>();
        closing.Property(c => c.Version).IsConcurrencyToken();
        closing.Ignore(c => c.IsClosing);
    });
}

/// <summary>Whether an organisation is at its end.</summary>
internal static class Closings
{
    // Stored as words: an order of words is none.
    private static readonly ClosingState[] Before = [ClosingState.Asked, ClosingState.Returned, ClosingState.Undone];
    private static readonly ClosingState[] NotSigned = [.. Before, ClosingState.Begun];

    /// <summary>Nothing may be issued or changed for it any more. Asked anew inside each transaction that signs, so that all copies of the service stop at once.</summary>
    public static Task<bool> IsClosingAsync(this Data.IssuerDb db, string organisation, CancellationToken ct) =>
        db.Closings.AnyAsync(c => c.Organisation == organisation && !Before.Contains(c.State), ct);

    /// <summary>Its last status lists are signed: it needs no key any more.</summary>
    public static Task<bool> HasSignedLastAsync(this Data.IssuerDb db, string organisation, CancellationToken ct) =>
        db.Closings.AnyAsync(c => c.Organisation == organisation && !NotSigned.Contains(c.State), ct);
}
