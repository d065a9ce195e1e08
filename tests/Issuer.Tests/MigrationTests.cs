using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.TestKit;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Tests;

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

        await CompareAsync(new DbContextOptionsBuilder<IssuerDb>().UseSqlite(migrated), new DbContextOptionsBuilder<IssuerDb>().UseSqlite(modelled), ".sqlite.sql");
    }

    [PostgresFact]
    public async Task The_migrations_and_the_model_make_the_same_database_on_PostgreSQL() => await CompareAsync(
        new DbContextOptionsBuilder<IssuerDb>().UseNpgsql(await PostgresServer.NewDatabaseAsync()),
        new DbContextOptionsBuilder<IssuerDb>().UseNpgsql(await PostgresServer.NewDatabaseAsync()), ".postgresql.sql");

    [Fact]
    public void Each_script_stands_in_both_dialects()
    {
        var sqlite = SqlMigrations.Scripts(typeof(IssuerDb).Assembly).Select(s => s.Name).ToList();

        Assert.NotEmpty(sqlite);
        Assert.Equal(sqlite, SqlMigrations.Scripts(typeof(IssuerDb).Assembly, postgreSql: true).Select(s => s.Name));
    }

    private static async Task CompareAsync(DbContextOptionsBuilder<IssuerDb> first, DbContextOptionsBuilder<IssuerDb> second, string suffix)
    {
        await using var migrated = new IssuerDb(first.Options);
        await using var modelled = new IssuerDb(second.Options);
        if (Write is { Length: > 0 }) await File.WriteAllTextAsync(Write + suffix, modelled.Database.GenerateCreateScript());

        await SqlMigrations.ApplyAsync(migrated, typeof(IssuerDb).Assembly);
        await modelled.Database.EnsureCreatedAsync();

        var expected = await SchemaAsync(modelled);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, await SchemaAsync(migrated));
        Assert.Empty(await SqlMigrations.MissingAsync(migrated, typeof(IssuerDb).Assembly));
    }

    private static async Task<List<string>> SchemaAsync(IssuerDb db)
    {
        await db.Database.OpenConnectionAsync();
        return await DatabaseSchema.ReadAsync(db.Database.GetDbConnection());
    }
}
