using System.Diagnostics;
using System.Globalization;
using Identity.Issuer;

namespace Identity.Drill;

/// <summary>The Issuer's own program as a child process. It dies with this process too, however that ends.</summary>
internal sealed class IssuerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process _process;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Queue<string> _said = new();

    private IssuerProcess(Process process) => _process = process;

    /// <summary>The last lines that it wrote.</summary>
    public string Said
    {
        get
        {
            lock (_gate) return string.Join('\n', _said);
        }
    }

    public static IssuerProcess Start(IReadOnlyList<string> settings, IReadOnlyDictionary<string, string>? environment = null)
    {
        string[] dieWithUs = OperatingSystem.IsLinux() && File.Exists("/usr/bin/setpriv") ? ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--"] : [];
        var dotnet = Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : "dotnet";
        string[] line = [.. dieWithUs, dotnet, Path.Combine(AppContext.BaseDirectory, typeof(IssuerApp).Assembly.GetName().Name + ".dll"), .. settings];
        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_gcServer"] = "0";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var child = new IssuerProcess(new Process { StartInfo = start });
        child.Launch();
        return child;
    }

    public bool HasEnded => _ended.Task.IsCompleted;

    /// <summary>Waits until it serves.</summary>
    public async Task ReadyAsync(HttpClient http, CancellationToken ct)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(50, ct))
        {
            if (HasEnded) throw new InvalidOperationException($"The Issuer ended by itself with {_process.ExitCode}: {Said}");
            if (clock.Elapsed > Patience) throw new InvalidOperationException($"The Issuer does not serve: {Said}");
            try
            {
                if ((await http.GetAsync("/health/live", ct)).IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
        }
    }

    /// <summary>SIGKILL: nothing is flushed, nothing is closed.</summary>
    public async Task KillAsync()
    {
        if (!HasEnded) _process.Kill();
        await _ended.Task;
    }

    public int Id => _process.Id;

    public void Dispose()
    {
        if (!HasEnded) _process.Kill();
        _ended.Task.Wait();
        _process.Dispose();
    }

    // The kernel ends the child when the thread that started it ends: a thread of its own.
    private void Launch()
    {
        using var started = new ManualResetEventSlim();
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        new Thread(() =>
        {
            _process.Start();
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
            started.Set();
            _process.WaitForExit();
            _ended.SetResult();
        })
        { IsBackground = true, Name = string.Create(CultureInfo.InvariantCulture, $"issuer of the drill") }.Start();
        started.Wait();
    }

    private void Note(string? line)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        lock (_gate)
        {
            _said.Enqueue(line);
            while (_said.Count > 40) _said.Dequeue();
        }
    }
}
