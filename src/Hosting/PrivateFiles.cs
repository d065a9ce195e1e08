namespace Identity.Hosting;

/// <summary>Files that hold keys, passwords or records of people: for the service's own account only, from their first byte.</summary>
public static class PrivateFiles
{
    /// <summary>Writes a file. The whole of it appears at once: a crash leaves what was there before, or all of the new one.</summary>
    public static void Write(string file, string text)
    {
        var half = $"{file}.{Guid.NewGuid():n}";
        using (var writer = new StreamWriter(half, Options(FileMode.CreateNew))) writer.Write(text);
        File.Move(half, file, overwrite: true);
    }

    /// <summary>How such a file is opened for writing.</summary>
    public static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    /// <summary>Makes a folder for them, and those above it, where they are missing; what is there keeps the access that its owner gave it.</summary>
    public static DirectoryInfo CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows() || Directory.Exists(folder)) return Directory.CreateDirectory(folder);
        // Of several that are missing the system would make the upper ones for everybody.
        if (Path.GetDirectoryName(Path.GetFullPath(folder)) is { } above) CreateFolder(above);
        return Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
