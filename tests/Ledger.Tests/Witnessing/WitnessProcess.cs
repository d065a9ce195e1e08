using System.Diagnostics;
using System.Security.Cryptography;
using Identity.Credentials.Transparency;
using Identity.Ledger.Tests.Log;
using Identity.TestKit;
using Identity.Ledger.Witnessing;

namespace Identity.Ledger.Tests.Witnessing;

/// <summary>A witness as a process of its own, on a folder that outlives it; or one that lies.</summary>
internal sealed class WitnessProcess : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("witness-").FullName;
    private readonly bool _lies;
    private readonly string _name;
    private readonly int _port = Ports.Free();
    private Process _process = null!;

    private WitnessProcess(string name, bool lies) => (_name, _lies) = (name, lies);

    public VKey Key { get; private set; } = null!;

    public Uri Address => new($"http://127.0.0.1:{_port}/");

    public WitnessPeer Peer => new(Key, Address);

    public string HeadFolder => Path.Combine(_folder, "logs");

    public static async Task<WitnessProcess> StartAsync(string name, TestLog log, bool lies = false)
    {
        var witness = new WitnessProcess(name, lies);
        await File.WriteAllTextAsync(Path.Combine(witness._folder, "logs.txt"), $"{log.Name} {VKey.Of(log.Name, NoteKeyType.Ed25519, log.Key)}\n");
        await witness.StartAgainAsync();
        return witness;
    }

    /// <summary>Starts it on what is in its folder and waits until it listens.</summary>
    public async Task StartAgainAsync()
    {
        var dotnet = Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet";
        var program = _lies ? typeof(WitnessProcess).Assembly.Location : Path.Combine(AppContext.BaseDirectory, "Identity.Witness.dll");
        string[] arguments = _lies ? [program] : [program, "serve", "--data", _folder, "--name", _name, "--logs", Path.Combine(_folder, "logs.txt"), "--urls", Address.ToString(), "--Limits:Work=100000"];
        // It ends with this process, however that ends: the kernel tells it when the thread that started it is no more.
        string[] line = [.. OperatingSystem.IsLinux() && File.Exists("/usr/bin/setpriv") ? (string[])["/usr/bin/setpriv", "--pdeathsig", "KILL", "--"] : [], dotnet, .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true };
        if (_lies) start.Environment[LyingWitness.Variable] = $"{Address} {_name} {Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(_name)))}";
        _process = await StartAsync(start);
        VKey? key;
        string said;
        do said = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The witness ended by itself."); // what the framework warns of stands before it
        while (!VKey.TryParse(said.Split(' ')[0], out key));
        Key = key;
        _ = _process.StandardOutput.ReadToEndAsync(); // a full pipe would stop it
    }

    private static Task<Process> StartAsync(ProcessStartInfo start)
    {
        // A thread of its own, which lives until the process ends: a pooled one could be retired.
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            var process = Process.Start(start)!;
            using var watched = Process.GetProcessById(process.Id);
            started.SetResult(process);
            watched.WaitForExit();
        })
        { IsBackground = true }.Start();
        return started.Task;
    }

    /// <summary>SIGKILL: nothing is flushed, nothing is closed.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
