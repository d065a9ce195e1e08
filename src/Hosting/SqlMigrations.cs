using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Microsoft.EntityFrameworkCore;

namespace Identity.Hosting;

/// <summary>
/// Applies an app's SQL scripts, embedded as <c>migrations/NNN_name.sql</c>, in the order of their numbers, each once and in one
/// transaction with its row in the version table. Killed in between, the next start goes on where it stopped.
/// </summary>
public static class SqlMigrations
{
    /// <summary>Brings the database of <paramref name="db"/> to the newest version.</summary>
    public static async Task ApplyAsync(DbContext db, Assembly assembly, CancellationToken ct = default)
    {
        var connection = db.Database.GetDbConnection();
        await db.Database.OpenConnectionAsync(ct);
        try
        {
            await ExecuteAsync(connection, null, "PRAGMA journal_mode = WAL", ct);
            await ExecuteAsync(connection, null, "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL)", ct);
            foreach (var (version, name, sql) in Scripts(assembly))
            {
                // Serialises two processes that start at once: the second sees the first one's row.
                await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.Serializable, ct);
                if (await IsAppliedAsync(connection, transaction, version, ct)) continue;
                await ExecuteAsync(connection, transaction, sql, ct);
                await ExecuteAsync(connection, transaction, $"INSERT INTO schema_version (version, name) VALUES ({version}, '{name}')", ct);
                await transaction.CommitAsync(ct);
            }
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>The scripts of an assembly in order.</summary>
    public static IEnumerable<(int Version, string Name, string Sql)> Scripts(Assembly assembly) =>
        assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("migrations/", StringComparison.Ordinal))
            .Select(name => (name, file: Path.GetFileNameWithoutExtension(name)))
            .Select(x => (int.Parse(x.file.Split('_')[0], CultureInfo.InvariantCulture), x.file, Read(assembly, x.name)))
            .OrderBy(x => x.Item1);

    private static async Task<bool> IsAppliedAsync(DbConnection connection, DbTransaction transaction, int version, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"SELECT COUNT(*) FROM schema_version WHERE version = {version}";
        return Convert.ToInt64(await command.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture) > 0;
    }

    private static async Task ExecuteAsync(DbConnection connection, DbTransaction? transaction, string sql, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(ct);
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
