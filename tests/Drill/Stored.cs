using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Identity.Drill;

/// <summary>The database as it lies there, read with plain SQL and none of the product's code.</summary>
internal sealed class Stored
{
    public required IReadOnlyList<byte[]> Entries { get; init; }

    /// <summary>Positions as stored, in their order.</summary>
    public required IReadOnlyList<long> Positions { get; init; }

    public required IReadOnlyList<byte[]> Pending { get; init; }

    public required (long Size, byte[] Root)? Head { get; init; }

    public required IReadOnlyList<(long Size, string Note)> Checkpoints { get; init; }

    /// <summary>State 0 intended, 1 final, 2 lost.</summary>
    public required IReadOnlyList<(long Size, byte[] Root, long State, string? Transaction)> Anchors { get; init; }

    public required IReadOnlyList<(string Credential, string Organisation, long List, long Index, byte[] Entry)> Copies { get; init; }

    public required IReadOnlyList<(string Organisation, long List, long Index, string Credential, long Value)> Indices { get; init; }

    public required IReadOnlyDictionary<string, string> States { get; init; }

    public required IReadOnlyList<(long Level, long Number, byte[] Hashes, byte[] Inner)> Tiles { get; init; }

    /// <summary>Reads everything in one snapshot. A dead process's last statements may still run on a server: they are waited for.</summary>
    public static async Task<Stored> ReadAsync(string connectionString, bool alone)
    {
        await using DbConnection connection = connectionString.StartsWith("Host=", StringComparison.Ordinal) ? new NpgsqlConnection(connectionString) : new SqliteConnection(connectionString);
        await connection.OpenAsync();
        if (alone && connection is NpgsqlConnection) await UntilAloneAsync(connection);
        // One snapshot for all; on SQLite a reading transaction, which keeps no writer waiting.
        await using DbTransaction snapshot = connection is SqliteConnection sqlite ? sqlite.BeginTransaction(deferred: true) : await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        var entries = await QueryAsync(snapshot, "SELECT position, entry FROM ledger_entries ORDER BY position", r => (r.GetInt64(0), Bytes(r, 1)));
        return new Stored
        {
            Positions = [.. entries.Select(e => e.Item1)],
            Entries = [.. entries.Select(e => e.Item2)],
            Pending = await QueryAsync(snapshot, "SELECT entry FROM ledger_pending", r => Bytes(r, 0)),
            Head = (await QueryAsync(snapshot, "SELECT size, root FROM ledger_state WHERE id = 1", r => ((long, byte[])?)(r.GetInt64(0), Bytes(r, 1)))).SingleOrDefault(),
            Checkpoints = await QueryAsync(snapshot, "SELECT size, note FROM ledger_checkpoints ORDER BY size", r => (r.GetInt64(0), r.GetString(1))),
            Anchors = await QueryAsync(snapshot, "SELECT size, root, state, transaction_hash FROM ledger_anchors ORDER BY size", r => (r.GetInt64(0), Bytes(r, 1), r.GetInt64(2), r.IsDBNull(3) ? null : r.GetString(3))),
            Copies = await QueryAsync(snapshot, "SELECT \"CredentialId\", \"Organisation\", \"List\", \"Index\", \"Entry\" FROM credential_copies", r => (r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetInt64(3), Bytes(r, 4))),
            Indices = await QueryAsync(snapshot, "SELECT \"Organisation\", \"List\", \"Index\", \"CredentialId\", \"Value\" FROM status_entries", r => (r.GetString(0), r.GetInt64(1), r.GetInt64(2), r.GetString(3), r.GetInt64(4))),
            States = (await QueryAsync(snapshot, "SELECT \"Id\", \"State\" FROM credentials", r => (r.GetString(0), r.GetString(1)))).ToDictionary(r => r.Item1, r => r.Item2),
            Tiles = await QueryAsync(snapshot, "SELECT level, number, hashes, inner_hashes FROM ledger_tiles ORDER BY level, number", r => (r.GetInt64(0), r.GetInt64(1), Bytes(r, 2), Bytes(r, 3))),
        };
    }

    private static async Task UntilAloneAsync(DbConnection connection)
    {
        for (var tries = 0; tries < 600; tries++, await Task.Delay(50))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
            if ((long)(await command.ExecuteScalarAsync())! == 0) return;
        }
        throw new InvalidOperationException("Connections of the killed process stay open on the server.");
    }

    private static async Task<List<T>> QueryAsync<T>(DbTransaction snapshot, string sql, Func<DbDataReader, T> read)
    {
        await using var command = snapshot.Connection!.CreateCommand();
        command.Transaction = snapshot;
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync()) rows.Add(read(reader));
        return rows;
    }

    private static byte[] Bytes(DbDataReader row, int column) => row.GetFieldValue<byte[]>(column);
}
