using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Xunit;

namespace Identity.TestKit;

/// <summary>A fact about a token. Where SoftHSM cannot be had it is skipped with a sentence; in CI it then fails, since nobody reads sentences there.</summary>
public sealed class SoftHsmFactAttribute : FactAttribute
{
    public SoftHsmFactAttribute() => Skip = Environment.GetEnvironmentVariable("CI") is { Length: > 0 } ? null : SoftHsm.Absent;
}

/// <summary>A token in software (SoftHSM 2) with keys that a test puts there; the tokens of one test process lie in one folder, since the library reads one configuration.</summary>
public sealed class SoftHsm : IDisposable
{
    public const string Pin = "271828";

    private static readonly string? Library = new[] { "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so" }.FirstOrDefault(File.Exists);
    private static readonly Lazy<string> Home = new(MakeHome);

    private readonly string _folder;

    public SoftHsm(string label)
    {
        Label = label + "-" + Guid.NewGuid().ToString("N")[..8];
        var before = Tokens();
        Run("--init-token", "--free", "--label", Label, "--so-pin", "314159", "--pin", Pin);
        _folder = Tokens().Except(before).Single();
        PinFile = Path.Combine(Home.Value, Label + ".pin");
        File.WriteAllText(PinFile, Pin + "\n");
    }

    /// <summary>Why there is none, or null.</summary>
    public static string? Absent { get; } = Library is null ? "SoftHSM is not installed (Debian: apt-get install softhsm2): keys in tokens were not tested." : null;

    public string Label { get; }

    /// <summary>Holds the PIN; a test may write another one.</summary>
    public string PinFile { get; }

    /// <summary>The address of a key in this token.</summary>
    public string Uri(string key, string? pinSource = null) => $"pkcs11:token={Label};object={key}?module-path={Library}&pin-source={pinSource ?? "file:" + PinFile}";

    /// <summary>Puts a key pair into the token.</summary>
    public void Import(string label, AsymmetricAlgorithm key, string id, bool withPublic = true)
    {
        var file = Path.Combine(Home.Value, $"{Label}.{label}.pem");
        File.WriteAllText(file, key.ExportPkcs8PrivateKeyPem());
        Run(["--import", file, "--token", Label, "--label", label, "--id", id, "--pin", Pin, .. withPublic ? Array.Empty<string>() : ["--no-public-key"]]);
        File.Delete(file);
    }

    /// <summary>Takes the token out, by which every session of this process ends: SoftHSM does not notice by itself that its files are gone, so it is told to end.</summary>
    public void TakeOut()
    {
        Directory.Move(_folder, Out);
        var finalize = Marshal.GetDelegateForFunctionPointer<EndOfLibrary>(NativeLibrary.GetExport(NativeLibrary.Load(Library!), "C_Finalize"));
        if (finalize(IntPtr.Zero) is not (0 or 0x190)) throw new InvalidOperationException("SoftHSM does not end."); // 0x190: not begun
    }

    /// <summary>Puts it in again.</summary>
    public void PutIn() => Directory.Move(Out, _folder);

    public void Dispose()
    {
        foreach (var folder in new[] { _folder, Out })
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private string Out => Path.Combine(Home.Value, Path.GetFileName(_folder));

    private static string[] Tokens() => Directory.GetDirectories(Path.Combine(Home.Value, "tokens"));

    private static string MakeHome()
    {
        var home = Directory.CreateTempSubdirectory("softhsm").FullName;
        Directory.CreateDirectory(Path.Combine(home, "tokens"));
        var configuration = Path.Combine(home, "softhsm2.conf");
        File.WriteAllText(configuration, $"directories.tokendir = {home}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n");
        _ = setenv("SOFTHSM2_CONF", configuration, 1); // the library reads the process's own environment, which the framework does not write to
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(home, recursive: true);
        return home;
    }

    private static void Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("softhsm2-util", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SOFTHSM2_CONF"] = Path.Combine(Home.Value, "softhsm2.conf");
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"softhsm2-util: {said}");
    }

    private delegate nuint EndOfLibrary(IntPtr reserved);

    [DllImport("libc", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int setenv(string name, string value, int overwrite);
}
