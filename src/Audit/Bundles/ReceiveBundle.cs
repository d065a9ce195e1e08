using System.Security.Cryptography;
using System.Text;
using Identity.Audit.Data;
using Identity.Audit.Keys;
using Identity.Credentials.Contracts;
using Identity.Credentials.Jose;
using Microsoft.EntityFrameworkCore;

namespace Identity.Audit.Bundles;

/// <summary>
/// Takes a bundle for an engagement. It is opened once here, so that only what its owner's keys consent to is kept; stored is the encrypted form.
/// Whether the ledger agrees is shown to the auditor, not judged here.
/// </summary>
internal sealed class ReceiveBundle(AuditDb db, AuditSettings settings, EngagementKeys keys, TimeProvider clock)
{
    /// <summary>Most bundles of an engagement: anybody with its link can send one.</summary>
    public const int Most = 5000;

    /// <summary>Longest JWE in characters.</summary>
    public const int MaxLength = 100_000;

    /// <summary>Null where the bundle was taken, or had been before.</summary>
    public async Task<Refusal?> RunAsync(string slug, string id, string jwe, string withdrawal, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (settings.FindEngagement(slug) is not { } engagement) return Refusal.EngagementUnknown;
        if (engagement.Until <= now) return Refusal.EngagementOver;
        if (!Base64Url.TryDecode(withdrawal, out var tokenHash) || tokenHash.Length != 32) return new(400, "malformed", "The hash of the token is not 32 bytes in base64url.");
        if (jwe.Length > MaxLength) return new(413, "too_large", "The bundle is too large.");
        if (!keys.TryOpen(engagement, jwe, out var content)) return new(400, "not_encrypted_to_us", "The bundle cannot be opened with this engagement's key.");
        if (!ContractBundle.TryRead(content, out var bundle, out var reason)) return new(400, reason, "The bundle is not of the form that this service reads.");
        if (!bundle.TryVerifyConsent(settings.AddressOf(engagement), keys.Public(engagement).Kid!, out var consent, out reason)) return new(400, reason, "The consent does not fit these records and this engagement.");
        if (consent.Bundle != id) return new(400, "consent_differs", "The consent is for another bundle.");
        if (consent.Until <= now || consent.Until > engagement.Until) return new(400, "consent_time", "The consent is over, or longer than the engagement.");
        if (bundle.Records.Any(r => !engagement.Sites.Contains(r.Record.Site))) return new(400, "other_site", "A record is of a workplace that this engagement is not about.");
        if (await db.Bundles.CountAsync(b => b.Engagement == slug, ct) >= Most) return new(503, "engagement_full", "This engagement takes no more bundles. Speak to the auditor.");

        if (await db.Bundles.AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, ct) is { } before)
            return before.TokenHash.AsSpan().SequenceEqual(tokenHash) && before.Engagement == slug ? null : new(409, "bundle_known", "There is a bundle of this number.");
        db.Bundles.Add(new BundleRow
        {
            Id = id, Engagement = slug, Jwe = jwe, TokenHash = tokenHash, Until = consent.Until,
            ReceivedOn = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero), // the day is enough
        });
        await db.SaveChangesAsync(ct);
        return null;
    }

    /// <summary>The bundle that this token belongs to, or null.</summary>
    public static async Task<BundleRow?> FindByTokenAsync(AuditDb db, string id, string token, CancellationToken ct)
    {
        if (token.Length > 64 || await db.Bundles.SingleOrDefaultAsync(b => b.Id == id, ct) is not { } bundle) return null;
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token)), bundle.TokenHash) ? bundle : null;
    }
}
