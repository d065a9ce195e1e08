using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Identity.Ledger.Evm;

namespace Identity.Ledger.Embedded;

/// <summary>
/// A local ledger node for one machine: a stand-in for a permissioned network, and never more than that. It has no funded
/// accounts; gas costs nothing. It listens on loopback and refuses browsers of other origins. It dies with this process,
/// however that ends; its last second of state may then be lost, which the product heals from its own logs.
/// </summary>
public sealed partial class AnvilNode : IAsyncDisposable
{
    /// <summary>Its chain id.</summary>
    public const ulong ChainId = 31337;

    private const int Terminate = 15;
    private const int LastLines = 20;
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;

    private AnvilNode(string binary, IReadOnlyList<string> arguments)
    {
        _process = new Process { StartInfo = StartInfo(binary, arguments) };
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
    }

    /// <summary>JSON-RPC on loopback.</summary>
    public Uri Rpc { get; private set; } = new("http://127.0.0.1/");

    /// <summary>Its process id.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Completes with the exit code when the node ends, whoever ended it.</summary>
    public Task<int> Exited => _exited.Task;

    /// <summary>Starts the node and waits until it answers.</summary>
    /// <param name="port">The port on 127.0.0.1, or 0 for a free one.</param>
    /// <param name="stateFile">Where its state survives a restart, or null to forget it. A damaged file is set aside as FILE.broken.</param>
    /// <param name="binary">The program, or null to look for node_modules upwards from the working folder and from the assembly.</param>
    /// <param name="ct">Gives up the start.</param>
    /// <param name="hardfork">The rules of which time it follows, in the node's own words, or null for its newest.</param>
    /// <exception cref="InvalidOperationException">The binary is missing, the port is taken, or the node ended at once; the message says which and what to do.</exception>
    public static async Task<AnvilNode> StartAsync(int port = 0, string? stateFile = null, string? binary = null, CancellationToken ct = default, string? hardfork = null)
    {
        var program = AnvilBinary.Find(binary);
        if (stateFile is not null) Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(stateFile))!);
        try
        {
            return await StartOnceAsync(program, port, stateFile, hardfork, ct).ConfigureAwait(false);
        }
        catch (DamagedStateException)
        {
            File.Move(stateFile!, stateFile + ".broken", overwrite: true);
            return await StartOnceAsync(program, port, stateFile, hardfork, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Asks the node to end, which saves its state, and ends it after five seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_exited.Task.IsCompleted && !OperatingSystem.IsWindows()) _ = Kill(ProcessId, Terminate);
        try
        {
            await _exited.Task.WaitAsync(OperatingSystem.IsWindows() ? TimeSpan.Zero : StopTime).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _process.Kill();
            await _exited.Task.ConfigureAwait(false);
        }
    }

    private static async Task<AnvilNode> StartOnceAsync(string program, int port, string? stateFile, string? hardfork, CancellationToken ct)
    {
        List<string> arguments =
        [
            "--host", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--no-cors",
            "--chain-id", ChainId.ToString(CultureInfo.InvariantCulture),
            "--accounts", "0", // no purse that all the world has the key of
            "--gas-price", "0", .. hardfork is null ? (string[])["--block-base-fee-per-gas", "0"] : [], "--disable-min-priority-fee",
            .. hardfork is null ? [] : (string[])["--hardfork", hardfork],
            .. stateFile is null ? [] : (string[])["--state", Path.GetFullPath(stateFile), "--state-interval", "1"],
        ];
        var node = new AnvilNode(program, arguments);
        node.Launch();
        try
        {
            await node.WaitUntilReadyAsync(port, stateFile, ct).ConfigureAwait(false);
            return node;
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static ProcessStartInfo StartInfo(string binary, IReadOnlyList<string> arguments)
    {
        // The kernel ends the child when the thread that started it ends; setpriv asks for that and becomes the node.
        string[] prefix = OperatingSystem.IsLinux() && File.Exists("/usr/bin/setpriv") ? ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--"] : [];
        string[] line = [.. prefix, binary, .. arguments];
        return new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
    }

    /// <summary>A thread of its own starts the node and lives until it ends: a pooled thread could be retired, and the node with it.</summary>
    private void Launch()
    {
        var started = new TaskCompletionSource<Exception?>();
        new Thread(() =>
        {
            try
            {
                _process.Start();
                ProcessId = _process.Id;
                _process.BeginOutputReadLine();
                _process.BeginErrorReadLine();
                started.SetResult(null);
            }
            catch (Exception e)
            {
                _exited.TrySetResult(-1);
                started.TrySetResult(e);
                return;
            }
            _process.WaitForExit();
            _exited.TrySetResult(_process.ExitCode);
        })
        { IsBackground = true, Name = "embedded ledger node" }.Start();
        if (started.Task.GetAwaiter().GetResult() is { } fault) throw new InvalidOperationException($"The ledger node could not be started: {fault.Message}", fault);
    }

    private async Task WaitUntilReadyAsync(int port, string? stateFile, CancellationToken ct)
    {
        var first = await Task.WhenAny(_listening.Task, _exited.Task, Task.Delay(StartTime, ct)).ConfigureAwait(false);
        ct.ThrowIfCancellationRequested();
        if (first != _listening.Task) throw Failure(port, stateFile);
        Rpc = new Uri($"http://127.0.0.1:{await _listening.Task.ConfigureAwait(false)}/");

        using var http = new HttpClient();
        await new EvmClient(http, new EvmOptions { Rpc = Rpc, ChainId = ChainId }, TimeProvider.System).HeadAsync(ct).ConfigureAwait(false);
    }

    private Exception Failure(int port, string? stateFile)
    {
        var said = string.Join(' ', _output);
        if (stateFile is not null && said.Contains("--state", StringComparison.Ordinal) && said.Contains("parse", StringComparison.Ordinal)) return new DamagedStateException();
        if (said.Contains("in use", StringComparison.OrdinalIgnoreCase))
            return new InvalidOperationException($"Port {port} for the ledger node is taken: stop the program that uses it, or choose other ports.");
        return new InvalidOperationException(_exited.Task.IsCompleted
            ? $"The ledger node ended at once: {(said.Length == 0 ? "it said nothing" : said)}" : $"The ledger node did not start within {StartTime.TotalSeconds} s.");
    }

    private void Note(string? line)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        if (ListeningLine().Match(line) is { Success: true } match) _listening.TrySetResult(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        _output.Enqueue(line.Trim());
        while (_output.Count > LastLines) _output.TryDequeue(out _);
    }

    [GeneratedRegex("^Listening on 127\\.0\\.0\\.1:([0-9]{1,5})$")]
    private static partial Regex ListeningLine();

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);

    private sealed class DamagedStateException : Exception;
}
