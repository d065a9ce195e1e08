using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Identity.Drill;

namespace Identity.Drill
{
    /// <summary>
    /// Stands between the Issuer and SQLite. The drill listens here; <see cref="StartupHook"/>, which the runtime loads into the Issuer's process at
    /// its start, tells of each statement and waits for the nod. A process that is to die at this statement never gets it.
    /// </summary>
    internal sealed class SqliteTap : IAsyncDisposable
    {
        /// <summary>Names the socket to the process.</summary>
        public const string Variable = "IDENTITY_DRILL_SOCKET";

        private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        private readonly string _path;
        private readonly KillPoints _points;
        private readonly Task _accepting;

        public SqliteTap(string folder, KillPoints points)
        {
            (_path, _points) = (Path.Combine(folder, "tap"), points);
            _listener.Bind(new UnixDomainSocketEndPoint(_path));
            _listener.Listen();
            _accepting = AcceptAsync();
        }

        /// <summary>What the process needs in its environment.</summary>
        public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["DOTNET_STARTUP_HOOKS"] = typeof(SqliteTap).Assembly.Location, [Variable] = _path };

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _accepting;
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true) _ = Task.Run(ListenAsync(await _listener.AcceptAsync()));
            }
            catch (Exception over) when (over is SocketException or ObjectDisposedException)
            {
                // The drill is over.
            }
        }

        private Func<Task> ListenAsync(Socket process) => async () =>
        {
            await using var stream = new NetworkStream(process, ownsSocket: true);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            try
            {
                while (await reader.ReadLineAsync() is { } line && line.Split('\t', 3) is [var when, var connection, var sql])
                {
                    if (!await _points.PassStatementAsync(when, connection, sql)) return;
                    await stream.WriteAsync("."u8.ToArray());
                }
            }
            catch (IOException)
            {
                // The process is dead.
            }
        };
    }
}

/// <summary>
/// Run by the runtime before the Issuer's own first line, where DOTNET_STARTUP_HOOKS names this assembly: asks SQLite itself to tell of every statement
/// of every connection. The product has no part in it and no place for it.
/// </summary>
internal static class StartupHook
{
    private const uint Begins = 1, Ended = 2;

    // Kept, since SQLite holds them.
    private static readonly Opened OnOpen = (database, _, _) => Trace(database, Begins | Ended, OnStatement!, database);
    private static readonly Traced OnStatement = Told;
    private static readonly Lock Turn = new();
    private static Socket? _drill;

    private delegate int Opened(nint database, nint error, nint routines);

    private delegate int Traced(uint what, nint database, nint statement, nint text);

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(SqliteTap.Variable) is not { } path) return;
        _drill = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _drill.Connect(new UnixDomainSocketEndPoint(path));
        if (OnEachConnection(OnOpen) != 0) throw new InvalidOperationException("SQLite does not tell of its connections.");
    }

    private static int Told(uint what, nint database, nint statement, nint text)
    {
        var sql = Marshal.PtrToStringUTF8(Text(statement)) ?? "";
        if (sql.StartsWith("SELECT", StringComparison.OrdinalIgnoreCase) || sql.StartsWith("PRAGMA", StringComparison.OrdinalIgnoreCase)) return 0;
        var line = string.Create(CultureInfo.InvariantCulture, $"{(what == Begins ? "before" : "after")}\t{database}\t{sql.ReplaceLineEndings(" ").Replace('\t', ' ')}\n");
        try
        {
            lock (Turn)
            {
                _drill!.Send(Encoding.UTF8.GetBytes(line));
                if (_drill.Receive(new byte[1]) == 0) Thread.Sleep(Timeout.Infinite); // killed at this statement, in a moment
            }
        }
        catch (SocketException)
        {
            Thread.Sleep(Timeout.Infinite);
        }
        return 0;
    }

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_auto_extension")]
    private static extern int OnEachConnection(Opened opened);

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_trace_v2")]
    private static extern int Trace(nint database, uint mask, Traced traced, nint context);

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_sql")]
    private static extern nint Text(nint statement);
}
