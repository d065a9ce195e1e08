using System.Runtime.InteropServices;

namespace Identity.Ledger.Embedded;

/// <summary>Finds the node's program among the installed npm packages.</summary>
public static class AnvilBinary
{
    /// <summary>The configured file, or node_modules/@foundry-rs/anvil-OS-ARCH/bin/anvil in this folder or one above it.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message says what to do.</exception>
    public static string Find(string? configured)
    {
        if (configured is not null)
            return File.Exists(configured) ? Path.GetFullPath(configured) : throw new InvalidOperationException($"The ledger node's program {configured} does not exist: correct Ledger:AnvilPath.");
        var inside = Path.Combine("node_modules", "@foundry-rs", Package, "bin", OperatingSystem.IsWindows() ? "anvil.exe" : "anvil");
        foreach (var start in new[] { Directory.GetCurrentDirectory(), AppContext.BaseDirectory })
            for (var folder = start; folder is not null; folder = Path.GetDirectoryName(folder))
                if (Path.Combine(folder, inside) is var file && File.Exists(file)) return file;
        throw new InvalidOperationException($"The ledger node's program is not installed: run \"npm ci --ignore-scripts\" in the checkout (package @foundry-rs/{Package}), or set Ledger:AnvilPath, or set Ledger:Rpc to a running network.");
    }

    private static string Package
    {
        get
        {
            var system = OperatingSystem.IsMacOS() ? "darwin" : OperatingSystem.IsWindows() ? "win32" : "linux";
            return $"anvil-{system}-{(RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64")}";
        }
    }
}
