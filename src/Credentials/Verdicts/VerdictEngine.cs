using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.StatusList;

namespace Identity.Credentials.Verdicts;

/// <summary>Judges a presentation from local data: no network, no clock of its own, no memory of earlier ones.</summary>
public static class VerdictEngine
{
    /// <summary>Judges a text: <c>IDP:…</c>, <c>IDD:…</c> or an SD-JWT VC. Never throws for what the text holds.</summary>
    /// <param name="presented">As received.</param>
    /// <param name="expectations">What was asked.</param>
    /// <param name="trust">Register, logs, status lists.</param>
    /// <param name="now">Now.</param>
    /// <param name="policy">How strict; null for the defaults.</param>
    /// <param name="publishedKeys">Keys that the stated issuer publishes itself, where the caller fetched them; they can show a credential to be altered, never to be entitled.</param>
    public static Verdict Check(
        string presented, Expectations expectations, ITrustView trust, DateTimeOffset now, VerdictPolicy? policy = null, IReadOnlyList<Jwk>? publishedKeys = null)
    {
        if (CompactVerifier.IsCompact(presented))
        {
            return CompactVerifier.TryRead(presented, out var form, out var why)
                ? Check(form, expectations, trust, now, policy)
                : Unreadable(why == "compact_version" ? ReasonCode.Unsupported : ReasonCode.Malformed, why, expectations, trust, now, policy);
        }

        return SdJwtDocument.TryParse(presented, out var document, out var reason)
            ? Check(document, expectations, trust, now, policy, publishedKeys)
            : Unreadable(ReasonCode.Malformed, reason, expectations, trust, now, policy);
    }

    /// <summary>Judges an SD-JWT VC.</summary>
    public static Verdict Check(
        SdJwtDocument presented, Expectations expectations, ITrustView trust, DateTimeOffset now, VerdictPolicy? policy = null, IReadOnlyList<Jwk>? publishedKeys = null) =>
        new SdJwtExamination(presented, publishedKeys ?? [], new Examination(expectations, trust, now, policy ?? new VerdictPolicy())).Run();

    /// <summary>Judges a compact proof or a paper.</summary>
    public static Verdict Check(ICompactForm presented, Expectations expectations, ITrustView trust, DateTimeOffset now, VerdictPolicy? policy = null) =>
        new CompactExamination(presented, new Examination(expectations, trust, now, policy ?? new VerdictPolicy())).Run();

    /// <summary>
    /// Looks at the status alone, some time after a credential was found genuine. Valid means in force; revoked and suspended are what they are; every other reason
    /// keeps us from telling. What else may have changed since, such as a key that turned out to be stolen, is not looked at.
    /// </summary>
    public static Verdict CheckStatus(OrganisationRecord issuer, StatusReference reference, ITrustView trust, DateTimeOffset now, VerdictPolicy? policy = null)
    {
        var examination = new Examination(new Expectations.File(), trust, now, policy ?? new VerdictPolicy());
        examination.SetIssuer(issuer, "");
        examination.CheckStatusAlone(reference);
        return examination.Close();
    }

    private static Verdict Unreadable(ReasonCode reason, string why, Expectations expectations, ITrustView trust, DateTimeOffset now, VerdictPolicy? policy)
    {
        var examination = new Examination(expectations, trust, now, policy ?? new VerdictPolicy());
        examination.Sheet.Fail(CheckName.Format, reason, why);
        return examination.Close();
    }
}
