using Microsoft.Data.Sqlite;
using Npgsql;

namespace Identity.Hosting;

/// <summary>What a failed database call means to the one who asked. In every case the transaction was undone: nothing is half-written.</summary>
internal enum DatabaseTrouble
{
    /// <summary>Not a trouble of the database, or one that only its operator can mend.</summary>
    None,

    /// <summary>Another writer holds what was needed, or won; soon it is free.</summary>
    Busy,

    /// <summary>Somebody wrote the same thing at the same moment.</summary>
    Duplicate,

    /// <summary>Nothing can be stored: the disk is full, or the database accepts no writing now.</summary>
    CannotStore,

    /// <summary>The database server cannot be reached, is starting or is going down.</summary>
    Away,

    /// <summary>A text holds a character that the database cannot store (U+0000).</summary>
    BadText,
}

internal static class DatabaseTroubles
{
    /// <summary>The trouble behind an exception, however often it was wrapped.</summary>
    public static DatabaseTrouble Of(Exception? fault)
    {
        for (; fault is not null; fault = fault.InnerException)
        {
            var trouble = fault switch
            {
                SqliteException sqlite => Of(sqlite),
                PostgresException postgres => Of(postgres.SqlState),
                NpgsqlException { InnerException: TimeoutException } => DatabaseTrouble.Busy,
                NpgsqlException => DatabaseTrouble.Away,
                _ => DatabaseTrouble.None,
            };
            if (trouble != DatabaseTrouble.None) return trouble;
        }
        return DatabaseTrouble.None;
    }

    // https://sqlite.org/rescode.html
    private static DatabaseTrouble Of(SqliteException fault) => (fault.SqliteErrorCode, fault.SqliteExtendedErrorCode) switch
    {
        (5 or 6, _) => DatabaseTrouble.Busy, // BUSY, LOCKED
        (19, 1555 or 2067) => DatabaseTrouble.Duplicate, // CONSTRAINT_PRIMARYKEY, CONSTRAINT_UNIQUE
        (8 or 10 or 13 or 14, _) => DatabaseTrouble.CannotStore, // READONLY, IOERR, FULL, CANTOPEN
        _ => DatabaseTrouble.None,
    };

    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    private static DatabaseTrouble Of(string state) => state switch
    {
        "40001" or "40P01" or "55P03" or "57014" => DatabaseTrouble.Busy, // serialization failure, deadlock, lock not available, cancelled by a time limit
        "23505" => DatabaseTrouble.Duplicate,
        "22021" or "22P05" => DatabaseTrouble.BadText,
        "25006" => DatabaseTrouble.CannotStore, // read-only transaction: a standby
        "53300" or "55000" or "3D000" => DatabaseTrouble.Away, // too many connections, no connections taken now, no such database
        _ when state.StartsWith("53", StringComparison.Ordinal) || state.StartsWith("58", StringComparison.Ordinal) => DatabaseTrouble.CannotStore, // disk full, out of memory, input/output error
        _ when state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("28", StringComparison.Ordinal) => DatabaseTrouble.Away, // no connection, shut down, not let in
        _ => DatabaseTrouble.None,
    };
}
