using Identity.Credentials.Transparency;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Mirror;

/// <summary>Everything the mirror knows, in memory. Readers and writers take <see cref="Gate"/>; nobody waits for the network inside.</summary>
internal sealed class MirrorData
{
    public Lock Gate { get; } = new();

    public RegistryView Registry { get; } = new();

    /// <summary>Registered logs by their id in hexadecimal.</summary>
    public Dictionary<string, MirroredLog> Logs { get; } = []; // upper case, as Convert.ToHexString writes

    /// <summary>Everything on the chain but the anchors, in its order.</summary>
    public List<RegistryEvent> Acts { get; } = [];

    /// <summary>Set when final history of the chain itself changed: nothing is trusted then.</summary>
    public string? ChainAlarm { get; set; }

    public void Apply(RegistryEvent registryEvent)
    {
        if (registryEvent is not RegistryEvent.Anchored) Acts.Add(registryEvent);
        switch (registryEvent)
        {
            case RegistryEvent.LogRegistered registered:
                if (registered.Ed25519Key.Length == 32 && registered.Log.AsSpan().SequenceEqual(RegistryClient.LogId(registered.Origin)))
                    Logs.TryAdd(Convert.ToHexString(registered.Log), new MirroredLog(registered.Origin, registered.Ed25519Key));
                break;
            case RegistryEvent.Anchored anchored:
                if (Logs.TryGetValue(Convert.ToHexString(anchored.Log), out var log)) log.Add(anchored);
                break;
            default:
                Registry.Apply(registryEvent);
                break;
        }
    }

    /// <summary>What the file remembers, checked against itself: a log whose entries do not give their checkpoint is fetched anew.</summary>
    public static MirrorData Load(MirrorFile file)
    {
        var data = new MirrorData();
        foreach (var registryEvent in file.Events()) data.Apply(registryEvent);
        var alarms = file.Alarms();
        data.ChainAlarm = alarms.Where(a => a.Origin.Length == 0).Select(a => a.Reason).SingleOrDefault();
        foreach (var log in data.Logs.Values.ToList())
        {
            log.Alarm = alarms.Where(a => a.Origin == log.Origin).Select(a => a.Reason).SingleOrDefault();
            foreach (var entry in file.Entries(log.Origin)) log.Tree.Append(entry);
            log.Note = file.Note(log.Origin);
            if (log.Tree.Size > 0 && !Fits(log))
            {
                data.Restart(file, log);
                continue;
            }

            log.Alarm ??= log.CheckAnchors();
            foreach (var (size, seenAt) in file.Noted(log.Origin)) log.Noted.Add(size, seenAt);
        }

        return data;
    }

    private static bool Fits(MirroredLog log) =>
        Checkpoint.TryParse(log.Note, out var checkpoint, out _) && checkpoint!.Size == log.Tree.Size && checkpoint.Root.AsSpan().SequenceEqual(log.Tree.Root());

    private void Restart(MirrorFile file, MirroredLog damaged)
    {
        file.ClearLog(damaged.Origin);
        var id = Logs.Single(l => ReferenceEquals(l.Value, damaged)).Key;
        Logs[id] = new MirroredLog(damaged.Origin, damaged.Key) { Alarm = damaged.Alarm };
        foreach (var anchored in file.Events().OfType<RegistryEvent.Anchored>().Where(a => Convert.ToHexString(a.Log) == id)) Logs[id].Add(anchored);
    }
}
