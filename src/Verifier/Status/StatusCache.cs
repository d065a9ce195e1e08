using System.Collections.Concurrent;
using System.Data.Common;
using System.Text;
using Identity.Credentials.Accreditation;
using Identity.Credentials.StatusList;
using Identity.Credentials.Verdicts;
using Identity.Hosting;
using Identity.Ledger.Mirror;
using Identity.Verifier.Data;
using Identity.Verifier.Trust;
using Microsoft.EntityFrameworkCore;

namespace Identity.Verifier.Status;

/// <summary>
/// Status lists as last fetched. Only a list signed by a key of the credential's own issuer gets in (of one that was closed its last list, or one of its depositary), an older
/// one never replaces a newer one that still counts, and what has expired is not given out: without a fresh list a verdict says that it cannot tell. Of an organisation that was closed, lists that were
/// believed are held beside the newest, also over a restart: what one of them ended no other brings back.
/// </summary>
/// <remarks>Lists are public. Who fetches is a verifier that looks at every list it knows at a fixed pace, so a fetch tells the issuer of no single check.</remarks>
public sealed partial class StatusCache(OutboundFetch fetch, LedgerSource ledger, MirrorOptions mirrors, IDbContextFactory<VerifierDb> databases, TimeProvider clock, ILogger<StatusCache> log)
{
    private const string MediaType = "application/statuslist+jwt";
    private const int MaxBytes = 1024 * 1024;
    private const int MaxLists = 5000;
    private const int MaxBefore = 8;
    private const int MaxListsOfOne = 64; // more than any issuer has, and none fills the cache for the others
    private static readonly TimeSpan Skew = new VerdictPolicy().Skew;
    private static readonly TimeSpan MaxAge = new VerdictPolicy().MaxStatusAge;
    private static readonly TimeSpan RetryAfterFailure = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, Kept> _lists = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _failed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<bool>>> _fetching = new(StringComparer.Ordinal);

    /// <summary>Addresses of the lists held.</summary>
    public IReadOnlyList<string> Uris => [.. _lists.Keys];

    /// <summary>
    /// Every list that a check would call something in force by now, with the organisation whose credentials it speaks of: not expired, fetched within
    /// <see cref="VerdictPolicy.MaxStatusAge"/>, and signed by a key that nobody has reported stolen since; or the last of an organisation that was closed.
    /// </summary>
    public IReadOnlyList<HeldList> Current => [.. _lists.Values.Select(Relied).OfType<HeldList>()];

    /// <summary>One of <see cref="Current"/> by its address; null where none is.</summary>
    public HeldList? FindCurrent(string uri) => _lists.TryGetValue(uri, out var held) ? Relied(held) : null;

    /// <summary>
    /// What is held of the lists of one organisation, for whoever takes it away: those of <see cref="Current"/>, and where it was closed also those by which nothing is in force any more, for what they ended.
    /// </summary>
    public IReadOnlyList<HeldList> Of(byte[] organisation) =>
        [.. _lists.Values.Where(held => held.Organisation.AsSpan().SequenceEqual(organisation)).Select(held => Relied(held) ?? Ending(held)).OfType<HeldList>()];

    /// <summary>The last list of an organisation that was closed, where it is held; also when somebody has taken over and it alone tells no more what is in force.</summary>
    public StatusListToken? FindFinal(string uri) => _lists.TryGetValue(uri, out var held) ? held.All.FirstOrDefault(token => IsFinal(token, held.Organisation)) : null;

    /// <summary>The newest list of this address; null where none is held or the held one has expired, unless the organisation was closed: what ended then stays ended.</summary>
    public StatusSnapshot? Find(string uri) => _lists.TryGetValue(uri, out var held) && (!IsExpired(held.Snapshot.Token) || ledger.View.Closing(held.Organisation) is not null) ? held.Snapshot : null;

    /// <summary>
    /// Fetches the list for a credential of <paramref name="issuer"/> that has been found genuine. Two callers share one fetch. False
    /// where no acceptable list came; then the next attempt waits a few seconds.
    /// </summary>
    public async Task<bool> FetchAsync(string uri, OrganisationRecord issuer, CancellationToken ct)
    {
        if (_failed.TryGetValue(uri, out var failedAt) && clock.GetElapsedTime(failedAt) < RetryAfterFailure) return false;
        var task = _fetching.GetOrAdd(uri, address => new Lazy<Task<bool>>(() => FetchSharedAsync(address, issuer)));
        return await task.Value.WaitAsync(ct);
    }

    /// <summary>
    /// Looks whether there is a list that no check has asked for yet. An absent one is no failure: the issuer may publish it the next moment, and the check that then asks
    /// for it must not wait.
    /// </summary>
    public Task<bool> LookForAsync(string uri, OrganisationRecord issuer, CancellationToken ct) => FetchOnceAsync(uri, issuer).WaitAsync(ct);

    /// <summary>Looks for every list of an issuer that is not held yet. They are numbered from 1, with a gap after a recovery: those are asked for until no more come.</summary>
    public async Task LookForAllAsync(OrganisationRecord issuer, CancellationToken ct)
    {
        var known = _lists.Keys.ToHashSet(StringComparer.Ordinal);
        for (var (number, missed) = (1, 0); number <= MaxListsOfOne && missed <= StatusListNumbers.MaxGap; number++)
        {
            var uri = $"{issuer.Issuer}/status/{number}";
            missed = known.Contains(uri) || await LookForAsync(uri, issuer, ct) ? 0 : missed + 1;
        }
    }

    /// <summary>Looks for newer versions of every list held.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        foreach (var (uri, held) in _lists.ToArray())
        {
            ct.ThrowIfCancellationRequested();
            if (ledger.View.FindOrganisation(held.Organisation) is { } issuer) await FetchAsync(uri, issuer, ct);
        }
    }

    /// <summary>Reads what a former run kept; every token is verified anew, since the file is not trusted.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        foreach (var row in await db.StatusLists.AsNoTracking().ToListAsync(ct))
        {
            var tokens = row.Token.Split('\n').Select(text => StatusListToken.TryParse(text, out var token, out _) && token.Uri == row.Uri && IsOfUse(token, row.Organisation) ? token : null).OfType<StatusListToken>().ToList();
            if (tokens.Count > 0) _lists.TryAdd(row.Uri, new Kept(new StatusSnapshot(tokens[0], Micros.FromMicros(row.FetchedAt), [.. tokens.Skip(1)]), row.ETag, row.Organisation));
        }
    }

    private async Task<bool> FetchSharedAsync(string uri, OrganisationRecord issuer)
    {
        try
        {
            if (await FetchOnceAsync(uri, issuer)) return true;
            _failed[uri] = clock.GetTimestamp();
            if (_failed.Count > MaxLists) _failed.Clear();
            return false;
        }
        finally
        {
            _fetching.TryRemove(uri, out _);
        }
    }

    private async Task<bool> FetchOnceAsync(string uri, OrganisationRecord issuer)
    {
        var known = _lists.GetValueOrDefault(uri);
        var closing = ledger.View.Closing(issuer.Id);
        // Nobody has anything newer to say.
        if (known is not null && closing is not { IsTakenOver: true } && IsFinal(known.Snapshot.Token, issuer.Id)) return true;
        Kept? next = null;
        foreach (var source in StatusSource.Of(uri, issuer, closing, mirrors.Sources))
        {
            if (await AskAsync(uri, source, issuer, known) is not { } found) continue;
            var held = next ?? known;
            next = held is null ? found : Merge(held, found);
            // Of an older list another place may have a newer one; and the last list says less than whoever took over.
            if (!(held is not null && IsAhead(held, found)) && !(closing is { IsTakenOver: true } && IsFinal(found.Snapshot.Token, issuer.Id))) break;
        }
        if (next is null || (known is null && _lists.Count >= MaxLists)) return false;
        if (closing is { IsTakenOver: true } && !(known?.All ?? []).Concat(next.All).Any(token => IsFinal(token, issuer.Id))) next = await WithFinalAsync(uri, issuer, closing, next);
        // A slower fetch that began earlier never takes a newer list away.
        next = _lists.AddOrUpdate(uri, next, (_, held) => Merge(held, next));
        _failed.TryRemove(uri, out _);
        await KeepAsync(uri, next);
        return true;
    }

    // Whoever took over may have forgotten, or want to, what had ended before: the last list, named on the ledger, is held beside its own.
    private async Task<Kept> WithFinalAsync(string uri, OrganisationRecord issuer, ClosingRecord closing, Kept next)
    {
        if (!closing.FinalLists.Any(list => list.Uri == uri)) return next;
        foreach (var source in StatusSource.OfFinal(uri, mirrors.Sources))
            if (await AskAsync(uri, source, issuer, null) is { } found && IsFinal(found.Snapshot.Token, issuer.Id)) return Merge(next, found);
        return next;
    }

    private async Task<Kept?> AskAsync(string uri, StatusSource source, OrganisationRecord issuer, Kept? known)
    {
        // A tag means something only where it came from. Its own time limit is the guard's: a caller who gives up must not spoil the fetch of the others.
        var isOwn = source.Address.OriginalString == uri;
        return await fetch.GetAsync(source.Address, MediaType, MaxBytes, CancellationToken.None, isOwn ? known?.ETag : null) switch
        {
            FetchResult.Answer { Status: 304 } when isOwn && known is not null => known with { Snapshot = known.Snapshot with { FetchedAt = clock.GetUtcNow() } },
            FetchResult.Answer { IsSuccess: true } fresh => Accept(uri, fresh, source, issuer),
            _ => null,
        };
    }

    // Token Status List, section 8.3: type and subject (by TryParse and here), signature, time.
    private Kept? Accept(string uri, FetchResult.Answer answer, StatusSource source, OrganisationRecord issuer)
    {
        if (!StatusListToken.TryParse(Encoding.ASCII.GetString(answer.Body).Trim(), out var token, out _)) return null;
        if (token.Uri != uri || IsExpired(token)) return null;
        // By a clock that is ahead: held, it would keep out what the issuer signs once its clock is right.
        if (token.IssuedAt > clock.GetUtcNow() + Skew) return null;
        if (!IsOf(token, issuer.Id)) return null;
        // When a mirror had it from its signer is not known; not before it was signed.
        return new Kept(new StatusSnapshot(token, source.IsMirror && token.IssuedAt < clock.GetUtcNow() ? token.IssuedAt : clock.GetUtcNow()), source.Address.OriginalString == uri ? answer.ETag : null, issuer.Id);
    }

    // One for which nobody speaks any more (its key was reported stolen, another is depositary now) keeps none out.
    private bool IsAhead(Kept one, Kept other) =>
        (IsOf(one.Snapshot.Token, one.Organisation), one.Snapshot.Token.IssuedAt).CompareTo((IsOf(other.Snapshot.Token, other.Organisation), other.Snapshot.Token.IssuedAt)) > 0;

    /// <summary>The one that is ahead; of a closed organisation with what the other knows of ends.</summary>
    private Kept Merge(Kept held, Kept found)
    {
        var (newest, other) = IsAhead(held, found) ? (held, found) : (found, held);
        if (ledger.View.Closing(newest.Organisation) is null) return newest;
        var before = new List<StatusListToken>();
        var ended = newest.Snapshot.Token.List;
        foreach (var token in newest.All.Concat(other.All).DistinctBy(token => token.Jws.Compact).OrderByDescending(token => token.IssuedAt))
        {
            if (token.Jws.Compact == newest.Snapshot.Token.Jws.Compact || !StatusSigner.Ends(token, ledger.View, newest.Organisation)) continue;
            var more = ended.EndedBy(token.List);
            var isFinal = IsFinal(token, newest.Organisation);
            if (!isFinal && (before.Count >= MaxBefore || more.Bytes.SequenceEqual(ended.Bytes))) continue; // it ends nothing that is not known without it
            before.Add(token);
            ended = more;
        }
        return newest with { Snapshot = newest.Snapshot with { Before = before } };
    }

    private bool IsOf(StatusListToken token, byte[] organisation) => IsFinal(token, organisation) || StatusSigner.Find(token, ledger.View, organisation) is not null;

    private bool IsFinal(StatusListToken token, byte[] organisation) => StatusSigner.IsFinal(token, ledger.View, ledger.View.Closing(organisation));

    // An expired list of a closed organisation still tells what had ended.
    private bool IsOfUse(StatusListToken token, byte[] organisation) =>
        ledger.View.Closing(organisation) is null ? !IsExpired(token) && IsOf(token, organisation) : StatusSigner.Ends(token, ledger.View, organisation);

    private HeldList? Relied(Kept held)
    {
        // Whose closing was undone speaks for itself again, by its newest list alone.
        var before = ledger.View.Closing(held.Organisation) is null ? null : held.Snapshot.Before?.Where(token => StatusSigner.Ends(token, ledger.View, held.Organisation)).ToList();
        var list = new HeldList(held.Snapshot with { Before = before }, held.Organisation, IsFinal(held.Snapshot.Token, held.Organisation));
        if (list.IsFinal && ledger.View.Closing(held.Organisation)!.IsTakenOver) return null;
        return list.IsFinal || (!IsExpired(held.Snapshot.Token) && IsRecent(held.Snapshot) && StatusSigner.Find(held.Snapshot.Token, ledger.View, held.Organisation) is not null) ? list : null;
    }

    private HeldList? Ending(Kept held)
    {
        if (ledger.View.Closing(held.Organisation) is null) return null;
        var tokens = held.All.Where(token => StatusSigner.Ends(token, ledger.View, held.Organisation)).ToList();
        return tokens.Count == 0 ? null : new HeldList(held.Snapshot with { Token = tokens[0], Before = [.. tokens.Skip(1)] }, held.Organisation, IsFinal(tokens[0], held.Organisation));
    }

    private bool IsRecent(StatusSnapshot snapshot) => clock.GetUtcNow() - snapshot.FetchedAt <= MaxAge;

    private bool IsExpired(StatusListToken token) => token.Expires is { } end && end <= clock.GetUtcNow();

    // Kept for the next start only: a database that cannot be written spoils no check.
    private async Task KeepAsync(string uri, Kept held)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync();
            var row = await db.StatusLists.FindAsync(uri);
            if (row is null) db.StatusLists.Add(row = new StatusListRow { Uri = uri, Token = "", FetchedAt = 0, Organisation = held.Organisation });
            (row.Token, row.ETag, row.FetchedAt, row.Organisation) = (string.Join('\n', held.All.Select(token => token.Jws.Compact)), held.ETag, held.Snapshot.FetchedAt.ToMicros(), held.Organisation);
            await db.SaveChangesAsync();
        }
        catch (Exception fault) when (fault is DbUpdateException or DbException)
        {
            LogNotKept(log, fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A status list could not be stored; it is held in memory")]
    private static partial void LogNotKept(ILogger log, Exception fault);

    private sealed record Kept(StatusSnapshot Snapshot, string? ETag, byte[] Organisation)
    {
        /// <summary>The newest first.</summary>
        public IEnumerable<StatusListToken> All => (Snapshot.Before ?? []).Prepend(Snapshot.Token);
    }
}

/// <summary>A list that may be relied on.</summary>
/// <param name="Snapshot">As fetched.</param>
/// <param name="Organisation">Whose credentials it speaks of.</param>
/// <param name="IsFinal">The last word of an organisation that was closed.</param>
public sealed record HeldList(StatusSnapshot Snapshot, byte[] Organisation, bool IsFinal)
{
    /// <summary>It, and the other lists of a closed organisation that still count for what they ended.</summary>
    public IEnumerable<StatusListToken> All => (Snapshot.Before ?? []).Prepend(Snapshot.Token);

    /// <summary>Its entries, with what other lists of a closed organisation ended.</summary>
    public StatusArray Statuses => (Snapshot.Before ?? []).Aggregate(Snapshot.Token.List, (list, before) => list.EndedBy(before.List));
}
