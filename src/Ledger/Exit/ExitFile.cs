using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Identity.Ledger.Exit;

/// <summary>The container of an exit bundle, <c>.idexit</c>: a ZIP file that is read strictly, since anybody may have made it.</summary>
public static class ExitFile
{
    /// <summary>The member that names every other with its SHA-256.</summary>
    public const string Manifest = "manifest.json";

    /// <summary>Bytes of all members together, and of the file itself.</summary>
    public const long MaxBytes = 512L * 1024 * 1024;

    private const int MaxMembers = 200_000;
    private const int MaxMember = 64 * 1024 * 1024;
    private const int MaxRatio = 100;
    private const int SmallMember = 64 * 1024; // so little may be packed as tightly as it likes

    /// <summary>Writes a new file; it appears whole or not at all.</summary>
    public static void Write(string path, IEnumerable<(string Name, byte[] Content)> members)
    {
        var part = $"{path}.{Environment.ProcessId}.part";
        try
        {
            using (var stream = new FileStream(part, FileMode.Create, FileAccess.Write)) Write(stream, members);
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Writes the file's bytes.</summary>
    public static void Write(Stream stream, IEnumerable<(string Name, byte[] Content)> members, CancellationToken ct = default)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, content) in members)
        {
            ct.ThrowIfCancellationRequested();
            var member = zip.CreateEntry(name, CompressionLevel.Optimal);
            member.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero); // the same content, the same file
            using var body = member.Open();
            body.Write(content);
        }
    }

    /// <summary>Reads all members; false with a sentence for a file that is not what this class writes.</summary>
    /// <param name="stream">The file; can be searched.</param>
    /// <param name="isMember">Whether a name may stand in it.</param>
    /// <param name="members">Name and content.</param>
    /// <param name="reason">What is wrong.</param>
    public static bool TryRead(Stream stream, Func<string, bool> isMember, [NotNullWhen(true)] out IReadOnlyDictionary<string, byte[]>? members, out string reason)
    {
        members = null;
        if (stream.Length > MaxBytes) return Refuse("the file is larger than is read", out reason);
        try
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            if (zip.Entries.Count > MaxMembers) return Refuse($"the file has more than {MaxMembers} members", out reason);
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase); // no reader shall see another one than we do
            foreach (var entry in zip.Entries)
            {
                var name = entry.FullName;
                if (name.Contains('\\', StringComparison.Ordinal) || name.StartsWith('/') || name.Contains(':', StringComparison.Ordinal) || name.Split('/').Any(part => part is ".." or "." or "")) return Refuse($"the member {Shown(name)} leads out of the bundle", out reason);
                if (!names.Add(name)) return Refuse($"the member {Shown(name)} stands there twice", out reason);
                if (!isMember(name)) return Refuse($"the member {Shown(name)} is not known", out reason);
                if (entry.Length > MaxMember) return Refuse($"the member {name} is larger than is read", out reason);
                if (entry.Length > SmallMember && entry.Length / MaxRatio > entry.CompressedLength) return Refuse($"the member {name} is packed more tightly than any honest one", out reason);
            }
            if (zip.Entries.Sum(entry => entry.Length) > MaxBytes) return Refuse("the file unpacks to more than is read", out reason);
            var read = new Dictionary<string, byte[]>(StringComparer.Ordinal);
            foreach (var entry in zip.Entries)
            {
                // The length is the packer's word: one byte more than it says is a lie.
                var content = new byte[entry.Length + 1];
                using var body = entry.Open();
                if (body.ReadAtLeast(content, content.Length, throwOnEndOfStream: false) != entry.Length) return Refuse($"the member {entry.FullName} is longer or shorter than the file says", out reason);
                read[entry.FullName] = content[..^1];
            }
            (members, reason) = (read, "");
            return true;
        }
        catch (Exception fault) when (fault is InvalidDataException or NotSupportedException or EndOfStreamException or ArgumentException or OverflowException)
        {
            return Refuse("the file is no ZIP file, or a damaged one", out reason);
        }
    }

    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    public static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static string Shown(string name) => name.Length > 100 ? name[..100] + "…" : name;

    private static bool Refuse(string why, out string reason)
    {
        reason = why;
        return false;
    }
}
