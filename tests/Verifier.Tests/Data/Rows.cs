using Identity.Hosting;
using Identity.Verifier.Data;
using Identity.Verifier.Tests.World;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Verifier.Tests.Data;

internal static class Rows
{
    /// <summary>The stored verdicts, once the recorder has had a moment.</summary>
    public static async Task<List<VerdictRow>> ReadAsync(TestVerifier verifier)
    {
        await using var db = await verifier.Services.GetRequiredService<IDbContextFactory<VerifierDb>>().CreateDbContextAsync();
        return await db.Verdicts.OrderBy(v => v.Id).ToListAsync();
    }
}

public class SchemaTests
{
    [Fact]
    public async Task The_migrations_make_the_schema_of_the_model()
    {
        await using var migrated = Open();
        await using var created = Open();

        await SqlMigrations.ApplyAsync(migrated, typeof(VerifierDb).Assembly);
        await created.Database.EnsureCreatedAsync();

        var expected = await SchemaAsync(created);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, (await SchemaAsync(migrated)).Where(sql => !sql.Contains("schema_version")));
    }

    private static VerifierDb Open()
    {
        var db = new VerifierDb(new DbContextOptionsBuilder<VerifierDb>().UseSqlite("Data Source=:memory:").Options);
        db.Database.OpenConnection();
        return db;
    }

    private static async Task<List<string>> SchemaAsync(VerifierDb db) =>
        await db.Database.SqlQueryRaw<string>("SELECT sql AS Value FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY name").ToListAsync();
}
