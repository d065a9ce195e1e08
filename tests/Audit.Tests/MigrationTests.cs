using Identity.Audit.Data;
using Identity.TestKit;
using Identity.TestShared;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Identity.Audit.Tests;

public sealed class MigrationTests
{
    [Fact]
    public Task The_migrations_and_the_model_make_the_same_database() => MigrationComparison.OnSqliteAsync<AuditDb>(options => new AuditDb(options));

    [PostgresFact]
    public Task The_migrations_and_the_model_make_the_same_database_on_PostgreSQL() => MigrationComparison.OnPostgreSqlAsync<AuditDb>(options => new AuditDb(options));

    [Fact]
    public void Each_script_stands_in_both_dialects() => MigrationComparison.EachScriptStandsInBothDialects<AuditDb>();

    [Fact]
    public async Task No_table_has_a_place_for_a_name_or_for_what_links_a_worker_across_sites()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync();
        await using var db = new AuditDb(new DbContextOptionsBuilder<AuditDb>().UseSqlite(connection).Options);
        await db.Database.EnsureCreatedAsync();
        var lines = await MigrationComparison.SchemaAsync(db);
        string[] workers = ["vouchers", "contracts", "site_counts", "bundles"];
        foreach (var table in workers)
        {
            var columns = lines.Where(l => l.StartsWith($"column {table}.", StringComparison.Ordinal)).Select(l => l.Split('.', ' ')[2]).ToList();
            Assert.NotEmpty(columns);
            foreach (var word in new[] { "name", "phone", "passport", "nationality", "birth", "worker" })
                Assert.DoesNotContain(columns, c => c.Contains(word, StringComparison.OrdinalIgnoreCase) && c != "Workers"); // a count is none
        }
    }
}
