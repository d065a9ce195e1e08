using Identity.Hosting;
using Identity.TestKit;
using Identity.Verifier.Data;
using Identity.Verifier.Tests.World;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Verifier.Tests.Data;

internal static class Rows
{
    /// <summary>The stored verdicts, once the recorder, which works in the background, has written so many.</summary>
    public static async Task<List<VerdictRow>> ReadAsync(TestVerifier verifier, int count = 0)
    {
        await using var db = await verifier.Services.GetRequiredService<IDbContextFactory<VerifierDb>>().CreateDbContextAsync();
        for (var tries = 0; tries < 600 && await db.Verdicts.CountAsync() < count; tries++) await Task.Delay(100);
        return await db.Verdicts.OrderBy(v => v.Id).ToListAsync();
    }
}

public class SchemaTests
{
    [Fact]
    public async Task The_migrations_make_the_schema_of_the_model() => await CompareAsync("Data Source=:memory:", "Data Source=:memory:");

    [PostgresFact]
    public async Task The_migrations_make_the_schema_of_the_model_on_PostgreSQL() =>
        await CompareAsync(await PostgresServer.NewDatabaseAsync(), await PostgresServer.NewDatabaseAsync());

    [Fact]
    public void Each_script_stands_in_both_dialects()
    {
        var sqlite = SqlMigrations.Scripts(typeof(VerifierDb).Assembly).Select(s => s.Name).ToList();

        Assert.NotEmpty(sqlite);
        Assert.Equal(sqlite, SqlMigrations.Scripts(typeof(VerifierDb).Assembly, postgreSql: true).Select(s => s.Name));
    }

    private static async Task CompareAsync(string first, string second)
    {
        await using var migrated = Open(first);
        await using var created = Open(second);

        await SqlMigrations.ApplyAsync(migrated, typeof(VerifierDb).Assembly);
        await created.Database.EnsureCreatedAsync();

        // Run with IDENTITY_WRITE_SCHEMA=path to get the model's script, from which the statements of a new migration are taken.
        if (Environment.GetEnvironmentVariable("IDENTITY_WRITE_SCHEMA") is { Length: > 0 } path)
            await File.WriteAllTextAsync(path + (created.Database.IsPostgreSql() ? ".verifier.postgresql.sql" : ".verifier.sqlite.sql"), created.Database.GenerateCreateScript());
        var expected = await DatabaseSchema.ReadAsync(created.Database.GetDbConnection());
        Assert.NotEmpty(expected);
        Assert.Equal(expected, await DatabaseSchema.ReadAsync(migrated.Database.GetDbConnection()));
    }

    private static VerifierDb Open(string connection)
    {
        var options = new DbContextOptionsBuilder<VerifierDb>();
        options.UseDatabase(connection);
        var db = new VerifierDb(options.Options);
        db.Database.OpenConnection();
        return db;
    }
}
