namespace Identity.Ledger.Log;

/// <summary>The create script of <see cref="LedgerModel.AddLedger"/>'s tables, to be part of an app's first migration. A test keeps both equal.</summary>
public static class LedgerSchema
{
    /// <summary>The script for SQLite.</summary>
    public static string Sqlite { get; } = Read("ledger/schema.sqlite.sql");

    /// <summary>The script for PostgreSQL.</summary>
    public static string PostgreSql { get; } = Read("ledger/schema.postgresql.sql");

    private static string Read(string name)
    {
        using var stream = typeof(LedgerSchema).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
