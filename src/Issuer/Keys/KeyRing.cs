using System.Collections.Concurrent;
using Identity.Credentials.Jose;
using Identity.Issuer.Closing;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Keys;

/// <summary>
/// Says which key signs now. The database decides, asked anew inside each signing transaction, so that any number of copies of this
/// service change keys at the same moment; the private keys come from the folder and are kept in memory.
/// </summary>
/// <param name="folder">The private keys.</param>
/// <param name="clock">Certificates are judged by it.</param>
/// <param name="waitsForLedger">An organisation's first key signs once it stands on the ledger, as every later one does: what is anchored before the ledger knows key and log stays without value for ever. False where people only play, perhaps without a ledger.</param>
public sealed class KeyRing(KeyFolder folder, TimeProvider clock, bool waitsForLedger)
{
    private const string Replacing = "The issuer is replacing its signing key. Try again in a few minutes; nothing is lost.";

    /// <summary>What is said while <see cref="IsNewAsync"/>.</summary>
    internal const string NotKnownYet = "The ledger does not know the issuer's signing key yet. The key signs from the minute after the ledger has it; what is prepared by then stays.";

    private readonly ConcurrentDictionary<(string, string), IssuerKey> _loaded = new();

    /// <summary>Whether an organisation's first key waits for the ledger, too.</summary>
    internal bool WaitsForLedger => waitsForLedger;

    /// <summary>The key that signs, or null while none may (<see cref="WhyNoneAsync"/>): the ledger does not know the first one yet, a stolen one is being replaced, its file is not here, or the organisation closes.</summary>
    internal async Task<IssuerKey?> ActiveAsync(IssuerDb db, Organisation organisation, CancellationToken ct) =>
        await db.IsClosingAsync(organisation.Slug, ct) ? null : await SigningAsync(db, organisation, ct);

    /// <summary>As <see cref="ActiveAsync"/>, also while the organisation closes: for its last status lists alone.</summary>
    internal async Task<IssuerKey?> SigningAsync(IssuerDb db, Organisation organisation, CancellationToken ct)
    {
        var rows = await db.SigningKeys.AsNoTracking().Where(k => k.Organisation == organisation.Slug)
            .Select(k => new { k.Thumbprint, Signs = k.SignsFrom != null && k.SignsUntil == null }).ToListAsync(ct);
        if (rows.Count == 0) return waitsForLedger ? null : organisation.FirstKey; // before the first look at the ledger
        return rows.Find(r => r.Signs) is { } active ? Load(organisation, active.Thumbprint, out _) : null;
    }

    /// <summary>The organisation has signed nothing yet, because the ledger does not know its first key.</summary>
    internal async Task<bool> IsNewAsync(IssuerDb db, Organisation organisation, CancellationToken ct) =>
        waitsForLedger && !await db.SigningKeys.AnyAsync(k => k.Organisation == organisation.Slug && k.SignsFrom != null, ct);

    /// <summary>Why <see cref="ActiveAsync"/> gives no key, in a sentence for whoever asked for a signature.</summary>
    internal async Task<string> WhyNoneAsync(IssuerDb db, Organisation organisation, CancellationToken ct) => await IsNewAsync(db, organisation, ct) ? NotKnownYet : Replacing;

    /// <summary>The public keys that others may meet: not those that were stolen, not those that nobody has registered yet.</summary>
    internal async Task<IReadOnlyList<Jwk>> PublishedAsync(IssuerDb db, Organisation organisation, CancellationToken ct)
    {
        var rows = await db.SigningKeys.AsNoTracking()
            .Where(k => k.Organisation == organisation.Slug && k.End != KeyEnd.Compromised && (k.SignsFrom != null || k.OnLedgerAt != null))
            .OrderByDescending(k => k.MadeAt).ToListAsync(ct);
        if (rows.Count > 0) return [.. rows.Select(Public)];
        return waitsForLedger || await db.SigningKeys.AnyAsync(k => k.Organisation == organisation.Slug, ct) ? [] : [organisation.FirstKey.Signer.PublicKey];
    }

    /// <summary>The key with its certificates; null with a sentence where this copy of the service cannot sign with it.</summary>
    internal IssuerKey? Load(Organisation organisation, string thumbprint, out string? missing)
    {
        missing = null;
        if (thumbprint == organisation.FirstKey.Id) return organisation.FirstKey;
        if (_loaded.TryGetValue((organisation.Slug, thumbprint), out var known)) return known;
        var key = Certified.Later(folder, organisation, thumbprint, clock.GetUtcNow(), out missing);
        return key is null ? null : _loaded.GetOrAdd((organisation.Slug, thumbprint), key);
    }

    /// <summary>The public key of a row.</summary>
    public static Jwk Public(SigningKeyRow row)
    {
        Base64Url.TryDecode(row.X, out var x);
        Base64Url.TryDecode(row.Y, out var y);
        return Jwk.FromCoordinates(x, y);
    }
}
