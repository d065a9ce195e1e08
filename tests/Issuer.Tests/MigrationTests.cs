using Identity.Hosting;
using Identity.Issuer.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Tests;

public sealed class MigrationTests
{
    [Fact]
    public async Task The_migrations_and_the_model_make_the_same_database()
    {
        var migrated = await SchemaAfter(db => SqlMigrations.ApplyAsync(db, typeof(IssuerDb).Assembly));
        var modelled = await SchemaAfter(db => db.Database.EnsureCreatedAsync());

        // Run with IDENTITY_WRITE_SCHEMA=path to get the script for a new migration.
        if (Environment.GetEnvironmentVariable("IDENTITY_WRITE_SCHEMA") is { Length: > 0 } path)
            await SchemaAfter(db => File.WriteAllTextAsync(path, db.Database.GenerateCreateScript()));

        Assert.NotEmpty(modelled);
        Assert.Equal(modelled, migrated.Where(line => !line.Contains("schema_version", StringComparison.Ordinal)));
    }

    private static async Task<List<string>> SchemaAfter(Func<IssuerDb, Task> make)
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        await using var db = new IssuerDb(new DbContextOptionsBuilder<IssuerDb>().UseSqlite(connection).Options);
        await make(db);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT type || ' ' || name || ' ' || sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type, name";
        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) lines.Add(string.Join(' ', reader.GetString(0).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        return lines;
    }
}
