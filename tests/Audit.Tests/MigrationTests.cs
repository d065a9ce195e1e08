using Identity.Hosting;
using Identity.Audit.Data;
using Identity.TestKit;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Identity.Audit.Tests;

public sealed class MigrationTests
{
    // Run with IDENTITY_WRITE_SCHEMA=path to get the model's script, from which the statements of a new migration are taken.
    private static readonly string? Write = Environment.GetEnvironmentVariable("IDENTITY_WRITE_SCHEMA");

    [Fact]
    public async Task The_migrations_and_the_model_make_the_same_database()
    {
        await using var migrated = new SqliteConnection("Data Source=:memory:");
        await using var modelled = new SqliteConnection("Data Source=:memory:");
        await migrated.OpenAsync();
        await modelled.OpenAsync();

        await CompareAsync(new DbContextOptionsBuilder<AuditDb>().UseSqlite(migrated), new DbContextOptionsBuilder<AuditDb>().UseSqlite(modelled), ".sqlite.sql");
    }

    [PostgresFact]
    public async Task The_migrations_and_the_model_make_the_same_database_on_PostgreSQL() => await CompareAsync(
        new DbContextOptionsBuilder<AuditDb>().UseNpgsql(await PostgresServer.NewDatabaseAsync()),
        new DbContextOptionsBuilder<AuditDb>().UseNpgsql(await PostgresServer.NewDatabaseAsync()), ".postgresql.sql");

    [Fact]
    public void Each_script_stands_in_both_dialects()
    {
        var sqlite = SqlMigrations.Scripts(typeof(AuditDb).Assembly).Select(s => s.Name).ToList();

        Assert.NotEmpty(sqlite);
        Assert.Equal(sqlite, SqlMigrations.Scripts(typeof(AuditDb).Assembly, postgreSql: true).Select(s => s.Name));
    }

    [Fact]
    public async Task No_table_has_a_place_for_a_name_or_for_what_links_a_worker_across_sites()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        await using var db = new AuditDb(new DbContextOptionsBuilder<AuditDb>().UseSqlite(connection).Options);
        await db.Database.EnsureCreatedAsync();
        var lines = await SchemaAsync(db);
        string[] workers = ["vouchers", "contracts", "site_counts", "bundles"];
        foreach (var table in workers)
        {
            var columns = lines.Where(l => l.StartsWith($"column {table}.", StringComparison.Ordinal)).Select(l => l.Split('.', ' ')[2]).ToList();
            Assert.NotEmpty(columns);
            foreach (var word in new[] { "name", "phone", "passport", "nationality", "birth", "worker" })
                Assert.DoesNotContain(columns, c => c.Contains(word, StringComparison.OrdinalIgnoreCase) && c != "Workers"); // a count is none
        }
    }

    private static async Task CompareAsync(DbContextOptionsBuilder<AuditDb> first, DbContextOptionsBuilder<AuditDb> second, string suffix)
    {
        await using var migrated = new AuditDb(first.Options);
        await using var modelled = new AuditDb(second.Options);
        if (Write is { Length: > 0 }) await File.WriteAllTextAsync(Write + suffix, modelled.Database.GenerateCreateScript());

        await SqlMigrations.ApplyAsync(migrated, typeof(AuditDb).Assembly);
        await modelled.Database.EnsureCreatedAsync();

        var expected = await SchemaAsync(modelled);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, await SchemaAsync(migrated));
        Assert.Empty(await SqlMigrations.MissingAsync(migrated, typeof(AuditDb).Assembly));
    }

    private static async Task<List<string>> SchemaAsync(AuditDb db)
    {
        await db.Database.OpenConnectionAsync();
        return await DatabaseSchema.ReadAsync(db.Database.GetDbConnection());
    }
}
