using Identity.Credentials.Accreditation;

namespace Identity.Credentials.Verdicts;

/// <summary>What the register says of a key at the time when the ledger proves that something was recorded.</summary>
public abstract record KeyRuling
{
    private KeyRuling() { }

    /// <summary>It was in force.</summary>
    public sealed record Good(KeyRecord Key) : KeyRuling;

    /// <summary>It came into force only later.</summary>
    public sealed record NotYet(KeyRecord Key) : KeyRuling;

    /// <summary>It was in foreign hands.</summary>
    public sealed record Stolen(KeyRecord Key) : KeyRuling;

    /// <summary>It had been retired: what it signed before was not recorded in time.</summary>
    public sealed record Retired(KeyRecord Key) : KeyRuling;

    /// <summary>The ledger does not tell when it was recorded.</summary>
    public sealed record NotAnchored(KeyRecord Key) : KeyRuling;

    /// <summary>The register does not know it as the issuer's.</summary>
    public sealed record Unknown : KeyRuling;

    /// <summary>What the ruling contributes to the leading reason; null for no objection.</summary>
    public ReasonCode? Reason => this switch
    {
        Good => null,
        Retired => ReasonCode.AnchoredTooLate,
        NotAnchored => ReasonCode.NotAnchored,
        _ => ReasonCode.KeyNotValidThen,
    };
}

/// <summary>Whether an issuer was entitled at that time to what it issued.</summary>
public abstract record EntitlementRuling
{
    private EntitlementRuling() { }

    /// <summary>Every link of a chain held and covers it, as far as it was shown.</summary>
    /// <param name="Chain">The chain that leaves the least open; of those the first granted.</param>
    /// <param name="NotShown">What a link limits and the credential does not show.</param>
    public sealed record Entitled(AccreditationChain Chain, IReadOnlyList<GapReason> NotShown) : EntitlementRuling;

    /// <summary>No chain held, or none covers it.</summary>
    /// <param name="Chain">The one that comes nearest; null where there is none.</param>
    /// <param name="Link">Place in the chain of the link that does not hold.</param>
    /// <param name="Gap">How.</param>
    /// <param name="At">When it was recorded; null where no time would help.</param>
    public sealed record Not(AccreditationChain? Chain, int Link, ScopeGap Gap, DateTimeOffset? At) : EntitlementRuling;

    /// <summary>It depends on when it was recorded, or on a newer copy of the register.</summary>
    public sealed record CannotTell(string Why) : EntitlementRuling;

    /// <summary>What the ruling contributes to the leading reason; null for no objection.</summary>
    public ReasonCode? Reason => this is Not ? ReasonCode.IssuerNotEntitled : null;
}

/// <summary>
/// The time rule: key and accreditations are judged as they stood when the ledger proves that the credential was recorded, not when it says it was signed, nor now.
/// Pure: everything comes in as arguments.
/// </summary>
public static class TimeRule
{
    /// <summary>Judges the issuer's key.</summary>
    /// <param name="records">What the register holds of this key and this issuer; empty where nothing.</param>
    /// <param name="anchoredAt">When the entry was anchored in a log that the issuer records in; null while none vouches for it.</param>
    /// <param name="closing">Whether the issuer was closed: its keys count as retired then.</param>
    public static KeyRuling JudgeKey(IReadOnlyList<KeyRecord> records, DateTimeOffset? anchoredAt, ClosingRecord? closing)
    {
        if (records.Count == 0) return new KeyRuling.Unknown();
        if (anchoredAt is not { } at) return new KeyRuling.NotAnchored(records[0]);
        var key = Choose(records, at, closing);
        if (at < key.From) return new KeyRuling.NotYet(key);
        if (!(at >= key.EndedAt)) return new KeyRuling.Good(key);
        return key.Reason is KeyEndReason.Retired ? new KeyRuling.Retired(key) : new KeyRuling.Stolen(key);
    }

    /// <summary>The record that counts at a time. The contract registers a key once; should a register hold it twice, a theft counts for both, else the one in force then.</summary>
    public static KeyRecord Choose(IReadOnlyList<KeyRecord> records, DateTimeOffset at, ClosingRecord? closing)
    {
        if (records.Count == 1) return records[0].EndedBy(closing);
        var ended = records.Select(record => record.EndedBy(closing)).ToList();
        return ended.Find(record => record.EndedAt is not null && record.Reason is not KeyEndReason.Retired)
            ?? ended.Find(record => at >= record.From && !(at >= record.EndedAt))
            ?? ended.MinBy(record => record.From)!;
    }

    /// <summary>Judges the issuer's right to issue.</summary>
    /// <param name="chains">Every accreditation to issue that it ever held.</param>
    /// <param name="facts">What was issued, as far as it was shown.</param>
    /// <param name="anchoredAt">As for the key.</param>
    /// <param name="closing">As for the key. Only the issuer's own closing counts: what an accreditor granted before it closed stays.</param>
    /// <param name="registerIsFresh">Whether the copy of the register is recent enough for an absence in it to mean something while there is no anchor. With one it reaches at least as far.</param>
    public static EntitlementRuling JudgeEntitlement(IReadOnlyList<AccreditationChain> chains, ScopeFacts facts, DateTimeOffset? anchoredAt, ClosingRecord? closing, bool registerIsFresh)
    {
        var isClosed = closing is not null && anchoredAt >= closing.ClosedAt;
        AccreditationChain? holds = null;
        foreach (var chain in chains)
        {
            if (chain.GapFor(anchoredAt, facts) is not null) continue;
            if (anchoredAt is null) return new EntitlementRuling.CannotTell("no anchor time to judge the accreditation by");
            if (holds is null || chain.NotShown(facts).Count < holds.NotShown(facts).Count) holds = chain;
        }

        if (holds is not null && !isClosed) return new EntitlementRuling.Entitled(holds, holds.NotShown(facts));
        if (anchoredAt is null && !registerIsFresh) return new EntitlementRuling.CannotTell("no anchor time to judge the accreditation by");
        if (chains.Count == 0) return new EntitlementRuling.Not(null, 0, new ScopeGap(GapReason.Never, null, null), anchoredAt);
        var nearest = chains.Select(chain => (chain, gap: chain.GapFor(anchoredAt, facts) ?? (chain.Links.Count - 1, new ScopeGap(GapReason.Closed, null, closing!.ClosedAt.ToRfc3339()))))
            .OrderBy(found => found.chain.IsForAnotherType(facts)).ThenByDescending(found => found.gap.Gap.Reason).First();
        return new EntitlementRuling.Not(nearest.chain, nearest.gap.Link, nearest.gap.Gap, anchoredAt);
    }

    /// <summary>
    /// What is left of the issuer's right where the credential says that it was issued in another's place: besides the chain, the ledger must say that the other one was closed, and that
    /// the issuer was its depositary then and had accepted; who is depositary today has no say.
    /// </summary>
    /// <param name="ruling">Of <see cref="JudgeEntitlement"/>.</param>
    /// <param name="facts">As there.</param>
    /// <param name="issuer">Id of the issuer.</param>
    /// <param name="original">How the organisation was closed that <see cref="ScopeFacts.OnBehalfOf"/> names; null where it was not, or is not registered.</param>
    /// <param name="anchoredAt">As there.</param>
    public static EntitlementRuling JudgeReissue(EntitlementRuling ruling, ScopeFacts facts, byte[] issuer, ClosingRecord? original, DateTimeOffset? anchoredAt)
    {
        if (facts.OnBehalfOf is not { } place || ruling is not EntitlementRuling.Entitled(var chain, _)) return ruling;
        return original is not null && anchoredAt is { } at && original.IsInCharge(issuer, at)
            ? ruling : new EntitlementRuling.Not(chain, chain.Links.Count - 1, new ScopeGap(GapReason.OnBehalfOf, place, null), anchoredAt);
    }

    /// <summary>The first objection of both by precedence; valid where there is none.</summary>
    public static ReasonCode Combine(KeyRuling key, EntitlementRuling entitlement) =>
        key.Reason is { } one && !(entitlement.Reason < one) ? one : entitlement.Reason ?? ReasonCode.Valid;
}
