using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Microsoft.AspNetCore.Mvc;

namespace Identity.Issuer.Console;

/// <summary>One credential: claims, state, how far each copy has come, and what happened to it.</summary>
public sealed class DetailModel(Desk desk, FindCredentials find, CopyProgress progress, IssuerDb db) : CredentialPageModel(desk, find, progress)
{
    /// <summary>How many copies have come how far.</summary>
    public Progress Progress { get; private set; } = new(0, 0, 0);

    /// <summary>Who read the record, newest first, a day's readings in one line.</summary>
    public IReadOnlyList<HistoryLine> Reads { get; private set; } = [];

    /// <summary>Shows the credential.</summary>
    public async Task<IActionResult> OnGetAsync(string id, CancellationToken ct)
    {
        var page = await ShowAsync(id, ct);
        if (Details is { Copies: var copies })
            Progress = new Progress(copies.Count(c => c.Anchoring == "waiting"), copies.Count(c => c.Anchoring == "logged"), copies.Count(c => c.Anchoring == "anchored"));
        if (Details is not null) Reads = [.. (await db.HistoryOfAsync(id, ct)).Where(l => l.Act is "read" or "listed" or "bulk_read" or "case-read")];
        return page;
    }
}
