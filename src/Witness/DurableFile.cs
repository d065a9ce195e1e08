using System.Runtime.InteropServices;
using Identity.Hosting;

namespace Identity.Witness;

/// <summary>Files that a power cut does not take back: written beside, forced to the disk, renamed, and the name forced to the disk too.</summary>
internal static class DurableFile
{
    /// <summary>Writes a file, readable by its owner alone. When it returns, the whole of it is on the disk; before, all of the old one is.</summary>
    public static void Write(string file, string text)
    {
        var half = file + ".half"; // one writer at a time; what a crash leaves is written over
        using (var stream = new FileStream(half, PrivateFiles.Options(FileMode.Create)))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }
        File.Move(half, file, overwrite: true);
        FlushFolder(Path.GetDirectoryName(file)!);
    }

    /// <summary>Forces to the disk which files a folder holds.</summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return; // the rename is written through there
        var handle = Open(folder, 0);
        if (handle < 0) throw new IOException($"The folder {folder} cannot be opened (error {Marshal.GetLastPInvokeError()}).");
        try
        {
            if (Sync(handle) != 0) throw new IOException($"The folder {folder} cannot be forced to the disk (error {Marshal.GetLastPInvokeError()}).");
        }
        finally
        {
            Close(handle);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int handle);

    [DllImport("libc", EntryPoint = "close"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int handle);
}
