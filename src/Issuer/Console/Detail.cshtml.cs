using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Console;

/// <summary>One credential: claims, state, how far each copy has come, and what happened to it.</summary>
public sealed class DetailModel(Desk desk, FindCredentials find, CopyProgress progress, IssuerDb db) : CredentialPageModel(desk, find, progress)
{
    /// <summary>How many copies have come how far.</summary>
    public Progress Progress { get; private set; } = new(0, 0, 0);

    /// <summary>Who read the record, newest first.</summary>
    public IReadOnlyList<AccessEntry> Reads { get; private set; } = [];

    /// <summary>Shows the credential.</summary>
    public async Task<IActionResult> OnGetAsync(string id, CancellationToken ct)
    {
        var page = await ShowAsync(id, ct);
        if (Details is { Copies: var copies })
            Progress = new Progress(copies.Count(c => c.Anchoring == "waiting"), copies.Count(c => c.Anchoring == "logged"), copies.Count(c => c.Anchoring == "anchored"));
        if (Details is not null) Reads = await db.AccessLog.AsNoTracking().Where(e => e.CredentialId == id && (e.Act == "read" || e.Act == "listed")).OrderByDescending(e => e.Id).Take(500).ToListAsync(ct);
        return page;
    }
}
