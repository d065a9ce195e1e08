using Identity.Ledger.Mirror;

namespace Identity.Ledger.Exit;

/// <summary>A folder whose copy of the ledger is made of exit bundles alone. What is written there replaces the whole file at once: a crash leaves it as it was.</summary>
public static class ArchiveFolder
{
    private const string FileName = "mirror.db";

    /// <summary>The ledger as one bundle alone tells it, in memory.</summary>
    /// <param name="ledger">Its half of the ledger.</param>
    /// <param name="ruling">That it holds.</param>
    /// <param name="clock">For whoever asks the time.</param>
    public static LedgerMirror Open(ExitLedger ledger, ExitRuling.Holds ruling, TimeProvider clock)
    {
        var file = new MirrorFile(":memory:");
        file.Save(ArchiveContent.Of(ledger, ruling));
        return LedgerMirror.OpenArchive(file, clock);
    }

    /// <summary>Up to when the archive in a mirror's file reaches, and whether it is proven; null where it is a mirror's own file, or none.</summary>
    public static (DateTimeOffset AsOf, bool IsProven)? Find(string file)
    {
        if (!MirrorFile.IsArchive(file)) return null;
        using var held = new MirrorFile(file);
        return held.Archive() is { } content ? (content.AsOf, content.IsProven) : null;
    }

    /// <summary>Puts a bundle that was judged good into a folder, beside what bundles before it brought. A service that runs on it sees that at its next start.</summary>
    /// <returns>Null, or why nothing was changed.</returns>
    public static string? Import(string folder, ExitLedger ledger, ExitRuling.Holds ruling, IReadOnlyList<ArchivedList> lists)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, FileName);
        var content = ArchiveContent.Of(ledger, ruling) with { Lists = lists };
        if (File.Exists(path))
        {
            if (!MirrorFile.IsArchive(path)) return $"{folder} holds a service's own copy of the ledger: an archive needs a folder of its own";
            using var before = new MirrorFile(path);
            if (!before.Archive()!.TryMerge(content, out var merged, out var reason)) return reason;
            content = merged;
        }
        var part = path + ".part";
        foreach (var left in new[] { part, part + "-wal", part + "-shm", part + "-journal" }) File.Delete(left);
        using (var file = new MirrorFile(part)) file.Save(content);
        File.Move(part, path, overwrite: true);
        return null;
    }
}
