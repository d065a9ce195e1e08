using System.Data.Common;

namespace Identity.TestKit;

/// <summary>What a database consists of, as lines that can be compared: tables, columns, keys, indices. Order of columns and default values are left out: a later script can only add at the end, and must name a default.</summary>
public static class DatabaseSchema
{
    private const string VersionTable = "schema_version";

    /// <summary>Reads the schema of an open connection, the version table aside.</summary>
    public static async Task<List<string>> ReadAsync(DbConnection connection)
    {
        var queries = connection.GetType().Name.StartsWith("Npgsql", StringComparison.Ordinal) ? PostgreSql : Sqlite;
        var lines = new List<string>();
        foreach (var query in queries)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = query;
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) lines.Add(reader.GetString(0));
        }
        return [.. lines.Where(line => !line.Contains(VersionTable, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    private static readonly string[] Sqlite =
    [
        """
        SELECT 'column ' || m.name || '.' || c.name || ' ' || c.type || CASE WHEN c."notnull" THEN ' not null' ELSE '' END || ' key ' || c.pk
        FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'
        """,
        "SELECT 'autoincrement ' || name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'",
        """
        SELECT 'index ' || m.name || '.' || i.name || CASE WHEN i."unique" THEN ' unique ' ELSE ' ' END || i.partial || ' ' ||
            (SELECT group_concat(c.name || CASE WHEN c."desc" THEN ' desc' ELSE '' END, ', ') FROM pragma_index_xinfo(i.name) c WHERE c.key)
        FROM sqlite_master m, pragma_index_list(m.name) i WHERE m.type = 'table' AND i.origin = 'c'
        """,
        """
        SELECT 'reference ' || m.name || '.' || f."from" || ' → ' || f."table" || '.' || f."to" || ' ' || f.on_delete
        FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'
        """,
        "SELECT type || ' ' || name || ' ' || sql FROM sqlite_master WHERE type IN ('trigger', 'view')",
    ];

    private static readonly string[] PostgreSql =
    [
        """
        SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || coalesce(' ' || character_maximum_length, '') ||
            CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END || CASE is_identity WHEN 'YES' THEN ' identity ' || identity_generation ELSE '' END
        FROM information_schema.columns WHERE table_schema = 'public'
        """,
        "SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'",
        """
        SELECT 'constraint ' || conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f', 'c')
        """,
        "SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    ];
}
