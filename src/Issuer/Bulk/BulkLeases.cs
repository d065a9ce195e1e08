using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Data;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Bulk;

/// <summary>
/// One copy of the service at a time works on an organisation's files. <see cref="HoldAsync"/> is called inside each transaction that
/// writes: a copy that was asleep and has lost its lease writes nothing, and two transactions of one organisation wait for each other.
/// </summary>
internal sealed class BulkLeases(IConfiguration configuration, TimeProvider clock)
{
    private readonly TimeSpan _length = configuration.GetValue("Bulk:Lease", TimeSpan.FromSeconds(30));

    private readonly string _owner = Base64Url.Encode(RandomNumberGenerator.GetBytes(12));

    /// <summary>Takes or renews the lease; false while another copy holds it.</summary>
    public async Task<bool> TakeAsync(IssuerDb db, string organisation, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (until, nowMicros) = (Databases.Microseconds(now + _length), Databases.Microseconds(now));
        return await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "bulk_leases" ("Organisation", "Owner", "Until") VALUES ({organisation}, {_owner}, {until})
            ON CONFLICT ("Organisation") DO UPDATE SET "Owner" = {_owner}, "Until" = {until} WHERE "bulk_leases"."Owner" = {_owner} OR "bulk_leases"."Until" < {nowMicros}
            """, ct) == 1;
    }

    /// <summary>Whether the lease is still ours, prolonged; locks its row until the transaction ends.</summary>
    public async Task<bool> HoldAsync(IssuerDb db, string organisation, CancellationToken ct)
    {
        var until = Databases.Microseconds(clock.GetUtcNow() + _length);
        return await db.Database.ExecuteSqlAsync($"""UPDATE "bulk_leases" SET "Until" = {until} WHERE "Organisation" = {organisation} AND "Owner" = {_owner}""", ct) == 1;
    }

    /// <summary>Lets the next copy start at once.</summary>
    public Task ReleaseAsync(IssuerDb db, CancellationToken ct) => db.Database.ExecuteSqlAsync($"""UPDATE "bulk_leases" SET "Until" = 0 WHERE "Owner" = {_owner}""", ct);
}
