using System.Diagnostics;
using System.Runtime;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Bulk;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Benchmarks.Issuing;

/// <summary>
/// <c>issue-bulk</c>: rows whose holder's key is known, each with an SD-JWT VC and a compact credential: record, offer, events, two
/// status indices, two signatures, two log entries, stored in SQLite and placed in the log. What counts is signed credentials.
/// </summary>
internal sealed class IssueBulk : IBenchmark
{
    private static int Chunk => Measure.Smoke ? 40 : BulkLimits.Chunk;

    public string Name => "issue-bulk";

    public async Task<IReadOnlyList<Result>> RunAsync(bool quick)
    {
        await using var workshop = await Workshop.OpenAsync();
        var raw = Measure.PerSecond(quick, workshop.SignRaw);
        var rows = Measure.Of(25, 3, quick) * Chunk;
        var holders = Workshop.HolderKeys(1000);
        await WarmUpAsync(workshop, holders);

        var signatures = Measure.Of(20_000, 5_000, quick);
        var processor = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < signatures; i++) workshop.SignRaw();
        var rawTime = (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / signatures;

        var early = 0L;
        processor = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        for (var done = 0; done < rows; done += Chunk)
        {
            await IssueAsync(workshop, done, holders);
            if (early == 0 && done >= rows / 10)
            {
                clock.Stop();
                early = GC.GetTotalMemory(forceFullCollection: true);
                clock.Start();
            }
        }
        await workshop.LogAsync();
        clock.Stop();

        var time = (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / (2 * rows);
        var late = GC.GetTotalMemory(forceFullCollection: true);
        var rate = 2 * rows / clock.Elapsed.TotalSeconds;
        return
        [
            new Result(Name, rate, "credentials/s", rate / raw, "raw ES256 signing, one thread", 0.25),
            // On a machine with other work to do this says more than the clock; the cores that sign and the one that writes are added up.
            new Result(Name + "-processor", time, "µs", rawTime / time, "processor time of a raw ES256 signature"),
            new Result(Name + "-memory", (late - early) / 1024.0 / 1024.0, "MB more at the end than after a tenth", Target: 5),
        ];
    }

    // Until the compiler has made again all that it makes again: a service runs for weeks, and here the compiler would count as much as the work.
    private static async Task WarmUpAsync(Workshop workshop, IReadOnlyList<Jwk> holders)
    {
        var compiled = 0L;
        for (var (round, quiet) = (1, 0); round <= 30 && quiet < 3; round++)
        {
            await IssueAsync(workshop, -round * Chunk, holders);
            await workshop.LogAsync();
            if (Measure.Smoke) return;
            var before = compiled;
            compiled = JitInfo.GetCompiledMethodCount();
            quiet = compiled - before < 25 ? quiet + 1 : 0;
        }
    }

    private static async Task IssueAsync(Workshop workshop, int from, IReadOnlyList<Jwk> holders)
    {
        await using var scope = workshop.Scope();
        var db = scope.ServiceProvider.GetRequiredService<IssuerDb>();
        await db.Database.PrepareForManyRowsAsync(CancellationToken.None);
        await using var transaction = await db.Database.BeginExclusiveAsync(workshop.Organisation.Slug, CancellationToken.None);
        var items = Enumerable.Range(0, Chunk).Select(i => new BulkItem($"B-{from}-{i}", Workshop.Claims(i), holders[i % holders.Count])).ToList();
        await scope.ServiceProvider.GetRequiredService<IssueMany>().RunAsync(workshop.Organisation, Workshop.Type, items, Actor.Staff(1, Identity.Issuer.Data.StaffRoles.Clerk), null, TimeProvider.System.GetUtcNow(), CancellationToken.None);
        await transaction.CommitAsync();
    }
}
