using System.Text.RegularExpressions;
using Identity.TestKit;
using Microsoft.Data.Sqlite;
using Xunit.Abstractions;

namespace Identity.Drill.Tests;

/// <summary>A few rounds of the drill; a hundred are played by command (docs/drills.md). What runs on one store runs beside what runs on the other.</summary>
public abstract class KillDrillTests(ITestOutputHelper output)
{
    /// <summary>Kills at random moments, three rounds.</summary>
    private protected Task<DrillFigures> PlayAsync(bool postgreSql, Func<KillDrill, Task>? atTheEnd = null) =>
        PlayAsync(new KillDrill(3, postgreSql, Environment.TickCount, output.WriteLine) { AtTheEnd = atTheEnd });

    /// <summary>Kills at the points that match; all of them are played by command.</summary>
    private protected async Task PlayAtAsync(bool postgreSql, params string[] points)
    {
        var figures = await PlayAsync(new KillDrill(int.MaxValue, postgreSql, Environment.TickCount, output.WriteLine) { AtPoints = new Regex(string.Join('|', points)) });

        Assert.All(points, point => Assert.Contains(figures.KilledAt, at => Regex.IsMatch(at, point)));
    }

    private async Task<DrillFigures> PlayAsync(KillDrill drill)
    {
        var figures = await drill.RunAsync(default);

        output.WriteLine(figures.ToString());
        Assert.Empty(figures.Violations);
        Assert.True(figures.Copies > 0 && figures.Entries >= figures.Copies && figures.Anchors > 0, figures.ToString());
        return figures;
    }
}

public sealed class KillDrillOnSqliteTests(ITestOutputHelper output) : KillDrillTests(output)
{
    /// <summary>What the drill must notice, and a word of the sentence in which it says so.</summary>
    private static readonly (string Fault, string Seen)[] Faults =
    [
        ("DELETE FROM ledger_entries WHERE position = 0", "gap"),
        ("UPDATE ledger_entries SET entry = randomblob(32) WHERE position = 0", "lost its place"),
        ("DELETE FROM ledger_entries WHERE entry = (SELECT Entry FROM credential_copies LIMIT 1)", "no log entry"),
        ("DELETE FROM status_entries WHERE (\"Organisation\", \"List\", \"Index\") = (SELECT \"Organisation\", \"List\", \"Index\" FROM status_entries LIMIT 1)", "no status index"),
        ("UPDATE status_entries SET Value = 3 - Value WHERE (\"Organisation\", \"List\", \"Index\") = (SELECT \"Organisation\", \"List\", \"Index\" FROM status_entries LIMIT 1)", "has status"),
        ("DELETE FROM credential_copies WHERE Id = (SELECT MIN(Id) FROM credential_copies)", "status indices are taken for"),
        ("UPDATE ledger_state SET size = size - 1", "head"),
        ("UPDATE ledger_tiles SET hashes = zeroblob(length(hashes)) WHERE level = 0", "tiles"),
        ("UPDATE ledger_tiles SET inner_hashes = zeroblob(length(inner_hashes)) WHERE length(inner_hashes) > 0", "inner hashes"),
        ("UPDATE ledger_checkpoints SET note = replace(note, 'log', 'lag')", "signature"),
        ("INSERT INTO ledger_anchors (size, root, state, since_block, chain_id, contract, transaction_hash) VALUES (1000000, zeroblob(32), 1, 0, 31337, '', '0x00')", "not on the chain"),
        ("INSERT INTO ledger_pending (entry, added_at, round) SELECT entry, 0, 0 FROM ledger_entries LIMIT 1", "waits although"),
    ];

    [Fact]
    public async Task Killed_at_random_moments_nothing_is_lost_doubled_or_half_written_and_what_is_wrong_would_be_seen()
    {
        var missed = new List<string>();
        await PlayAsync(postgreSql: false, async drill =>
        {
            foreach (var (fault, seen) in Faults)
                if (!(await drill.FindAsync(copy => SpoilAsync(copy, fault), default)).Any(found => found.Contains(seen, StringComparison.Ordinal))) missed.Add(fault);
        });

        Assert.Empty(missed);
    }

    [Fact]
    public Task Killed_at_chosen_statements_of_issuing_publishing_logging_and_anchoring_nothing_is_lost_doubled_or_half_written() =>
        PlayAtAsync(postgreSql: false, "^after INSERT INTO ledger_pending", "^after COMMIT of .*credential_copies", "^after COMMIT of .*status_lists", "^before COMMIT of .*ledger_entries", "^after a transaction was sent");

    private static async Task SpoilAsync(string connection, string fault)
    {
        await using var sqlite = new SqliteConnection(connection + ";Foreign Keys=False");
        await sqlite.OpenAsync();
        await using var command = new SqliteCommand(fault, sqlite);
        Assert.True(await command.ExecuteNonQueryAsync() > 0, $"Nothing was there to spoil: {fault}");
    }
}

public sealed class KillDrillOnPostgresTests(ITestOutputHelper output) : KillDrillTests(output)
{
    [PostgresFact]
    public Task Killed_at_random_moments_nothing_is_lost_doubled_or_half_written_on_PostgreSQL() => PlayAsync(postgreSql: true);

    [PostgresFact]
    public Task Killed_at_chosen_statements_nothing_is_lost_doubled_or_half_written_on_PostgreSQL() =>
        PlayAtAsync(postgreSql: true, "^after INSERT INTO credential_copies", "^after COMMIT of .*credential_copies", "^after a transaction was sent");
}
