using System.Reflection;
using Identity.TestKit;
using Microsoft.EntityFrameworkCore;

namespace Identity.Hosting.Tests;

public sealed class SqlMigrationsTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"identity-migrations-{Guid.NewGuid():n}.db");

    [Fact]
    public Task Scripts_run_once_in_the_order_of_their_numbers() => RunTwiceAsync($"Data Source={_file}");

    [PostgresFact]
    public async Task Scripts_run_once_in_the_order_of_their_numbers_on_PostgreSQL() => await RunTwiceAsync(await PostgresServer.NewDatabaseAsync());

    [Fact]
    public Task Two_processes_that_start_at_once_apply_each_script_once() => RunAtOnceAsync($"Data Source={_file}");

    [PostgresFact]
    public async Task Two_processes_that_start_at_once_apply_each_script_once_on_PostgreSQL() => await RunAtOnceAsync(await PostgresServer.NewDatabaseAsync());

    [Fact]
    public async Task A_script_with_a_smaller_number_that_came_later_is_applied()
    {
        await using var db = Open($"Data Source={_file}");
        await db.Database.ExecuteSqlRawAsync("CREATE TABLE words (word TEXT NOT NULL); CREATE TABLE schema_version (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL); INSERT INTO schema_version VALUES (2, '002_second')");
        Assert.Equal(["001_first"], await SqlMigrations.MissingAsync(db, Assembly.GetExecutingAssembly()));
        await db.Database.ExecuteSqlRawAsync("DROP TABLE words");

        await SqlMigrations.ApplyAsync(db, Assembly.GetExecutingAssembly());

        Assert.Empty(await SqlMigrations.MissingAsync(db, Assembly.GetExecutingAssembly()));
        Assert.Equal("first", db.Database.SqlQueryRaw<string>("SELECT word AS Value FROM words").Single());
    }

    [Fact]
    public async Task An_empty_database_lacks_every_script()
    {
        await using var db = Open($"Data Source={_file}");

        Assert.Equal(["001_first", "002_second"], await SqlMigrations.MissingAsync(db, Assembly.GetExecutingAssembly()));
    }

    [Fact]
    public async Task The_database_of_another_app_is_left_alone()
    {
        await using var db = Open($"Data Source={_file}");
        await db.Database.ExecuteSqlRawAsync("CREATE TABLE schema_version (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL); INSERT INTO schema_version VALUES (1, '001_elsewhere')");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => SqlMigrations.ApplyAsync(db, Assembly.GetExecutingAssembly()));

        Assert.Contains("001_elsewhere", refused.Message);
    }

    [Theory]
    [InlineData("Data Source=x.db", false)]
    [InlineData("Host=db.example;Database=issuer", true)]
    [InlineData("server=db.example;database=issuer", true)]
    public void The_connection_string_alone_chooses_the_database(string connection, bool postgreSql) => Assert.Equal(postgreSql, Databases.IsPostgreSql(connection));

    [Fact]
    public void A_text_that_is_no_connection_string_is_not_repeated()
    {
        var refused = Assert.Throws<SettingMissingException>(() => Databases.IsPostgreSql("postgres://issuer:secret@db.example/issuer"));

        Assert.Contains("Host=", refused.Message);
        Assert.DoesNotContain("secret", refused.Message);
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        foreach (var file in new[] { _file, _file + "-wal", _file + "-shm" }) File.Delete(file);
    }

    private static async Task RunTwiceAsync(string connection)
    {
        for (var start = 0; start < 2; start++)
        {
            await using var db = Open(connection);
            await SqlMigrations.ApplyAsync(db, Assembly.GetExecutingAssembly());
        }

        await using var after = Open(connection);
        Assert.Equal([1, 2], after.Database.SqlQueryRaw<int>("SELECT version AS \"Value\" FROM schema_version ORDER BY version").ToList());
        Assert.Equal(["first", "second"], after.Database.SqlQueryRaw<string>("SELECT word AS \"Value\" FROM words ORDER BY word").ToList());
    }

    private static async Task RunAtOnceAsync(string connection)
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await using var db = Open(connection);
            await SqlMigrations.ApplyAsync(db, Assembly.GetExecutingAssembly());
        }));

        await using var after = Open(connection);
        Assert.Equal(2, after.Database.SqlQueryRaw<int>("SELECT CAST(COUNT(*) AS INTEGER) AS \"Value\" FROM words").Single());
    }

    private static DbContext Open(string connection) => new(new DbContextOptionsBuilder().UseDatabase(connection).Options);
}
