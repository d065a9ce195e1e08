namespace Identity.TestKit;

/// <summary>Where the tests find files of this checkout and of the material beside it.</summary>
public static class Checkout
{
    /// <summary>The folder that holds Identity.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file under tests/vectors: typed from a specification or made by us.</summary>
    public static string Vector(string path) => Path.Combine(Root, "tests", "vectors", path);

    /// <summary>A file of the published vector sets kept beside the checkout, or null where they are absent.</summary>
    public static string? SharedVector(string path)
    {
        var file = Path.GetFullPath(Path.Combine(Root, "..", "shared", "vectors", path));
        return File.Exists(file) || Directory.Exists(file) ? file : null;
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Identity.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests must run from inside the checkout.");
    }
}
