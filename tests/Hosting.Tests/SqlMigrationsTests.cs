using System.Reflection;
using Microsoft.EntityFrameworkCore;

namespace Identity.Hosting.Tests;

public sealed class SqlMigrationsTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"identity-migrations-{Guid.NewGuid():n}.db");

    [Fact]
    public async Task Scripts_run_once_in_the_order_of_their_numbers()
    {
        for (var start = 0; start < 2; start++)
        {
            await using var db = Open();
            await SqlMigrations.ApplyAsync(db, Assembly.GetExecutingAssembly());
        }

        await using var after = Open();
        Assert.Equal([1L, 2L], after.Database.SqlQueryRaw<long>("SELECT version AS Value FROM schema_version ORDER BY version").ToList());
        Assert.Equal("first,second", after.Database.SqlQueryRaw<string>("SELECT group_concat(word) AS Value FROM words").Single());
    }

    [Fact]
    public async Task Two_processes_that_start_at_once_apply_each_script_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await using var db = Open();
            await SqlMigrations.ApplyAsync(db, Assembly.GetExecutingAssembly());
        }));

        await using var after = Open();
        Assert.Equal(2, after.Database.SqlQueryRaw<int>("SELECT COUNT(*) AS Value FROM words").Single());
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        foreach (var file in new[] { _file, _file + "-wal", _file + "-shm" }) File.Delete(file);
    }

    private DbContext Open() => new(new DbContextOptionsBuilder().UseSqlite($"Data Source={_file}").Options);
}
