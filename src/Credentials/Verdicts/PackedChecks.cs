using Identity.Credentials.Accreditation;
using Identity.Credentials.StatusList;
using Identity.Credentials.Trust;
using static Identity.Credentials.Verdicts.Examination;

namespace Identity.Credentials.Verdicts;

/// <summary>
/// The checks that rest on a trust pack in place of logs and lists; src/web/lib/verdict judges by the same rules on a phone without a network. When a credential was
/// recorded is not in the pack, so: a key in force needs no place in a log; a key that has ended needs the credential's entry among those recorded before its end; and
/// what the pack cannot know, because it is from yesterday, it does not hold against anybody.
/// </summary>
internal sealed class PackedChecks(Examination examination, IPackedTrust pack)
{
    /// <summary>Bytes of an entry that a pack holds: enough that nobody can make another credential that fits.</summary>
    public const int EntryPrefix = 16;

    private byte[] _entry = [];

    /// <summary>Set when the key has ended.</summary>
    private DateTimeOffset? _keyEnded;

    /// <summary>The pack shows that it was recorded before the key ended.</summary>
    private bool _isListed;

    private CheckSheet Sheet => examination.Sheet;

    private DateTimeOffset Now => examination.Now;

    /// <summary>Whether the pack may still be relied on: within its own end, which stands in for every other age.</summary>
    public bool CheckAge()
    {
        var age = Now - examination.Trust.State.HeadTime;
        if (age is null) Sheet.Skip(CheckName.DataAge, "there is no copy of the ledger", ReasonCode.StaleData);
        else if (age < -examination.Policy.Skew) Sheet.Skip(CheckName.DataAge, "the trust pack is from the future: a clock is wrong", ReasonCode.StaleData);
        else if (Now >= pack.GoodUntil) Sheet.Skip(CheckName.DataAge, $"the trust pack was good until {Day(pack.GoodUntil)}", ReasonCode.StaleData);
        else
        {
            Sheet.Pass(CheckName.DataAge, Text($"ledger read {(long)age.Value.TotalSeconds} s ago, by a trust pack"));
            return true;
        }

        return false;
    }

    /// <summary>Which entry to look for, once the key is known.</summary>
    public void Remember(byte[] entry)
    {
        _entry = entry;
        Sheet.Skip(CheckName.Ledger, "a trust pack holds no logs");
    }

    /// <summary>The time rule, as far as a pack can tell: what a key that has ended signed counts only where the pack lists it.</summary>
    public void CheckKey(KeyRecord key)
    {
        if (key.From > Now + examination.Policy.Skew)
        {
            Sheet.Fail(CheckName.IssuerKey, ReasonCode.KeyNotValidThen, $"the key is in force only since {Day(key.From)}");
            Sheet.Skip(CheckName.RecordedInTime, "no anchor time");
        }
        else if (key.EndedAt is not { } end || end > Now)
        {
            Sheet.Pass(CheckName.IssuerKey, "in force when the trust pack was made");
            Sheet.Skip(CheckName.RecordedInTime, "a trust pack does not tell when it was recorded; the key is still in force");
        }
        else
        {
            CheckEndedKey(key, end);
        }
    }

    /// <summary>The time at which accreditations are judged: the last at which the key can have signed.</summary>
    public DateTimeOffset Last => _keyEnded?.AddSeconds(-1) ?? Now;

    /// <summary>Whether the issuer was accredited while its key can have signed: at the key's end, else now.</summary>
    public EntitlementRuling CheckAccreditation(IReadOnlyList<AccreditationChain> chains, ScopeFacts facts)
    {
        var ruling = TimeRule.JudgeEntitlement(chains, facts, Last, examination.Closing, examination.IsLedgerFresh);
        if (ruling is EntitlementRuling.Entitled) return ruling;
        if (chains.Any(chain => chain.Links.All(link => link.HasBegun(Last)) && chain.GapFor(null, facts) is null))
            return CannotTell($"accredited before {Day(Last)}; a trust pack does not tell when it was recorded", ReasonCode.NotAnchored);
        // A grant may have been made since.
        return IsRecent ? ruling : CannotTell("not accredited when the trust pack was made", ReasonCode.StaleData);
    }

    /// <summary>
    /// <see cref="TimeRule.JudgeReissue"/> as far as a pack can tell: it says who was depositary from when until when, and not when anything was recorded. Two are
    /// accused: who had been depositary at no time before its key ended, where the pack shows that it was recorded by then; and with a key in force who neither is nor was depositary nor is named, by a pack of the last hour.
    /// </summary>
    public EntitlementRuling CheckReissue(EntitlementRuling ruling, ScopeFacts facts, OrganisationRecord? original, ClosingRecord? closed)
    {
        var issuer = examination.Issuer!.Id;
        var judged = TimeRule.JudgeReissue(ruling, facts, issuer, closed, Last);
        if (ruling is not EntitlementRuling.Entitled || judged is not EntitlementRuling.Not) return judged;
        if (original is null) return CannotTell("the organisation in whose place it was issued is not in the trust pack", ReasonCode.StaleData);
        if (closed?.TermsOf(issuer).Any(term => term.From <= Last) == true) return CannotTell($"no longer its depositary on {Day(Last)}; a trust pack does not tell when it was recorded", ReasonCode.NotAnchored);
        if (closed?.Terms.Count >= PackedClosing.MaxTerms) return CannotTell("the trust pack does not hold all who were its depositary", ReasonCode.NotAnchored);
        // The past does not change: who accepted before the key ended stands in a pack that reaches so far.
        if (_keyEnded is { } end) return _isListed && examination.Trust.State.HeadTime >= end ? judged : CannotTell($"not its depositary on {Day(Last)}; a trust pack does not tell when it was recorded", ReasonCode.NotAnchored);
        if (closed?.Depositary is { } named && named.Id.AsSpan().SequenceEqual(issuer)) return CannotTell("its depositary had not accepted when the trust pack was made", ReasonCode.StaleData);
        return IsRecent ? judged : CannotTell("not its depositary when the trust pack was made", ReasonCode.StaleData);
    }

    /// <summary>The credential's entry in the pack. Null where the pack holds none.</summary>
    public TimeSpan? CheckStatus(StatusReference reference)
    {
        if (pack.FindStatus(reference.Uri, reference.Index, examination.Issuer!.Id) is not { } found)
        {
            Sheet.Skip(CheckName.Status, "there is no copy of its status list", ReasonCode.StaleData);
            return null;
        }

        var asOf = $"as of {Day(found.IssuedAt)}";
        if (found.IssuedAt > Now + examination.Policy.Skew) Sheet.Skip(CheckName.Status, "status_future", ReasonCode.StaleData);
        else if (found.Value == (byte)StatusValue.Invalid) Sheet.Fail(CheckName.Status, ReasonCode.Revoked, $"revoked, {asOf}"); // an end stays an end
        else if (found.IsFinal) // the last word
        {
            examination.FinalAsOf = found.IssuedAt;
            if (found.Value == (byte)StatusValue.Valid) Sheet.Pass(CheckName.Status, $"in force, {asOf}, the final list");
            else Sheet.Fail(CheckName.Status, ReasonCode.Suspended, $"suspended, {asOf}, the final list");
        }
        else if (!examination.IsLedgerFresh) Sheet.Skip(CheckName.Status, $"the status list is too old, {asOf}", ReasonCode.StaleData);
        else if (found.Value == (byte)StatusValue.Valid) Sheet.Pass(CheckName.Status, $"in force, {asOf}");
        else Sheet.Fail(CheckName.Status, ReasonCode.Suspended, $"suspended, {asOf}"); // only 0 means in force
        return Now - found.ReadAt;
    }

    /// <summary>An absence in it means something.</summary>
    private bool IsRecent => examination.IsLedgerFresh && Now - examination.Trust.State.HeadTime <= examination.Policy.MaxLedgerAge;

    private EntitlementRuling.CannotTell CannotTell(string why, ReasonCode reason)
    {
        Sheet.Skip(CheckName.Accreditation, why, reason);
        return new EntitlementRuling.CannotTell(why);
    }

    private void CheckEndedKey(KeyRecord key, DateTimeOffset end)
    {
        _keyEnded = end;
        var listed = pack.IsRecordedBeforeEnd(key, _entry.AsSpan(0, EntryPrefix));
        if (listed == true)
        {
            _isListed = true;
            Sheet.Pass(CheckName.Ledger, "among what was recorded before the key ended");
            Sheet.Pass(CheckName.IssuerKey, "in force when it was recorded");
            Sheet.Pass(CheckName.RecordedInTime, $"anchored before the key ended on {Day(end)}");
            return;
        }

        var missing = listed is null ? "the trust pack does not list what the key recorded before it ended" : "not among what was recorded before the key ended";
        Sheet.Skip(CheckName.Ledger, missing, examination.IsLedgerFresh ? ReasonCode.NotAnchored : null);
        Sheet.Skip(CheckName.RecordedInTime, "no anchor time");
        // The past does not change: what a thief may have signed, and a pack that reaches to the theft does not list, was not recorded before it.
        if (listed == false && key.Reason != KeyEndReason.Retired && examination.Trust.State.HeadTime >= end)
        {
            Sheet.Fail(CheckName.IssuerKey, ReasonCode.KeyNotValidThen, $"not recorded before the key was compromised on {Day(end)}");
        }
        else
        {
            Sheet.Skip(CheckName.IssuerKey, $"the key was {(key.Reason == KeyEndReason.Retired ? "retired" : "compromised")} on {Day(end)}");
        }
    }
}
