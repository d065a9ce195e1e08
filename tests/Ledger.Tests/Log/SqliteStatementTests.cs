using Identity.Ledger.Log;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Tests.Log;

public sealed class SqliteStatementTests : IDisposable
{
    private const string Insert = "INSERT INTO things (text, number, bytes, flag) VALUES (@text, @number, @bytes, @flag)";

    private readonly SqliteConnection _connection = new("Data Source=:memory:");
    private readonly LogDb _db;

    public SqliteStatementTests()
    {
        _connection.Open();
        _db = new LogDb(new DbContextOptionsBuilder<LogDb>().UseSqlite(_connection).Options);
        _db.Database.ExecuteSqlRaw("CREATE TABLE things (text TEXT UNIQUE, number INTEGER, bytes BLOB, flag INTEGER)");
    }

    public void Dispose()
    {
        _db.Dispose();
        _connection.Dispose();
    }

    [Fact]
    public async Task Values_reach_the_columns_of_their_names_in_whatever_order_the_names_are_given()
    {
        await using var sql = await SqlSession.BeginAsync(_db, default);
        await using var insert = sql.Prepare(Insert, "@flag", "@bytes", "@number", "@text");

        Assert.Equal(1, await insert.RunAsync(default, true, new byte[] { 1, 2 }, 1L << 40, "Zoë\0!"));
        Assert.Equal(1, await insert.RunAsync(default, false, DBNull.Value, 7, ""));
        await sql.CommitAsync(default);

        var rows = await Rows();
        Assert.Equal([("Zoë\0!", 1L << 40, "0102", 1L), ("", 7, "null", 0)], rows);
    }

    [Fact]
    public async Task A_conflict_is_told_and_the_statement_goes_on_afterwards()
    {
        await using var sql = await SqlSession.BeginAsync(_db, default);
        await using var insert = sql.Prepare(Insert, "@text", "@number", "@bytes", "@flag");
        await insert.RunAsync(default, "one", 1, Array.Empty<byte>(), true);

        var conflict = await Assert.ThrowsAsync<SqliteException>(() => insert.RunAsync(default, "one", 2, DBNull.Value, true));
        await insert.RunAsync(default, "two", 2, DBNull.Value, true);
        await sql.CommitAsync(default);

        Assert.Equal((19, 2067), (conflict.SqliteErrorCode, conflict.SqliteExtendedErrorCode)); // SQLITE_CONSTRAINT, SQLITE_CONSTRAINT_UNIQUE
        Assert.Contains("things.text", conflict.Message);
        Assert.Equal(["one", "two"], (await Rows()).Select(r => r.Text));
    }

    [Fact]
    public async Task What_is_passed_over_counts_as_no_row()
    {
        await using var sql = await SqlSession.BeginAsync(_db, default);
        await using var insert = sql.Prepare(Insert + " ON CONFLICT DO NOTHING", "@text", "@number", "@bytes", "@flag");

        Assert.Equal(1, await insert.RunAsync(default, "one", 1, DBNull.Value, true));
        Assert.Equal(0, await insert.RunAsync(default, "one", 2, DBNull.Value, true));
    }

    [Fact]
    public async Task A_kind_of_value_that_is_not_stored_and_a_wrong_name_are_faults()
    {
        await using var sql = await SqlSession.BeginAsync(_db, default);
        await using var insert = sql.Prepare(Insert, "@text", "@number", "@bytes", "@flag");
        await using var wrong = sql.Prepare(Insert, "@text", "@number", "@bytes", "@flags");
        await using var broken = sql.Prepare("INSERT INTO nowhere VALUES (1)");

        await Assert.ThrowsAsync<ArgumentException>(() => insert.RunAsync(default, "one", 1.5, DBNull.Value, true));
        await Assert.ThrowsAsync<ArgumentException>(() => wrong.RunAsync(default, "one", 1, DBNull.Value, true));
        await Assert.ThrowsAsync<SqliteException>(() => broken.RunAsync(default));
    }

    private async Task<List<(string Text, long Number, string Bytes, long Flag)>> Rows()
    {
        await using var sql = await SqlSession.ReadAsync(_db, default);
        return await sql.QueryAsync(default, row => (row.GetString(0), row.GetInt64(1), row.GetString(2), row.GetInt64(3)),
            "SELECT text, number, CASE WHEN bytes IS NULL THEN 'null' ELSE hex(bytes) END, flag FROM things ORDER BY rowid");
    }
}
