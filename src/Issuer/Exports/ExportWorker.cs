using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Exports;

/// <summary>
/// Makes the exports that were asked for, in the order of asking, one at a time among all copies of the service, and deletes files whose time is over. Whoever makes one holds it for a minute and says so again while it
/// lasts; one that fell silent is begun anew, three times at most. What it did counts only where it still holds it.
/// </summary>
internal sealed partial class ExportWorker(IServiceScopeFactory scopes, OrganisationDirectory organisations, ExportSettings settings, TimeProvider clock, ILogger<ExportWorker> log) : BackgroundService
{
    private const int MostTries = 3;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    private readonly string _owner = Base64Url.Encode(RandomNumberGenerator.GetBytes(12));
    private string? _said;
    private DateTimeOffset _forgotAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RoundAsync(stoppingToken);
                _said = null;
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
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

    /// <summary>Makes what waits, until nothing is left that this copy can make now.</summary>
    internal async Task RoundAsync(CancellationToken ct)
    {
        if (clock.GetUtcNow() - _forgotAt >= Lease) await InDbAsync(db => ForgetAsync(db, ct));
        while (await InDbAsync(db => TakeAsync(db, ct)) is { } export)
        {
            await WorkAsync(export, ct);
            await InDbAsync(db => ForgetAsync(db, ct));
        }
    }

    private async Task<OrganisationExport?> TakeAsync(IssuerDb db, CancellationToken ct)
    {
        if (!await db.Exports.AnyAsync(e => e.State == ExportState.Waiting || e.State == ExportState.Making, ct)) return null;
        await using var turn = await db.Database.BeginExclusiveAsync("exports", ct);
        var now = clock.GetUtcNow();
        // The copy of the ledger in the folder has one user at a time.
        if (await db.Exports.AnyAsync(e => e.State == ExportState.Making && e.Until >= now, ct)) return null;
        if (await db.Exports.Where(e => e.State == ExportState.Waiting || e.State == ExportState.Making).OrderBy(e => e.Id).FirstOrDefaultAsync(ct) is not { } next) return null;
        (next.State, next.Owner, next.Until, next.Tries) = (ExportState.Making, _owner, now + Lease, next.Tries + 1);
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
        return next;
    }

    private async Task WorkAsync(OrganisationExport export, CancellationToken ct)
    {
        ExportOutcome outcome;
        using var time = new CancellationTokenSource(Patience, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct, time.Token);
        var holding = HoldAsync(export, limit);
        try
        {
            outcome = export.Tries > MostTries ? new ExportOutcome.NotMade(MakeExport.Fault, $"It was begun {MostTries} times and never ended: the service died of it.")
                : organisations.Find(export.Organisation) is not { } organisation ? new ExportOutcome.NotMade(MakeExport.Fault, "The settings name the organisation no more.")
                : await MakeAsync(organisation, export, limit.Token);
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            await InDbAsync(db => GiveBackAsync(db, export));
            throw;
        }
        catch (Exception fault) when (time.IsCancellationRequested)
        {
            outcome = new ExportOutcome.NotMade(MakeExport.Slow, $"It was given up after an hour: {fault.Message}");
        }
        catch (Exception fault)
        {
            LogFault(log, fault);
            outcome = new ExportOutcome.NotMade(MakeExport.Fault, fault.Message);
        }
        finally
        {
            await limit.CancelAsync();
            await holding;
        }
        if (outcome is ExportOutcome.NotMade(var problem, var reason)) LogNotMade(log, export.Organisation, problem, reason);
        await InDbAsync(db => FinishAsync(db, export, outcome, ct));
    }

    private async Task<ExportOutcome> MakeAsync(Organisation organisation, OrganisationExport export, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<MakeExport>().RunAsync(organisation, export, ct);
    }

    // Ends the work where another copy has begun it anew.
    private async Task HoldAsync(OrganisationExport export, CancellationTokenSource work)
    {
        while (!work.IsCancellationRequested)
        {
            await Task.Delay(Lease / 4, clock, work.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (work.IsCancellationRequested) return;
            try
            {
                if (!await InDbAsync(async db => await Mine(db, export).ExecuteUpdateAsync(e => e.SetProperty(x => x.Until, clock.GetUtcNow() + Lease)) == 1)) await work.CancelAsync();
            }
            catch (Exception fault)
            {
                LogFault(log, fault); // a database that is busy answers the next time, or the work counts for nothing
            }
        }
    }

    private async Task<bool> FinishAsync(IssuerDb db, OrganisationExport export, ExportOutcome outcome, CancellationToken ct)
    {
        await using var turn = await db.Database.BeginExclusiveAsync(export.Organisation, ct);
        if (await Mine(db, export).SingleOrDefaultAsync(ct) is not { } row) return false;
        (row.State, row.FinishedAt, row.Owner, row.Until) = (ExportState.Failed, clock.GetUtcNow(), null, null);
        if (outcome is ExportOutcome.Made(var content)) (row.State, row.Content) = (ExportState.Made, content);
        if (outcome is ExportOutcome.NotMade(var problem, _)) row.Problem = problem;
        await db.SaveChangesAsync(ct);
        // The one before stays as long as there is no newer file; the files of all that are gone go afterwards.
        await db.Exports.Where(e => e.Organisation == export.Organisation && e.Id < export.Id && (e.State == ExportState.Failed || (e.State == ExportState.Made && row.State == ExportState.Made))).ExecuteDeleteAsync(ct);
        await turn.CommitAsync(ct);
        return true;
    }

    // A stop is no try.
    private async Task<int> GiveBackAsync(IssuerDb db, OrganisationExport export) =>
        await Mine(db, export).ExecuteUpdateAsync(e => e.SetProperty(x => x.State, ExportState.Waiting).SetProperty(x => x.Owner, (string?)null).SetProperty(x => x.Until, (DateTimeOffset?)null).SetProperty(x => x.Tries, x => x.Tries - 1), CancellationToken.None);

    private async Task<bool> ForgetAsync(IssuerDb db, CancellationToken ct)
    {
        _forgotAt = clock.GetUtcNow();
        var old = _forgotAt - OrganisationExport.Kept;
        await db.Exports.Where(e => e.FinishedAt != null && e.FinishedAt < old).ExecuteDeleteAsync(ct);
        foreach (var (path, id) in settings.Files().ToList())
        {
            // Another copy of the service may be writing it at this moment; the file's time is the system's, and so is what it is compared with.
            if (id is null ? File.GetLastWriteTimeUtc(path) < DateTime.UtcNow.AddHours(-2) : !await db.Exports.AnyAsync(e => e.Id == id && e.State != ExportState.Failed, ct)) File.Delete(path);
        }
        return true;
    }

    private IQueryable<OrganisationExport> Mine(IssuerDb db, OrganisationExport export) => db.Exports.Where(e => e.Id == export.Id && e.State == ExportState.Making && e.Owner == _owner);

    private async Task<T> InDbAsync<T>(Func<IssuerDb, Task<T>> act)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await act(scope.ServiceProvider.GetRequiredService<IssuerDb>());
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An export failed.")]
    private static partial void LogFault(ILogger log, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The export of {Organisation} could not be made ({Problem}): {Reason}")]
    private static partial void LogNotMade(ILogger log, string organisation, string problem, string reason);
}

/// <summary>Registers it all.</summary>
internal static class ExportServices
{
    public static void AddExports(this WebApplicationBuilder builder) => builder.Services
        .AddSingleton(ExportSettings.Read(builder.Configuration)).AddScoped<ExportDesk>().AddScoped<OwnLists>().AddScoped<MakeExport>().AddHostedService<ExportWorker>();
}
