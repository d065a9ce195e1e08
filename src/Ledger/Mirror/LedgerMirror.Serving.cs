using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Transparency;
using Identity.Ledger.Log;
using Identity.Ledger.Mirror.Serving;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Mirror;

// What the mirror hands on to others. Ids of logs and organisations are 32 bytes.
public sealed partial class LedgerMirror
{
    /// <summary>What the mirror holds and how old it is.</summary>
    internal MirrorIndex Index()
    {
        var mark = _file.Mark();
        var data = _data;
        lock (data.Gate)
        {
            return new MirrorIndex(Seconds(_progress.ReadAt), _progress.Problem,
                new MirrorChain(_chainId, _contract, mark?.Genesis, mark?.Block, mark?.Hash, Seconds(_archive is null ? _chain!.HeadTime : _progress.ReadAt)),
                [.. data.Logs.Select(log => View(data, Convert.FromHexString(log.Key), log.Value))],
                data.Registry.Organisations.Count, data.Logs.Values.Count(log => log.Alarm is not null) + (data.ChainAlarm is null ? 0 : 1));
        }
    }

    /// <summary>The newest signed checkpoint that was checked, as the log published it; null for a log that is not known or was not read yet.</summary>
    internal string? CheckpointOf(byte[] log)
    {
        var data = _data;
        lock (data.Gate) return Find(data, log)?.Note;
    }

    /// <summary>The bytes of a tile or entry bundle, the same as the log's own, and whether the chain covers it; null where the checked tree has not so much.</summary>
    internal (byte[] Bytes, bool Anchored)? TileOf(byte[] log, TileId tile)
    {
        var data = _data;
        lock (data.Gate) return Find(data, log) is { } mirrored && mirrored.Tree.Tile(tile) is { } bytes ? (bytes, Tiles.Has(tile, mirrored.Covered)) : null;
    }

    /// <summary>
    /// The receipt of an entry against the earliest anchor whose signed checkpoint is kept. Null with true while the entry waits for one, with false where no trusted log is known to hold it.
    /// </summary>
    internal (Receipt? Receipt, bool Waits) ReceiptOf(byte[] entry)
    {
        var data = _data;
        MirroredLog log;
        long index;
        RegistryEvent.Anchored anchor;
        IReadOnlyList<byte[]> path;
        lock (data.Gate)
        {
            var held = data.Logs.Values.Where(l => l.Alarm is null && data.ChainAlarm is null && l.Tree.TryFind(entry, out _)).ToList();
            var found = held.Select(l => (Log: l, Index: IndexOf(l), Anchor: l.NotedAnchorOf(IndexOf(l)))).Where(f => f.Anchor is not null).OrderBy(f => f.Anchor!.Place.BlockTime).FirstOrDefault();
            if (found.Anchor is null) return (null, held.Count > 0);
            (log, index, anchor) = (found.Log, found.Index, found.Anchor);
            path = log.Tree.Path(index, anchor.Size);
        }

        if (_file.NoteOf(log.Origin, anchor.Size) is not { } note || !MerkleTree.VerifyInclusion(index, anchor.Size, MerkleTree.LeafHash(entry), anchor.Root, path)) return (null, true);
        var place = anchor.Place;
        return (Receipt.Of(new TlogProof(index, path, note),
            new AnchorCoordinates(_chainId, _contract, anchor.Size, anchor.Root, place.Transaction, place.Block, place.BlockHash, place.BlockTime)), false);

        long IndexOf(MirroredLog of) => of.Tree.TryFind(entry, out var at) ? at : -1;
    }

    /// <summary>Every registered organisation in the order of registration.</summary>
    internal IReadOnlyList<MirrorOrganisation> Organisations()
    {
        var data = _data;
        lock (data.Gate) return [.. data.Acts.OfType<RegistryEvent.OrganisationRegistered>().Select(registered => Organisation(data, registered)).OfType<MirrorOrganisation>()];
    }

    /// <summary>What the chain has of one organisation; null where it is not registered.</summary>
    internal MirrorHistory? HistoryOf(byte[] organisation)
    {
        var data = _data;
        lock (data.Gate)
        {
            var registered = data.Acts.OfType<RegistryEvent.OrganisationRegistered>().FirstOrDefault(e => e.Id.AsSpan().SequenceEqual(organisation));
            return registered is not null && Organisation(data, registered) is { } found ? new MirrorHistory(found, OrganisationHistory.Of(data, organisation)) : null;
        }
    }

    /// <summary>The text of a scope by its SHA-256; null where no accreditation has it.</summary>
    internal string? ScopeOf(byte[] id)
    {
        var data = _data;
        string? text;
        lock (data.Gate) text = data.Acts.OfType<RegistryEvent.AccreditationGranted>().FirstOrDefault(e => e.ScopeId.AsSpan().SequenceEqual(id))?.Scope;
        return text is not null && SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan().SequenceEqual(id) ? text : null;
    }

    /// <summary>Entries and anchors per hour or day; null for a log that is not known.</summary>
    internal IReadOnlyList<MirrorCount>? CountsOf(byte[] log, bool hours)
    {
        var data = _data;
        List<(RegistryEvent.Anchored, DateTimeOffset?)> anchors;
        lock (data.Gate)
        {
            if (Find(data, log) is not { } mirrored) return null;
            anchors = [.. mirrored.Anchors.Select(anchor => (anchor, (DateTimeOffset?)mirrored.Noted.GetValueOrDefault(anchor.Size)))];
        }

        return LogCounts.Of(anchors, hours); // verdicts take the same lock: nothing is counted in it
    }

    /// <summary>The newest checked anchors, the newest first; null for a log that is not known.</summary>
    internal IReadOnlyList<MirrorAnchor>? AnchorsOf(byte[] log, int most)
    {
        var data = _data;
        lock (data.Gate) return Find(data, log) is { } mirrored ? [.. mirrored.Anchors.TakeLast(most).Reverse().Select(View)] : null;
    }

    /// <summary>Every alarm with its evidence: those that stand, then those that were lifted.</summary>
    internal IReadOnlyList<MirrorAlarmView> Alarms()
    {
        var alarms = _file.Alarms().Concat(_file.Lifted()).ToList();
        var data = _data;
        lock (data.Gate)
        {
            return [.. alarms.Select(alarm => new MirrorAlarmView(alarm.Origin.Length == 0 ? "ledger" : alarm.Origin, OrganisationHistory.Seconds(alarm.RaisedAt), alarm.Reason, alarm.Before, alarm.After,
                Seconds(alarm.LiftedAt), alarm.LiftedBy, Evidence(data, alarm)))];
        }
    }

    // A rollback proves nothing to who did not see it, nor does a tree that is larger than ours and that we could not read.
    private static ForkEvidence? Evidence(MirrorData data, MirrorAlarm alarm)
    {
        if (data.Logs.Values.FirstOrDefault(l => l.Origin == alarm.Origin) is not { } log) return null;
        if (!Checkpoint.TryParse(alarm.Before, out var one, out _) || !Checkpoint.TryParse(alarm.After, out var other, out _)) return null;
        var ordered = one!.Size <= other!.Size;
        var (first, second) = ordered ? (one, other) : (other, one);
        if (first.Size < 1 || (first.Size < second.Size && second.Size > log.Tree.Size)) return null;
        var path = first.Size < second.Size ? log.Tree.Consistency(first.Size, second.Size) : [];
        var (earlier, later) = ordered ? (alarm.Before!, alarm.After!) : (alarm.After!, alarm.Before!);
        return log.Keys.Select(key => ForkEvidence.Of(new VKey(log.Origin, NoteKeyType.Ed25519, key.Ed25519), log.Origin, earlier, later, path, "a mirror of the log", alarm.RaisedAt)).FirstOrDefault(found => found is not null);
    }

    private static MirroredLog? Find(MirrorData data, byte[] log) => data.Logs.GetValueOrDefault(Convert.ToHexString(log));

    private static MirrorOrganisation? Organisation(MirrorData data, RegistryEvent.OrganisationRegistered registered) => data.Registry.FindOrganisation(registered.Id) is { } record
        ? new MirrorOrganisation(Convert.ToHexStringLower(record.Id), record.Name, record.Issuer, record.Country, record.Demonstration, record.Contact, OrganisationHistory.Seconds(registered.Place.BlockTime))
        : null;

    private MirrorLogView View(MirrorData data, byte[] id, MirroredLog log)
    {
        var last = data.Acts.LastOrDefault(e => e switch
        {
            RegistryEvent.LogRegistered registered => registered.Log.AsSpan().SequenceEqual(id),
            RegistryEvent.LogChanged changed => changed.Log.AsSpan().SequenceEqual(id),
            _ => false,
        });
        var account = last switch
        {
            RegistryEvent.LogChanged changed => changed.Operator,
            RegistryEvent.LogRegistered registered => registered.Operator,
            _ => Evm.Address.Zero,
        };
        return new MirrorLogView(Convert.ToHexStringLower(id), log.Origin, Convert.ToHexStringLower(log.Key), account.ToString(), log.Tree.Size, Seconds(log.CheckedAt), log.ReadFrom?.ToString(), log.Covered,
            log.Anchors.Count > 0 ? View(log.Anchors[^1]) : null, log.Alarm ?? data.ChainAlarm, log.Problem,
            [.. log.Peers.OrderBy(peer => peer.Key.Host, StringComparer.Ordinal).Select(peer => new MirrorPeer(peer.Key.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped), Seconds(peer.Value.ComparedAt), peer.Value.Size, peer.Value.Problem))]);
    }

    private static MirrorAnchor View(RegistryEvent.Anchored anchor) =>
        new(anchor.Size, Convert.ToHexStringLower(anchor.Root), OrganisationHistory.Seconds(anchor.Place.BlockTime), anchor.Place.Block, anchor.Place.BlockHash, anchor.Place.Transaction);

    private static DateTime? Seconds(DateTimeOffset? time) => time is { } known ? OrganisationHistory.Seconds(known) : null;
}
