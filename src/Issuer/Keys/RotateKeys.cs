using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Closing;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Monitoring;
using Identity.Issuer.Organisations;
using Identity.Ledger.Log;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Keys;

/// <summary>The outcome of an act on keys.</summary>
public enum KeyAct
{
    /// <summary>Stored; the worker does the rest.</summary>
    Begun,

    /// <summary>A new key is on its way already.</summary>
    AlreadyUnderWay,

    /// <summary>The organisation has no such key.</summary>
    NotFound,

    /// <summary>The key was reported as stolen before.</summary>
    AlreadyStolen,

    /// <summary>The key has ended on the ledger, where ends only move to earlier times.</summary>
    AlreadyEnded,

    /// <summary>The key does not sign yet.</summary>
    NotInUse,

    /// <summary>Of a theft: the time lies in the future, or before what this organisation may say by itself. Of a retirement: it lies in the past, or more than <see cref="RotateKeys.LongestOverlap"/> ahead.</summary>
    DateNotPossible,
}

/// <summary>What follows when a key is called stolen.</summary>
/// <param name="Credentials">Credentials of which at least one copy stops being valid.</param>
/// <param name="Copies">Those copies.</param>
/// <param name="Earliest">The earliest time that the organisation may state by itself; earlier ones need its accreditor.</param>
public sealed record Consequences(int Credentials, int Copies, DateTimeOffset Earliest);

/// <summary>A credential to issue again, for an administrator, who reads no records: its file number and nothing of the person.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Reference">The organisation's file number.</param>
/// <param name="CreatedAt">When it was prepared.</param>
public sealed record AffectedLine(string Type, string Reference, DateTimeOffset CreatedAt);

/// <summary>Begins the rotation of a signing key, or the end of a stolen one. Everything after that is the work of <see cref="RegisterKeys"/>.</summary>
public sealed class RotateKeys(IssuerDb db, KeyFolder folder, KeyRing ring, TimeProvider clock)
{
    /// <summary>How far ahead a key may be retired.</summary>
    public static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(2 * 366);

    /// <summary>The organisation's keys, newest first.</summary>
    public async Task<IReadOnlyList<SigningKeyRow>> ListAsync(Organisation organisation, CancellationToken ct) =>
        await db.SigningKeys.AsNoTracking().Where(k => k.Organisation == organisation.Slug).OrderByDescending(k => k.MadeAt).ThenBy(k => k.Thumbprint).ToListAsync(ct);

    /// <summary>How many copies a key signed.</summary>
    public Task<int> SignedAsync(SigningKeyRow key, CancellationToken ct) => SignedBy(key).CountAsync(ct);

    /// <summary>Makes a key that will sign once it stands on the ledger; the present one signs until then, and stays good there until <paramref name="overlapUntil"/>, if any.</summary>
    public async Task<KeyAct> RotateAsync(Organisation organisation, DateTimeOffset? overlapUntil, Actor actor, CancellationToken ct)
    {
        if (overlapUntil is { } until && !MayRetire(until)) return KeyAct.DateNotPossible;
        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        var rows = await db.SigningKeys.Where(k => k.Organisation == organisation.Slug).ToListAsync(ct);
        if (rows.Count == 0 || rows.Exists(k => k.Waits)) return KeyAct.AlreadyUnderWay;
        foreach (var old in rows.Where(k => k.Signs)) (old.RetireAt, old.Version) = (overlapUntil, old.Version + 1);
        Make(organisation, actor);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return KeyAct.Begun;
    }

    /// <summary>
    /// Retires a key at a time to come. The one that signs is replaced by a new one as soon as that stands on the ledger; both are good there until the time.
    /// </summary>
    public async Task<KeyAct> RetireAsync(Organisation organisation, string thumbprint, DateTimeOffset at, Actor actor, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        var rows = await db.SigningKeys.Where(k => k.Organisation == organisation.Slug).ToListAsync(ct);
        if (rows.Find(k => k.Thumbprint == thumbprint) is not { } key) return KeyAct.NotFound;
        if (key.End is KeyEnd.Compromised) return KeyAct.AlreadyStolen;
        if (key.EndedAt is not null) return KeyAct.AlreadyEnded;
        if (key.Waits) return KeyAct.NotInUse;
        if (!MayRetire(at)) return KeyAct.DateNotPossible;
        (key.RetireAt, key.Version) = (at, key.Version + 1);
        db.Log(organisation.Slug, null, actor, "key_retired", clock.GetUtcNow());
        if (key.Signs && !rows.Exists(k => k.Waits)) Make(organisation, actor);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return KeyAct.Begun;
    }

    /// <summary>
    /// Ends a key as stolen since a time. It signs nothing from now on; where it was the one that signs, a new key is made, and
    /// nothing is issued until that stands on the ledger.
    /// </summary>
    public async Task<KeyAct> StolenAsync(Organisation organisation, string thumbprint, DateTimeOffset since, Actor actor, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        var rows = await db.SigningKeys.Where(k => k.Organisation == organisation.Slug).ToListAsync(ct);
        if (rows.Find(k => k.Thumbprint == thumbprint) is not { } key) return KeyAct.NotFound;
        if (key.End is KeyEnd.Compromised) return KeyAct.AlreadyStolen;
        if (since > now || since < Earliest(key)) return KeyAct.DateNotPossible;

        key.SignsFrom ??= now;
        key.SignsUntil ??= now;
        (key.End, key.StolenSince, key.EndedBy, key.EndedAt, key.Waiting, key.RetireAt) = (KeyEnd.Compromised, since, actor.ToString(), null, null, null);
        key.Version++;
        db.Log(organisation.Slug, null, actor, "key_stolen", now);
        if (!rows.Exists(k => k.Signs || k.Waits)) Make(organisation, actor);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return KeyAct.Begun;
    }

    /// <summary>
    /// Follows the ledger where it has an end of a key that this service did not write: the key signs nothing from now on, and where it was the one that signs, or was to sign, a new one is made. Whether the end is
    /// right is for people to find out: the monitor tells them.
    /// </summary>
    internal async Task EndedElsewhereAsync(Organisation organisation, SigningKeyRow key, RegisteredKey known, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        key.SignsFrom ??= now;
        key.SignsUntil ??= now;
        (key.End, key.StolenSince, key.EndedAt) = (known.CompromisedAt is null ? KeyEnd.Retired : KeyEnd.Compromised, known.CompromisedAt, known.CompromisedAt ?? known.RetiredAt);
        (key.EndedBy, key.EndWrittenAt, key.RetireAt, key.Waiting) = (Actor.System.ToString(), now, null, null);
        key.Version++;
        db.Log(organisation.Slug, null, Actor.System, known.CompromisedAt is null ? "key_retired" : "key_stolen", now);
        var subject = $"{organisation.Slug} {key.Thumbprint}";
        if (!await db.MonitorFindings.AnyAsync(f => f.Kind == FindingKind.KeyEnded && f.Subject == subject, ct))
            db.MonitorFindings.Add(new MonitorFinding { Kind = FindingKind.KeyEnded, Subject = subject, Organisation = organisation.Slug, FoundAt = now });
        var rows = await db.SigningKeys.Where(k => k.Organisation == organisation.Slug).ToListAsync(ct);
        if (!rows.Exists(k => k.Signs || k.Waits) && !await db.HasSignedLastAsync(organisation.Slug, ct)) Make(organisation, Actor.System);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>What calling a key stolen since a time would do, or has done.</summary>
    public async Task<Consequences?> ConsequencesAsync(Organisation organisation, string thumbprint, DateTimeOffset since, CancellationToken ct)
    {
        if (await db.SigningKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Organisation == organisation.Slug && k.Thumbprint == thumbprint, ct) is not { } key) return null;
        var affected = await CopiesAsync(key, since, ct);
        return new Consequences(await affected.Select(c => c.CredentialId).Distinct().CountAsync(ct), await affected.CountAsync(ct), Earliest(key));
    }

    /// <summary>The credentials to issue again: how many of each type, and the oldest of them.</summary>
    public async Task<(IReadOnlyList<(string Type, int Count)> Types, IReadOnlyList<AffectedLine> Oldest)> AffectedAsync(SigningKeyRow key, DateTimeOffset since, int most, CancellationToken ct)
    {
        var ids = (await CopiesAsync(key, since, ct)).Select(c => c.CredentialId).Distinct();
        var again = db.Credentials.AsNoTracking().Where(c => ids.Contains(c.Id) && c.State != CredentialState.Revoked);
        var types = await again.GroupBy(c => c.Type).Select(g => new { Type = g.Key, Count = g.Count() }).OrderBy(g => g.Type).ToListAsync(ct);
        return (types.ConvertAll(t => (t.Type, t.Count)), await again.OrderBy(c => c.CreatedAt).ThenBy(c => c.Id).Take(most).Select(c => new AffectedLine(c.Type, c.Reference, c.CreatedAt)).ToListAsync(ct));
    }

    // Every verifier judges by the time of the anchor: what was anchored before the theft stays good.
    private async Task<IQueryable<CredentialCopy>> CopiesAsync(SigningKeyRow key, DateTimeOffset since, CancellationToken ct)
    {
        var safe = LedgerLog.EntriesBelow(db, await LedgerLog.SizeAnchoredBeforeAsync(db, since, ct));
        return SignedBy(key).Where(c => !safe.Contains(c.Entry));
    }

    // One key signs at a time, and the transaction that signs asks which: the times tell the copies of one key from those of the next.
    private IQueryable<CredentialCopy> SignedBy(SigningKeyRow key)
    {
        var copies = db.Copies.AsNoTracking().Where(c => c.Organisation == key.Organisation);
        if (key.SignsFrom is not { } from) return copies.Where(c => false);
        copies = copies.Where(c => c.IssuedAt >= from);
        return key.SignsUntil is { } until ? copies.Where(c => c.IssuedAt < until) : copies;
    }

    // The ledger takes no date before the key's previous event from the organisation itself.
    private static DateTimeOffset Earliest(SigningKeyRow key) => key.EndWrittenAt ?? key.EndedAt ?? key.OnLedgerAt ?? key.MadeAt;

    private bool MayRetire(DateTimeOffset at) => at >= clock.GetUtcNow() && at <= clock.GetUtcNow() + LongestOverlap;

    // Crash after the file and before the row: a file that nobody ever uses.
    private void Make(Organisation organisation, Actor actor)
    {
        var key = folder.NewSigningKey(organisation.Slug);
        using var ended = key as IDisposable;
        if (!folder.MayCreate) Certified.WriteRequest(folder, organisation, key);
        db.SigningKeys.Add(new SigningKeyRow
        {
            Organisation = organisation.Slug, Thumbprint = key.PublicKey.ThumbprintText(), X = key.PublicKey.X, Y = key.PublicKey.Y!, MadeAt = clock.GetUtcNow(), MadeBy = actor.ToString(),
        });
        db.Log(organisation.Slug, null, actor, "key_made", clock.GetUtcNow());
        ring.Load(organisation, key.PublicKey.ThumbprintText(), out _);
    }
}
