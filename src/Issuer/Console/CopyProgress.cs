using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Console;

/// <summary>How many copies of a credential have come how far.</summary>
public sealed record Progress(int Waiting, int Logged, int Anchored)
{
    /// <summary>All copies.</summary>
    public int Total => Waiting + Logged + Anchored;

    /// <summary>The text of the least advanced copy: none, waiting, logged or anchored.</summary>
    public string Stage => Total == 0 ? "none" : Waiting > 0 ? "waiting" : Logged > 0 ? "logged" : "anchored";
}

/// <summary>Sums up the anchoring of copies without reading anybody's claims, so that asking often leaves no trace in the record of reads.</summary>
public sealed class CopyProgress(IssuerDb db, TimeProvider clock)
{
    /// <summary>The progress of each of these credentials.</summary>
    public async Task<IReadOnlyDictionary<string, Progress>> OfAsync(IReadOnlyCollection<string> credentials, CancellationToken ct)
    {
        var copies = await db.Copies.AsNoTracking().Where(c => credentials.Contains(c.CredentialId)).Select(c => new { c.CredentialId, c.Entry }).ToListAsync(ct);
        var progress = credentials.ToDictionary(id => id, _ => new Progress(0, 0, 0));
        foreach (var copy in copies)
        {
            var one = progress[copy.CredentialId];
            progress[copy.CredentialId] = await LedgerLog.FindAsync(db, copy.Entry, ct) switch
            {
                EntryPlace.Anchored => one with { Anchored = one.Anchored + 1 },
                EntryPlace.Logged => one with { Logged = one.Logged + 1 },
                _ => one with { Waiting = one.Waiting + 1 },
            };
        }
        return progress;
    }

    /// <summary>A text that changes whenever a page about the credential would; null where the organisation has no such credential.</summary>
    public async Task<string?> MarkAsync(Organisation organisation, string credentialId, CancellationToken ct)
    {
        var credential = await db.Credentials.AsNoTracking().Where(c => c.Id == credentialId && c.Organisation == organisation.Slug)
            .Select(c => new { c.State, c.Version }).SingleOrDefaultAsync(ct);
        if (credential is null) return null;
        var offer = await db.Offers.AsNoTracking().Where(o => o.CredentialId == credentialId).OrderByDescending(o => o.CreatedAt).FirstOrDefaultAsync(ct);
        var progress = (await OfAsync([credentialId], ct))[credentialId];
        return $"{credential.State}.{credential.Version}.{offer?.State}.{offer?.WrongTries}.{offer?.IsOpen(clock.GetUtcNow())}.{progress.Waiting}.{progress.Logged}.{progress.Anchored}";
    }
}
