using System.Collections.Concurrent;
using System.Globalization;
using Identity.Credentials.Trust;
using Identity.Hosting;

namespace Identity.Verifier.Trust;

/// <summary>A pack as it is handed out.</summary>
public sealed record ServedPack(TrustPack Pack, byte[] File)
{
    /// <summary>Its version.</summary>
    public long Version => Pack.Statement.Version;

    /// <summary>Names these bytes and no others.</summary>
    public string Tag => $"{Version}-{Convert.ToHexStringLower(Pack.Statement.Digest, 0, 4)}";
}

/// <summary>
/// The packs made here, one file for each version in a folder: the newest is served, older ones are what deltas start from until they are past their end. Not trusted: each
/// is read as a stranger's would be. Public data; whoever deletes the folder costs scanners a whole download, and versions rise all the same by the clock.
/// </summary>
public sealed class PackStore(PackOptions options, TimeProvider clock)
{
    private const int MaxKept = 80;
    private readonly ConcurrentDictionary<long, Lazy<byte[]?>> _deltas = [];
    private readonly Lock _gate = new();
    private volatile ServedPack? _current;
    private bool _loaded;

    /// <summary>The newest; null before the first.</summary>
    public ServedPack? Current
    {
        get
        {
            if (_current is null) Load();
            return _current;
        }
    }

    /// <summary>A version above all that were ever stored here: Unix seconds, or one more than the last.</summary>
    public long NextVersion() => Math.Max(clock.GetUtcNow().ToUnixTimeSeconds(), Versions().DefaultIfEmpty().Max() + 1);

    /// <summary>Keeps a pack and serves it. What is past its end, and more than can be of use, is deleted.</summary>
    public void Add(TrustPack pack)
    {
        var served = new ServedPack(pack, pack.Encode());
        PrivateFiles.CreateFolder(options.Folder);
        // Crash before the move: nothing happened. After it: the next start serves it.
        var part = $"{PathOf(served.Version)}.{Environment.ProcessId}.part";
        File.WriteAllBytes(part, served.File);
        File.Move(part, PathOf(served.Version), overwrite: true);
        _current = served;
        _deltas.Clear();
        foreach (var (version, place) in Versions().OrderDescending().Select((version, place) => (version, place)).ToList())
            if (version != served.Version && (place >= MaxKept || clock.GetUtcNow().ToUnixTimeSeconds() - version > PackStatement.MaxLife.TotalSeconds)) File.Delete(PathOf(version));
    }

    /// <summary>What makes the newest of a version; null where that version is not at hand.</summary>
    public byte[]? DeltaFrom(long version)
    {
        if (Current is not { } current || version >= current.Version || !File.Exists(PathOf(version))) return null;
        return _deltas.GetOrAdd(version, from => new Lazy<byte[]?>(() => Read(from) is { } held && PackDelta.Make(held.Pack, current.Pack) is var delta && delta.Length <= PackDelta.MaxBytes ? delta : null)).Value;
    }

    private void Load()
    {
        lock (_gate)
        {
            if (_loaded) return;
            foreach (var version in Versions().OrderDescending())
            {
                if (Read(version) is not { } found) continue;
                _current = found;
                break;
            }
            _loaded = true;
        }
    }

    private ServedPack? Read(long version)
    {
        if (options.Pins.Count == 0) return null;
        try
        {
            var file = File.ReadAllBytes(PathOf(version));
            var pin = new PackPin(options.Pins, version, clock.GetUtcNow());
            return TrustPack.TryRead(file, pin, out var pack, out _) && pack.Statement.Version == version ? new ServedPack(pack, file) : null;
        }
        catch (IOException)
        {
            return null; // deleted meanwhile
        }
    }

    private IEnumerable<long> Versions() => !Directory.Exists(options.Folder) ? [] : Directory.EnumerateFiles(options.Folder, "*.pack")
        .Select(file => long.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0).Where(version => version > 0);

    private string PathOf(long version) => Path.Combine(options.Folder, string.Create(CultureInfo.InvariantCulture, $"{version}.pack"));
}
