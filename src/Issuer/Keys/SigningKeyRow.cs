using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Keys;

/// <summary>Why a key stops signing.</summary>
public enum KeyEnd
{
    /// <summary>Replaced in good order: what it signed stays good.</summary>
    Retired,

    /// <summary>In foreign hands: what was anchored since then is not good.</summary>
    Compromised,
}

/// <summary>
/// One signing key of an organisation and how far it has come. The row is the outbox of a rotation: each step is one way, is stored
/// before the next one is tried, and can be tried again after a crash because the ledger is asked first.
/// made → on the ledger → signs → replaced → ended on the ledger.
/// </summary>
public sealed class SigningKeyRow
{
    /// <summary>Slug of the organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>RFC 7638 thumbprint, base64url.</summary>
    public required string Thumbprint { get; init; }

    /// <summary>The public point, base64url, so that the key can be published when its file is gone.</summary>
    public required string X { get; init; }

    /// <summary>See <see cref="X"/>.</summary>
    public required string Y { get; init; }

    /// <summary>When it was made, or first seen.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>Who asked for it; empty for the first key.</summary>
    public required string MadeBy { get; init; }

    /// <summary>Block that registered it, where we saw that.</summary>
    public long? Block { get; set; }

    /// <summary>Time of that block.</summary>
    public DateTimeOffset? OnLedgerAt { get; set; }

    /// <summary>When it began to sign.</summary>
    public DateTimeOffset? SignsFrom { get; set; }

    /// <summary>Nothing was signed with it at or after this time.</summary>
    public DateTimeOffset? SignsUntil { get; set; }

    /// <summary>Why it ends.</summary>
    public KeyEnd? End { get; set; }

    /// <summary>For a stolen key: since when others may have had it.</summary>
    public DateTimeOffset? StolenSince { get; set; }

    /// <summary>For a key that retires: its end on the ledger is dated no earlier than this, so that old and new stand side by side until then. Null for as soon as may be.</summary>
    public DateTimeOffset? RetireAt { get; set; }

    /// <summary>Who ended it.</summary>
    public string? EndedBy { get; set; }

    /// <summary>For a retired key: the log's size that must be anchored before the ledger may learn of the end. Null until it is known.</summary>
    public long? EndAfterSize { get; set; }

    /// <summary>The end as the ledger has it.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>When the ledger was told of the end: <see cref="EndedAt"/> may lie later.</summary>
    public DateTimeOffset? EndWrittenAt { get; set; }

    /// <summary>Transaction that ended it, 0x and hex.</summary>
    public string? EndTransaction { get; set; }

    /// <summary>Why the next step waits, in a sentence for the operator.</summary>
    public string? Waiting { get; set; }

    /// <summary>Of two changes at once one wins.</summary>
    public int Version { get; set; }

    /// <summary>It signs now.</summary>
    public bool Signs => SignsFrom is not null && SignsUntil is null;

    /// <summary>It does not sign yet: it was made to follow another key, or is the first and the ledger does not know it.</summary>
    public bool Waits => SignsFrom is null && SignsUntil is null;

    /// <summary>Where it stands: <c>made</c>, <c>settling</c>, <c>signs</c>, <c>replaced</c>, <c>retiring</c>, <c>retired</c>, <c>stealing</c> or <c>stolen</c>; each has words in the strings of keys.</summary>
    public string State(DateTimeOffset now) => this switch
    {
        { End: KeyEnd.Compromised, EndedAt: null } => "stealing",
        { End: KeyEnd.Compromised } => "stolen",
        { Signs: true } => "signs",
        { Waits: true, OnLedgerAt: null } => "made",
        { Waits: true } => "settling",
        { EndedAt: null } => "replaced",
        { EndedAt: { } end } when end > now => "retiring",
        _ => "retired",
    };

    internal static void Map(ModelBuilder model) => model.Entity<SigningKeyRow>(key =>
    {
        key.ToTable("signing_keys").HasKey(k => new { k.Organisation, k.Thumbprint });
        key.Property(k => k.End).HasConversion<string>();
        key.Property(k => k.Version).IsConcurrencyToken();
        key.Ignore(k => k.Signs).Ignore(k => k.Waits);
    });
}
