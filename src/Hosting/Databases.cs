using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Identity.Hosting;

/// <summary>The two stores of every app, chosen by the connection string alone: PostgreSQL where it names a host, else SQLite in a file.</summary>
public static class Databases
{
    /// <summary>Uses the database that <paramref name="connection"/> names.</summary>
    /// <exception cref="SettingMissingException">The text is no connection string; the message does not repeat it, since it may hold a password.</exception>
    public static DbContextOptionsBuilder UseDatabase(this DbContextOptionsBuilder options, string connection) =>
        IsPostgreSql(connection) ? options.UseNpgsql(connection) : options.UseSqlite(connection);

    /// <summary>Whether a connection string names a PostgreSQL server (<c>Host=…;Database=…;Username=…</c>).</summary>
    /// <exception cref="SettingMissingException">The text is no connection string.</exception>
    public static bool IsPostgreSql(string connection)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = connection };
            return parts.ContainsKey("Host") || parts.ContainsKey("Server");
        }
        catch (ArgumentException)
        {
            throw new SettingMissingException("ConnectionStrings", "Data Source=FILE for SQLite, or Host=SERVER;Database=NAME;Username=USER;Password=… for PostgreSQL");
        }
    }

    /// <summary>Whether the context speaks to PostgreSQL.</summary>
    public static bool IsPostgreSql(this DatabaseFacade database) => database.ProviderName?.EndsWith("PostgreSQL", StringComparison.Ordinal) == true;

    /// <summary>
    /// Begins a transaction in which the caller is the only writer of <paramref name="scope"/>, until it ends: what it reads cannot change
    /// before it writes, whichever the database. SQLite has one writer at a time in any case; PostgreSQL takes a lock of this name,
    /// so that writers of one scope wait for each other instead of failing, and writers of different scopes do not meet.
    /// </summary>
    /// <param name="database">The context's database.</param>
    /// <param name="scope">What is written, for example an organisation. Take one scope for each transaction, never two.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task<IDbContextTransaction> BeginExclusiveAsync(this DatabaseFacade database, string scope, CancellationToken ct)
    {
        var transaction = await database.BeginTransactionAsync(ct);
        if (!database.IsPostgreSql()) return transaction;
        try
        {
            // Read committed: each statement after this one sees all that earlier holders committed.
            await database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({LockNumber(scope)})", ct);
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Prepares the context's connection for thousands of rows in a transaction, and keeps it open as long as the context. SQLite: 64 MB of
    /// pages stay in memory instead of 2, and the journal is written back after 16,384 pages instead of 1,000; else each page of an index
    /// that is written in random order goes to the disk many times. PostgreSQL needs nothing.
    /// </summary>
    /// <param name="database">The context's database.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task PrepareForManyRowsAsync(this DatabaseFacade database, CancellationToken ct)
    {
        await database.OpenConnectionAsync(ct);
        if (!database.IsPostgreSql()) await database.ExecuteSqlRawAsync("PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 16384", ct);
    }

    /// <summary>What to select from, in plain SQL, to get a row with a <c>value</c> for each text of a JSON array, in its order.</summary>
    /// <param name="database">The context's database.</param>
    /// <param name="parameter">The array's parameter, for example <c>@ids</c>.</param>
    public static string EachTextOf(this DatabaseFacade database, string parameter) =>
        database.IsPostgreSql() ? $"jsonb_array_elements_text(CAST({parameter} AS jsonb)) AS each(value)" : $"json_each({parameter})";

    /// <summary>Times are stored as UTC microseconds since 1970: SQLite cannot order a <see cref="DateTimeOffset"/>.</summary>
    public static void StoreTimesAsMicroseconds(this ModelConfigurationBuilder configuration) => configuration.Properties<DateTimeOffset>().HaveConversion<InMicroseconds>();

    /// <summary>A time as it is stored, for plain SQL.</summary>
    public static long Microseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private sealed class InMicroseconds() : ValueConverter<DateTimeOffset, long>(
        time => Microseconds(time),
        micros => new DateTimeOffset(DateTimeOffset.UnixEpoch.Ticks + micros * 10, TimeSpan.Zero));

    internal static long LockNumber(string scope) => BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes("identity " + scope)));
}
