using System.Text.Json.Nodes;

namespace Identity.Credentials.Verdicts;

/// <summary>What a verifier is told in one word.</summary>
public enum Outcome
{
    /// <summary>Everything that could be checked holds.</summary>
    Valid,

    /// <summary>Something fails for certain; the reason says whether the credential is false or genuine but ended.</summary>
    NotValid,

    /// <summary>The data at hand do not decide it; never an accusation.</summary>
    CannotTell,
}

/// <summary>The leading reason, in order of precedence: the first that applies leads.</summary>
public enum ReasonCode
{
    /// <summary>Not a credential of a known form.</summary>
    Malformed,

    /// <summary>A form, type or algorithm this version does not know.</summary>
    Unsupported,

    /// <summary>Signature, disclosure or root does not fit.</summary>
    Altered,

    /// <summary>Nobody in the register signs with this key or under this name.</summary>
    IssuerUnknown,

    /// <summary>The issuer's key was not in force, or was known stolen, when the credential was recorded; or it is not the issuer's.</summary>
    KeyNotValidThen,

    /// <summary>The issuer was not accredited for this type when the credential was recorded.</summary>
    IssuerNotEntitled,

    /// <summary>The holder's proof was made for somebody else.</summary>
    WrongAudience,

    /// <summary>The holder's proof answers another question or an old one.</summary>
    Replayed,

    /// <summary>Nothing shows that the person who presents is the holder.</summary>
    HolderNotProven,

    /// <summary>What was shown is not what was asked.</summary>
    AsksNotMet,

    /// <summary>Genuine, but withdrawn by the issuer.</summary>
    Revoked,

    /// <summary>Genuine, but paused by the issuer.</summary>
    Suspended,

    /// <summary>Genuine, but past its last day.</summary>
    Expired,

    /// <summary>Genuine, but before its first day.</summary>
    NotYetValid,

    /// <summary>Recorded only after the issuer's key had been retired, so that it cannot have been signed in time.</summary>
    AnchoredTooLate,

    /// <summary>The ledger does not vouch for it (yet).</summary>
    NotAnchored,

    /// <summary>Ledger or status data are missing or too old.</summary>
    StaleData,

    /// <summary>No objection.</summary>
    Valid,
}

/// <summary>How a check ended.</summary>
public enum CheckResult
{
    /// <summary>Looked at and right.</summary>
    Passed,

    /// <summary>Looked at and wrong.</summary>
    Failed,

    /// <summary>Could not be, or need not be, looked at.</summary>
    NotChecked,
}

/// <summary>Everything that is looked at, in the order it is shown.</summary>
public enum CheckName
{
    /// <summary>It can be read as a credential.</summary>
    Format,

    /// <summary>Its type is one we know.</summary>
    Type,

    /// <summary>The issuer's signature and every disclosed claim fit.</summary>
    Signature,

    /// <summary>The issuer is in the register.</summary>
    Issuer,

    /// <summary>The issuer's key was in force when the credential was recorded.</summary>
    IssuerKey,

    /// <summary>The issuer was accredited for the type when the credential was recorded.</summary>
    Accreditation,

    /// <summary>The proof was made for this verifier.</summary>
    Audience,

    /// <summary>The proof answers this question, now.</summary>
    Freshness,

    /// <summary>The person who presents holds the credential's key.</summary>
    Holder,

    /// <summary>What was shown is what was asked.</summary>
    Asks,

    /// <summary>The issuer has neither revoked nor suspended it.</summary>
    Status,

    /// <summary>The day lies between its first and its last.</summary>
    Validity,

    /// <summary>It is in a log whose root is on the ledger.</summary>
    Ledger,

    /// <summary>It was recorded while the issuer's key was in use.</summary>
    RecordedInTime,

    /// <summary>Ledger and status data are recent enough.</summary>
    DataAge,
}

/// <summary>How strongly the credential is tied to the person who shows it.</summary>
public enum BindingLevel
{
    /// <summary>Answer to a challenge shown face to face.</summary>
    Challenge,

    /// <summary>Key binding to this verifier's request, online.</summary>
    OnlineKeyBinding,

    /// <summary>A file: nobody was asked to prove anything.</summary>
    None,

    /// <summary>A QR code redrawn with the time.</summary>
    Rolling,

    /// <summary>A bearer document.</summary>
    Paper,
}

/// <summary>One check with what it rests on.</summary>
/// <param name="Name">Which.</param>
/// <param name="Result">How it ended.</param>
/// <param name="Evidence">Facts in a short technical line, English, without personal data.</param>
/// <param name="Reason">What this check contributes to the leading reason; null when it has no objection.</param>
public sealed record Check(CheckName Name, CheckResult Result, string Evidence, ReasonCode? Reason = null);

/// <summary>How old the local data were; null where there were none.</summary>
public sealed record DataAge(TimeSpan? Ledger, TimeSpan? Status);

/// <summary>When a code that is redrawn with the time was drawn.</summary>
/// <param name="Age">Seconds since; below zero where the phone's clock is ahead of ours.</param>
/// <param name="ClockUnsure">Whether the phone says that its clock may be wrong.</param>
public sealed record RollingFacts(long Age, bool ClockUnsure);

/// <summary>The issuer as registered.</summary>
public sealed record IssuerFacts(string Name, string Country, bool Demonstration, string Issuer, string? Contact);

/// <summary>What the credential says of itself, claims aside.</summary>
/// <param name="Type">The vct.</param>
/// <param name="Format"><c>dc+sd-jwt</c>, <c>identity-compact</c> or <c>identity-compact-paper</c>.</param>
/// <param name="Issuer">Null while the issuer is not in the register.</param>
/// <param name="StatedIssuer">The <c>iss</c> as written in the credential; null for compact proofs, which name a key.</param>
/// <param name="ValidFrom">Not before.</param>
/// <param name="ValidUntil">Expiry.</param>
/// <param name="IssuedAt">As stated by the issuer, rounded.</param>
/// <param name="StatusUri">Where its status list is published; null while unknown.</param>
/// <param name="HolderThumbprint">Thumbprint of the key that answered; null unless the holder was proven.</param>
public sealed record CredentialFacts(
    string? Type,
    string? Format,
    IssuerFacts? Issuer,
    string? StatedIssuer,
    DateTimeOffset? ValidFrom,
    DateTimeOffset? ValidUntil,
    DateTimeOffset? IssuedAt,
    string? StatusUri,
    string? HolderThumbprint);

/// <summary>How the issuer was closed.</summary>
/// <param name="At">When.</param>
/// <param name="Depositary">Name of whoever takes over; null where nobody was named.</param>
/// <param name="Contact">Where to ask there, if registered.</param>
/// <param name="AcceptedAt">When it accepted; null while it has not.</param>
/// <param name="AsOf">Set where the status rests on the issuer's final list, which counts for ever: the day of that list.</param>
public sealed record ClosingFacts(DateTimeOffset At, string? Depositary, string? Contact, DateTimeOffset? AcceptedAt, DateTimeOffset? AsOf);

/// <summary>The credential says that it was issued in the place of an organisation that was closed.</summary>
/// <param name="Original">Whose, as the credential states it: the organisation's id in hexadecimal.</param>
/// <param name="Name">As registered; null where the register has none of this id.</param>
/// <param name="ClosedAt">When it was closed; null while it is not.</param>
/// <param name="Entitled">Whether the issuer is its depositary, has accepted, and is accredited to issue in its place.</param>
public sealed record ReissuedFacts(string Original, string? Name, DateTimeOffset? ClosedAt, bool Entitled);

/// <summary>The place of the credential on the ledger.</summary>
public sealed record LedgerEvidence(byte[] Entry, AnchorEvidence Anchor);

/// <summary>The answer: the same record in the library, the API, the command line and on the page.</summary>
/// <param name="Outcome">One of three.</param>
/// <param name="Reason">The leading reason.</param>
/// <param name="Checks">Every check, in display order.</param>
/// <param name="Binding">How strongly it is tied to the person who shows it.</param>
/// <param name="DataAge">How old the local data were.</param>
/// <param name="Claims">Disclosed claims by name; empty unless the issuer's signature held.</param>
/// <param name="Facts">Type, issuer, dates.</param>
/// <param name="Ledger">Place on the ledger; null when it is not found there.</param>
/// <param name="Compare">Names of disclosed claims the verifier should compare with the person or their document.</param>
/// <param name="Rolling">When it was drawn, for a code that is redrawn with the time and was shown to a camera; else null.</param>
/// <param name="Entitlement">Who entitled the issuer; null where issuer or type is not known.</param>
/// <param name="Closing">How the issuer was closed; null while it is not, or is not known.</param>
/// <param name="Reissued">In whose place it says it was issued; null where it says nothing of it, and where it cannot be told who issued it.</param>
/// <param name="Archive">Set where it was judged by an archive: as of when.</param>
public sealed record Verdict(
    Outcome Outcome,
    ReasonCode Reason,
    IReadOnlyList<Check> Checks,
    BindingLevel Binding,
    DataAge DataAge,
    JsonObject Claims,
    CredentialFacts Facts,
    LedgerEvidence? Ledger,
    IReadOnlyList<string> Compare,
    RollingFacts? Rolling = null,
    EntitlementRuling? Entitlement = null,
    ClosingFacts? Closing = null,
    ReissuedFacts? Reissued = null,
    ArchiveFacts? Archive = null);
