using Identity.Credentials.Transparency;
using Identity.Ledger.Exit;
using Identity.Ledger.Registry;
using Microsoft.Data.Sqlite;

namespace Identity.Ledger.Mirror;

// The file of an archive: what exit bundles brought, and no chain that is followed.
internal sealed partial class MirrorFile
{
    private const string ArchiveSchema = """
        CREATE TABLE IF NOT EXISTS archive (id INTEGER NOT NULL PRIMARY KEY, source TEXT NOT NULL, proven INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS archive_histories (owner TEXT NOT NULL PRIMARY KEY, is_log INTEGER NOT NULL, block INTEGER NOT NULL, as_of INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS archive_receipts (entry TEXT NOT NULL, log TEXT NOT NULL, position INTEGER NOT NULL, size INTEGER NOT NULL, PRIMARY KEY (entry, log));
        CREATE TABLE IF NOT EXISTS archive_lists (uri TEXT NOT NULL PRIMARY KEY, organisation TEXT NOT NULL, token TEXT NOT NULL, issued_at INTEGER NOT NULL);
        """;

    /// <summary>Whether a file is an archive's; false where there is none, or a mirror's.</summary>
    public static bool IsArchive(string file)
    {
        if (!System.IO.File.Exists(file)) return false;
        try
        {
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'archive'";
            if ((long)command.ExecuteScalar()! == 0) return false;
            command.CommandText = "SELECT COUNT(*) FROM archive";
            return (long)command.ExecuteScalar()! > 0;
        }
        catch (SqliteException)
        {
            return false; // no database, or not to be read: whoever opens it says so
        }
    }

    /// <summary>What the archive holds; null for a mirror's file.</summary>
    public ArchiveContent? Archive()
    {
        lock (_gate)
        {
            if (!HasArchive()) return null;
            if (Query("SELECT proven FROM archive WHERE id = 1", row => (bool?)(row.GetInt64(0) != 0)).SingleOrDefault() is not { } isProven) return null;
            var events = Events();
            var origins = events.OfType<RegistryEvent.LogRegistered>().Select(e => e.Origin).ToList();
            return new ArchiveContent(Mark()!, isProven,
                Query("SELECT owner, is_log, block, as_of FROM archive_histories", row => new ArchivedHistory(row.GetString(0), row.GetInt64(1) != 0, (ulong)row.GetInt64(2), DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(3)))),
                [.. events.Where(e => e is not RegistryEvent.Anchored)], [.. events.OfType<RegistryEvent.Anchored>()],
                origins.Select(origin => (origin, entries: Bundles(origin).SelectMany(bundle => bundle.Chunk(MerkleTree.HashSize)).ToList())).Where(log => log.entries.Count > 0).ToDictionary(log => log.origin, log => (IReadOnlyList<byte[]>)log.entries),
                Query("SELECT origin, size, note FROM mirror_notes", row => new ArchivedNote(row.GetString(0), row.GetInt64(1), row.GetString(2))),
                Query("SELECT entry, log, position, size FROM archive_receipts", row => new ArchivedReceipt(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3))),
                Query("SELECT uri, organisation, token, issued_at FROM archive_lists", row => new ArchivedList(row.GetString(0), Convert.FromHexString(row.GetString(1)), row.GetString(2).Split('\n'), DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(3)))));
        }
    }

    /// <summary>Fills a new file.</summary>
    public void Save(ArchiveContent content)
    {
        // Two anchors of one block have places of their own, above those of any event.
        Save(content.Mark, content.Events.Concat(content.Anchors.OrderBy(a => a.Place.Block).Select((anchor, at) => anchor with { Place = anchor.Place with { LogIndex = (1UL << 32) + (ulong)at } })));
        foreach (var (origin, entries) in content.Entries) Save(origin, 0, entries, content.Notes.Single(note => note.Origin == origin && note.Size == entries.Count).Text);
        foreach (var note in content.Notes) SaveNote(note.Origin, note.Size, note.Text, null);
        SaveReadAt(content.AsOf);
        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction();
            Run(transaction, ArchiveSchema);
            foreach (var history in content.Histories)
                Run(transaction, "INSERT INTO archive_histories VALUES (@owner, @log, @block, @at)", ("@owner", history.Owner), ("@log", history.IsLog ? 1 : 0), ("@block", (long)history.Block), ("@at", history.AsOf.ToUnixTimeSeconds()));
            foreach (var receipt in content.Receipts)
                Run(transaction, "INSERT INTO archive_receipts VALUES (@entry, @log, @position, @size)", ("@entry", receipt.Entry), ("@log", receipt.Log), ("@position", receipt.Index), ("@size", receipt.Size));
            foreach (var list in content.Lists)
                Run(transaction, "INSERT INTO archive_lists VALUES (@uri, @organisation, @token, @at)", ("@uri", list.Uri), ("@organisation", Convert.ToHexString(list.Organisation)), ("@token", string.Join('\n', list.Tokens)), ("@at", list.IssuedAt.ToUnixTimeSeconds()));
            Run(transaction, "INSERT INTO archive VALUES (1, 'bundle', @proven)", ("@proven", content.IsProven ? 1 : 0));
            transaction.Commit();
            Run(null, "PRAGMA journal_mode = DELETE");
        }
    }

    private bool HasArchive() => Query("SELECT COUNT(*) FROM sqlite_master WHERE name = 'archive'", row => row.GetInt64(0)).Single() > 0;
}
