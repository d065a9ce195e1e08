using System.Collections.Concurrent;
using System.Diagnostics;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Verdicts;
using Identity.Ledger.Evm;
using Identity.Ledger.Exit;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Mirror;

/// <summary>
/// What the chain and the logs say, checked and kept in memory: every answer is local and at once. The ledger's half of
/// <see cref="ITrustView"/>; the members have its names and meanings.
/// </summary>
public sealed partial class LedgerMirror : IDisposable
{
    private readonly RegistryClient? _registry; // null in an archive
    private readonly ulong _chainId;
    private readonly string _contract;
    private readonly MirrorFile _file;
    private readonly MirrorOptions _options;
    private readonly TimeProvider _clock;
    private readonly TileFetch? _fetch;
    private readonly ChainFollower? _chain;
    private readonly LogFollower? _logs;
    private readonly LedgerArchive? _archive;
    private readonly SemaphoreSlim _one = new(1, 1); // reading of the chain, which waits for no log
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _looks = new(StringComparer.Ordinal); // one look at a time at the log of this origin
    private volatile MirrorData _data;
    private volatile MirrorProgress _progress;
    private DateTimeOffset? _savedReadAt;

    internal LedgerMirror(RegistryClient registry, TileFetch fetch, string file, MirrorOptions options, TimeProvider clock)
    {
        (_registry, _fetch) = (registry, fetch);
        (_chainId, _contract) = (registry.ChainId, registry.Contract.ToString());
        _options = options;
        _clock = clock;
        _file = new MirrorFile(file);
        _chain = new ChainFollower(registry, _file, options);
        _logs = new LogFollower(new LogWire(fetch, clock), _file, clock, options);
        _data = MirrorData.Load(_file, options.Witnesses);
        // A restart without a network is as old as the last look, not as if there had been none.
        _savedReadAt = _file.ReadAt();
        _progress = new MirrorProgress(_savedReadAt, "The chain has not been read yet.");
    }

    private LedgerMirror(MirrorFile file, ArchiveContent content, TimeProvider clock)
    {
        (_file, _options, _clock) = (file, new MirrorOptions(), clock);
        (_chainId, _contract) = (content.Mark.ChainId, content.Mark.Contract);
        _data = MirrorData.Load(file);
        _archive = new LedgerArchive(content);
        _progress = new MirrorProgress(content.AsOf, null);
    }

    /// <summary>Opens an archive, filled from exit bundles: it follows no chain and no log, and asks nobody.</summary>
    /// <exception cref="InvalidDataException">The file is no archive.</exception>
    internal static LedgerMirror OpenArchive(MirrorFile file, TimeProvider clock)
    {
        if (file.Archive() is { } content) return new LedgerMirror(file, content, clock);
        file.Dispose();
        throw new InvalidDataException("The file is no archive.");
    }

    /// <summary>Set where this is an archive: up to when its history of the organisation (32 bytes) reaches, of null the newest of its histories; and whether validators prove it.</summary>
    public ArchiveFacts? Archive(byte[]? organisationId) => _archive?.Of(organisationId);

    /// <summary>The status list of this address that an archive holds; null in a mirror, which knows none.</summary>
    public StatusSnapshot? FindStatus(string uri) => _archive?.FindStatus(uri);

    /// <summary>When the chain was last read to its end, and the origins of logs in alarm (<c>ledger</c> for the chain itself).</summary>
    public MirrorState State
    {
        get
        {
            var data = _data;
            lock (data.Gate)
            {
                var alarms = data.Logs.Values.Where(l => l.Alarm is not null).Select(l => l.Origin).ToList();
                if (data.ChainAlarm is not null) alarms.Insert(0, "ledger");
                return new MirrorState(_progress.ReadAt, alarms);
            }
        }
    }

    /// <summary>Why the mirror is not ready (never read, node behind, chain out of reach); null while it is.</summary>
    public string? NotReady => _progress.Problem;

    /// <summary>Every registered log as far as it has been checked.</summary>
    public IReadOnlyList<MirroredLogState> Logs
    {
        get
        {
            var data = _data;
            lock (data.Gate) return [.. data.Logs.Values.Select(l => new MirroredLogState(l.Origin, l.Tree.Size, l.Covered, l.Alarm ?? data.ChainAlarm, l.Problem))];
        }
    }

    /// <summary>The organisation whose profile names exactly this issuer identifier.</summary>
    public OrganisationRecord? FindOrganisationByIssuer(string iss)
    {
        var data = _data;
        lock (data.Gate) return data.Registry.FindOrganisationByIssuer(iss);
    }

    /// <summary>The organisation with this 32-byte id.</summary>
    public OrganisationRecord? FindOrganisation(byte[] id)
    {
        var data = _data;
        lock (data.Gate) return data.Registry.FindOrganisation(id);
    }

    /// <summary>Every registered key whose thumbprint starts with these 8 bytes, or is these 32.</summary>
    public IReadOnlyList<KeyRecord> FindKeys(ReadOnlySpan<byte> thumbprintPrefix)
    {
        var data = _data;
        lock (data.Gate) return data.Registry.FindKeys(thumbprintPrefix);
    }

    /// <summary>Every accreditation to issue that the organisation ever held, each with all that stand above it.</summary>
    public IReadOnlyList<AccreditationChain> Chains(byte[] organisationId)
    {
        var data = _data;
        lock (data.Gate) return data.Registry.Accreditations.Chains(organisationId);
    }

    /// <summary>How the organisation was closed; null while it is not.</summary>
    public ClosingRecord? Closing(byte[] organisationId)
    {
        var data = _data;
        lock (data.Gate) return data.Registry.Closing(organisationId);
    }

    /// <summary>Whether the organisation had said by then that it records in the log of this origin.</summary>
    public bool UsesLog(byte[] organisationId, string origin, DateTimeOffset at)
    {
        var data = _data;
        lock (data.Gate) return data.Registry.UsesLog(organisationId, origin, at);
    }

    /// <summary>Every registration of a verifier, ended ones too, that names the key (thumbprint, base64url), with the authority's record.</summary>
    public IReadOnlyList<(VerifierRegistration Registration, OrganisationRecord? Authority)> FindVerifiers(string keyThumbprint)
    {
        var data = _data;
        lock (data.Gate) return [.. data.Registry.Verifiers.Find(keyThumbprint).Select(found => (found, data.Registry.FindOrganisation(found.Authority)))];
    }

    /// <summary>Every registration of a verifier in the order they were made, ended ones too, with the authority's record.</summary>
    public IReadOnlyList<(VerifierRegistration Registration, OrganisationRecord? Authority)> Verifiers()
    {
        var data = _data;
        lock (data.Gate) return [.. data.Registry.Verifiers.All.Select(found => (found, data.Registry.FindOrganisation(found.Authority)))];
    }

    /// <summary>
    /// Where a 32-byte entry lies; null when no log is known to hold it. Of several logs one that the organisation records in, where one is given: nobody else's log takes
    /// its place. Then a trusted one, then the earliest anchor.
    /// </summary>
    public AnchorEvidence? FindEntry(byte[] entry, byte[]? organisationId = null)
    {
        var data = _data;
        lock (data.Gate)
        {
            AnchorEvidence? best = null;
            foreach (var log in data.Logs.Values)
            {
                if (!log.Tree.TryFind(entry, out var index)) continue;
                var found = Evidence(data, log, index);
                if (best is null || (Uses(found) == Uses(best) ? IsBetter(found, best) : Uses(found))) best = found;
            }

            foreach (var receipt in _archive?.ReceiptsOf(entry) ?? [])
            {
                if (!data.Logs.TryGetValue(receipt.Log, out var log) || log.AnchorAt(receipt.Size) is not { } anchor) continue;
                var found = Evidence(data, log, receipt.Index, anchor);
                if (best is null || (Uses(found) == Uses(best) ? IsBetter(found, best) : Uses(found))) best = found;
            }

            return best;
        }

        bool Uses(AnchorEvidence found) => organisationId is not null && data.Registry.UsesLog(organisationId, found.Log, found.AnchoredAt ?? DateTimeOffset.MaxValue);
    }

    /// <summary>All of it for a trust pack; null before the chain was read, and in alarm. Lists of ended keys together hold at most so many entries.</summary>
    public PackedRegister? Packed(int maxEntries)
    {
        var data = _data;
        if (_archive is not null) return null; // what it knows is no news to anybody
        lock (data.Gate) return _progress.ReadAt is { } readAt && data.ChainAlarm is null ? PackedRegister.Of(data, readAt, (long)_chainId, _contract, maxEntries, _options.Witnesses.Required) : null;
    }

    /// <summary>Reads what is new on the chain and in every log, once. Callers at the same time wait for each other.</summary>
    /// <returns>Null when the chain was read to its end, else why not.</returns>
    public async Task<string?> RefreshAsync(CancellationToken ct)
    {
        var problem = await ReadChainAsync(ct);
        try
        {
            // The logs are read whether or not the chain answers: what they add waits for its anchor.
            await Task.WhenAll(Logs.Select(log => ReadLogAsync(log.Origin, ct)));
        }
        finally
        {
            if (problem is null) await CountAsync();
        }

        return problem;
    }

    /// <summary>Whether a reading of the chain counts by itself: it does once every log was looked at after the first one since the start, so that nothing is missed for which there was no time yet.</summary>
    internal bool HasLooked { get; private set; }

    /// <summary>Reads what is new on the chain. No log holds that up.</summary>
    /// <returns>Null when it was read to its end, else why not.</returns>
    internal async Task<string?> ReadChainAsync(CancellationToken ct)
    {
        if (_archive is not null) return null;
        await _one.WaitAsync(ct);
        try
        {
            var problem = _data.ChainAlarm ?? await FollowAsync(ct);
            if (problem is not null) _progress = _progress with { Problem = problem, Uncounted = null };
            else if (HasLooked) Count(_clock.GetUtcNow());
            else _progress = _progress with { Problem = "The logs are being read for the first time since the start.", Uncounted = _clock.GetUtcNow() };
            return problem;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Reads what is new in the log of this origin. One that does not answer, or answers without end, keeps nobody waiting but who asks for it.</summary>
    internal async Task ReadLogAsync(string origin, CancellationToken ct)
    {
        if (_archive is not null) return;
        var look = _looks.GetOrAdd(origin, _ => new SemaphoreSlim(1, 1));
        await look.WaitAsync(ct);
        try
        {
            var data = _data;
            MirroredLog? log;
            lock (data.Gate) log = data.ChainAlarm is null ? data.Logs.Values.FirstOrDefault(l => l.Origin == origin) : null;
            if (log is not null) await _logs!.LookAsync(data, log, ct);
        }
        finally
        {
            look.Release();
        }
    }

    /// <summary>The logs were looked at since the chain was first read, or were given time enough.</summary>
    internal async Task CountAsync()
    {
        if (_archive is not null) return;
        await _one.WaitAsync();
        try
        {
            HasLooked = true;
            if (_progress.Uncounted is { } readAt) Count(readAt);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _one.Dispose();
        foreach (var look in _looks.Values) look.Dispose();
    }

    private async Task<string?> FollowAsync(CancellationToken ct)
    {
        ChainLook look;
        try
        {
            look = await _chain!.LookAsync(_data, ct);
            if (look is ChainLook.Replaced && _options.Development)
            {
                await ForgetAsync(ct);
                look = await _chain!.LookAsync(_data, ct);
            }
        }
        catch (EvmException e)
        {
            look = new ChainLook.NotReady(e.Message);
        }

        return look switch
        {
            ChainLook.Read read when TooOld(read.Head) => $"The newest block is of {read.Head.Time:u}.",
            ChainLook.Read => null,
            ChainLook.NotReady(var reason) => reason,
            ChainLook.Replaced(var reason) => Raise(_data, reason),
            _ => throw new UnreachableException(),
        };
    }

    // Looks at logs that are under way write to the file as well, and end first.
    private async Task ForgetAsync(CancellationToken ct)
    {
        var ended = new List<SemaphoreSlim>();
        try
        {
            foreach (var look in _looks.Values)
            {
                await look.WaitAsync(ct);
                ended.Add(look);
            }

            // Crash between the two: the file is empty and the memory dies with us.
            _file.Clear();
            _data = new MirrorData { Witnesses = _options.Witnesses };
            (_savedReadAt, HasLooked) = (null, false);
        }
        finally
        {
            foreach (var look in ended) look.Release();
        }
    }

    private void Count(DateTimeOffset readAt)
    {
        _progress = new MirrorProgress(readAt, null);
        KeepReadAt(readAt);
    }

    // Half a minute is exact enough for an age, and spares the disk a write at each look.
    private void KeepReadAt(DateTimeOffset now)
    {
        if (_savedReadAt is { } saved && now - saved < TimeSpan.FromSeconds(30) && now >= saved) return;
        _file.SaveReadAt(now);
        _savedReadAt = now;
    }

    private string Raise(MirrorData data, string reason)
    {
        _file.Raise("", reason, null, null, _clock.GetUtcNow());
        lock (data.Gate) data.ChainAlarm = reason;
        return reason;
    }

    private bool TooOld(EvmHead head) => !_options.Development && _options.HeadAge > TimeSpan.Zero && _clock.GetUtcNow() - head.Time > _options.HeadAge;

    private AnchorEvidence Evidence(MirrorData data, MirroredLog log, long index) => Evidence(data, log, index, log.AnchorOf(index));

    private AnchorEvidence Evidence(MirrorData data, MirroredLog log, long index, RegistryEvent.Anchored? covering)
    {
        var trusted = log.Alarm is null && data.ChainAlarm is null;
        var policy = _options.Witnesses;
        var witnesses = policy.Witnesses.Count == 0 ? null : new WitnessCount(index < log.Witnessed.Size ? log.Witnessed.Count : Math.Max(0, Math.Min(log.NewestCount, policy.Required - 1)), policy.Required);
        if (witnesses is { IsEnough: false }) return new AnchorEvidence(log.Origin, index, 0, "", false, null, null, null, null, null, trusted, witnesses);
        return covering is { } anchor
            ? new AnchorEvidence(log.Origin, index, anchor.Size, Convert.ToHexStringLower(anchor.Root), true, anchor.Place.BlockTime, (long)anchor.Place.Block,
                anchor.Place.Transaction, _contract, (long)_chainId, trusted, witnesses) { IsLate = anchor.IsLate }
            : new AnchorEvidence(log.Origin, index, 0, "", false, null, null, null, null, null, trusted, witnesses);
    }

    private static bool IsBetter(AnchorEvidence found, AnchorEvidence best) =>
        found.Trusted != best.Trusted ? found.Trusted : (found.AnchoredAt ?? DateTimeOffset.MaxValue) < (best.AnchoredAt ?? DateTimeOffset.MaxValue);

    /// <param name="ReadAt">When the chain was last read, as it counts.</param>
    /// <param name="Problem">Why it is not read.</param>
    private sealed record MirrorProgress(DateTimeOffset? ReadAt, string? Problem)
    {
        /// <summary>When it was read for the first time since the start; null once that counts.</summary>
        public DateTimeOffset? Uncounted { get; init; }
    }
}

/// <summary>A log as far as it has been checked.</summary>
/// <param name="Origin">Its name and address.</param>
/// <param name="Size">Entries read and checked against a signed checkpoint.</param>
/// <param name="Anchored">How many of them the chain covers.</param>
/// <param name="Alarm">Why it is not trusted any more; null while it is.</param>
/// <param name="Problem">Why the last look brought nothing; null when it went well.</param>
public sealed record MirroredLogState(string Origin, long Size, long Anchored, string? Alarm, string? Problem);
