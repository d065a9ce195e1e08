using System.Text;

namespace Identity.TestKit;

/// <summary>What a service left on disk, to look for what must not be there.</summary>
public static class StoredBytes
{
    /// <summary>The files of a folder that fit a pattern, each byte a character. A journal that goes away meanwhile was written back to its database: everything is read again.</summary>
    public static IReadOnlyList<string> Read(string folder, string pattern)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return [.. Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal).Select(ReadOne)];
            }
            catch (FileNotFoundException) when (tries < 100)
            {
                // listed and gone: the next listing has it no more
            }
        }
    }

    private static string ReadOne(string file)
    {
        using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var memory = new MemoryStream();
        open.CopyTo(memory);
        return Encoding.Latin1.GetString(memory.ToArray());
    }
}
