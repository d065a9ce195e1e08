using System.Security.Cryptography;
using System.Text.Json;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Bulk;

/// <summary>The outcome of an upload.</summary>
public abstract record Upload
{
    private Upload() { }

    /// <summary>It lies on disk and is being checked.</summary>
    public sealed record Taken(BulkJob Job) : Upload;

    /// <summary>The very same file is here already.</summary>
    public sealed record SeenBefore(BulkJob Job) : Upload;

    /// <summary>It is larger than <see cref="BulkLimits.Bytes"/>.</summary>
    public sealed record TooLarge : Upload;
}

/// <summary>What a person does with a file of many credentials: upload, say “issue”, hold, go on, stop. The worker does the rest.</summary>
public sealed class BulkDesk
{
    private readonly IssuerDb _db;
    private readonly BulkFiles _files;
    private readonly TimeProvider _clock;

    internal BulkDesk(IssuerDb db, BulkFiles files, TimeProvider clock) => (_db, _files, _clock) = (db, files, clock);

    /// <summary>Takes a file in. Nothing is issued.</summary>
    public async Task<Upload> UploadAsync(Organisation organisation, string type, string fileName, Stream content, Actor actor, CancellationToken ct)
    {
        var id = Base64Url.Encode(RandomNumberGenerator.GetBytes(16));
        var stored = false;
        try
        {
            // Crash after the file and before the row: the worker removes files that have no row.
            if (await _files.WriteAsync(id, content, ct) is not var (hash, length)) return new Upload.TooLarge();
            var name = Path.GetFileName(fileName.Replace('\\', '/'));
            if (await SameAsync(organisation, type, hash, ct) is { } same) return new Upload.SeenBefore(same);
            var job = new BulkJob
            {
                Id = id, Organisation = organisation.Slug, Type = type, FileName = name.Length > 100 ? name[..100] : name, FileHash = hash, FileBytes = length,
                CreatedAt = _clock.GetUtcNow(), CreatedBy = actor.ToString(),
            };
            _db.BulkJobs.Add(job);
            _db.Log(organisation.Slug, id, actor, "bulk_uploaded", job.CreatedAt);
            await _db.SaveChangesAsync(ct);
            stored = true;
            return new Upload.Taken(job);
        }
        finally
        {
            if (!stored) _files.Delete(id);
        }
    }

    /// <summary>Somebody says “issue”; where the type asks for a second person, the whole file then waits for one. False where the job has moved on meanwhile.</summary>
    public Task<bool> StartAsync(Organisation organisation, string id, Actor actor, CancellationToken ct) => StepAsync(organisation, id, actor, "bulk_started", job =>
    {
        if (job.State is not BulkState.Ready) return false;
        var waits = organisation.FindType(job.Type) is not { Approval: false };
        (job.State, job.StartedBy, job.StartedAt) = (waits ? BulkState.AwaitingApproval : BulkState.Issuing, actor.ToString(), _clock.GetUtcNow());
        return true;
    }, ct);

    /// <summary>The second person agrees to every row of the file in one act. False where it does not wait, or for whoever uploaded it or said “issue”.</summary>
    public async Task<bool> ApproveAsync(Organisation organisation, string id, Actor actor, CancellationToken ct)
    {
        await using var transaction = await _db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        if (await WaitingForAsync(organisation, id, actor, ct) is not { } job) return false;
        (job.State, job.ApprovedBy, job.Version) = (BulkState.Issuing, actor.ToString(), job.Version + 1);
        await LogAsync(job, actor, "bulk_approved", ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>The second person does not agree, with a sentence for whoever asked; the rows are forgotten. False as for <see cref="ApproveAsync"/>.</summary>
    public async Task<bool> ReturnAsync(Organisation organisation, string id, string sentence, Actor actor, CancellationToken ct)
    {
        await using var transaction = await _db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        if (await WaitingForAsync(organisation, id, actor, ct) is not { } job) return false;
        (job.State, job.ReturnReason, job.FinishedAt, job.Version) = (BulkState.Returned, sentence, _clock.GetUtcNow(), job.Version + 1);
        await LogAsync(job, actor, "bulk_returned", ct);
        await _db.BulkRows.Where(r => r.Job == id).ExecuteDeleteAsync(ct);
        await transaction.CommitAsync(ct);
        _files.Delete(id);
        return true;
    }

    /// <summary>The rows that wait for a second person, from the one after <paramref name="after"/> on; each reading stands in the access log.</summary>
    public async Task<IReadOnlyList<BulkRow>> ReadRowsAsync(BulkJob job, int after, int most, Actor actor, CancellationToken ct)
    {
        if (after == 0) await LogAsync(job, actor, "bulk_read", ct);
        return await _db.BulkRows.AsNoTracking().Where(r => r.Job == job.Id && r.Number > after && r.Claims != null).OrderBy(r => r.Number).Take(most).ToListAsync(ct);
    }

    /// <summary>The files that wait for a second person, oldest first.</summary>
    public async Task<IReadOnlyList<BulkJob>> WaitingAsync(Organisation organisation, CancellationToken ct) =>
        await _db.BulkJobs.AsNoTracking().Where(j => j.Organisation == organisation.Slug && j.State == BulkState.AwaitingApproval).OrderBy(j => j.CreatedAt).Take(50).ToListAsync(ct);

    /// <summary>Holds a job between two chunks.</summary>
    public Task<bool> PauseAsync(Organisation organisation, string id, Actor actor, CancellationToken ct) => StepAsync(organisation, id, actor, "bulk_paused", job => Move(job, BulkState.Issuing, BulkState.Paused), ct);

    /// <summary>Goes on with a held job.</summary>
    public Task<bool> ResumeAsync(Organisation organisation, string id, Actor actor, CancellationToken ct) => StepAsync(organisation, id, actor, "bulk_resumed", job => Move(job, BulkState.Paused, BulkState.Issuing), ct);

    /// <summary>Ends a job; what was issued stays, the rest is forgotten.</summary>
    public async Task<bool> CancelAsync(Organisation organisation, string id, Actor actor, CancellationToken ct)
    {
        await using var transaction = await _db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        var done = await StepAsync(organisation, id, actor, "bulk_cancelled", job =>
        {
            if (!job.CanCancel) return false;
            (job.State, job.FinishedAt) = (BulkState.Cancelled, _clock.GetUtcNow());
            return true;
        }, ct);
        if (!done) return false;
        await _db.BulkRows.Where(r => r.Job == id && r.CredentialId == null).ExecuteDeleteAsync(ct);
        await transaction.CommitAsync(ct);
        _files.Delete(id);
        return true;
    }

    /// <summary>A job of the organisation, or null.</summary>
    public Task<BulkJob?> FindAsync(Organisation organisation, string id, CancellationToken ct) =>
        _db.BulkJobs.AsNoTracking().SingleOrDefaultAsync(j => j.Id == id && j.Organisation == organisation.Slug, ct);

    /// <summary>The newest jobs of the organisation.</summary>
    public async Task<IReadOnlyList<BulkJob>> ListAsync(Organisation organisation, CancellationToken ct) =>
        await _db.BulkJobs.AsNoTracking().Where(j => j.Organisation == organisation.Slug).OrderByDescending(j => j.CreatedAt).Take(50).ToListAsync(ct);

    /// <summary>What is wrong with a job's file, in the order of its rows.</summary>
    public async Task<IReadOnlyList<BulkError>> ErrorsAsync(BulkJob job, int most, CancellationToken ct) =>
        await _db.BulkErrors.AsNoTracking().Where(e => e.Job == job.Id && e.Number > 0).OrderBy(e => e.Number).Take(most).ToListAsync(ct);

    /// <summary>The right rows of a job whose code will be large, in their order.</summary>
    public async Task<IReadOnlyList<(int Row, QrForecast Forecast)>> LargeAsync(BulkJob job, int most, CancellationToken ct) =>
        [.. (await _db.BulkErrors.AsNoTracking().Where(e => e.Job == job.Id && e.Number < 0).OrderByDescending(e => e.Number).Take(most).ToListAsync(ct)).Select(e => (e.Row, JsonSerializer.Deserialize<QrForecast>(e.Detail)!))];

    // A refused, returned or cancelled file may come again as it is: the type's rules, or a credential in its way, may have changed.
    private Task<BulkJob?> SameAsync(Organisation organisation, string type, byte[] hash, CancellationToken ct) =>
        _db.BulkJobs.AsNoTracking().Where(j => j.Organisation == organisation.Slug && j.Type == type && j.FileHash == hash && j.State != BulkState.Refused && j.State != BulkState.Returned && j.State != BulkState.Cancelled)
            .OrderByDescending(j => j.CreatedAt).FirstOrDefaultAsync(ct);

    private Task<BulkJob?> WaitingForAsync(Organisation organisation, string id, Actor actor, CancellationToken ct)
    {
        var self = actor.ToString();
        return _db.BulkJobs.SingleOrDefaultAsync(j => j.Id == id && j.Organisation == organisation.Slug && j.State == BulkState.AwaitingApproval && j.StartedBy != self && j.CreatedBy != self, ct);
    }

    private Task LogAsync(BulkJob job, Actor actor, string act, CancellationToken ct)
    {
        _db.Log(job.Organisation, job.Id, actor, act, _clock.GetUtcNow());
        return _db.SaveChangesAsync(ct);
    }

    private static bool Move(BulkJob job, BulkState from, BulkState to)
    {
        if (job.State != from) return false;
        job.State = to;
        return true;
    }

    private async Task<bool> StepAsync(Organisation organisation, string id, Actor actor, string act, Func<BulkJob, bool> step, CancellationToken ct)
    {
        // The worker's counting may come in between: the step is then tried on what holds now.
        for (var tries = 0; ; tries++)
        {
            var job = await _db.BulkJobs.SingleOrDefaultAsync(j => j.Id == id && j.Organisation == organisation.Slug, ct);
            if (job is null || !step(job)) return false;
            job.Version++;
            _db.Log(job.Organisation, job.Id, actor, act, _clock.GetUtcNow());
            try
            {
                await _db.SaveChangesAsync(ct);
                return true;
            }
            catch (DbUpdateConcurrencyException) when (tries < 20)
            {
                _db.ChangeTracker.Clear();
            }
        }
    }
}
