using Identity.Audit.Data;
using Identity.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Identity.Audit.Tests;

public sealed class MigrationTests
{
    [Fact]
    public async Task The_migrations_and_the_model_make_the_same_database()
    {
        // Run with IDENTITY_WRITE_SCHEMA=path to get the script for a new migration.
        if (Environment.GetEnvironmentVariable("IDENTITY_WRITE_SCHEMA") is { Length: > 0 } path)
            await SchemaAfter(db => File.WriteAllTextAsync(path, db.Database.GenerateCreateScript()));

        var migrated = await SchemaAfter(db => SqlMigrations.ApplyAsync(db, typeof(AuditDb).Assembly));
        var modelled = await SchemaAfter(db => db.Database.EnsureCreatedAsync());

        Assert.NotEmpty(modelled);
        Assert.Equal(modelled, migrated.Where(line => !line.Contains("schema_version", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task No_table_has_a_place_for_a_name_or_for_what_links_a_worker_across_sites()
    {
        var lines = await SchemaAfter(db => db.Database.EnsureCreatedAsync());
        string[] workers = ["vouchers", "contracts", "site_counts", "bundles"];

        Assert.Equal(workers.Order(), lines.Where(l => l.StartsWith("table ", StringComparison.Ordinal)).Select(l => l.Split(' ')[1]).Where(workers.Contains).Order());
        foreach (var line in lines.Where(l => workers.Any(w => l.StartsWith($"table {w} ", StringComparison.Ordinal))))
            foreach (var word in new[] { "name", "phone", "passport", "nationality", "birth", "worker_id" }) Assert.DoesNotContain($"\"{word}", line, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<List<string>> SchemaAfter(Func<AuditDb, Task> make)
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        await using var db = new AuditDb(new DbContextOptionsBuilder<AuditDb>().UseSqlite(connection).Options);
        await make(db);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT type || ' ' || name || ' ' || sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type, name";
        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) lines.Add(string.Join(' ', reader.GetString(0).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        return lines;
    }
}
