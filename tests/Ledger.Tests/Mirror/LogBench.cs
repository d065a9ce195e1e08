using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Hosting;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Mirror;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Log;
using Microsoft.Data.Sqlite;

namespace Identity.Ledger.Tests.Mirror;

/// <summary>A mirror's log side over a real log: its file, its data, and a wire on which the test may sit.</summary>
public sealed class LogBench : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mirror-").FullName;
    private ulong _block;

    public LogBench()
    {
        Serving = Log;
        File = new MirrorFile(Path.Combine(_folder, "mirror.db"));
        Data = new MirrorData();
        Happen(new RegistryEvent.LogRegistered(Place(), RegistryClient.LogId(TestLog.Origin), Address.Zero, Log.Key.PublicBytes, TestLog.Origin));
    }

    public TestLog Log { get; } = new();

    /// <summary>Who answers under the log's address; null where nobody does.</summary>
    public TestLog? Serving { get; set; }

    /// <summary>Other mirrors by their host, and the log that each was shown.</summary>
    public Dictionary<string, TestLog> Mirrors { get; } = [];

    public MirrorOptions Options { get; } = new();

    /// <summary>What the wire does to an answer.</summary>
    public Func<string, byte[], byte[]> Wire { get; set; } = (_, body) => body;

    public List<string> Fetched { get; } = [];

    internal MirrorFile File { get; private set; }

    internal MirrorData Data { get; private set; }

    internal MirroredLog Mirrored => Data.Logs.Values.Single();

    /// <summary>The log grows and signs, with another key than its own where one is given.</summary>
    public async Task GrowAsync(TestLog log, int[] entries, Ed25519Key? key = null)
    {
        await log.AppendAsync(entries);
        await log.RoundAsync(key);
    }

    public Task GrowAsync(TestLog log, params int[] entries) => GrowAsync(log, entries, null);

    /// <summary>The chain gets another key for the log, from the size on that it has then.</summary>
    public void ChangeKey(Ed25519Key key) =>
        Happen(new RegistryEvent.LogChanged(Place(), RegistryClient.LogId(TestLog.Origin), Address.Zero, key.PublicBytes, Mirrored.AnchoredSize));

    public async Task LookAsync() => await new LogFollower(new LogWire(FetchAsync, Log.Clock), File, Log.Clock, Options).LookAsync(Data, Mirrored, default);

    /// <summary>The chain gets this root for this size.</summary>
    public void Anchor(long size, byte[] root) => Happen(new RegistryEvent.Anchored(Place(), RegistryClient.LogId(TestLog.Origin), size, root));

    /// <summary>The chain gets the newest checkpoint of a log.</summary>
    public async Task AnchorAsync(TestLog log)
    {
        await using var db = log.Open();
        var newest = (await new LogReader(db).NewestAsync(default))!;
        Anchor(newest.Size, newest.Root);
    }

    /// <summary>Where the mirror sees an entry: its index and the block of its anchor.</summary>
    public (long Index, ulong? Block)? Find(int entry) =>
        Mirrored.Tree.TryFind(TestLog.Entry(entry), out var index) ? (index, Mirrored.AnchorOf(index)?.Place.Block) : null;

    /// <summary>The process ends and starts again.</summary>
    public void Restart()
    {
        File.Dispose();
        File = new MirrorFile(Path.Combine(_folder, "mirror.db"));
        Data = MirrorData.Load(File, Options.Witnesses);
    }

    /// <summary>Something happens to the file behind the mirror's back.</summary>
    public void Damage(string sql, int rows = 1)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "mirror.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.Equal(rows, command.ExecuteNonQuery());
    }

    public void Dispose()
    {
        File.Dispose();
        Log.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public void Happen(RegistryEvent registryEvent)
    {
        File.Save(new ChainMark(31337, Address.Zero.ToString(), "0x00", registryEvent.Place.Block, "0x01"), [registryEvent]);
        Data.Apply(registryEvent);
    }

    public EventPlace Place() => new(++_block, "0x01", "0x02", 0, Log.Clock.GetUtcNow());

    private async Task<FetchResult> FetchAsync(Uri address, int maxBytes, CancellationToken ct)
    {
        var own = address.Host == "localhost";
        var path = address.ToString()[(own ? "http://localhost:5999/log/" : $"https://{address.Host}/mirror/logs/{Convert.ToHexStringLower(RegistryClient.LogId(TestLog.Origin))}/").Length..];
        Fetched.Add(own ? path : $"{address.Host} {path}");
        if ((own ? Serving : Mirrors.GetValueOrDefault(address.Host)) is not { } serving) return new FetchResult.Refused("nobody answers");
        await using var db = serving.Open();
        var reader = new LogReader(db);
        var body = path == "checkpoint" ? await CheckpointAsync(reader)
            : Tiles.TryParsePath(path, out var tile) ? await reader.TileAsync(tile, ct) : null;
        if (body is null) return new FetchResult.Answer(404, null, [], null);
        body = Wire(path, body);
        return body.Length > maxBytes ? new FetchResult.Refused("too large") : new FetchResult.Answer(200, null, body, null);
    }

    private static async Task<byte[]?> CheckpointAsync(LogReader reader) =>
        await reader.NewestAsync(default) is { } newest ? System.Text.Encoding.UTF8.GetBytes(newest.Note) : null;
}
