using System.Diagnostics.CodeAnalysis;
using Identity.Credentials.Trust;
using Identity.Credentials.Verdicts;
using Identity.Verifier.Results;

namespace Identity.Verifier.CommandLine;

/// <summary>A check with nothing but a trust pack: no service, no data folder, no network.</summary>
internal static class PackCheck
{
    /// <summary>Opens a pack; false with a sentence that names the reason.</summary>
    public static bool TryOpen(string file, string? signer, DateTimeOffset now, [NotNullWhen(true)] out TrustPack? pack, out string problem)
    {
        pack = null;
        problem = "Name the key that may sign the pack: --signer THUMBPRINT.";
        if (signer is null) return false;
        try
        {
            problem = $"{file} is too large to be a trust pack.";
            if (new FileInfo(file).Length > TrustPack.MaxBytes) return false;
            var taken = TrustPack.TryRead(File.ReadAllBytes(file), new PackPin([signer], 0, now), out pack, out var reason);
            problem = taken ? "" : $"The trust pack is refused: {reason}.";
            return taken;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problem = $"{file} cannot be read.";
            return false;
        }
    }

    /// <summary>The verdict. Past the end of the pack it is that nobody can tell.</summary>
    public static VerdictView Judge(string text, TrustPack pack, DateTimeOffset now) => VerdictView.Of(VerdictEngine.Check(text, new Expectations.File(), pack, now));
}
