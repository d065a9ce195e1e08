using Identity.Credentials.Transparency;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Mirror;

/// <summary>Everything the mirror knows, in memory. Readers and writers take <see cref="Gate"/>; nobody waits for the network inside.</summary>
internal sealed class MirrorData
{
    public Lock Gate { get; } = new();

    public RegistryView Registry { get; } = new();

    /// <summary>Whose cosignatures are asked for.</summary>
    public WitnessPolicy Witnesses { get; init; } = WitnessPolicy.None;

    /// <summary>Registered logs by their id in hexadecimal.</summary>
    public Dictionary<string, MirroredLog> Logs { get; } = []; // upper case, as Convert.ToHexString writes

    /// <summary>Everything on the chain but the anchors, in its order.</summary>
    public List<RegistryEvent> Acts { get; } = [];

    /// <summary>Of these what an exit bundle is selected from: a key whose thumbprint is not its own is nobody's, so it is passed over, and so is its end.</summary>
    public List<RegistryEvent> Selectable { get; } = [];

    /// <summary>Set when final history of the chain itself changed: nothing is trusted then.</summary>
    public string? ChainAlarm { get; set; }

    public void Apply(RegistryEvent registryEvent)
    {
        if (registryEvent is not RegistryEvent.Anchored) Acts.Add(registryEvent);
        switch (registryEvent)
        {
            case RegistryEvent.LogRegistered registered:
                if (registered.Ed25519Key.Length == 32 && registered.Log.AsSpan().SequenceEqual(RegistryClient.LogId(registered.Origin)))
                    Logs.TryAdd(Convert.ToHexString(registered.Log), new MirroredLog(registered.Origin, new LogKey(registered.Ed25519Key, 0, registered.Place)));
                break;
            case RegistryEvent.LogChanged changed:
                if (Logs.TryGetValue(Convert.ToHexString(changed.Log), out var other)) other.Change(changed);
                break;
            case RegistryEvent.Anchored anchored:
                if (Logs.TryGetValue(Convert.ToHexString(anchored.Log), out var log)) log.Add(anchored);
                break;
            default:
                Registry.Apply(registryEvent);
                break;
        }
        if (registryEvent is not RegistryEvent.Anchored && Thumbprint(registryEvent) is var key && (key is null || Registry.FindKeys(key).Count > 0)) Selectable.Add(registryEvent);
    }

    private static byte[]? Thumbprint(RegistryEvent registryEvent) => registryEvent switch
    {
        RegistryEvent.KeyAdded added => added.Thumbprint,
        RegistryEvent.KeyEnded ended => ended.Thumbprint,
        _ => null,
    };

    /// <summary>What the file remembers, checked against itself: a log whose entries do not give their checkpoint is fetched anew.</summary>
    public static MirrorData Load(MirrorFile file, WitnessPolicy? witnesses = null)
    {
        var data = new MirrorData { Witnesses = witnesses ?? WitnessPolicy.None };
        foreach (var registryEvent in file.Events()) data.Apply(registryEvent);
        var alarms = file.Alarms();
        data.ChainAlarm = alarms.Where(a => a.Origin.Length == 0).Select(a => a.Reason).SingleOrDefault();
        foreach (var log in data.Logs.Values.ToList()) data.Settle(file, data.Fill(file, log), TimeProvider.System.GetUtcNow());
        return data;
    }

    /// <summary>
    /// After the chain has another key for a log: whoever had the old key may have shown what it liked beyond the size at which it changed. What was taken in from there is dropped, down to what the chain
    /// covers, and an alarm whose evidence rests on such a checkpoint is lifted; both notes stay in the file.
    /// </summary>
    /// <returns>The log, which is another object where something was dropped.</returns>
    public MirroredLog Settle(MirrorFile file, MirroredLog log, DateTimeOffset now)
    {
        if (!log.IsKeyNew) return log;
        if (file.Alarms().SingleOrDefault(alarm => alarm.Origin == log.Origin) is { } standing && new[] { standing.Before, standing.After }.Any(note => !string.IsNullOrEmpty(note) && !log.IsSigned(note)))
        {
            file.Lift(log.Origin, now, log.KeySince.Transaction);
            log.Alarm = null;
        }

        if (log.Tree.Size > 0 && !log.IsSigned(log.Note))
        {
            // Crash before the save: done again at the next start. After it: what is left is read from the file.
            var size = log.Noted.Keys.LastOrDefault(noted => log.IsSigned(file.NoteOf(log.Origin, noted)));
            if (size > 0) file.Truncate(log.Origin, size, file.NoteOf(log.Origin, size)!);
            else file.ClearLog(log.Origin);
            log = Fill(file, log.Unread());
        }

        log.Settled();
        return log;
    }

    // Reads what the file has of a log; one whose entries do not give their checkpoint is fetched anew.
    private MirroredLog Fill(MirrorFile file, MirroredLog log)
    {
        log.Alarm = file.Alarms().SingleOrDefault(alarm => alarm.Origin == log.Origin)?.Reason;
        log.Tree = MirrorTree.Load(file.Bundles(log.Origin));
        log.Note = file.Note(log.Origin);
        if (log.Tree.Size > 0 && !Fits(log))
        {
            file.ClearLog(log.Origin);
            var alarm = log.Alarm;
            log = log.Unread();
            log.Alarm = alarm;
        }

        log.Alarm ??= log.CheckAnchors();
        // Judged anew: the settings may name others now, and the key of the log may have changed.
        if (file.Witnessed(log.Origin) is { } note && log.IsSigned(note) && Checkpoint.TryParse(note, out var witnessed, out _) && witnessed!.Size >= 1 && witnessed.Size <= log.Tree.Size
            && log.Tree.RootAt(witnessed.Size).AsSpan().SequenceEqual(witnessed.Root)) log.Count(witnessed, Witnesses, TimeProvider.System.GetUtcNow());
        foreach (var (size, seenAt) in file.Noted(log.Origin)) log.Noted.Add(size, seenAt);
        Logs[Convert.ToHexString(RegistryClient.LogId(log.Origin))] = log;
        return log;
    }

    private static bool Fits(MirroredLog log) =>
        Checkpoint.TryParse(log.Note, out var checkpoint, out _) && checkpoint!.Size == log.Tree.Size && checkpoint.Root.AsSpan().SequenceEqual(log.Tree.Root());
}
