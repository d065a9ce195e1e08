using Identity.Credentials.Accreditation;
using Identity.Credentials.StatusList;
using Identity.Credentials.Trust;
using Identity.Credentials.Verdicts;
using Identity.Ledger.Mirror;
using Identity.Verifier.Status;

namespace Identity.Verifier.Trust;

/// <summary>
/// Makes a trust pack of the mirror and the status lists where something in it changed, and anew every six hours, so that it does not run out. What it could not
/// check itself it does not sign: no pack without a fresh copy of the ledger, and no list but those by which a check with a network would call something in force now.
/// </summary>
public sealed class PackMaker(PackOptions options, PackSource source, StatusCache status, PackStore store, TimeProvider clock)
{
    private static readonly TimeSpan Renewal = TimeSpan.FromHours(6);
    private static readonly TimeSpan MaxStatusAge = new VerdictPolicy().MaxStatusAge;
    private static readonly TimeSpan MaxLedgerAge = new VerdictPolicy().MaxLedgerAge;

    /// <summary>One look; null when the newest pack is as it should be afterwards, else why not.</summary>
    public async Task<string?> LookAsync(CancellationToken ct)
    {
        var (now, last) = (clock.GetUtcNow(), store.Current?.Pack);
        if (last is not null && now - last.Statement.MadeAt is var age && age >= TimeSpan.Zero && age < options.Interval) return null;
        if (source.Read(options.MaxEntries) is not { } register) return "The ledger has not been read.";
        await FindListsAsync(register, ct);
        if (Content(register, now, out var problem) is not { } content) return problem;
        if (last is not null && now - last.Statement.MadeAt < Renewal && SaysTheSame(content, last.Content)) return null;
        var pack = Sign(content, register, store.NextVersion());
        if (pack.Encode().Length > TrustPack.MaxBytes) return "A pack of all this is larger than readers take.";
        store.Add(pack);
        return null;
    }

    /// <summary>What a pack made now says; null with the reason where none can be made.</summary>
    public PackContent? Content(PackedRegister register, DateTimeOffset now, out string? problem)
    {
        problem = now - register.ReadAt > MaxLedgerAge ? "The copy of the ledger is too old."
            : options.Signer is not { } signer ? "No key to sign trust packs is set: Keys:Pack."
            : register.Organisations.Any(o => o.Keys.Any(k => k.Record.Key.SameKey(signer.PublicKey) && k.Record.EndedAt <= now)) ? "The ledger says that the key of trust packs has ended." : null;
        if (problem is not null) return null;
        var places = register.Organisations.Select((o, place) => (Id: Convert.ToHexString(o.Record.Id), place)).ToDictionary(o => o.Id, o => o.place);
        return new PackContent(register.Ledger, register.Organisations, register.Accreditations,
        [
            .. status.Current.Where(held => places.ContainsKey(Convert.ToHexString(held.Organisation))).Select(held => Packed(held, places[Convert.ToHexString(held.Organisation)], now)).OrderBy(list => list.Uri, StringComparer.Ordinal),
        ]);
    }

    /// <summary>Signs a content.</summary>
    public TrustPack Sign(PackContent content, PackedRegister register, long version) => TrustPack.Make(content, version, register.ReadAt, register.ReadAt + PackStatement.MaxLife, options.Signer!);

    private static PackedList Packed(HeldList held, int organisation, DateTimeOffset now)
    {
        var (snapshot, token) = (held.Snapshot, held.Snapshot.Token);
        var age = now > snapshot.FetchedAt ? now - snapshot.FetchedAt : TimeSpan.Zero;
        // Without an end, a list of a closed organisation is final to whoever reads the pack.
        var expires = held.IsFinal ? (DateTimeOffset?)null : token.Expires ?? snapshot.FetchedAt + MaxStatusAge;
        return new PackedList(token.Uri, organisation, PackedStatuses.Of(held.Statuses), token.IssuedAt, expires, token.TimeToLive, TimeSpan.FromMinutes(Math.Ceiling(age.TotalMinutes)));
    }

    /// <summary>Apart from the times of the lists, which change with each signature.</summary>
    private static bool SaysTheSame(PackContent a, PackContent b) => Timeless(a).AsSpan().SequenceEqual(Timeless(b));

    private static byte[] Timeless(PackContent content) =>
        (content with { Lists = [.. content.Lists.Select(list => list with { IssuedAt = default, Expires = null, TimeToLive = null, Age = default })] }).Encode();

    // A scanner meets credentials that this service has never seen.
    private Task FindListsAsync(PackedRegister register, CancellationToken ct)
    {
        var issuers = register.Accreditations.Where(link => link.Right.HasFlag(AccreditationRight.Issue)).Select(link => link.Holder).DistinctBy(holder => Convert.ToHexString(holder.Id));
        return Parallel.ForEachAsync(issuers, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = ct }, async (issuer, token) => await status.LookForAllAsync(issuer, token));
    }
}

/// <summary>Makes packs in the background, off the path of any check.</summary>
public sealed partial class PackWorker(PackMaker maker, PackOptions options, TimeProvider clock, ILogger<PackWorker> log) : BackgroundService
{
    private static readonly TimeSpan Hurry = TimeSpan.FromSeconds(10);
    private string? _said;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Signer is null) return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var problem = await maker.LookAsync(stoppingToken);
                if (problem is not null && problem != _said) LogProblem(log, problem);
                _said = problem;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogFault(log, fault);
            }
            await Task.Delay(_said is null || options.Interval < Hurry ? options.Interval : Hurry, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Information: at start the ledger is read a moment later, and the last pack is good for days.
    [LoggerMessage(Level = LogLevel.Information, Message = "No newer trust pack: {Reason}")]
    private static partial void LogProblem(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A trust pack could not be made; the next round tries again")]
    private static partial void LogFault(ILogger log, Exception fault);
}
