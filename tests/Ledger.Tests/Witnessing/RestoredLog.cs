using Identity.Hosting;
using Identity.Ledger.Log;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Anchoring;
using Identity.Ledger.Tests.Log;
using Identity.Ledger.Witnessing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Identity.Ledger.Tests.Witnessing;

/// <summary>A log whose database is put back as it was yesterday.</summary>
public abstract class RestoredLog : IDisposable
{
    private protected OutboundFetch Outbound { get; } = new(Options.Create(new OutboundOptions { AllowLoopback = true, Timeout = TimeSpan.FromMinutes(1) }));

    public void Dispose()
    {
        Outbound.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static async Task<string> GrownAsync(ChainBench bench)
    {
        await bench.GrowAsync(1, 2, 3);
        await bench.AnchorAsync();
        return Backup(bench);
    }

    private protected static string Backup(ChainBench bench)
    {
        var copy = bench.Log.File + "." + Guid.NewGuid().ToString("N");
        using var db = bench.Log.Open();
        db.Database.ExecuteSql($"VACUUM INTO {copy}");
        return copy;
    }

    private protected static void Restore(ChainBench bench, string backup)
    {
        foreach (var beside in new[] { "-wal", "-shm" }) File.Delete(bench.Log.File + beside);
        File.Copy(backup, bench.Log.File, overwrite: true);
    }

    /// <summary>The log as somebody keeps it who has all of it now.</summary>
    private protected static TestLog Copy(ChainBench bench)
    {
        var kept = new TestLog(bench.Log.Name);
        foreach (var beside in new[] { "", "-wal", "-shm" }) File.Delete(kept.File + beside);
        File.Move(Backup(bench), kept.File);
        return kept;
    }

    private protected static Task<LogSite> KeepAsync(TestLog kept) => LogSite.ServeAsync(kept, LogSite.FreeOrigin());

    private protected StartGuard Guard(ChainBench bench, IReadOnlyList<Feeder>? feeders = null, IReadOnlyList<Uri>? mirrors = null, RegistryClient? registry = null, bool mayBegin = false) =>
        new(bench.Log.Name, bench.Log.Key.PublicBytes, registry ?? bench.Open(), feeders ?? [], mirrors ?? [], (uri, max, ct) => Outbound.GetAsync(uri, "*/*", max, ct), development: false, mayBegin);

    private protected static async Task<SequencerRound> RoundAsync(ChainBench bench, StartGuard guard, string owner = "one")
    {
        await using var db = bench.Log.Open();
        return await new Sequencer(bench.Log.Name, bench.Log.Key, bench.Log.Options, bench.Log.Clock, bench.Log.Lease(owner), guard).RunAsync(db, default);
    }

    private protected static async Task<long> NewestAsync(ChainBench bench)
    {
        await using var db = bench.Log.Open();
        return (await new LogReader(db).NewestAsync(default))!.Size;
    }
}
