using Identity.Credentials.StatusList;
using Identity.Issuer.Data;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Issuance;

/// <summary>Which phone speaks for the holder, where more than one has a credential: the one that had it first and still has it.</summary>
internal static class FirstHolder
{
    /// <summary>
    /// Whether the oldest copies that are in force came with this grant, or none is in force. Whoever gave the credential can get it given again, and take it on a phone of their own; by that they neither
    /// end the holder's paper nor say what brings the record to a new phone.
    /// </summary>
    /// <param name="db">The store.</param>
    /// <param name="credentialId">The record.</param>
    /// <param name="family">The grant (<see cref="CredentialCopy.Family"/>).</param>
    /// <param name="now">The time of the request.</param>
    /// <param name="ct">Ends the work.</param>
    public static async Task<bool> IsFirstAsync(this IssuerDb db, string credentialId, string? family, DateTimeOffset now, CancellationToken ct)
    {
        var oldest = await db.Copies.Where(c => c.CredentialId == credentialId && c.HolderKey != MakePaper.NoKey && (c.ExpiresAt == null || c.ExpiresAt > now))
            .Where(c => db.StatusEntries.Any(e => e.Organisation == c.Organisation && e.List == c.List && e.Index == c.Index && e.Value != (int)StatusValue.Invalid))
            .OrderBy(c => c.Id).Select(c => new { c.Family }).FirstOrDefaultAsync(ct);
        return oldest is null || oldest.Family == family;
    }
}
