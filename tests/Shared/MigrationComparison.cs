using Identity.Hosting;
using Identity.TestKit;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Identity.TestShared;

/// <summary>Compares what an app's migrations make with what its model makes. Compiled into each test project that has a database.</summary>
internal static class MigrationComparison
{
    // Run with IDENTITY_WRITE_SCHEMA=path to get the model's script, from which the statements of a new migration are taken.
    private static readonly string? Write = Environment.GetEnvironmentVariable("IDENTITY_WRITE_SCHEMA");

    public static async Task OnSqliteAsync<TDb>(Func<DbContextOptions<TDb>, TDb> open) where TDb : DbContext
    {
        await using var migrated = new SqliteConnection("Data Source=:memory:");
        await using var modelled = new SqliteConnection("Data Source=:memory:");
        await migrated.OpenAsync();
        await modelled.OpenAsync();

        await CompareAsync(open(new DbContextOptionsBuilder<TDb>().UseSqlite(migrated).Options), open(new DbContextOptionsBuilder<TDb>().UseSqlite(modelled).Options), ".sqlite.sql");
    }

    public static async Task OnPostgreSqlAsync<TDb>(Func<DbContextOptions<TDb>, TDb> open) where TDb : DbContext => await CompareAsync(
        open(new DbContextOptionsBuilder<TDb>().UseNpgsql(await PostgresServer.NewDatabaseAsync()).Options),
        open(new DbContextOptionsBuilder<TDb>().UseNpgsql(await PostgresServer.NewDatabaseAsync()).Options), ".postgresql.sql");

    public static void EachScriptStandsInBothDialects<TDb>()
    {
        var sqlite = SqlMigrations.Scripts(typeof(TDb).Assembly).Select(s => s.Name).ToList();

        Assert.NotEmpty(sqlite);
        Assert.Equal(sqlite, SqlMigrations.Scripts(typeof(TDb).Assembly, postgreSql: true).Select(s => s.Name));
    }

    public static async Task<List<string>> SchemaAsync(DbContext db)
    {
        await db.Database.OpenConnectionAsync();
        return await DatabaseSchema.ReadAsync(db.Database.GetDbConnection());
    }

    private static async Task CompareAsync<TDb>(TDb migrated, TDb modelled, string suffix) where TDb : DbContext
    {
        await using var first = migrated;
        await using var second = modelled;
        if (Write is { Length: > 0 }) await File.WriteAllTextAsync(Write + suffix, modelled.Database.GenerateCreateScript());

        await SqlMigrations.ApplyAsync(migrated, typeof(TDb).Assembly);
        await modelled.Database.EnsureCreatedAsync();

        var expected = await SchemaAsync(modelled);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, await SchemaAsync(migrated));
        Assert.Empty(await SqlMigrations.MissingAsync(migrated, typeof(TDb).Assembly));
    }
}
