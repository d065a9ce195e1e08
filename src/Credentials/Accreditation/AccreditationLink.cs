using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Verdicts;

namespace Identity.Credentials.Accreditation;

/// <summary>One accreditation as it stands on the ledger.</summary>
/// <param name="Number">Its number in the contract, from 1.</param>
/// <param name="Parent">The accreditation it was granted under; null for a root authority's.</param>
/// <param name="Holder">Who is accredited.</param>
/// <param name="Right">To issue, to accredit, or both.</param>
/// <param name="ScopeText">For what, as it stands in the contract's event.</param>
/// <param name="From">In force since, as stated by the grantor.</param>
/// <param name="Until">In force until then; null for no end.</param>
/// <param name="WithdrawnAt">Not in force from then on.</param>
/// <param name="GrantedAt">Time of its block: it has no effect earlier.</param>
public sealed record AccreditationLink(
    ulong Number, ulong? Parent, OrganisationRecord Holder, AccreditationRight Right, string ScopeText, DateTimeOffset From, DateTimeOffset? Until, DateTimeOffset? WithdrawnAt, DateTimeOffset GrantedAt)
{
    /// <summary>The text of the scope.</summary>
    public string ScopeText { get; } = ScopeText;

    /// <summary>For what; null where the text is none that this version reads, which entitles nobody.</summary>
    public Scope? Scope { get; } = Scope.TryParse(ScopeText, out var scope, out _) ? scope : null;

    /// <summary>SHA-256 of the text, 32 bytes.</summary>
    public byte[] ScopeId() => SHA256.HashData(Encoding.UTF8.GetBytes(ScopeText));

    /// <summary>It had begun, whether or not it had ended.</summary>
    public bool HasBegun(DateTimeOffset at) => at >= From && at >= GrantedAt;

    /// <summary>The first way in which it does not hold: by its times, its right, its scope; null where it does.</summary>
    /// <param name="at">Null to leave the times aside.</param>
    /// <param name="needed">The right that its place in a chain needs: the last link issues, every one above it accredits.</param>
    /// <param name="facts">What was issued.</param>
    public ScopeGap? GapFor(DateTimeOffset? at, AccreditationRight needed, ScopeFacts facts) =>
        (at is { } time ? GapAt(time) : null)
        ?? (Right.HasFlag(needed) ? null : new ScopeGap(GapReason.NoRight, Name(needed), string.Join(", ", Names(Right))))
        ?? (Scope is null ? new ScopeGap(GapReason.Text, null, null) : Scope.GapFor(facts) ?? PlaceGap(needed, facts));

    /// <summary>The rights by their names in JSON.</summary>
    public static IEnumerable<string> Names(AccreditationRight right) => new[] { AccreditationRight.Issue, AccreditationRight.Accredit }.Where(one => right.HasFlag(one)).Select(Name);

    // Nobody issues in another's place because nothing was said about it: the issuer's own accreditation names whose.
    private ScopeGap? PlaceGap(AccreditationRight needed, ScopeFacts facts) =>
        needed is AccreditationRight.Issue && facts.OnBehalfOf is { } original && Scope!.OnBehalfOf is null ? new ScopeGap(GapReason.OnBehalfOf, original, null) : null;

    private static string Name(AccreditationRight right) => right is AccreditationRight.Issue ? "issue" : "accredit";

    private ScopeGap? GapAt(DateTimeOffset at)
    {
        if (!HasBegun(at)) return Time(GapReason.NotYet, From > GrantedAt ? From : GrantedAt);
        // Of two ends the earlier one was the reason.
        if (at >= WithdrawnAt && !(Until < WithdrawnAt)) return Time(GapReason.Withdrawn, WithdrawnAt.Value);
        return at >= Until ? Time(GapReason.Over, Until.Value) : null;
    }

    private static ScopeGap Time(GapReason reason, DateTimeOffset time) => new(reason, null, time.ToRfc3339());
}
