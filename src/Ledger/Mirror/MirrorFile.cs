using System.Globalization;
using Identity.Credentials.Transparency;
using Identity.Ledger.Registry;
using Microsoft.Data.Sqlite;

namespace Identity.Ledger.Mirror;

/// <summary>How far the chain has been read, and which chain it was.</summary>
/// <param name="Genesis">Hash of block 0.</param>
/// <param name="Block">The last block whose events are kept; its <paramref name="Hash"/> must stay what it is.</param>
internal sealed record ChainMark(ulong ChainId, string Contract, string Genesis, ulong Block, string Hash);

/// <summary>A contradiction and the two signed checkpoints that show it, where there were two.</summary>
/// <param name="Origin">The log's; empty for the chain itself.</param>
/// <param name="LiftedBy">The transaction after which it stands no more; null while it stands.</param>
internal sealed record MirrorAlarm(string Origin, DateTimeOffset RaisedAt, string Reason, string? Before, string? After, DateTimeOffset? LiftedAt, string? LiftedBy);

/// <summary>
/// The mirror's memory between two runs. Everything in it but the alarms can be had again from the chain and the logs.
/// Each method is one transaction; a crash leaves the file as before it.
/// </summary>
internal sealed partial class MirrorFile : IDisposable
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS mirror_mark (id INTEGER NOT NULL PRIMARY KEY, chain_id INTEGER NOT NULL, contract TEXT NOT NULL, genesis TEXT NOT NULL, block INTEGER NOT NULL, hash TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS mirror_read (id INTEGER NOT NULL PRIMARY KEY, at INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS mirror_events (block INTEGER NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (block, position));
        CREATE TABLE IF NOT EXISTS mirror_bundles (origin TEXT NOT NULL, number INTEGER NOT NULL, entries BLOB NOT NULL, PRIMARY KEY (origin, number));
        CREATE TABLE IF NOT EXISTS mirror_checkpoints (origin TEXT NOT NULL PRIMARY KEY, note TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS mirror_witnessed (origin TEXT NOT NULL PRIMARY KEY, note TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS mirror_notes (origin TEXT NOT NULL, size INTEGER NOT NULL, note TEXT NOT NULL, seen_at INTEGER NULL, PRIMARY KEY (origin, size)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS mirror_alarms (origin TEXT NOT NULL PRIMARY KEY, raised_at TEXT NOT NULL, reason TEXT NOT NULL, note_before TEXT NULL, note_after TEXT NULL);
        CREATE TABLE IF NOT EXISTS mirror_lifted (origin TEXT NOT NULL, raised_at TEXT NOT NULL, reason TEXT NOT NULL, note_before TEXT NULL, note_after TEXT NULL, lifted_at TEXT NOT NULL, lifted_by TEXT NOT NULL, PRIMARY KEY (origin, raised_at));
        """;

    private readonly SqliteConnection _connection;
    private readonly Lock _gate = new();

    public MirrorFile(string file)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        _connection.Open();
        if (!HasArchive()) Run(null, "PRAGMA journal_mode = WAL"); // an archive is written once, and is one file
        Run(null, "PRAGMA synchronous = NORMAL"); // what a power cut takes is fetched again; alarms are written with FULL
        Run(null, Schema);
        Bundle();
    }

    public ChainMark? Mark()
    {
        lock (_gate)
        {
            return Query("SELECT chain_id, contract, genesis, block, hash FROM mirror_mark WHERE id = 1",
                row => new ChainMark((ulong)row.GetInt64(0), row.GetString(1), row.GetString(2), (ulong)row.GetInt64(3), row.GetString(4))).SingleOrDefault();
        }
    }

    /// <summary>When the chain was last read to its end, to the second; null when never.</summary>
    public DateTimeOffset? ReadAt()
    {
        lock (_gate) return Query("SELECT at FROM mirror_read WHERE id = 1", row => (DateTimeOffset?)DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(0))).SingleOrDefault();
    }

    public void SaveReadAt(DateTimeOffset at)
    {
        lock (_gate) Run(null, "INSERT INTO mirror_read (id, at) VALUES (1, @at) ON CONFLICT (id) DO UPDATE SET at = excluded.at", ("@at", at.ToUnixTimeSeconds()));
    }

    public List<RegistryEvent> Events()
    {
        lock (_gate) return Query("SELECT kind, body FROM mirror_events ORDER BY block, position", row => EventCodec.Read(row.GetString(0), row.GetString(1)));
    }

    /// <summary>The entries of a log in their order, 256 in each array but the last, one after the other.</summary>
    public List<byte[]> Bundles(string origin)
    {
        lock (_gate) return Query("SELECT entries FROM mirror_bundles WHERE origin = @origin ORDER BY number", row => row.GetFieldValue<byte[]>(0), ("@origin", origin));
    }

    public string? Note(string origin)
    {
        lock (_gate) return Query("SELECT note FROM mirror_checkpoints WHERE origin = @origin", row => row.GetString(0), ("@origin", origin)).SingleOrDefault();
    }

    /// <summary>Entries of a log from a position on, as many as there are of those wanted.</summary>
    public List<byte[]> Entries(string origin, long first, int count)
    {
        lock (_gate)
        {
            return [.. Query("SELECT entries FROM mirror_bundles WHERE origin = @origin AND number BETWEEN @first AND @last ORDER BY number",
                    row => row.GetFieldValue<byte[]>(0), ("@origin", origin), ("@first", first / Tiles.Full), ("@last", (first + count - 1) / Tiles.Full))
                .SelectMany(bundle => bundle.Chunk(MerkleTree.HashSize)).Skip((int)(first % Tiles.Full)).Take(count)];
        }
    }

    /// <summary>Anchored sizes whose signed checkpoint is kept, and when it was seen.</summary>
    public List<(long Size, DateTimeOffset? SeenAt)> Noted(string origin)
    {
        lock (_gate)
        {
            return Query("SELECT size, seen_at FROM mirror_notes WHERE origin = @origin ORDER BY size",
                row => (row.GetInt64(0), row.IsDBNull(1) ? (DateTimeOffset?)null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1))), ("@origin", origin));
        }
    }

    /// <summary>The signed checkpoint of an anchored size; null where none is kept.</summary>
    public string? NoteOf(string origin, long size)
    {
        lock (_gate) return Query("SELECT note FROM mirror_notes WHERE origin = @origin AND size = @size", row => row.GetString(0), ("@origin", origin), ("@size", size)).SingleOrDefault();
    }

    /// <summary>Keeps the signed checkpoint of an anchored size.</summary>
    public void SaveNote(string origin, long size, string note, DateTimeOffset? seenAt)
    {
        lock (_gate)
        {
            Run(null, "INSERT INTO mirror_notes (origin, size, note, seen_at) VALUES (@origin, @size, @note, @seen) ON CONFLICT DO NOTHING",
                ("@origin", origin), ("@size", size), ("@note", note), ("@seen", seenAt?.ToUnixTimeMilliseconds()));
        }
    }

    /// <summary>The largest checkpoint that enough witnesses cosigned, with their lines; null where there is none.</summary>
    public string? Witnessed(string origin)
    {
        lock (_gate) return Query("SELECT note FROM mirror_witnessed WHERE origin = @origin", row => row.GetString(0), ("@origin", origin)).SingleOrDefault();
    }

    /// <summary>Keeps it.</summary>
    public void SaveWitnessed(string origin, string note)
    {
        lock (_gate) Run(null, "INSERT INTO mirror_witnessed (origin, note) VALUES (@origin, @note) ON CONFLICT (origin) DO UPDATE SET note = excluded.note", ("@origin", origin), ("@note", note));
    }

    /// <summary>The alarms that stand.</summary>
    public List<MirrorAlarm> Alarms() => Alarms("SELECT origin, raised_at, reason, note_before, note_after, NULL, NULL FROM mirror_alarms ORDER BY origin");

    /// <summary>The alarms that an act on the chain has lifted.</summary>
    public List<MirrorAlarm> Lifted() => Alarms("SELECT origin, raised_at, reason, note_before, note_after, lifted_at, lifted_by FROM mirror_lifted ORDER BY raised_at, origin");

    /// <summary>Keeps events together with how far they reach.</summary>
    public void Save(ChainMark mark, IEnumerable<RegistryEvent> events)
    {
        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction();
            foreach (var registryEvent in events)
            {
                var (kind, body) = EventCodec.Write(registryEvent);
                Run(transaction, "INSERT INTO mirror_events (block, position, kind, body) VALUES (@block, @position, @kind, @body) ON CONFLICT DO NOTHING",
                    ("@block", (long)registryEvent.Place.Block), ("@position", (long)registryEvent.Place.LogIndex), ("@kind", kind), ("@body", body));
            }

            Run(transaction,
                "INSERT INTO mirror_mark (id, chain_id, contract, genesis, block, hash) VALUES (1, @chain, @contract, @genesis, @block, @hash) " +
                "ON CONFLICT (id) DO UPDATE SET block = excluded.block, hash = excluded.hash WHERE excluded.block > mirror_mark.block",
                ("@chain", (long)mark.ChainId), ("@contract", mark.Contract), ("@genesis", mark.Genesis), ("@block", (long)mark.Block), ("@hash", mark.Hash));
            transaction.Commit();
        }
    }

    /// <summary>Keeps checked entries together with the checkpoint that they were checked against.</summary>
    public void Save(string origin, long first, IReadOnlyList<byte[]> entries, string note)
    {
        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction();
            Put(transaction, origin, first, entries);
            Run(transaction, "INSERT INTO mirror_checkpoints (origin, note) VALUES (@origin, @note) ON CONFLICT (origin) DO UPDATE SET note = excluded.note", ("@origin", origin), ("@note", note));
            transaction.Commit();
        }
    }

    /// <summary>Remembers an alarm with its evidence; the first of a log stays.</summary>
    public void Raise(string origin, string reason, string? before, string? after, DateTimeOffset at)
    {
        lock (_gate)
        {
            Run(null, "PRAGMA synchronous = FULL");
            Run(null, "INSERT INTO mirror_alarms (origin, raised_at, reason, note_before, note_after) VALUES (@origin, @at, @reason, @before, @after) ON CONFLICT DO NOTHING",
                ("@origin", origin), ("@at", at.ToUniversalTime().ToString("O")), ("@reason", reason), ("@before", before), ("@after", after));
            Run(null, "PRAGMA synchronous = NORMAL");
        }
    }

    /// <summary>A log's alarm stands no more; it stays with its evidence and the transaction that lifted it.</summary>
    public void Lift(string origin, DateTimeOffset at, string transactionHash)
    {
        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction();
            Run(transaction, "INSERT INTO mirror_lifted SELECT origin, raised_at, reason, note_before, note_after, @at, @by FROM mirror_alarms WHERE origin = @origin",
                ("@origin", origin), ("@at", at.ToUniversalTime().ToString("O")), ("@by", transactionHash));
            Run(transaction, "DELETE FROM mirror_alarms WHERE origin = @origin", ("@origin", origin));
            transaction.Commit();
        }
    }

    /// <summary>Forgets the entries of a log from a size on; the note is the signed checkpoint of what is left.</summary>
    public void Truncate(string origin, long size, string note)
    {
        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction();
            Run(transaction, "DELETE FROM mirror_bundles WHERE origin = @origin AND number * @full >= @size", ("@origin", origin), ("@full", Tiles.Full), ("@size", size));
            if (size % Tiles.Full > 0)
            {
                Run(transaction, "UPDATE mirror_bundles SET entries = substr(entries, 1, @bytes) WHERE origin = @origin AND number = @last",
                    ("@origin", origin), ("@last", size / Tiles.Full), ("@bytes", size % Tiles.Full * MerkleTree.HashSize));
            }

            Run(transaction, "DELETE FROM mirror_notes WHERE origin = @origin AND size > @size", ("@origin", origin), ("@size", size));
            Run(transaction, "UPDATE mirror_checkpoints SET note = @note WHERE origin = @origin", ("@origin", origin), ("@note", note));
            transaction.Commit();
        }
    }

    /// <summary>Forgets the chain, the logs and their alarms: the local chain was begun anew.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction();
            Run(transaction, "DELETE FROM mirror_mark; DELETE FROM mirror_read; DELETE FROM mirror_events; DELETE FROM mirror_bundles; DELETE FROM mirror_checkpoints; DELETE FROM mirror_notes; DELETE FROM mirror_witnessed; DELETE FROM mirror_alarms; DELETE FROM mirror_lifted");
            transaction.Commit();
        }
    }

    /// <summary>Forgets what a log served, so that it is fetched again; not its alarm.</summary>
    public void ClearLog(string origin)
    {
        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction();
            Run(transaction, "DELETE FROM mirror_bundles WHERE origin = @origin", ("@origin", origin));
            Run(transaction, "DELETE FROM mirror_checkpoints WHERE origin = @origin", ("@origin", origin));
            Run(transaction, "DELETE FROM mirror_notes WHERE origin = @origin", ("@origin", origin));
            Run(transaction, "DELETE FROM mirror_witnessed WHERE origin = @origin", ("@origin", origin));
            transaction.Commit();
        }
    }

    public void Dispose() => _connection.Dispose();

    // A bundle that is not full yet is written again with what came.
    private void Put(SqliteTransaction transaction, string origin, long first, IReadOnlyList<byte[]> entries)
    {
        for (var at = 0; at < entries.Count;)
        {
            var (number, kept) = ((first + at) / Tiles.Full, (int)((first + at) % Tiles.Full));
            var more = Math.Min(Tiles.Full - kept, entries.Count - at);
            var bundle = new byte[(kept + more) * MerkleTree.HashSize];
            if (kept > 0)
            {
                Query("SELECT entries FROM mirror_bundles WHERE origin = @origin AND number = @number", row => row.GetFieldValue<byte[]>(0), ("@origin", origin), ("@number", number)).Single()
                    .AsSpan(0, kept * MerkleTree.HashSize).CopyTo(bundle);
            }

            for (var next = 0; next < more; next++) entries[at + next].CopyTo(bundle, (kept + next) * MerkleTree.HashSize);
            Run(transaction, "INSERT INTO mirror_bundles (origin, number, entries) VALUES (@origin, @number, @entries) ON CONFLICT (origin, number) DO UPDATE SET entries = excluded.entries",
                ("@origin", origin), ("@number", number), ("@entries", bundle));
            at += more;
        }
    }

    // In a file from before, each entry is a row.
    private void Bundle()
    {
        if (Query("SELECT 1 FROM sqlite_master WHERE name = 'mirror_entries'", row => row.GetInt32(0)).Count == 0) return;
        using var transaction = _connection.BeginTransaction();
        foreach (var origin in Query("SELECT DISTINCT origin FROM mirror_entries", row => row.GetString(0)))
            Put(transaction, origin, 0, Query("SELECT entry FROM mirror_entries WHERE origin = @origin ORDER BY position", row => row.GetFieldValue<byte[]>(0), ("@origin", origin)));
        Run(transaction, "DROP TABLE mirror_entries");
        transaction.Commit();
    }

    private List<MirrorAlarm> Alarms(string query)
    {
        lock (_gate)
        {
            return Query(query, row => new MirrorAlarm(row.GetString(0), Time(row.GetString(1)), row.GetString(2), Text(row, 3), Text(row, 4), Text(row, 5) is { } lifted ? Time(lifted) : null, Text(row, 6)));
        }
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private void Run(SqliteTransaction? transaction, string sql, params (string Name, object? Value)[] values)
    {
        using var command = Command(sql, values);
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }

    private List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params (string Name, object? Value)[] values)
    {
        using var command = Command(sql, values);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    private SqliteCommand Command(string sql, (string Name, object? Value)[] values)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
}
