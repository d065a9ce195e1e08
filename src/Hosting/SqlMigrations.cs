using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Microsoft.EntityFrameworkCore;

namespace Identity.Hosting;

/// <summary>
/// Applies an app's SQL scripts, embedded as <c>migrations/NNN_name.sql</c> for SQLite and <c>migrations/postgresql/NNN_name.sql</c> for
/// PostgreSQL, in the order of their numbers, each once and in one transaction with its row in the version table. Killed in between,
/// the next start goes on where it stopped; two processes that start at once take turns.
/// </summary>
public static class SqlMigrations
{
    private const string Turn = "migrations";

    /// <summary>Applies every script that this database has not had yet, whatever its number.</summary>
    /// <exception cref="InvalidOperationException">The database belongs to another app.</exception>
    public static async Task ApplyAsync(DbContext db, Assembly assembly, CancellationToken ct = default)
    {
        await db.Database.OpenConnectionAsync(ct);
        try
        {
            // The size of a page takes effect in a new file only: a quarter of the pages to write where a row has kilobytes.
            if (!db.Database.IsPostgreSql()) await ExecuteAsync(db, "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL", ct);
            await InTurnAsync(db, () => ExecuteAsync(db, "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL)", ct), ct);
            foreach (var script in Scripts(assembly, db.Database.IsPostgreSql()))
            {
                await InTurnAsync(db, async () =>
                {
                    if ((await AppliedAsync(db, ct)).TryGetValue(script.Version, out var name))
                    {
                        if (name != script.Name) throw new InvalidOperationException($"The database had the script {name} where this program has {script.Name}: it is another program's. Give each its own database.");
                        return;
                    }
                    await ExecuteAsync(db, script.Sql, ct);
                    await ExecuteAsync(db, $"INSERT INTO schema_version (version, name) VALUES ({script.Version}, '{script.Name}')", ct);
                }, ct);
            }
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>The names of the scripts that this database has not had yet.</summary>
    public static async Task<IReadOnlyList<string>> MissingAsync(DbContext db, Assembly assembly, CancellationToken ct = default)
    {
        await db.Database.OpenConnectionAsync(ct);
        try
        {
            var applied = await AppliedAsync(db, ct);
            return [.. Scripts(assembly, db.Database.IsPostgreSql()).Where(s => !applied.ContainsKey(s.Version)).Select(s => s.Name)];
        }
        catch (DbException) when (DatabaseIsEmpty(db))
        {
            return [.. Scripts(assembly, db.Database.IsPostgreSql()).Select(s => s.Name)];
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>The scripts of an assembly for one of the two databases, in order.</summary>
    public static IEnumerable<(int Version, string Name, string Sql)> Scripts(Assembly assembly, bool postgreSql = false)
    {
        var folder = postgreSql ? "migrations/postgresql/" : "migrations/";
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(folder, StringComparison.Ordinal) && !name[folder.Length..].Contains('/'))
            .Select(name => (name, file: Path.GetFileNameWithoutExtension(name)))
            .Select(x => (int.Parse(x.file.Split('_')[0], CultureInfo.InvariantCulture), x.file, Read(assembly, x.name)))
            .OrderBy(x => x.Item1);
    }

    private static async Task InTurnAsync(DbContext db, Func<Task> work, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginExclusiveAsync(Turn, ct);
        await work();
        await transaction.CommitAsync(ct);
    }

    private static async Task<Dictionary<int, string>> AppliedAsync(DbContext db, CancellationToken ct)
    {
        await using var command = Command(db, "SELECT version, name FROM schema_version");
        await using var reader = await command.ExecuteReaderAsync(ct);
        var applied = new Dictionary<int, string>();
        while (await reader.ReadAsync(ct)) applied.Add(reader.GetInt32(0), reader.GetString(1));
        return applied;
    }

    private static async Task ExecuteAsync(DbContext db, string sql, CancellationToken ct)
    {
        await using var command = Command(db, sql);
        await command.ExecuteNonQueryAsync(ct);
    }

    // Past EF, which would read braces in a script as parameters and report the missing table of an empty database as a fault of ours.
    private static DbCommand Command(DbContext db, string sql)
    {
        var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = (db.Database.CurrentTransaction as Microsoft.EntityFrameworkCore.Infrastructure.IInfrastructure<DbTransaction>)?.Instance;
        command.CommandText = sql;
        return command;
    }

    private static bool DatabaseIsEmpty(DbContext db)
    {
        using var command = Command(db, db.Database.IsPostgreSql()
            ? "SELECT COUNT(*) FROM information_schema.tables WHERE table_name = 'schema_version'"
            : "SELECT COUNT(*) FROM sqlite_master WHERE name = 'schema_version'");
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture) == 0;
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
