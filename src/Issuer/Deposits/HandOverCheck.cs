using System.Collections;
using System.Security.Cryptography;
using Identity.Credentials;
using Identity.Credentials.Accreditation;
using Identity.Credentials.StatusList;
using Identity.Credentials.Transparency;
using Identity.Issuer.Issuance;

namespace Identity.Issuer.Deposits;

/// <summary>Whether each line can come after those before it, and what they say together.</summary>
internal sealed class HandOverCheck
{
    private readonly Dictionary<int, StatusListToken> _lists = [];
    private readonly HashSet<string> _uris = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CredentialState> _records = new(StringComparer.Ordinal);
    private readonly HashSet<(int, int)> _places = [];
    private readonly Dictionary<(UInt128, UInt128), (string Record, int List, int Index)> _copies = []; // by entry, 32 bytes in two halves
    private readonly HashSet<(string, string, string)> _anchors = [];
    private readonly HashSet<(UInt128, UInt128)> _unnamed = []; // entries of lists that the closing statement does not name, and that the log has not shown yet
    private readonly HashSet<string> _recorded = new(StringComparer.Ordinal);
    private readonly Dictionary<int, BitArray> _recordedCopies = []; // a bit for each index of a list
    private readonly List<(int Height, byte[] Hash)> _tree = []; // the whole subtrees of the log, the largest first
    private IReadOnlyList<FinalList> _named = [];
    private string _issuer = "";
    private HandOverLine? _before;
    private long _lines;
    private long _logged;

    /// <summary>The last line has come.</summary>
    public bool IsEnded => _before is HandOverLine.End;

    /// <summary>The log that the file shows, if any; that the ledger has its <see cref="Root"/> is for the caller to ask.</summary>
    public HandOverLine.Log? Log { get; private set; }

    /// <summary>The records of which the log has a copy at least.</summary>
    public IReadOnlySet<string> Recorded => _recorded;

    /// <summary>The copies that the log has, by the number of their list: a bit for each index.</summary>
    public IReadOnlyDictionary<int, BitArray> RecordedCopies => _recordedCopies;

    /// <summary>Each list is named by the closing statement, or in the log: signed before the organisation was closed, whatever it says of its date.</summary>
    public bool AreListsRecorded => _unnamed.Count == 0;

    /// <summary>The root of the log's tree (RFC 6962, 2.1) over all entries that have come.</summary>
    public byte[] Root() => _tree.Count == 0 ? MerkleTree.EmptyRoot() : _tree.Select(t => t.Hash).Reverse().Aggregate((right, left) => MerkleTree.NodeHash(left, right));

    /// <summary>The line, or what is wrong with it here. <paramref name="hash"/> is over all lines before.</summary>
    public HandOverLine Next(HandOverLine line, IncrementalHash hash)
    {
        if (line is HandOverLine.Bad) return line;
        if (Rank(line) < Rank(_before) || (_before is null) != (line is HandOverLine.Head) || IsEnded) return new HandOverLine.Bad("the lines are not in their order");
        var wrong = line switch
        {
            HandOverLine.Head head => Begin(head),
            HandOverLine.StatusList list => Add(list),
            HandOverLine.Row record => !_records.TryAdd(record.Id, record.State) ? "a record comes twice" : _records.Count > HandOverFile.MaxRecords ? "there are too many records" : null,
            HandOverLine.Copy copy => Add(copy),
            HandOverLine.Anchor anchor => !_records.ContainsKey(anchor.RecordId) ? "a recovery anchor belongs to no record"
                : !_anchors.Add((anchor.RecordId, anchor.Tag, Convert.ToHexString(anchor.SecretHash))) ? "a recovery anchor comes twice" : null,
            HandOverLine.Log log => Begin(log),
            HandOverLine.Entries entries => Add(entries),
            HandOverLine.End end => end.Lines != _lines || !end.Digest.AsSpan().SequenceEqual(hash.GetCurrentHash()) ? "the last line does not fit those before it: something is missing or was changed"
                : _named.Count > 0 && _named.Count != _lists.Count ? "a status list is missing that the closing statement names"
                : (Log?.Size ?? 0) != _logged ? "the log in it is not whole" : null,
            _ => null,
        };
        if (wrong is not null) return new HandOverLine.Bad(wrong);
        _before = line;
        _lines++;
        return line;
    }

    private string? Begin(HandOverLine.Head head)
    {
        (_issuer, _named) = (head.Profile.Issuer, ClosingStatement.Lists(head.Statement, head.Profile.Id()));
        return null;
    }

    private string? Begin(HandOverLine.Log log)
    {
        if (Log is not null) return "there are two logs";
        Log = log;
        return null;
    }

    private string? Add(HandOverLine.StatusList list)
    {
        var entry = Entry.OfJwt(list.Token);
        // Where the statement names no lists, somebody else closed the organisation; then their signatures speak for them, and the log for their time.
        if (_named.Count == 0) _unnamed.Add(Halves(entry));
        return !_uris.Add(list.Parsed.Uri) || !_lists.TryAdd(list.Number, list.Parsed) ? "a status list comes twice"
        : _lists.Count > HandOverFile.MaxLists ? "there are too many status lists"
        : list.Parsed.List.Bits != 2 || list.Parsed.Uri != $"{_issuer}/status/{list.Number}" ? "a status list is not one of this organisation’s service"
        : _named.Count > 0 && !_named.Any(named => named.Uri == list.Parsed.Uri && named.Entry.AsSpan().SequenceEqual(entry)) ? "a status list is not the last one that the closing statement names"
        : null;
    }

    private string? Add(HandOverLine.Copy copy) =>
        !_records.TryGetValue(copy.RecordId, out var state) ? "a copy belongs to no record"
        : !_lists.TryGetValue(copy.List, out var list) || copy.Index >= list.List.Length ? "a copy has a status that no list has"
        : !_places.Add((copy.List, copy.Index)) ? "two copies have one status index"
        : _places.Count > HandOverFile.MaxCopies ? "there are too many copies"
        : !_copies.TryAdd(Halves(copy.Entry), (copy.RecordId, copy.List, copy.Index)) ? "two copies have one entry of the log"
        : !Agree(state, list.List.Get(copy.Index)) ? "a record and the status list contradict each other" : null;

    private string? Add(HandOverLine.Entries entries)
    {
        if (Log is null) return "entries belong to no log";
        for (var at = 0; at < entries.Hashes.Length; at += 32)
        {
            var entry = entries.Hashes.AsSpan(at, 32);
            var (height, hash) = (0, MerkleTree.LeafHash(entry));
            for (; _tree is [.., var left] && left.Height == height; height++)
            {
                hash = MerkleTree.NodeHash(left.Hash, hash);
                _tree.RemoveAt(_tree.Count - 1);
            }
            _tree.Add((height, hash));
            _logged++;
            _unnamed.Remove(Halves(entry));
            if (!_copies.TryGetValue(Halves(entry), out var copy)) continue;
            _recorded.Add(copy.Record);
            if (!_recordedCopies.TryGetValue(copy.List, out var bits)) _recordedCopies.Add(copy.List, bits = new BitArray(_lists[copy.List].List.Length));
            bits[copy.Index] = true;
        }
        return _logged > Log.Size ? "the log has more entries than it says" : null;
    }

    // One copy may have ended before its record, as that on a lost phone; none outlives it.
    private static bool Agree(CredentialState state, byte status) => status == (int)StatusValue.Invalid || state switch
    {
        CredentialState.Revoked or CredentialState.Returned => false,
        CredentialState.Suspended => status == (int)StatusValue.Suspended,
        _ => status == (int)StatusValue.Valid,
    };

    private static (UInt128, UInt128) Halves(ReadOnlySpan<byte> entry) =>
        (System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(entry), System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(entry[16..]));

    private static int Rank(HandOverLine? line) => line switch
    {
        null => -1, HandOverLine.Head => 0, HandOverLine.StatusList => 1, HandOverLine.Row => 2, HandOverLine.Copy => 3, HandOverLine.Anchor => 4, HandOverLine.Log => 5, HandOverLine.Entries => 6, _ => 7,
    };
}
