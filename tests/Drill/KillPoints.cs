using System.Text.RegularExpressions;

namespace Identity.Drill;

/// <summary>
/// The points of its work at which the Issuer can be killed: before and after each statement that writes, each commit, and each transaction sent to
/// the ledger. Those who stand in between (<see cref="SqliteTap"/>, <see cref="PostgresTap"/>, <see cref="NodeTap"/>) ask here before they let anything pass.
/// </summary>
internal sealed partial class KillPoints
{
    private const int Longest = 140;

    private readonly Lock _gate = new();
    private readonly List<string> _seen = [];
    private readonly Dictionary<string, List<string>> _written = [];
    private string? _wanted;
    private Func<Task>? _kill;

    /// <summary>Every point that was passed while armed, in the order of its first time.</summary>
    public IReadOnlyList<string> Seen
    {
        get
        {
            lock (_gate) return [.. _seen];
        }
    }

    /// <summary>Whether the wanted point was reached, and the process killed there.</summary>
    public bool Reached { get; private set; }

    /// <summary>From now on points are written down, and the process is killed at the first passing of <paramref name="wanted"/>, if there is one.</summary>
    public void Arm(string? wanted, Func<Task> kill)
    {
        lock (_gate) (_wanted, _kill, Reached) = (wanted, kill, false);
    }

    public void Disarm()
    {
        lock (_gate) (_wanted, _kill) = (null, null);
        _written.Clear();
    }

    /// <summary>A statement on its way in (<c>before</c>) or its answer on its way out (<c>after</c>). False: the process is dead, nothing may pass.</summary>
    public Task<bool> PassStatementAsync(string when, string connection, string sql)
    {
        string? point;
        lock (_gate) point = Name(when, connection, sql);
        return point is null ? Task.FromResult(true) : PassAsync($"{when} {point}");
    }

    /// <summary>Something else happens, by its name. False: the process is dead, nothing may pass.</summary>
    public async Task<bool> PassAsync(string point)
    {
        Func<Task>? kill;
        lock (_gate)
        {
            if (_kill is null) return true;
            if (Reached) return false;
            if (!_seen.Contains(point)) _seen.Add(point);
            if (point != _wanted) return true;
            (Reached, kill) = (true, _kill);
        }
        await kill();
        return false;
    }

    // A commit is named by the tables that its transaction wrote: those of issuing, of publishing and of anchoring differ.
    private string? Name(string when, string connection, string sql)
    {
        var text = Values().Replace(Parameter().Replace(Blank().Replace(sql, " "), "?"), "?").Replace("\"", "", StringComparison.Ordinal).Trim(' ', ';');
        if (!_written.TryGetValue(connection, out var written)) written = _written[connection] = [];
        if (Write().Match(text) is { Success: true } write)
        {
            if (!written.Contains(write.Groups[1].Value)) written.Add(write.Groups[1].Value);
            if (text.StartsWith("INSERT", StringComparison.OrdinalIgnoreCase)) return $"INSERT INTO {write.Groups[1].Value}";
            return text.Length > Longest ? text[..Longest] : text;
        }
        if (text.StartsWith("COMMIT", StringComparison.OrdinalIgnoreCase)) return written.Count == 0 ? null : $"COMMIT of {string.Join(", ", written.Order(StringComparer.Ordinal))}";
        if (when == "before" && text.StartsWith("BEGIN", StringComparison.OrdinalIgnoreCase)) written.Clear();
        return null;
    }

    [GeneratedRegex(@"^(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM) (\w+)", RegexOptions.IgnoreCase)]
    private static partial Regex Write();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();

    [GeneratedRegex(@"[@$:]\w+")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\?(?:, \?)+")]
    private static partial Regex Values();
}
