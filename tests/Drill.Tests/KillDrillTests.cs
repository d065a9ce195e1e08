using Identity.TestKit;
using Microsoft.Data.Sqlite;
using Xunit.Abstractions;

namespace Identity.Drill.Tests;

/// <summary>A few rounds of the drill; a hundred are played by command (docs/drills.md).</summary>
public sealed class KillDrillTests(ITestOutputHelper output)
{
    private const int Rounds = 4;

    [Fact]
    public Task Killed_at_random_moments_nothing_is_lost_doubled_or_half_written() => PlayAsync(postgreSql: false);

    [PostgresFact]
    public Task Killed_at_random_moments_nothing_is_lost_doubled_or_half_written_on_PostgreSQL() => PlayAsync(postgreSql: true);

    [Theory]
    [InlineData("DELETE FROM ledger_pending; DELETE FROM ledger_entries WHERE position = 0", "gap")]
    [InlineData("UPDATE ledger_entries SET entry = randomblob(32) WHERE position = 0", "no log entry")]
    [InlineData("DELETE FROM status_entries WHERE rowid = (SELECT MIN(rowid) FROM status_entries)", "no status index")]
    [InlineData("UPDATE status_entries SET Value = 3 - Value WHERE rowid = (SELECT MIN(rowid) FROM status_entries)", "has status")]
    [InlineData("DELETE FROM credential_copies WHERE Id = (SELECT MIN(Id) FROM credential_copies)", "status indices are taken for")]
    [InlineData("UPDATE ledger_state SET size = size - 1", "head")]
    [InlineData("UPDATE ledger_tiles SET hashes = zeroblob(length(hashes)) WHERE level = 0", "tiles")]
    [InlineData("INSERT INTO ledger_anchors (size, root, state, since_block, chain_id, contract, transaction_hash) VALUES (1000000, zeroblob(32), 1, 0, 31337, '', '0x00')", "not on the chain")]
    public async Task The_drill_sees_what_is_wrong(string fault, string seen)
    {
        var drill = new KillDrill(1, postgreSql: false, seed: 7, output.WriteLine) { Sabotage = connection => SpoilAsync(connection, fault) };

        var figures = await drill.RunAsync(default);

        Assert.Contains(figures.Violations, violation => violation.Contains(seen, StringComparison.Ordinal));
    }

    private async Task PlayAsync(bool postgreSql)
    {
        var figures = await new KillDrill(Rounds, postgreSql, Environment.TickCount, output.WriteLine).RunAsync(default);

        output.WriteLine(figures.ToString());
        Assert.Empty(figures.Violations);
        Assert.True(figures.Copies > 0 && figures.Entries >= figures.Copies && figures.Anchors > 0, figures.ToString());
    }

    private static async Task SpoilAsync(string connection, string fault)
    {
        await using var sqlite = new SqliteConnection(connection + ";Pooling=False;Foreign Keys=False");
        await sqlite.OpenAsync();
        await using var command = new SqliteCommand(fault, sqlite);
        Assert.True(await command.ExecuteNonQueryAsync() > 0, "Nothing was there to spoil.");
    }
}
