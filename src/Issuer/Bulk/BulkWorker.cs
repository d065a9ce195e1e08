using System.Runtime.ExceptionServices;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Bulk;

/// <summary>Checks and issues files in the background, one organisation's after the other, and forgets what nobody came for.</summary>
internal sealed partial class BulkWorker(
    IServiceScopeFactory scopes, OrganisationDirectory organisations, BulkLeases leases, BulkFiles files, TimeProvider clock, ILogger<BulkWorker> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private string? _said;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RoundAsync(stoppingToken);
                _said = null;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                if (_said != fault.Message) LogFault(log, fault);
                _said = fault.Message;
            }
            await Task.Delay(Interval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await leases.ReleaseAsync(scope.ServiceProvider.GetRequiredService<IssuerDb>(), cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogFault(log, fault); // the lease runs out by itself
        }
    }

    /// <summary>Works until nothing is left that can be done now.</summary>
    internal async Task RoundAsync(CancellationToken ct)
    {
        List<BulkJob> jobs;
        await using (var scope = scopes.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<IssuerDb>();
            await ForgetAsync(db, ct);
            jobs = await db.BulkJobs.AsNoTracking().Where(j => j.State == BulkState.Checking || j.State == BulkState.Issuing).OrderBy(j => j.CreatedAt).ToListAsync(ct);
        }
        Exception? first = null;
        foreach (var job in jobs)
        {
            if (organisations.Find(job.Organisation) is not { } organisation) continue;
            // The file of a check lies with the copy of the service that took it in, unless all share one folder.
            if (job.State is BulkState.Checking && !File.Exists(files.Of(job.Id))) continue;
            try
            {
                await WorkAsync(job, organisation, ct);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                first ??= fault; // the other files go on
            }
        }
        if (first is not null) ExceptionDispatchInfo.Throw(first);
    }

    private async Task WorkAsync(BulkJob job, Organisation organisation, CancellationToken ct)
    {
        for (var more = true; more;)
        {
            // A scope for each chunk: what the context has tracked is given back.
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<IssuerDb>();
            await db.Database.PrepareForManyRowsAsync(ct);
            if (!await leases.TakeAsync(db, job.Organisation, ct)) break;
            if (job.State is BulkState.Issuing)
            {
                more = await scope.ServiceProvider.GetRequiredService<IssueChunk>().RunAsync(job, organisation, ct);
            }
            else
            {
                await scope.ServiceProvider.GetRequiredService<CheckFile>().RunAsync(job, organisation, ct);
                more = false;
            }
        }
    }

    private async Task ForgetAsync(IssuerDb db, CancellationToken ct)
    {
        var old = clock.GetUtcNow() - BulkLimits.Patience;
        foreach (var job in await db.BulkJobs.Where(j => (j.State == BulkState.Ready || j.State == BulkState.AwaitingApproval) && j.CreatedAt < old).ToListAsync(ct))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            (job.State, job.FinishedAt) = (BulkState.Cancelled, clock.GetUtcNow());
            job.Version++;
            await db.SaveChangesAsync(ct);
            await db.BulkRows.Where(r => r.Job == job.Id && r.CredentialId == null).ExecuteDeleteAsync(ct);
            await transaction.CommitAsync(ct);
        }
        foreach (var id in files.Jobs().ToList())
        {
            // A file that is just being uploaded has no row yet. The file's time is the system's, and so is what it is compared with.
            if (File.GetLastWriteTimeUtc(files.Of(id)) > DateTime.UtcNow.AddHours(-1)) continue;
            if (!await db.BulkJobs.AnyAsync(j => j.Id == id && j.State == BulkState.Checking, ct)) files.Delete(id);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Work on a file of many credentials failed and will be tried again.")]
    private static partial void LogFault(ILogger log, Exception fault);
}

/// <summary>Registers it all.</summary>
internal static class BulkServices
{
    public static void AddBulk(this WebApplicationBuilder builder) => builder.Services
        .AddSingleton<BulkFiles>().AddSingleton<BulkLeases>()
        .AddScoped(services => new BulkDesk(services.GetRequiredService<IssuerDb>(), services.GetRequiredService<BulkFiles>(), services.GetRequiredService<TimeProvider>()))
        .AddScoped<CheckFile>().AddScoped<IssueMany>().AddScoped<IssueChunk>().AddScoped<BulkResults>()
        .AddHostedService<BulkWorker>();
}
