using System.Diagnostics;

namespace Identity.Benchmarks.Anchoring;

/// <summary>One of the services as its own program, killed at the end.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly Process _process;

    private ServiceProcess(Process process) => _process = process;

    /// <summary>Processor time until now, all cores added up.</summary>
    public TimeSpan Processor
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Megabytes of memory that the process holds.</summary>
    public double Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1024.0 / 1024.0;
        }
    }

    public static ServiceProcess Start(string program, IReadOnlyList<string> settings)
    {
        var dotnet = Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : "dotnet";
        string[] line = [.. OperatingSystem.IsLinux() && File.Exists("/usr/bin/setpriv") ? ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--"] : Array.Empty<string>(), dotnet, Path.Combine(AppContext.BaseDirectory, program), .. settings];
        var process = new Process { StartInfo = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true } };
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, said) => Console.Error.Write(said.Data is { Length: > 0 } text ? text + "\n" : "");
        using var started = new ManualResetEventSlim();
        // The kernel ends the child when the thread that started it ends: a thread of its own.
        new Thread(() =>
        {
            process.Start();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            started.Set();
            process.WaitForExit();
        })
        { IsBackground = true }.Start();
        started.Wait();
        return new ServiceProcess(process);
    }

    /// <summary>Asks again and again until the answer is yes; a service that does not listen yet says no.</summary>
    public async Task UntilAsync(Func<Task<bool>> isSo)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(10))
        {
            if (_process.HasExited) throw new IOException($"The service ended by itself with {_process.ExitCode}.");
            if (clock.Elapsed > Patience) throw new IOException("The service does not get there.");
            try
            {
                if (await isSo()) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet, or not there yet.
            }
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
