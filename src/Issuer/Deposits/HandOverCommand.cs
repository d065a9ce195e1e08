using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Closing;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Identity.Ledger.Log;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Deposits;

/// <summary>
/// <c>hand-over ORGANISATION --to KEYFILE --out FILE</c>: writes everything that its depositary needs to speak for a closed organisation, encrypted to the depositary's key (the public JWK of
/// <c>deposit-key</c>) and signed with the organisation's account. Changes nothing but the access log; called again it writes the same contents again.
/// </summary>
internal sealed class HandOverCommand(RegistryAccess registry, ChainRecord record, IssuerDb db, IConfiguration configuration, TimeProvider clock, TextWriter output) : AccountCommands("hand-over", registry, output)
{
    private const int MaxKeyFile = 16 * 1024;

    protected override async Task<int> DoAsync(Organisation organisation, string[] words, CancellationToken ct)
    {
        if (words is not [var keyFile, var outFile]) return await SayAsync(Usage, "Call: hand-over ORGANISATION --to KEYFILE --out FILE");
        if (!File.Exists(keyFile) || new FileInfo(keyFile).Length > MaxKeyFile || ReadKey(await File.ReadAllBytesAsync(keyFile, ct)) is not { } key) return await SayAsync(Usage, $"{keyFile} does not hold a public P-256 key as JWK: let the depositary write it with “deposit-key”.");
        if (File.Exists(outFile)) return await SayAsync(Usage, $"{outFile} is there already.");
        var id = organisation.Profile.Id();
        if (await Ledger.FindClosingAsync(id, ct) is not { } closing || await db.Closings.AsNoTracking().SingleOrDefaultAsync(c => c.Organisation == organisation.Slug, ct) is not { State: ClosingState.Done })
            return await SayAsync(Refused, "Nothing is handed over: the organisation is not closed. Its last status lists must be signed and its end stand on the ledger.");
        if (closing.Depositary is not { } depositary) return await SayAsync(Refused, "Nothing is handed over: the ledger names no depositary. Whoever supervises the organisation names one.");
        var events = await record.ReadAsync(ct);
        var statement = events.OfType<RegistryEvent.OrganisationClosed>().LastOrDefault(e => Same(e.Organisation, id) && Same(e.StatementId, closing.StatementId))?.Statement;
        if (statement is null) return await SayAsync(Unreachable, "The block of the closing is not final yet. Call again in a few minutes.");

        // The whole file appears at once: a crash leaves none.
        var half = $"{outFile}.{Guid.NewGuid():n}";
        try
        {
            await using (var file = new FileStream(half, PrivateFiles.Options(FileMode.CreateNew)))
            using (var writer = new HandOverWriter(file, key))
            {
                await writer.AddAsync(new HandOverLine.Head(organisation.Profile, Convert.ToHexStringLower(depositary), statement), ct);
                await WriteRowsAsync(organisation.Slug, writer, ct);
                await WriteLogAsync(closing.ClosedAt, writer, ct);
                await writer.EndAsync(organisation.Account, ct);
            }
            db.Log(organisation.Slug, null, Actor.System, "handed_over", clock.GetUtcNow());
            await db.SaveChangesAsync(ct);
            File.Move(half, outFile);
        }
        finally
        {
            File.Delete(half);
        }
        var name = events.OfType<RegistryEvent.OrganisationRegistered>().FirstOrDefault(e => Same(e.Id, depositary)) is { } known && OrganisationProfile.TryParse(known.Profile, out var profile, out _) ? profile.Name : Convert.ToHexStringLower(depositary);
        await TellAsync($"Written: {outFile}, for {name}. Only the key {key.ThumbprintText()} opens it: ask them for that thumbprint over another way before you send the file.");
        return Done;
    }

    // What the ledger held before the closing: only of that can the depositary know that it was not made up afterwards.
    private async Task WriteLogAsync(DateTimeOffset closedAt, HandOverWriter writer, CancellationToken ct)
    {
        var size = await LedgerLog.SizeAnchoredBeforeAsync(db, closedAt, ct);
        if (size == 0) return;
        var last = await LedgerLog.Between(db, size - 1, size).SingleAsync(ct);
        if (await LedgerLog.FindAsync(db, last.Entry, ct) is not EntryPlace.Anchored anchored) throw new InvalidOperationException("An anchored entry is not anchored: the database is damaged.");
        await writer.AddAsync(new HandOverLine.Log(LogOptions.Read(configuration).Origin, size, anchored.Anchor.Block), ct);
        for (long from = 0; from < size; from += HandOverLine.Entries.Most)
        {
            var entries = await LedgerLog.Between(db, from, Math.Min(size, from + HandOverLine.Entries.Most)).OrderBy(e => e.Position).Select(e => e.Entry).ToListAsync(ct);
            await writer.AddAsync(new HandOverLine.Entries([.. entries.SelectMany(e => e)]), ct);
        }
    }

    /// <summary>A public P-256 key as JWK; null for anything else, a private key too.</summary>
    internal static Jwk? ReadKey(byte[] file) =>
        StrictJson.TryParseObject(file, out var json, out _) && !json.ContainsKey("d") && Jwk.TryParse(json, out var key, out _) && Jwe.IsUsable(key) ? key with { Kid = key.ThumbprintText() } : null;

    private async Task WriteRowsAsync(string slug, HandOverWriter writer, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct); // one view of everything
        foreach (var list in await db.StatusLists.AsNoTracking().Where(l => l.Organisation == slug && l.Token != null).OrderBy(l => l.Number).ToListAsync(ct))
        {
            if (!StatusListToken.TryParse(list.Token, out var parsed, out var reason)) throw new InvalidOperationException($"The stored status list {list.Number}: {reason}.");
            await writer.AddAsync(new HandOverLine.StatusList(list.Number, list.Token!, parsed), ct);
        }
        await foreach (var r in db.Credentials.AsNoTracking().Where(c => c.Organisation == slug).OrderBy(c => c.Id).AsAsyncEnumerable().WithCancellation(ct))
            await writer.AddAsync(new HandOverLine.Row(r.Id, r.Type, r.Reference, r.HolderName, r.Claims(), r.State, r.StateCode, r.StateReason, r.CreatedAt, r.CollectedAt, r.StateChangedAt), ct);
        await foreach (var c in db.Copies.AsNoTracking().Where(c => c.Organisation == slug).OrderBy(c => c.Id).AsAsyncEnumerable().WithCancellation(ct))
            await writer.AddAsync(new HandOverLine.Copy(c.CredentialId, c.List, c.Index, c.Entry, c.Format, c.HolderKey, c.IssuedAt, c.ExpiresAt), ct);
        await foreach (var a in db.RecoveryAnchors.AsNoTracking().Where(a => a.Organisation == slug).OrderBy(a => a.CredentialId).AsAsyncEnumerable().WithCancellation(ct))
            await writer.AddAsync(new HandOverLine.Anchor(a.CredentialId, a.Tag, a.SecretHash, a.SetAt, null, a.StoppedAt), ct);
        var earlier = db.EarlierAnchors.AsNoTracking().Join(db.RecoveryAnchors.Where(a => a.Organisation == slug), e => e.CredentialId, a => a.CredentialId, (e, a) => new { e, a.StoppedAt, Same = a.Tag == e.Tag && a.SecretHash == e.SecretHash })
            .Where(x => !x.Same).OrderBy(x => x.e.CredentialId).ThenBy(x => x.e.SetAt);
        await foreach (var x in earlier.AsAsyncEnumerable().WithCancellation(ct))
            await writer.AddAsync(new HandOverLine.Anchor(x.e.CredentialId, x.e.Tag, x.e.SecretHash, x.e.SetAt, x.e.Until, x.StoppedAt), ct);
    }
}
