using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Identity.Hosting;
using Identity.Issuer;
using Identity.Issuer.Bulk;
using Identity.Issuer.Data;
using Identity.Ledger.Anchoring;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Registry;
using Identity.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Benchmarks.Anchoring;

/// <summary>
/// A log of 1,000,000 entries (100,000 where it shall be quick) in the Issuer's own database, anchored on a real node. It is filled as the Issuer fills it: transactions of a bulk file's
/// size, then a round of the sequencer, each with the disk waited for. Filled once and used by several benchmarks.
/// </summary>
internal sealed class LargeLog : IAsyncDisposable
{
    private const int Parts = 10;
    private static readonly int Batch = 2 * BulkLimits.Chunk; // each row of a file has two credentials
    private static readonly int Round = 4 * Batch;
    private static LargeLog? _one;

    private readonly string _folder = Directory.CreateTempSubdirectory("identity-bench-").FullName;
    private readonly AnvilNode _node;
    private readonly HttpClient _http = new();
    private readonly int _port = Ports.Free();

    private LargeLog(AnvilNode node, int size) => (_node, Size) = (node, size);

    /// <summary>How many entries it was filled with.</summary>
    public int Size { get; }

    /// <summary>The share of a million that it has: what takes so long in a whole one should take so much of it here.</summary>
    public double Share => Size / 1e6;

    /// <summary>How the filling went, without the first round, in which everything is compiled.</summary>
    public Filling Filled { get; private set; } = null!;

    public Uri Address => new($"http://localhost:{_port}/");

    /// <summary>Where the chain is, for whoever reads it or writes to it.</summary>
    public string[] Chain { get; private set; } = [];

    /// <summary>Starts the Issuer on this log.</summary>
    public IReadOnlyList<string> IssuerSettings =>
    [
        "--environment=Development", $"--urls={Address}", $"--PublicUrl=http://{Address.Authority}", $"--Data:Folder={_folder}", "--Logging:LogLevel:Default=None", "--Log:SigningKeyFile=" + Path.Combine(_folder, "log.pem"),
        "--Ledger:Account=file:" + Path.Combine(_folder, "operator.pem"), "--Organisations:0:Slug=bench", "--Organisations:0:Name=Bench College", "--Organisations:0:Country=XT",
        "--Organisations:0:Demonstration=true", "--Organisations:0:Types:0=qualification", .. Chain,
    ];

    /// <summary>The log, filled for whoever asks first; null where there is no ledger node, after saying so.</summary>
    public static async Task<LargeLog?> OpenAsync(IBenchmark asking, bool quick)
    {
        if (_one is not null) return _one;
        LargeLog log;
        try
        {
            log = new LargeLog(await AnvilNode.StartAsync(), Measure.Of(1_000_000, 100_000, quick));
        }
        catch (InvalidOperationException missing)
        {
            asking.Skipped(missing.Message);
            return null;
        }
        try
        {
            await log.FillAsync();
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }
        return _one = log;
    }

    /// <summary>Forgets it, where somebody had asked for it.</summary>
    public static async Task CloseAsync()
    {
        if (_one is { } log) await log.DisposeAsync();
        _one = null;
    }

    public static byte[] Entry(int number) => SHA256.HashData(BitConverter.GetBytes(number));

    /// <summary>Leaves an entry waiting, as an app does that stops right after it.</summary>
    public async Task LeaveWaitingAsync()
    {
        await using var app = IssuerApp.Build([.. IssuerSettings]);
        await SubmitAsync(app, [RandomNumberGenerator.GetBytes(LedgerLog.EntrySize)]);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _http.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task FillAsync()
    {
        using var governor = EvmAccount.Create();
        using var account = EvmAccount.CreateFile(Path.Combine(_folder, "operator.pem"));
        using var key = LogKeyFile.Create(Path.Combine(_folder, "log.pem"));
        var registry = await RegistryClient.DeployAsync(new EvmClient(_http, new EvmOptions { Rpc = _node.Rpc, ChainId = AnvilNode.ChainId, PollInterval = TimeSpan.FromMilliseconds(20) }, TimeProvider.System), governor);
        (await registry.RegisterLogAsync(governor, LogOf(Address), account.Address, key.PublicBytes)).Require();
        Chain = [$"--Ledger:Rpc={_node.Rpc}", $"--Ledger:Contract={registry.Contract}", string.Create(CultureInfo.InvariantCulture, $"--Ledger:ChainId={AnvilNode.ChainId}"), "--Ledger:HeadAge=00:00:00"];

        await using var app = IssuerApp.Build([.. IssuerSettings]);
        await using (var scope = app.Services.CreateAsyncScope()) await PrepareDatabase.MigrateAsync(scope.ServiceProvider);
        var (time, processor, counted, early) = (TimeSpan.Zero, TimeSpan.Zero, 0, 0L);
        for (int done = 0, part = 1; done < Size;)
        {
            var entries = Enumerable.Range(done, Math.Min(Round, Size - done)).Select(Entry).ToList();
            var (clock, spent) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            foreach (var batch in entries.Chunk(Batch)) await SubmitAsync(app, batch);
            if (await PlaceAsync(app) is not SequencerRound.Signed signed || signed.Entries != entries.Count) throw new InvalidOperationException("The log did not take what was submitted.");
            if (done > 0 || Size <= Round)
            {
                time += Stopwatch.GetElapsedTime(clock);
                processor += Environment.CpuUsage.TotalTime - spent;
                counted += entries.Count;
            }
            done += entries.Count;
            for (; (long)part * Size / Parts <= done; part++)
            {
                if (part == 1) early = GC.GetTotalMemory(forceFullCollection: true);
                await AnchorAsync(app);
            }
        }
        await LeaveAsync(app);
        Filled = new Filling(counted / time.TotalSeconds, processor.TotalMicroseconds / counted, GC.GetTotalMemory(forceFullCollection: true) - early);
    }

    // As workers do that ran all the time and were asked to stop: whoever is killed keeps others out for some seconds, and whoever never compared the log with what was issued would do it at the
    // start, and name each entry here, for nothing was issued.
    private async Task LeaveAsync(WebApplication app)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IssuerDb>();
        await app.Services.GetRequiredService<OperatorLog<IssuerDb>>().Lease.ReleaseAsync(db, CancellationToken.None);
        await db.MonitorStates.ExecuteUpdateAsync(state => state.SetProperty(s => s.Position, Size));
    }

    private static string LogOf(Uri address) => $"{address.Authority}/log";

    private static async Task SubmitAsync(WebApplication app, IReadOnlyList<byte[]> entries)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IssuerDb>();
        await db.Database.PrepareForManyRowsAsync(CancellationToken.None);
        await using var transaction = await db.Database.BeginExclusiveAsync("bench", CancellationToken.None);
        await LedgerLog.AppendManyAsync(db, entries, TimeProvider.System.GetUtcNow());
        await transaction.CommitAsync();
    }

    private static async Task<SequencerRound> PlaceAsync(WebApplication app)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<OperatorLog<IssuerDb>>().Sequencer.RunAsync(scope.ServiceProvider.GetRequiredService<IssuerDb>(), CancellationToken.None);
    }

    private static async Task AnchorAsync(WebApplication app)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var step = await scope.ServiceProvider.GetRequiredService<OperatorLog<IssuerDb>>().Anchorer.RunAsync(scope.ServiceProvider.GetRequiredService<IssuerDb>(), CancellationToken.None);
        if (step is not (AnchorStep.Anchored or AnchorStep.UpToDate)) throw new InvalidOperationException($"The log is not anchored: {step}");
    }

    /// <summary>How entries went in.</summary>
    /// <param name="Rate">Entries a second.</param>
    /// <param name="Processor">Microseconds of processor time for each, all cores added up.</param>
    /// <param name="Grown">Bytes of managed memory at the end more than after a tenth.</param>
    public sealed record Filling(double Rate, double Processor, long Grown);
}
