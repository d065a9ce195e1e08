using Identity.Credentials.Transparency;

namespace Identity.Witness;

/// <summary>The logs that a witness watches, from a text file: in each line an origin, a space and the log's verifier key; <c>#</c> begins a remark. One origin may have two keys while its key changes.</summary>
internal sealed class KnownLogs
{
    private readonly string _file;
    private readonly Lock _gate = new();
    private Dictionary<string, List<VKey>> _logs;
    private (DateTime Written, long Length) _read;

    /// <exception cref="InvalidOperationException">The file cannot be read as it is; the message names the line.</exception>
    public KnownLogs(string file)
    {
        _file = file;
        _read = Stamp();
        _logs = Read(file);
    }

    /// <summary>The keys of a log; empty where it is not watched. A file that was changed is read again; one that cannot be read then changes nothing.</summary>
    public IReadOnlyList<VKey> Of(string origin, out string? problem)
    {
        problem = null;
        lock (_gate)
        {
            if (Stamp() is var now && now != _read)
            {
                try
                {
                    _logs = Read(_file);
                    _read = now;
                }
                catch (InvalidOperationException e)
                {
                    (problem, _read) = (e.Message, now); // said once: it stays wrong until it is written again
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    problem = e.Message; // may pass
                }
            }
            return _logs.TryGetValue(origin, out var keys) ? keys : [];
        }
    }

    private (DateTime, long) Stamp() => new FileInfo(_file) is { Exists: true } info ? (info.LastWriteTimeUtc, info.Length) : default;

    private static Dictionary<string, List<VKey>> Read(string file)
    {
        if (!File.Exists(file)) throw new InvalidOperationException($"The file of logs {file} does not exist. Write a line for each log: its origin, a space, its verifier key.");
        var logs = new Dictionary<string, List<VKey>>(StringComparer.Ordinal);
        foreach (var (number, line) in File.ReadLines(file).Select((line, at) => (at + 1, line.Trim())))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var parts = line.Split(' ');
            if (parts.Length != 2 || !VKey.TryParse(parts[1], out var key) || key.Type != NoteKeyType.Ed25519)
                throw new InvalidOperationException($"{file}, line {number}: an origin, a space and the log's verifier key (name+keyid+base64, of type 1) are wanted.");
            if (!logs.TryGetValue(parts[0], out var keys)) logs[parts[0]] = keys = [];
            if (!keys.Contains(key)) keys.Add(key);
        }
        return logs;
    }
}
