using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Credentials.Verdicts;
using Identity.Hosting;
using Identity.Verifier.Results;
using Identity.Verifier.Trust;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Verifier.Check;

/// <summary>What is asked about an issuer. Other members are refused.</summary>
/// <param name="Issuer">The issuer identifier, as registered.</param>
/// <param name="Key">Thumbprint of a signing key (RFC 7638, base64url); left out, only the right to issue is judged.</param>
/// <param name="Type">The <c>vct</c> or the short name of the type.</param>
/// <param name="Claims">Claims as a credential of the type states them; those that no accreditation can limit are passed over, and what is left out counts as not shown.</param>
/// <param name="AnchoredAt">When it was anchored: RFC 3339 in UTC, to the second, not in the future.</param>
/// <param name="Entry">Instead of the time the entry (32 bytes, hexadecimal), to be looked for in the logs that the issuer records in. With neither it is not anchored.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TimeRuleBody(string? Issuer, string? Key, string? Type, JsonObject? Claims, string? AnchoredAt, string? Entry);

/// <summary>How the time rule judges a key, in its own words.</summary>
public enum KeyRulingName
{
    /// <summary>In force then.</summary>
    Good,
    /// <summary>In force only later.</summary>
    NotYet,
    /// <summary>In foreign hands then.</summary>
    Stolen,
    /// <summary>Retired by then.</summary>
    Retired,
    /// <summary>When it was recorded is not known.</summary>
    NotAnchored,
    /// <summary>Not registered for the issuer.</summary>
    Unknown,
    /// <summary>The copy of the register is too old to tell.</summary>
    CannotTell,
}

/// <summary>How the time rule judges the right to issue.</summary>
public enum EntitlementRulingName
{
    /// <summary>Every link of a chain held and covers it.</summary>
    Entitled,
    /// <summary>No chain does.</summary>
    Not,
    /// <summary>It depends on when it was recorded, or on a newer copy of the register.</summary>
    CannotTell,
}

/// <summary>The key as it stood then.</summary>
/// <param name="Ruling">In one word.</param>
/// <param name="From">In force since; absent where the key is unknown.</param>
/// <param name="EndedAt">Not in force from then on, be it by its own end or by the issuer's closing.</param>
/// <param name="EndReason">Why it ended.</param>
public sealed record KeyRulingView(KeyRulingName Ruling, DateTime? From, DateTime? EndedAt, KeyEndReason? EndReason);

/// <summary>The right to issue as it stood then.</summary>
/// <param name="Ruling">In one word.</param>
/// <param name="Chain">The root authority first, the issuer last; empty where there is none, and where it cannot be told.</param>
/// <param name="NotShown">What a link limits and the claims do not state.</param>
/// <param name="Failure">Which link does not hold, and how.</param>
public sealed record EntitlementRulingView(EntitlementRulingName Ruling, IReadOnlyList<LinkOfChainView> Chain, IReadOnlyList<GapReason> NotShown, FailureView? Failure);

/// <summary>The time rule's answer.</summary>
/// <param name="Key">Absent where none was asked about, or the issuer is not known.</param>
/// <param name="Entitlement">Absent where the issuer is not known.</param>
/// <param name="Reason">
/// The leading reason of both, or <c>valid</c>; <c>issuer_unknown</c> where the register has no such issuer; <c>stale_data</c> where the copy of the register is too old to say so, or for a theft or a withdrawal
/// that may have been reported since to be in it.
/// </param>
/// <param name="AnchoredAt">The time that was judged by; absent where it is not anchored.</param>
/// <param name="LedgerAge">Seconds since the register was read; absent where it never was.</param>
public sealed record TimeRuleView(KeyRulingView? Key, EntitlementRulingView? Entitlement, ReasonCode Reason, DateTime? AnchoredAt, long? LedgerAge);

/// <summary>
/// Answers by the time rule alone (<see cref="TimeRule"/>): was this key in force then, and was its owner entitled to this? For whoever has a credential of another kind, or asks before issuing.
/// No credential takes part, so nothing here is a verdict on one.
/// </summary>
public static class JudgeByTime
{
    /// <summary>Maps <c>POST /api/time-rule</c>.</summary>
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/api/time-rule", Handle).RequireRateLimiting(Limits.Work).WithMetadata(new BodyLimit(16 * 1024))
            .WithName("JudgeByTime").WithTags("Check").WithSummary("Judges an issuer's key and right to issue as of the time of anchoring.")
            .ProducesProblem(400).ProducesProblem(413).ProducesProblem(429);

    private static Results<Ok<TimeRuleView>, ProblemHttpResult> Handle(TimeRuleBody body, TrustView trust, VerdictPolicy policy, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        if (body.Issuer is not { Length: > 0 and <= 2_000 } issuer) return Refused("issuer: the issuer identifier as registered, 1 to 2000 characters.");
        if (TypeDefinition.Find(body.Type) is not { } type) return Refused("type: the vct or the short name of a known type.");
        byte[]? thumbprint = null;
        if (body.Key is not null && !(Base64Url.TryDecode(body.Key, out thumbprint) && thumbprint.Length == 32)) return Refused("key: the thumbprint of a key (RFC 7638) in base64url, 32 bytes.");
        if (ClaimFault(type, body.Claims) is { } fault) return Refused(fault);
        if (body is { AnchoredAt: not null, Entry: not null }) return Refused("Give anchoredAt or entry, not both.");
        DateTimeOffset? at = null;
        if (body.AnchoredAt is not null)
        {
            if (Time(body.AnchoredAt) is not { } stated || stated > now + policy.Skew) return Refused("anchoredAt: RFC 3339 in UTC to the second, as in 2026-11-20T10:17:33Z, and not in the future.");
            at = stated;
        }
        if (body.Entry is not null && !(body.Entry.Length == 64 && body.Entry.All(char.IsAsciiHexDigitLower))) return Refused("entry: 32 bytes in lower-case hexadecimal.");

        var age = now - trust.State.HeadTime;
        var fresh = policy.IsFresh(age) || trust.Archive(null) is not null;
        if (trust.FindOrganisationByIssuer(issuer) is not { } organisation)
            return TypedResults.Ok(new TimeRuleView(null, null, fresh ? ReasonCode.IssuerUnknown : ReasonCode.StaleData, Utc.Seconds(at), Seconds(age)));

        if (body.Entry is not null) at = trust.FindAnchor(Convert.FromHexString(body.Entry), organisation.Id)?.AnchoredAt;
        var closing = trust.Closing(organisation.Id);
        var key = thumbprint is null ? null : TimeRule.JudgeKey([.. trust.FindKeys(thumbprint).Where(found => found.Organisation.AsSpan().SequenceEqual(organisation.Id))], at, closing);
        var facts = ScopeFacts.Of(type, body.Claims ?? []);
        var original = TrustViews.OriginalOf(facts) is { } id ? trust.Closing(id) : null;
        var entitlement = TimeRule.JudgeReissue(TimeRule.JudgeEntitlement(trust.Chains(organisation.Id), facts, at, closing, fresh), facts, organisation.Id, original, at);
        // What the register says in favour, a newer copy may take back. What it says against stays, unless it ends before the time asked about: then a key or a right may have come since.
        var reaches = at is null || at <= trust.State.HeadTime + policy.Skew;
        var keyIsOpen = key is KeyRuling.Good && !(fresh && reaches) || key is KeyRuling.Unknown && !reaches;
        var rightIsOpen = entitlement is EntitlementRuling.Entitled && !(fresh && reaches) || entitlement is EntitlementRuling.Not && !reaches;
        if (rightIsOpen) entitlement = new EntitlementRuling.CannotTell("the copy of the register is too old");
        var reason = key is not null && !keyIsOpen ? TimeRule.Combine(key, entitlement) : entitlement.Reason ?? (at is null ? ReasonCode.NotAnchored : ReasonCode.Valid);
        if (reason is ReasonCode.Valid && (keyIsOpen || rightIsOpen)) reason = ReasonCode.StaleData;
        return TypedResults.Ok(new TimeRuleView(key is null ? null : View(key, keyIsOpen), View(entitlement, organisation), reason, Utc.Seconds(at), Seconds(age)));
    }

    private static KeyRulingView View(KeyRuling ruling, bool isOpen)
    {
        var (name, key) = ruling switch
        {
            KeyRuling.Good(var good) => (KeyRulingName.Good, good),
            KeyRuling.NotYet(var later) => (KeyRulingName.NotYet, later),
            KeyRuling.Stolen(var stolen) => (KeyRulingName.Stolen, stolen),
            KeyRuling.Retired(var retired) => (KeyRulingName.Retired, retired),
            KeyRuling.NotAnchored(var open) => (KeyRulingName.NotAnchored, open),
            _ => (KeyRulingName.Unknown, (KeyRecord?)null),
        };
        return new KeyRulingView(isOpen ? KeyRulingName.CannotTell : name, Utc.Seconds(key?.From), Utc.Seconds(key?.EndedAt), key?.Reason);
    }

    private static EntitlementRulingView View(EntitlementRuling ruling, OrganisationRecord issuer) => EntitlementView.Of(ruling, issuer.Name) is { } told
        ? new EntitlementRulingView(told.Entitled ? EntitlementRulingName.Entitled : EntitlementRulingName.Not, told.Chain, told.NotShown, told.Failure)
        : new EntitlementRulingView(EntitlementRulingName.CannotTell, [], [], null);

    // A claim that nobody knows would be passed over as if no accreditation limited it.
    private static string? ClaimFault(TypeDefinition type, JsonObject? claims)
    {
        foreach (var (name, value) in claims ?? [])
        {
            if (type.Claim(name) is null) return $"claims: the type {type.Name} has no claim of one of these names.";
            if (type.Scope.ContainsKey(name) && value?.GetValueKind() is not (JsonValueKind.String or JsonValueKind.Number)) return "claims: a level, code or country is a text or a number.";
        }
        return null;
    }

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static long? Seconds(TimeSpan? age) => age is { } known ? (long)known.TotalSeconds : null;

    private static ProblemHttpResult Refused(string why) => TypedResults.Problem(why, statusCode: 400, title: "Nothing to judge");
}
