using System.Globalization;
using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Dcql;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;

namespace Identity.Credentials.Verdicts;

/// <summary>
/// What the judging of both formats shares: the sheet, the facts gathered, and every check that does not depend on the format.
/// The order of the calls is that of the design: signature, issuer, place on the ledger, key, accreditation, binding, asks, status, dates.
/// </summary>
internal sealed class Examination
{
    private readonly PackedChecks? _packed;
    private byte[]? _entry;

    public Examination(Expectations expectations, ITrustView trust, DateTimeOffset now, VerdictPolicy policy)
    {
        (Expectations, Trust, Now, Policy) = (expectations, trust, now, policy);
        _packed = trust.Packed is { } pack ? new PackedChecks(this, pack) : null;
        IsLedgerFresh = _packed?.CheckAge() ?? CheckLedgerAge();
    }

    public Expectations Expectations { get; }

    public ITrustView Trust { get; }

    public DateTimeOffset Now { get; }

    public VerdictPolicy Policy { get; }

    public CheckSheet Sheet { get; } = new();

    /// <summary>Whether the copy of the register is recent enough for an absence in it to mean something.</summary>
    public bool IsLedgerFresh { get; }

    public TypeDefinition? Type { get; set; }

    public CredentialFacts Facts { get; set; } = new(null, null, null, null, null, null, null, null, null);

    public OrganisationRecord? Issuer { get; private set; }

    /// <summary>How the issuer was closed; null while it is not.</summary>
    public ClosingRecord? Closing { get; private set; }

    public LedgerEvidence? Ledger { get; private set; }

    /// <summary>When the entry was anchored in a log we trust; null while the ledger does not vouch for it.</summary>
    public DateTimeOffset? AnchoredAt { get; private set; }

    public BindingLevel Binding { get; private set; } = BindingLevel.None;

    public RollingFacts? Rolling { get; set; }

    public JsonObject Claims { get; set; } = [];

    /// <summary>The anchor's time is one by which it was anchored; that may have been before.</summary>
    private bool IsLate => AnchoredAt is not null && Ledger!.Anchor.IsLate;

    /// <summary>Set where the status rests on the last list of an issuer that was closed.</summary>
    public DateTimeOffset? FinalAsOf { get; set; }

    private EntitlementRuling? Entitlement { get; set; }

    private ReissuedFacts? Reissued { get; set; }

    private TimeSpan? StatusAge { get; set; }

    /// <summary>The verdict from what stands on the sheet.</summary>
    public Verdict Close()
    {
        var reason = Sheet.Leading;
        var claims = Sheet.Passed(CheckName.Signature) ? Claims : [];
        IReadOnlyList<string> compare = Type is null ? [] : [.. Type.Claims.Where(c => c.Compare && claims.ContainsKey(c.Name)).Select(c => c.Name)];
        var age = Trust.State.HeadTime is { } head ? Now - head : (TimeSpan?)null;
        return new Verdict(Reasons.OutcomeOf(reason), reason, Sheet.All, Binding, new DataAge(age, StatusAge), claims, Facts, Ledger, compare, Rolling, Entitlement, ClosingFacts(), Reissued, Trust.Archive(Issuer?.Id));
    }

    /// <summary>Whether the type is one that is known, and can say what is said of it.</summary>
    public void CheckType(string vct, bool isInPlace = false)
    {
        Type = TypeDefinition.Find(vct) is { } type && type.Vct == vct ? type : null;
        if (isInPlace && Type is { OriginalIssuer: null }) Sheet.Fail(CheckName.Type, ReasonCode.Unsupported, "the type cannot say in whose place it was issued");
        else if (Type is not null) Sheet.Pass(CheckName.Type, vct);
        else Sheet.Fail(CheckName.Type, ReasonCode.Unsupported, "the type is not one of ours");
    }

    /// <summary>What to look for in the logs, once it is known in whose.</summary>
    public void Remember(byte[] entry)
    {
        _entry = entry;
        _packed?.Remember(entry);
    }

    /// <summary>Names the issuer, or says that the register does not know it.</summary>
    public void SetIssuer(OrganisationRecord? issuer, string unknown)
    {
        Issuer = issuer;
        Closing = issuer is null ? null : Trust.Closing(issuer.Id);
        FindAnchor();
        if (issuer is null)
        {
            // An absence in an old copy says nothing; the age itself is then the reason.
            Sheet.Skip(CheckName.Issuer, unknown, IsLedgerFresh ? ReasonCode.IssuerUnknown : null);
            return;
        }

        Facts = Facts with { Issuer = new IssuerFacts(issuer.Name, issuer.Country, issuer.Demonstration, issuer.Issuer, issuer.Contact) };
        Sheet.Pass(CheckName.Issuer, issuer.Issuer);
    }

    /// <summary>Whose it is cannot be told from the signature.</summary>
    public void IssuerIsNotShown()
    {
        FindAnchor();
        Sheet.Skip(CheckName.Issuer, "the signature does not show who issued it");
    }

    /// <summary>The time rule for the key: <see cref="TimeRule.JudgeKey"/>.</summary>
    /// <param name="records">What the register holds of it as this issuer's.</param>
    public void CheckKey(IReadOnlyList<KeyRecord> records)
    {
        if (_packed is not null && records.Count > 0)
        {
            _packed.CheckKey(TimeRule.Choose(records, Now, Closing));
            return;
        }

        var at = AnchoredAt is { } anchored ? $"anchored {Day(anchored)}" : "";
        switch (TimeRule.JudgeKey(records, AnchoredAt, Closing))
        {
            case KeyRuling.Unknown when !IsLedgerFresh:
                Sheet.Skip(CheckName.IssuerKey, "the copy of the register is too old to know the key");
                break;
            case KeyRuling.Unknown:
                Sheet.Fail(CheckName.IssuerKey, ReasonCode.KeyNotValidThen, "the register does not know this key as the issuer's");
                break;
            case KeyRuling.NotAnchored:
                Sheet.Skip(CheckName.IssuerKey, "no anchor time to judge the key by");
                Sheet.Skip(CheckName.RecordedInTime, "no anchor time");
                break;
            case KeyRuling.NotYet(var key):
                Sheet.Fail(CheckName.IssuerKey, ReasonCode.KeyNotValidThen, $"{at}, key in force since {Day(key.From)}");
                break;
            case KeyRuling.Stolen or KeyRuling.Retired when IsLate:
                Sheet.Skip(CheckName.IssuerKey, $"{at} at the latest, after the key had ended; whether before is not proven", ReasonCode.NotAnchored);
                break;
            case KeyRuling.Stolen(var key):
                Sheet.Fail(CheckName.IssuerKey, ReasonCode.KeyNotValidThen, $"{at}, key compromised since {Day(key.EndedAt!.Value)}");
                break;
            case KeyRuling.Retired(var key):
                Sheet.Skip(CheckName.IssuerKey, $"the key was retired on {Day(key.EndedAt!.Value)}");
                Sheet.Fail(CheckName.RecordedInTime, ReasonCode.AnchoredTooLate, $"{at}, after the key was retired");
                break;
            case KeyRuling.Good(var key):
                Sheet.Pass(CheckName.IssuerKey, $"in force on {Day(AnchoredAt!.Value)}");
                Sheet.Pass(CheckName.RecordedInTime, key.EndedAt is { } later ? $"anchored before the key ended on {Day(later)}" : "the key is still in force");
                break;
        }
    }

    /// <summary>What the certificate of a registered key must say besides: <see cref="LeafRule"/>. It only takes away from what <see cref="CheckKey"/> found.</summary>
    public void CheckLeaf(Leaf leaf, string? iss)
    {
        if (Issuer is null || Sheet.All[(int)CheckName.IssuerKey].Reason is not null) return;
        var at = AnchoredAt ?? _packed?.Last ?? Now;
        if (LeafRule.FaultOf(leaf, iss, at) is not { } fault) return;
        // That it ran out since accuses nobody while it is not known when the credential was recorded.
        if (AnchoredAt is null && at > leaf.NotAfter && LeafRule.IsFor(leaf, iss)) Sheet.Skip(CheckName.IssuerKey, $"{fault}, and when it was recorded is not known", ReasonCode.NotAnchored);
        else Sheet.Fail(CheckName.IssuerKey, ReasonCode.KeyNotValidThen, fault);
    }

    /// <summary>Whether the issuer was entitled to what was shown: <see cref="TimeRule.JudgeEntitlement"/>.</summary>
    public void CheckAccreditation()
    {
        if (Issuer is null || Type is null)
        {
            Sheet.Skip(CheckName.Accreditation, Issuer is null ? "the issuer is not known" : "the type is not known");
            return;
        }

        var (chains, facts) = (Trust.Chains(Issuer.Id), ScopeFacts());
        var id = TrustViews.OriginalOf(facts);
        var (original, closed) = id is null ? (null, null) : (Trust.FindOrganisation(id), Trust.Closing(id));
        Entitlement = _packed is not null
            ? _packed.CheckReissue(_packed.CheckAccreditation(chains, facts), facts, original, closed)
            : TimeRule.JudgeReissue(TimeRule.JudgeEntitlement(chains, facts, AnchoredAt, Closing, IsLedgerFresh), facts, Issuer.Id, closed, AnchoredAt);
        if (facts.OnBehalfOf is { } place && Entitlement is not EntitlementRuling.CannotTell)
            Reissued = new ReissuedFacts(place, original?.Name, closed?.ClosedAt, Entitlement is EntitlementRuling.Entitled);
        switch (Entitlement)
        {
            case EntitlementRuling.Entitled(var chain, _):
                Sheet.Pass(CheckName.Accreditation, $"{chain.Names()}, in force on {Day(AnchoredAt ?? _packed!.Last)}");
                break;
            case EntitlementRuling.Not { Gap.Reason: GapReason.Over or GapReason.Withdrawn or GapReason.Closed } when IsLate:
                Sheet.Skip(CheckName.Accreditation, "recorded after the accreditation had ended, or before; which, is not proven", ReasonCode.NotAnchored);
                break;
            case EntitlementRuling.Not not:
                Sheet.Fail(CheckName.Accreditation, ReasonCode.IssuerNotEntitled, GapText.Of(not));
                break;
            case EntitlementRuling.CannotTell(var why) when _packed is null:
                Sheet.Skip(CheckName.Accreditation, why);
                break;
        }
    }

    /// <summary>
    /// Whether an organisation that has registered the signing key is entitled to what was shown, at the time its logs prove, else now. Its closing is left out: else what a
    /// closed organisation issued went to whoever registered its key, too.
    /// </summary>
    public bool IsEntitled(byte[] organisation) =>
        Type is not null && TimeRule.JudgeEntitlement(Trust.Chains(organisation), ScopeFacts(), AnchorOf(organisation)?.AnchoredAt ?? Now, closing: null, registerIsFresh: true) is EntitlementRuling.Entitled;

    /// <summary>Nobody was asked to prove anything.</summary>
    public void NoBindingAsked()
    {
        foreach (var name in new[] { CheckName.Audience, CheckName.Freshness, CheckName.Holder }) Sheet.Skip(name, "nobody was asked to prove that they hold it");
    }

    /// <summary>A bearer document: nobody can be asked to prove anything.</summary>
    public void IsPaper()
    {
        Binding = BindingLevel.Paper;
        foreach (var name in new[] { CheckName.Audience, CheckName.Freshness, CheckName.Holder }) Sheet.Skip(name, "paper: whoever carries it can show it");
    }

    /// <summary>The holder's proof failed; whatever it failed by, nothing shows now that the person who presents holds the key.</summary>
    public void BindingFailed(ReasonCode reason, string evidence)
    {
        Sheet.Fail(CheckName.Holder, ReasonCode.HolderNotProven, evidence);
        if (reason == ReasonCode.WrongAudience) Sheet.Fail(CheckName.Audience, reason, evidence);
        if (reason == ReasonCode.Replayed) Sheet.Fail(CheckName.Freshness, reason, evidence);
    }

    /// <summary>The holder's proof holds.</summary>
    public void BindingHolds(BindingLevel level, string evidence, string holderThumbprint)
    {
        Binding = level;
        Sheet.Pass(CheckName.Audience, evidence);
        Sheet.Pass(CheckName.Freshness, evidence);
        Sheet.Pass(CheckName.Holder, "signature of the credential's holder key");
        Facts = Facts with { HolderThumbprint = holderThumbprint };
    }

    /// <summary>Whether what was shown is what was asked.</summary>
    public void CheckAsks(PresentedCredential shown, AskResult? own)
    {
        var results = new List<AskResult>();
        if (own is not null) results.Add(own);
        if (Expectations.Asks is { } found) results.Add(found);
        if (Expectations.Asked is { } asked)
        {
            // Whether the holder is proven is a check of its own, with words of its own.
            var met = DcqlCheck.Answers(asked, shown with { HolderProven = true }, out var why);
            results.Add(new AskResult(met, met ? "answers the query" : $"query not met: {why}"));
        }

        if (results.Find(r => !r.Met) is { } failed) Sheet.Fail(CheckName.Asks, ReasonCode.AsksNotMet, failed.Evidence);
        else if (results.Count > 0) Sheet.Pass(CheckName.Asks, results[^1].Evidence);
        else Sheet.Skip(CheckName.Asks, "nothing was asked");
    }

    /// <summary>Whether today lies between the first and the last day.</summary>
    public void CheckDates(DateTimeOffset? notBefore, DateTimeOffset? expires)
    {
        if (expires is { } end && Now - Policy.Skew >= end) Sheet.Fail(CheckName.Validity, ReasonCode.Expired, $"valid until {Day(end)}");
        else if (notBefore is { } start && Now + Policy.Skew < start) Sheet.Fail(CheckName.Validity, ReasonCode.NotYetValid, $"valid from {Day(start)}");
        else Sheet.Pass(CheckName.Validity, expires is { } last ? $"valid until {Day(last)}" : "no last day");
    }

    /// <summary>The credential's entry in its issuer's status list.</summary>
    public void CheckStatus(StatusList.StatusReference? reference)
    {
        if (reference is null)
        {
            Sheet.Skip(CheckName.Status, "it names no status list");
            return;
        }

        Facts = Facts with { StatusUri = reference.Uri };
        if (Issuer is null || !Sheet.Passed(CheckName.Signature)) Sheet.Skip(CheckName.Status, "not asked about what is not shown to be the issuer's");
        else StatusAge = _packed is null ? StatusCheck.Run(this, reference) : _packed.CheckStatus(reference);
    }

    /// <summary>The same where nothing else is looked at: the caller knows that the credential is the issuer's.</summary>
    public void CheckStatusAlone(StatusList.StatusReference reference) => StatusAge = _packed is null ? StatusCheck.Run(this, reference) : _packed.CheckStatus(reference);

    public static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    public static string Text(FormattableString text) => FormattableString.Invariant(text);

    private ClosingFacts? ClosingFacts() => Closing is { } closing
        ? new ClosingFacts(closing.ClosedAt, closing.Depositary?.Name, closing.Depositary?.Contact, closing.AcceptedAt, FinalAsOf)
        : null;

    // What was not signed says nothing of what was issued.
    private ScopeFacts ScopeFacts() => Sheet.Passed(CheckName.Signature) ? Accreditation.ScopeFacts.Of(Type!, Claims, namesPlace: true) : Accreditation.ScopeFacts.Of(Type!, []);

    private AnchorEvidence? AnchorOf(byte[] organisation) => _packed is null ? Trust.FindAnchor(_entry!, organisation) : null;

    /// <summary>Finds the entry; only a log that the issuer records in, without alarm, whose root equals the contract's vouches for anything.</summary>
    private void FindAnchor()
    {
        if (_packed is not null || _entry is null) return;
        if (Trust.FindEntry(_entry, Issuer?.Id) is not { } anchor)
        {
            Sheet.Skip(CheckName.Ledger, IsLedgerFresh ? "no log on the ledger holds it" : "the copy of the ledger is too old to look in", IsLedgerFresh ? ReasonCode.NotAnchored : null);
            return;
        }

        Ledger = new LedgerEvidence(_entry, anchor);
        if (!anchor.Trusted) Sheet.Skip(CheckName.Ledger, $"the log {anchor.Log} is in alarm", ReasonCode.NotAnchored);
        else if (anchor.Witnesses is { IsEnough: false } few) Sheet.Skip(CheckName.Ledger, Text($"in the log {anchor.Log}, of whose checkpoints {few.Count} of the {few.Required} witnesses asked for have cosigned one that holds it"), ReasonCode.NotAnchored);
        else if (anchor.AnchoredAt is not { } at) Sheet.Skip(CheckName.Ledger, $"in the log {anchor.Log}, not yet on the chain", ReasonCode.NotAnchored);
        else if (!anchor.RootMatchesContract) Sheet.Skip(CheckName.Ledger, $"the root of {anchor.Log} is not the contract's", ReasonCode.NotAnchored);
        else if (Issuer is not null && !Trust.UsesLog(Issuer.Id, anchor.Log, at)) Sheet.Skip(CheckName.Ledger, $"the issuer had not said by {Day(at)} that it records in {anchor.Log}", ReasonCode.NotAnchored);
        else
        {
            AnchoredAt = at;
            Sheet.Pass(CheckName.Ledger, Text($"entry {anchor.Index} of {anchor.Log}, anchored {Day(at)} in block {anchor.Block}"));
        }
    }

    private bool CheckLedgerAge()
    {
        if (Trust.Archive(null) is { } archive)
        {
            Sheet.Pass(CheckName.DataAge, $"an archive, up to {Day(archive.AsOf)}; its age is not counted");
            return true;
        }

        var age = Now - Trust.State.HeadTime;
        var fresh = Policy.IsFresh(age);
        if (fresh) Sheet.Pass(CheckName.DataAge, Text($"ledger read {(long)age!.Value.TotalSeconds} s ago"));
        else if (age is null) Sheet.Skip(CheckName.DataAge, "there is no copy of the ledger", ReasonCode.StaleData);
        else if (age < TimeSpan.Zero) Sheet.Skip(CheckName.DataAge, "the copy of the ledger is from the future: a clock is wrong", ReasonCode.StaleData);
        else Sheet.Skip(CheckName.DataAge, Text($"ledger read {(long)age.Value.TotalSeconds} s ago"), ReasonCode.StaleData);
        return fresh;
    }
}
