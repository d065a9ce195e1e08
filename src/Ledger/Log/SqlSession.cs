using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Identity.Ledger.Log;

/// <summary>Plain SQL inside a context's transaction: the caller's where there is one, else one of our own that <see cref="CommitAsync"/> ends.</summary>
public sealed class SqlSession : IAsyncDisposable
{
    private readonly DbConnection _connection;
    private readonly DbTransaction? _transaction;
    private readonly IDbContextTransaction? _own;
    private readonly DatabaseFacade? _opened;

    private SqlSession(DatabaseFacade database, IDbContextTransaction? own, DatabaseFacade? opened)
    {
        _connection = database.GetDbConnection();
        _transaction = database.CurrentTransaction?.GetDbTransaction();
        _own = own;
        _opened = opened;
    }

    public static async Task<SqlSession> BeginAsync(DbContext db, CancellationToken ct)
    {
        // SQLite: "begin immediate", so that what we read inside cannot change before we write. PostgreSQL: read committed; who needs the same holds the head.
        var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(ct) : null;
        return new SqlSession(db.Database, own, null);
    }

    /// <summary>To read with single statements: inside the caller's transaction where there is one, else without.</summary>
    public static async Task<SqlSession> ReadAsync(DbContext db, CancellationToken ct)
    {
        await db.Database.OpenConnectionAsync(ct);
        return new SqlSession(db.Database, null, db.Database);
    }

    /// <summary>
    /// Locks the log's one state row until the transaction ends: of several processes one at a time gets past this line, and each
    /// statement after it sees what the others committed. False where the row, or its lease, is another's.
    /// </summary>
    public async Task<bool> HoldHeadAsync(string? owner, CancellationToken ct) => owner is null
        ? await RunAsync(ct, "UPDATE ledger_state SET size = size WHERE id = 1") == 1
        : await RunAsync(ct, "UPDATE ledger_state SET size = size WHERE id = 1 AND lease_owner = @owner", ("@owner", owner)) == 1;

    public Task CommitAsync(CancellationToken ct) => _own is null ? Task.CompletedTask : _own.CommitAsync(ct);

    /// <summary>Without a commit before, everything is undone.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_own is not null) await _own.DisposeAsync();
        if (_opened is not null) await _opened.CloseConnectionAsync();
    }

    /// <summary>A statement to run many times; values are given in the order of the names.</summary>
    public Statement Prepare(string sql, params ReadOnlySpan<string> names)
    {
        var command = _connection.CreateCommand();
        command.Transaction = _transaction;
        command.CommandText = sql;
        foreach (var name in names)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
        }

        return new Statement(command);
    }

    public async Task<int> RunAsync(CancellationToken ct, string sql, params (string Name, object Value)[] values)
    {
        await using var statement = Prepare(sql, [.. values.Select(v => v.Name)]);
        return await statement.RunAsync(ct, [.. values.Select(v => v.Value)]);
    }

    public async Task<List<T>> QueryAsync<T>(CancellationToken ct, Func<DbDataReader, T> read, string sql, params (string Name, object Value)[] values)
    {
        await using var statement = Prepare(sql, [.. values.Select(v => v.Name)]);
        return await statement.QueryAsync(ct, read, [.. values.Select(v => v.Value)]);
    }

    /// <summary>A prepared statement.</summary>
    public sealed class Statement(DbCommand command) : IAsyncDisposable
    {
        private SqliteStatement? _direct;

        /// <summary>Runs it; gives how many rows were changed.</summary>
        public Task<int> RunAsync(CancellationToken ct, params ReadOnlySpan<object> values)
        {
            if (command is SqliteCommand { Transaction: not null } sqlite)
            {
                ct.ThrowIfCancellationRequested();
                _direct ??= new SqliteStatement(sqlite);
                return Task.FromResult(_direct.Run(values));
            }
            Set(values);
            return command.ExecuteNonQueryAsync(ct);
        }

        public Task<List<T>> QueryAsync<T>(CancellationToken ct, Func<DbDataReader, T> read, params ReadOnlySpan<object> values)
        {
            Set(values);
            return ReadAllAsync(ct, read);
        }

        public ValueTask DisposeAsync()
        {
            _direct?.Dispose();
            return command.DisposeAsync();
        }

        private async Task<List<T>> ReadAllAsync<T>(CancellationToken ct, Func<DbDataReader, T> read)
        {
            var rows = new List<T>();
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct)) rows.Add(read(reader));
            return rows;
        }

        private void Set(ReadOnlySpan<object> values)
        {
            for (var at = 0; at < values.Length; at++) command.Parameters[at].Value = values[at];
        }
    }
}
