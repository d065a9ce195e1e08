using System.Diagnostics;
using System.Runtime.InteropServices;
using Npgsql;

namespace Identity.TestKit;

/// <summary>
/// A PostgreSQL server of the tests' own, in a temporary folder, reached by a socket in that folder and by nothing else. It is started
/// when the first test asks and dies with this process, however that ends. Nothing is flushed to the disk: it is fast and forgets.
/// </summary>
public sealed class PostgresServer
{
    private const string Stranger = "nobody";
    private static readonly Lazy<Task<PostgresServer>> One = new(StartAsync);
    private static int _databases;
    private readonly string _folder;

    private PostgresServer(string folder, int port) => (_folder, Port) = (folder, port);

    /// <summary>Why there is no server here, in a sentence; null where there can be one.</summary>
    public static string? Absent { get; } = Find("postgres") is null || Find("initdb") is null
        ? "PostgreSQL is not installed here: install it (Debian: apt-get install postgresql) and run the tests again."
        : OperatingSystem.IsWindows() ? "The tests start PostgreSQL on Unix only." : null;

    /// <summary>The number in the socket's name. The server listens on no network.</summary>
    public int Port { get; }

    /// <summary>A connection string to a new, empty database.</summary>
    /// <exception cref="InvalidOperationException">There is no PostgreSQL here; the message says how to get it.</exception>
    public static async Task<string> NewDatabaseAsync()
    {
        var server = await One.Value;
        var name = $"test{Interlocked.Increment(ref _databases)}";
        await server.ExecuteAsync($"CREATE DATABASE {name}");
        return server.Connection(name);
    }

    /// <summary>Runs a statement as the server's owner, for example to end the connections of others.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Connection("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The running server; started now if it is the first call.</summary>
    public static Task<PostgresServer> OfThisProcessAsync() => One.Value;

    private string Connection(string database) => $"Host={_folder};Port={Port};Username=identity;Database={database};Maximum Pool Size=20;Connection Idle Lifetime=5;Connection Pruning Interval=2";

    private static async Task<PostgresServer> StartAsync()
    {
        if (Absent is { } reason) throw new InvalidOperationException(reason);
        // Short: the path of a socket holds about 100 characters.
        var folder = Directory.CreateTempSubdirectory("identity-pg-").FullName;
        if (IsRoot) await RunAsync("chown", Stranger, folder);
        var data = Path.Combine(folder, "data");
        await RunAsync([.. AsStranger(), Find("initdb")!, "-D", data, "-U", "identity", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]);

        // The folder is its owner's alone, and with it the only way in.
        string[] dieWithUs = OperatingSystem.IsLinux() ? ["/usr/bin/setpriv", "--pdeathsig", "QUIT", .. IsRoot ? Ids() : [], "--"] : [];
        string[] line =
        [
            .. dieWithUs, Find("postgres")!, "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
            "-c", "max_connections=800", "-c", "shared_buffers=64MB", "-c", "log_min_messages=fatal", "-c", "autovacuum=off",
        ];
        var server = new PostgresServer(folder, 5432);
        server.Launch(line);
        for (var tries = 0; ; tries++)
        {
            try
            {
                await server.ExecuteAsync("SELECT 1");
                return server;
            }
            catch (NpgsqlException) when (tries < 300)
            {
                await Task.Delay(100);
            }
        }
    }

    // The kernel ends the child when the thread that started it ends: a thread of its own, which lives as long as the process.
    private void Launch(string[] line)
    {
        var process = new Process { StartInfo = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" } };
        using var started = new ManualResetEventSlim();
        new Thread(() =>
        {
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.Start();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            started.Set();
            process.WaitForExit();
        })
        { IsBackground = true, Name = "PostgreSQL of the tests" }.Start();
        started.Wait();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            try
            {
                _ = Kill(process.Id, 3); // SIGQUIT: at once, without a farewell to clients
                process.WaitForExit(5000);
                Directory.Delete(_folder, recursive: true);
            }
            catch (Exception e) when (e is InvalidOperationException or IOException or UnauthorizedAccessException)
            {
                // A temporary folder stays behind.
            }
        };
    }

    private static bool IsRoot => !OperatingSystem.IsWindows() && Environment.UserName == "root";

    // PostgreSQL refuses to run as root.
    private static string[] AsStranger() => IsRoot ? ["/usr/bin/setpriv", .. Ids(), "--"] : [];

    private static string[] Ids() => [$"--reuid={Stranger}", "--regid=nogroup", "--clear-groups"];

    private static string? Find(string program)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(f => Path.Combine(f, "bin")) : []);
        return folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
    }

    private static async Task RunAsync(params string[] line)
    {
        using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{line[^1]} … {string.Join(' ', line.Take(6))} failed: {await output} {error}");
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
