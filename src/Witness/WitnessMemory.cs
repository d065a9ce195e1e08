using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Transparency;

namespace Identity.Witness;

/// <summary>What a witness must never forget: the newest checkpoint of each log that it cosigned, and evidence of forks. One process owns the folder.</summary>
internal sealed class WitnessMemory : IDisposable
{
    /// <summary>Of one log so much evidence is kept: the first says it all, and who holds a log's key could make more without end.</summary>
    private const int MaxEvidence = 16;

    private const string Suffix = ".checkpoint";

    private readonly string _heads;
    private readonly string _evidence;
    private readonly FileStream _owner;

    /// <exception cref="InvalidOperationException">Another witness runs on the folder.</exception>
    public WitnessMemory(string folder)
    {
        try
        {
            _owner = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken) when (taken is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException) && File.Exists(Path.Combine(folder, "lock")))
        {
            throw new InvalidOperationException($"Another witness runs on the folder {folder}. Two on one folder would cosign two stories; give each its own folder and key.");
        }
        _heads = Directory.CreateDirectory(Path.Combine(folder, "logs")).FullName;
        _evidence = Directory.CreateDirectory(Path.Combine(folder, "evidence")).FullName;
        DurableFile.FlushFolder(folder);
    }

    /// <summary>The checkpoint of this log that was cosigned last; null before the first.</summary>
    /// <exception cref="InvalidDataException">The file is damaged. To go on as if nothing had been seen would be to forget.</exception>
    public Checkpoint? Head(string origin)
    {
        var file = HeadFile(origin);
        if (!File.Exists(file)) return null;
        return Checkpoint.TryParse(File.ReadAllText(file), out var head, out _) && head!.Origin == origin
            ? head
            : throw new InvalidDataException($"{file} is damaged. The witness cosigns nothing of this log until the file is as it was; without a copy of it, begin a new witness with a new key.");
    }

    /// <summary>The checkpoint cosigned last of the log of this name (<see cref="WitnessRequest.LogOf"/>), with the log's signature and ours, as it stands on the disk; null where none was.</summary>
    public string? Newest(string log) => Path.Combine(_heads, log + Suffix) is var file && File.Exists(file) ? File.ReadAllText(file) : null;

    /// <summary>Keeps a cosigned checkpoint. When it returns, it is on the disk.</summary>
    public void Remember(string origin, string note) => DurableFile.Write(HeadFile(origin), note);

    /// <summary>Keeps evidence; the same twice is kept once.</summary>
    public void Keep(ForkEvidence evidence)
    {
        var log = Name(evidence.Origin)[..16];
        if (Directory.GetFiles(_evidence, $"{log}-*.json").Length >= MaxEvidence) return;
        Checkpoint.TryParse(evidence.Second, out var second, out _);
        var file = Path.Combine(_evidence, $"{log}-{Name(second!.Text)[..16]}.json");
        if (!File.Exists(file)) DurableFile.Write(file, evidence.ToJson());
    }

    /// <summary>All evidence, each a JSON object.</summary>
    public IEnumerable<string> Evidence() => Directory.GetFiles(_evidence, "*.json").Order(StringComparer.Ordinal).Select(File.ReadAllText);

    public void Dispose() => _owner.Dispose();

    private string HeadFile(string origin) => Path.Combine(_heads, WitnessRequest.LogOf(origin) + Suffix);

    private static string Name(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
