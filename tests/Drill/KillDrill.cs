using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Identity.Credentials.StatusList;
using Identity.Ledger.Embedded;
using Identity.TestKit;
using Microsoft.Data.Sqlite;

namespace Identity.Drill;

/// <summary>Rounds of: start the Issuer, look whether all is well, let everybody work, SIGKILL, look again.</summary>
/// <param name="rounds">How many kills, at most.</param>
/// <param name="postgreSql">PostgreSQL instead of SQLite.</param>
/// <param name="seed">Decides the moments as far as one machine's scheduling lets it.</param>
/// <param name="say">Takes a line for each round.</param>
internal sealed class KillDrill(int rounds, bool postgreSql, int seed, Action<string> say)
{
    private const string College = "port-selin";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan RarePatience = TimeSpan.FromSeconds(45); // what happens once in a database's life is not waited for longer

    private readonly string _folder = Directory.CreateTempSubdirectory("drill-").FullName;
    private readonly Random _random = new(seed);
    private readonly Book _book = new();
    private readonly List<string> _violations = [];
    private readonly List<string> _killedAt = [];
    private readonly List<string> _neverReached = [];
    private readonly string _url = $"http://localhost:{Ports.Free()}";
    private HttpClient _http = new();
    private DrillLedger _ledger = null!;
    private string _connection = "";
    private IReadOnlyList<byte[]> _entries = [];
    private Taps? _taps;
    private int _killed, _killedWhileStarting;

    private string Issuer => $"{_url}/{College}";

    private string Origin => _url["http://".Length..] + "/log";

    private string DataFolder => Path.Combine(_folder, "issuer");

    /// <summary>Not at random moments: once at each point (<see cref="KillPoints"/>) whose name matches.</summary>
    public Regex? AtPoints { get; init; }

    /// <summary>Called at the end, with the Issuer dead and everything at rest: tests spoil copies of the database there and see whether it is noticed.</summary>
    public Func<KillDrill, Task>? AtTheEnd { get; init; }

    public async Task<DrillFigures> RunAsync(CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        _connection = postgreSql ? await PostgresServer.NewDatabaseAsync() + ";Pooling=false" : $"Data Source={Path.Combine(DataFolder, "issuer.db")};Pooling=False";
        _ledger = await DrillLedger.StartAsync(_folder, ct);
        try
        {
            if (AtPoints is null)
            {
                for (var round = 0; round < rounds && _violations.Count == 0; round++) await RoundAsync(ct);
            }
            else
            {
                await SweepAsync(AtPoints, ct);
            }
            var (stored, anchors) = await RestAsync(ct);
            return new DrillFigures(postgreSql ? "postgresql" : "sqlite", seed, _killed, _killedWhileStarting, _book.Prepared.Count, _book.Copies.Count, _book.Changes, _book.Repeated,
                stored?.Entries.Count ?? 0, stored?.Checkpoints.Count ?? 0, anchors, clock.Elapsed.TotalSeconds, _violations, _killedAt, _neverReached);
        }
        finally
        {
            if (_taps is not null) await _taps.DisposeAsync();
            await _ledger.DisposeAsync();
            _http.Dispose();
            SqliteConnection.ClearAllPools();
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task RoundAsync(CancellationToken ct)
    {
        var first = _killed == 0;
        var early = !first && _random.Next(6) == 0;
        var after = _random.Next(20, early ? 2500 : 2000);
        if (early)
        {
            using var starting = Start();
            await Task.Delay(after, ct);
            await starting.KillAsync();
            _killedWhileStarting++;
        }
        else
        {
            var held = _book.Copies.Count;
            // Mostly in the thick of it, however slow the machine; now and then before anything was handed out.
            var thick = first || _random.Next(5) > 0;
            await WorkAndKillAsync(async (_, work) =>
            {
                if (thick) await UntilAsync(() => _book.Copies.Count > held || work.IsCompleted, ct);
                await Task.Delay(after, ct);
            }, null, ct);
        }
        await AfterAsync(string.Create(CultureInfo.InvariantCulture, $"{(early ? "while starting" : "at work")} after {after,4} ms"), ct);
    }

    /// <summary>Learns the points from watching the Issuer at its work, then kills it once at each; what is first seen meanwhile is added.</summary>
    private async Task SweepAsync(Regex which, CancellationToken ct)
    {
        _taps = await Taps.StartAsync(_folder, postgreSql ? _connection : null, _ledger.Rpc);
        await WorkAndKillAsync((_, _) => UntilNothingNewAsync(_taps.Points, ct), null, ct);
        await AfterAsync("after watching it", ct);
        while (_violations.Count == 0 && _killed < rounds && _taps.Points.Seen.FirstOrDefault(p => which.IsMatch(p) && !_killedAt.Contains(p) && !_neverReached.Contains(p)) is { } point)
        {
            await WorkAndKillAsync((issuer, _) => UntilAsync(() => issuer.HasEnded, ct, RarePatience), point, ct);
            (_taps.Points.Reached ? _killedAt : _neverReached).Add(point);
            await AfterAsync($"{(_taps.Points.Reached ? "" : "NOT ")}{point}", ct);
        }
    }

    private async Task WorkAndKillAsync(Func<IssuerProcess, Task, Task> until, string? point, CancellationToken ct)
    {
        using var issuer = Start();
        var outside = await AwakeAsync(issuer, ct);
        _taps?.Points.Arm(point, issuer.KillAsync);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var work = WorkAsync(outside, gone.Token);
        await until(issuer, work);
        await issuer.KillAsync();
        await gone.CancelAsync();
        await work;
        _taps?.Points.Disarm();
    }

    private async Task AfterAsync(string killed, CancellationToken ct)
    {
        _killed++;
        if (!File.Exists(Path.Combine(DataFolder, "issuer-demonstration.json"))) return; // killed before it had written anything
        var (stored, anchors) = await LookAsync(ct);
        SettleDoubts(stored);
        say(string.Create(CultureInfo.InvariantCulture,
            $"{(postgreSql ? "postgresql" : "sqlite")} {_killed,3}: killed {killed}; {_book.Copies.Count,5} copies held, {stored.Entries.Count,5} entries, {stored.Pending.Count,3} waiting, {anchors,4} anchors{(_violations.Count == 0 ? "" : " VIOLATED")}"));
        foreach (var violation in _violations) say("  " + violation);
    }

    // With the process dead only the database and the chain speak: nobody writes between two questions.
    private async Task<(Stored Stored, int Anchors)> LookAsync(CancellationToken ct)
    {
        var stored = await Stored.ReadAsync(Copy(), alone: true);
        var anchors = await _ledger.AnchorsAsync(ct);
        _violations.AddRange(Invariants.OfRecords(stored, _book).Take(10));
        _violations.AddRange(Invariants.OfTree(stored, _entries, Origin, _ledger.LogKey, anchors).Take(10));
        _entries = stored.Entries;
        return (stored, anchors.Count);
    }

    /// <summary>After a restart: what was cut off is finished by asking again, published status is stored status, and the mirror sees one growing log.</summary>
    private async Task<Outside> AwakeAsync(IssuerProcess issuer, CancellationToken ct)
    {
        await issuer.ReadyAsync(_http, ct);
        if (_ledger.LogKey.Length == 0) await _ledger.RegisterAsync(Origin, Path.Combine(DataFolder, "keys"), ct);
        var outside = await OutsideAsync(ct);
        await outside.AskAgainAsync(ct);
        if (!_book.Unanswered.IsEmpty) _violations.Add("A request could not be repeated.");
        await CompareListsAsync(outside, ct);
        await MirrorAsync(ct);
        return outside;
    }

    private async Task CompareListsAsync(Outside outside, CancellationToken ct)
    {
        for (var number = 1; await outside.ListAsync(number, ct) is { } text; number++)
        {
            if (!StatusListToken.TryParse(text, out var token, out var reason))
            {
                _violations.Add($"The status list {number} cannot be read: {reason}");
                continue;
            }
            var stored = await Stored.ReadAsync(_connection, alone: false);
            var wrong = stored.Indices.Count(i => i.List == number && (!token.List.TryGet(i.Index, out var value) || value != i.Value));
            if (wrong > 0) _violations.Add($"The status list {number} shows {wrong} statuses that are not the stored ones.");
        }
    }

    private async Task MirrorAsync(CancellationToken ct)
    {
        var problem = await _ledger.Mirror.RefreshAsync(ct);
        if (problem is not null) _violations.Add($"The mirror: {problem}");
        _violations.AddRange(_ledger.Mirror.State.Alarms.Select(alarm => $"The mirror is in alarm: {alarm}"));
        _violations.AddRange(_ledger.Mirror.Logs.Where(l => l.Alarm is not null).Select(l => $"The mirror does not trust the log: {l.Alarm}"));
    }

    /// <summary>At the end everything gets time to come to rest: every entry in the log, anchored once, found by the mirror.</summary>
    private async Task<(Stored? Stored, int Anchors)> RestAsync(CancellationToken ct)
    {
        if (_violations.Count > 0) return (null, 0);
        using var issuer = Start();
        await AwakeAsync(issuer, ct);

        var clock = Stopwatch.StartNew();
        List<string> open;
        do
        {
            await Task.Delay(200, ct);
            open = [.. Invariants.OfRest(await Stored.ReadAsync(_connection, alone: false), await _ledger.AnchorsAsync(ct))];
        }
        while (open.Count > 0 && clock.Elapsed < Patience);
        _violations.AddRange(open);

        await MirrorAsync(ct);
        var unseen = _book.Copies.Keys.Count(entry => _ledger.Mirror.FindEntry(Convert.FromHexString(entry)) is not { Trusted: true, RootMatchesContract: true });
        if (unseen > 0) _violations.Add($"The mirror does not find {unseen} copies under an anchor.");
        await issuer.KillAsync();
        var (stored, anchors) = await LookAsync(ct);
        if (AtTheEnd is not null) await AtTheEnd(this);
        return (stored, anchors);
    }

    /// <summary>Spoils a copy of the dead Issuer's SQLite file and says what the invariants find in it.</summary>
    internal async Task<IReadOnlyList<string>> FindAsync(Func<string, Task> spoil, CancellationToken ct)
    {
        var copy = Copy();
        await spoil(copy);
        var stored = await Stored.ReadAsync(copy, alone: false);
        return [.. Invariants.OfRecords(stored, _book), .. Invariants.OfTree(stored, _entries, Origin, _ledger.LogKey, await _ledger.AnchorsAsync(ct))];
    }

    private static async Task UntilAsync(Func<bool> done, CancellationToken ct, TimeSpan? patience = null)
    {
        for (var clock = Stopwatch.StartNew(); !done() && clock.Elapsed < (patience ?? Patience);) await Task.Delay(10, ct);
    }

    private static async Task UntilNothingNewAsync(KillPoints points, CancellationToken ct)
    {
        var (seen, since) = (0, Stopwatch.StartNew());
        for (var clock = Stopwatch.StartNew(); (seen == 0 || since.Elapsed < TimeSpan.FromSeconds(5)) && clock.Elapsed < Patience; await Task.Delay(50, ct))
        {
            if (points.Seen.Count == seen) continue;
            seen = points.Seen.Count;
            since.Restart();
        }
    }

    private async Task WorkAsync(Outside outside, CancellationToken ct)
    {
        var work = new List<Task>();
        for (var n = 0; n < 3; n++)
        {
            var seeded = new Random(_random.Next());
            work.Add(Task.Run(() => outside.IssueAsync(seeded, ct), CancellationToken.None));
        }
        var ending = new Random(_random.Next());
        work.Add(Task.Run(() => outside.EndAsync(ending, ct), CancellationToken.None));
        work.Add(Task.Run(() => outside.ReadListsAsync(ct), CancellationToken.None));
        await Task.WhenAll(work);
    }

    private void SettleDoubts(Stored stored)
    {
        while (_book.Doubts.TryDequeue(out var doubt))
            if (stored.States.TryGetValue(doubt.Credential, out var state) && state != "Revoked") _book.Free.Enqueue(new Standing(doubt.Credential, state));
    }

    /// <summary>
    /// SQLite recovers when it is opened. The Issuer is to do that itself: what is looked at is a copy of the files. No connection of ours may be
    /// open (or kept in a pool) meanwhile: closing a plain file handle gives up every lock that this process holds on the file, the next
    /// Issuer then takes itself for the only one and removes the write-ahead log, and our old connection, when it ends, writes the old pages back.
    /// </summary>
    private string Copy()
    {
        if (postgreSql) return _connection;
        var copy = Path.Combine(_folder, "copy.db");
        foreach (var suffix in new[] { "", "-wal" })
        {
            File.Delete(copy + suffix);
            if (File.Exists(Path.Combine(DataFolder, "issuer.db" + suffix))) File.Copy(Path.Combine(DataFolder, "issuer.db" + suffix), copy + suffix);
        }
        File.Delete(copy + "-shm");
        return $"Data Source={copy};Pooling=False";
    }

    private async Task<Outside> OutsideAsync(CancellationToken ct)
    {
        var access = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(DataFolder, "issuer-demonstration.json"), ct))!;
        return new Outside(_http, Issuer, College, _book) { ApiKey = (string)access[0]!["apiKey"]! };
    }

    private IssuerProcess Start()
    {
        _http.Dispose();
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(_url), Timeout = TimeSpan.FromSeconds(60) };
        List<string> settings =
        [
            "--environment=Development", $"--urls={_url}", $"--PublicUrl={_url}", $"--Data:Folder={DataFolder}", "--Logging:LogLevel:Default=Warning", "--Limits:Secrets=10000000", "--Limits:Work=10000000",
            $"--Ledger:Rpc={_taps?.Rpc ?? _ledger.Rpc.ToString()}", $"--Ledger:Contract={_ledger.Registry.Contract}", $"--Ledger:ChainId={AnvilNode.ChainId}",
            "--Log:Interval=00:00:00.050", "--Log:Lease=00:00:00.500", "--Ledger:Interval=00:00:00.050", "--Ledger:LongestPause=00:00:00.500",
            $"--Organisations:0:Slug={College}", "--Organisations:0:Name=Port Selin Technical College", "--Organisations:0:Country=XT", "--Organisations:0:Demonstration=true", "--Organisations:0:Types:0=qualification",
        ];
        var connection = _connection.Replace(";Pooling=false", "", StringComparison.Ordinal);
        if (postgreSql) settings.Add($"--ConnectionStrings:Issuer={(_taps is null ? connection : Taps.Through(_folder, connection))}");
        return IssuerProcess.Start(settings, _taps?.Environment);
    }
}
