using System.Security.Cryptography;
using Identity.Audit.Data;
using Identity.Audit.Vouchers;
using Identity.Credentials.Contracts;
using Identity.Credentials.Jose;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Audit.Records;

/// <summary>
/// Records a version: commitment, site and stage, and the entry of the log, in one transaction. The request is a JWS by the key that the wallet made for its code;
/// the first use ties the code to that key, so that a code overheard later is of no use.
/// </summary>
internal sealed class RecordContract(AuditDb db, AuditSettings settings, TimeProvider clock)
{
    /// <summary><c>typ</c> of the JWS.</summary>
    public const string Typ = "identity-contract-record+jwt";

    /// <summary>Versions of one worker at one site.</summary>
    public const int MostRecords = 12;

    private const int MaxLength = 4000;
    private const int MostTries = 8;

    /// <summary>Null where the version is stored, now or since an earlier request: a repeated one does nothing twice.</summary>
    public async Task<Refusal?> RunAsync(string request, CancellationToken ct)
    {
        if (request.Length > MaxLength || !Jws.TryParse(request, out var jws, out _)) return new Refusal(400, "malformed", "The request is not a signed record.");
        if (jws.Type != Typ || !Jwk.TryParse(jws.Header["jwk"], out var key, out _) || key.Kty != "EC" || !VerificationKey.TryImport(key, out var verifier, out _))
            return new Refusal(400, "malformed", "The request names no usable key.");
        using (verifier)
            if (!jws.Verify(verifier)) return new Refusal(400, "signature", "The request is not signed by the key it names.");

        var said = jws.Payload;
        if (StrictJson.Text(said["aud"]) != settings.PublicUrl) return new Refusal(400, "wrong_audience", "The request is for another service.");
        if (StrictJson.Text(said["stage"]) is not { } stage || !ContractRecord.Stages.Contains(stage)) return new Refusal(400, "malformed", $"The stage is none of {string.Join(", ", ContractRecord.Stages)}.");
        if (StrictJson.Text(said["commitment"]) is not { Length: 64 } hex || !hex.All(char.IsAsciiHexDigitLower)) return new Refusal(400, "malformed", "The commitment is not 64 hexadecimal digits.");

        for (var tries = 1; ; tries++)
        {
            try
            {
                return await StoreAsync(StrictJson.Text(said["voucher"]), key.Thumbprint(), stage, Convert.FromHexString(hex), ct);
            }
            catch (DbUpdateException) when (tries < MostTries)
            {
                // The same request in another tab, or another one with this code: whoever comes second is answered by what is stored now.
                db.ChangeTracker.Clear();
            }
        }
    }

    private async Task<Refusal?> StoreAsync(string? code, byte[] key, string stage, byte[] commitment, CancellationToken ct)
    {
        // The version before the code: where another request stores both in between, it is not known yet, and storing it a second time fails and is tried again.
        var known = await db.Contracts.AsNoTracking().SingleOrDefaultAsync(c => c.Commitment == commitment, ct);
        if (!VoucherCode.TryHash(code, out var hash) || await db.Vouchers.SingleOrDefaultAsync(v => v.Hash == hash, ct) is not { } voucher)
            return Refusal.VoucherUnknown(403);
        if (voucher.Key is { } owner && !owner.AsSpan().SequenceEqual(key))
            return new Refusal(409, "voucher_taken", "Another phone uses this code. Each person needs a code of their own: ask for a new one.");

        if (known is not null)
            return voucher.Key is not null && known.Site == voucher.Site && known.Stage == stage ? null : new Refusal(409, "commitment_known", "This version was recorded before, in another way.");
        if (voucher.Records >= MostRecords) return new Refusal(409, "too_many_versions", $"With one code {MostRecords} versions can be recorded. Ask for another one.");

        voucher.Key = key;
        voucher.Stages |= 1 << ContractRecord.Stages.IndexOf(stage);
        voucher.Records++;
        voucher.Version++;
        db.Contracts.Add(new ContractRow { Commitment = commitment, Site = voucher.Site, Stage = stage });
        // Versions of one worker must not become neighbours in the log.
        LedgerLog.Append(db, commitment, clock.GetUtcNow(), RandomNumberGenerator.GetInt32(LedgerLog.SpreadRounds));
        await db.SaveChangesAsync(ct);
        return null;
    }
}
