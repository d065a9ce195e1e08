using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Hosting;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Tests.Log;

/// <summary>A log in a real SQLite file, or in the database that the test names, with a clock that the test moves.</summary>
public sealed class TestLog : IDisposable
{
    public const string Origin = "localhost:5999/log";

    private readonly string _folder = Directory.CreateTempSubdirectory("log-").FullName;

    public TestLog(string origin = Origin, string? connection = null)
    {
        Name = origin;
        Connection = connection ?? $"Data Source={File};Pooling=False";
        using var db = Open();
        if (!db.Database.IsPostgreSql()) db.Database.ExecuteSqlRaw("PRAGMA journal_mode = WAL");
        db.Database.ExecuteSqlRaw(db.Database.IsPostgreSql() ? LedgerSchema.PostgreSql : LedgerSchema.Sqlite);
    }

    public string Name { get; }

    public string Folder => _folder;

    /// <summary>The SQLite file.</summary>
    public string File => Path.Combine(_folder, "log.db");

    public string Connection { get; }

    public ManualClock Clock { get; } = new();

    public Ed25519Key Key { get; } = Ed25519Key.FromSeed(SHA256.HashData("a log's key"u8));

    internal LogOptions Options { get; } = new() { Interval = TimeSpan.FromSeconds(1), Lease = TimeSpan.FromSeconds(5) };

    public LogDb Open() => new(LogDb.To(Connection));

    internal LogLease Lease(string owner = "one") => new(Name, owner, Options.Lease, Clock);

    internal Sequencer Sequencer(string owner = "one", ISigner? key = null) => new(Name, key ?? Key, Options, Clock, Lease(owner));

    public static byte[] Entry(int number) => SHA256.HashData(BitConverter.GetBytes(number));

    public async Task AppendAsync(params int[] numbers)
    {
        await using var db = Open();
        foreach (var number in numbers) LedgerLog.Append(db, Entry(number), Clock.GetUtcNow());
        await db.SaveChangesAsync();
    }

    internal async Task<SequencerRound> RoundAsync(string owner = "one")
    {
        await using var db = Open();
        return await Sequencer(owner).RunAsync(db, default);
    }

    /// <summary>A round whose checkpoint is signed with another key, where one is given: the sequencer itself stays with its own.</summary>
    internal async Task RoundAsync(Ed25519Key? key)
    {
        await using var db = Open();
        var signed = Assert.IsType<SequencerRound.Signed>(await Sequencer().RunAsync(db, default)).Checkpoint;
        if (key is not null) await db.Database.ExecuteSqlAsync($"UPDATE ledger_checkpoints SET note = {signed.Sign(Name, key)} WHERE size = {signed.Size}");
    }

    /// <summary>The invariant, to be looked at after each step: places without gaps, no entry twice, every checkpoint is of a prefix and ours, and the tiles with their inner hashes are the tree's.</summary>
    public async Task CheckAsync()
    {
        await using var db = Open();
        var rows = await db.Set<EntryRow>().OrderBy(e => e.Index).ToListAsync();
        for (var at = 0; at < rows.Count; at++) Assert.Equal(at, rows[at].Index);
        Assert.Equal(rows.Count, rows.Select(r => Convert.ToHexString(r.Entry)).Distinct().Count());
        var waiting = await db.Set<PendingRow>().Select(p => p.Entry).ToListAsync();
        Assert.Empty(waiting.Select(Convert.ToHexString).Intersect(rows.Select(r => Convert.ToHexString(r.Entry))));

        var leaves = rows.Select(r => MerkleTree.LeafHash(r.Entry)).ToList();
        var state = await db.Set<LogStateRow>().AsNoTracking().SingleOrDefaultAsync();
        if (state is not null)
        {
            Assert.Equal(rows.Count, state.Size);
            Assert.Equal(MerkleTree.Root(leaves), state.Root);
        }

        foreach (var row in await db.Set<CheckpointRow>().ToListAsync())
        {
            Assert.True(Checkpoint.TryParse(row.Note, out var checkpoint, out _));
            Assert.True(checkpoint!.Verify(Name, Key.PublicBytes));
            Assert.Equal(row.Size, checkpoint.Size);
            Assert.Equal(MerkleTree.Root([.. leaves.Take((int)row.Size)]), checkpoint.Root);
        }

        foreach (var tile in await db.Set<TileRow>().AsNoTracking().ToListAsync()) Assert.Equal(Tiles.Inner(tile.Hashes), tile.InnerHashes);

        var reader = new LogReader(db);
        if (await reader.NewestAsync(default) is { } newest)
        {
            foreach (var tile in Tiles.Between(0, newest.Size).Where(t => t.Level == 0))
            {
                var expected = leaves.Skip((int)tile.Index * Tiles.Full).Take(tile.Width).SelectMany(h => h).ToArray();
                Assert.Equal(expected, await reader.TileAsync(tile, default));
            }
        }
    }

    public void Dispose()
    {
        Key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A clock that moves when told.</summary>
public sealed class ManualClock : TimeProvider
{
    private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Set(DateTimeOffset now) => _now = now;

    public void Advance(double seconds) => _now = _now.AddSeconds(seconds);
}
