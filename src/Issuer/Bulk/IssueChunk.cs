using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Bulk;

/// <summary>
/// Issues the next rows of a job, in one transaction with the rows' own marks and the job's counters: killed at any line, a row is
/// either issued and marked, or neither.
/// </summary>
internal sealed class IssueChunk(IssuerDb db, IssueMany many, BulkLeases leases, TimeProvider clock, IConfiguration configuration)
{
    private readonly int _size = configuration.GetValue("Bulk:Chunk", BulkLimits.Chunk);

    /// <summary>One chunk; false where there is nothing more to do for now.</summary>
    public async Task<bool> RunAsync(BulkJob job, Organisation organisation, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        if (!await leases.HoldAsync(db, job.Organisation, ct)) return false;
        var rows = await db.BulkRows.AsNoTracking().Where(r => r.Job == job.Id && r.Claims != null).OrderBy(r => r.Number).Take(_size).ToListAsync(ct);
        // The organisation may have lost the type since: nobody may issue it then, and the job waits for a person.
        if (organisation.FindType(job.Type) is not { } type) return rows.Count > 0 && await HoldAsync(job, transaction, ct);

        var issued = rows.Count == 0 ? [] : await CheckFile.IssuedAsync(db, job.Organisation, job.Type, [.. rows.Select(r => r.Reference)], ct);
        var fresh = rows.Where(r => !issued.Contains(r.Reference)).ToList();
        var items = fresh.ConvertAll(r => new BulkItem(r.Reference, JsonNode.Parse(r.Claims!)!.AsObject(), Holder(r)));
        var approver = type.Approval && job.ApprovedBy is not null ? Actor.Parse(job.ApprovedBy, StaffRoles.Approver) : null;
        var made = fresh.Count == 0 ? [] : await many.RunAsync(organisation, type, items, Actor.Parse(job.StartedBy, StaffRoles.Clerk), approver, now, ct);
        if (made is null) return false; // no key may sign for the moment

        await using (var sql = await SqlSession.BeginAsync(db, ct))
        {
            await using var mark = sql.Prepare("UPDATE \"bulk_rows\" SET \"Claims\" = NULL, \"HolderKey\" = NULL, \"CredentialId\" = @c, \"OfferId\" = @o WHERE \"Job\" = @j AND \"Number\" = @n", "@c", "@o", "@j", "@n");
            for (var i = 0; i < fresh.Count; i++) await mark.RunAsync(ct, made[i].CredentialId, made[i].OfferId, job.Id, fresh[i].Number);
            foreach (var over in rows.Except(fresh)) await mark.RunAsync(ct, DBNull.Value, DBNull.Value, job.Id, over.Number);
        }
        var last = rows.Count < _size;
        var finished = last ? now : (DateTimeOffset?)null;
        var passed = rows.Count - fresh.Count;
        var still = await db.BulkJobs.Where(j => j.Id == job.Id && j.State == BulkState.Issuing).ExecuteUpdateAsync(j => j
            .SetProperty(x => x.Issued, x => x.Issued + fresh.Count).SetProperty(x => x.PassedOver, x => x.PassedOver + passed)
            .SetProperty(x => x.State, last ? BulkState.Done : BulkState.Issuing).SetProperty(x => x.FinishedAt, finished)
            .SetProperty(x => x.Version, x => x.Version + 1), ct);
        if (still == 0) return false; // held or stopped meanwhile: nothing of this chunk happened
        await transaction.CommitAsync(ct);
        return !last;
    }

    private async Task<bool> HoldAsync(BulkJob job, Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction, CancellationToken ct)
    {
        await db.BulkJobs.Where(j => j.Id == job.Id && j.State == BulkState.Issuing)
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.State, BulkState.Paused).SetProperty(x => x.Version, x => x.Version + 1), ct);
        await transaction.CommitAsync(ct);
        return false;
    }

    private static Jwk? Holder(BulkRow row) =>
        row.HolderKey is null ? null : Jwk.TryParse(JsonNode.Parse(row.HolderKey), out var key, out _) ? key : throw new InvalidDataException("A stored holder key cannot be read.");
}
