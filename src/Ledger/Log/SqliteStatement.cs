using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Identity.Ledger.Log;

/// <summary>
/// A prepared statement of SQLite whose parameters are bound by their place: for a row with a dozen of them that costs a third of looking
/// each up by its name. For use inside a transaction that may write, where SQLite never says "busy".
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly int[] _places;

    /// <exception cref="SqliteException">The statement cannot be understood.</exception>
    /// <exception cref="ArgumentException">A name does not stand in the statement.</exception>
    public SqliteStatement(SqliteCommand command)
    {
        _database = command.Connection!.Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(_database, command.CommandText, out _statement), _database);
        _places = [.. command.Parameters.Cast<DbParameter>().Select(parameter => Place(parameter.ParameterName))];
    }

    /// <summary>Runs it; values in the order of the names. Gives how many rows were changed.</summary>
    /// <exception cref="SqliteException">What SQLite says, with its extended code.</exception>
    public int Run(ReadOnlySpan<object> values)
    {
        for (var at = 0; at < values.Length; at++) Check(Bind(_places[at], values[at]));
        var code = raw.sqlite3_step(_statement);
        if (code is raw.SQLITE_DONE or raw.SQLITE_ROW) code = raw.SQLITE_OK;
        var changed = raw.sqlite3_changes(_database);
        // The fault of the step is told, not that of the reset that repeats it.
        try
        {
            Check(code);
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
        return changed;
    }

    public void Dispose() => _statement.Dispose();

    private int Place(string name)
    {
        var place = raw.sqlite3_bind_parameter_index(_statement, name);
        return place > 0 ? place : throw new ArgumentException($"{name} does not stand in the statement.", nameof(name));
    }

    private int Bind(int place, object value) => value switch
    {
        string text => raw.sqlite3_bind_text(_statement, place, text),
        long number => raw.sqlite3_bind_int64(_statement, place, number),
        int number => raw.sqlite3_bind_int(_statement, place, number),
        byte[] bytes => raw.sqlite3_bind_blob(_statement, place, bytes),
        bool flag => raw.sqlite3_bind_int(_statement, place, flag ? 1 : 0),
        DBNull => raw.sqlite3_bind_null(_statement, place),
        _ => throw new ArgumentException($"SQLite is not given a {value.GetType()} here.", nameof(value)),
    };

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _database);
}
