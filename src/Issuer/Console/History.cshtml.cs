using Identity.Issuer.Organisations;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Issuer.Console;

/// <summary>What the ledger says of the organisation, on one line of time.</summary>
public sealed class HistoryModel(Desk desk, ChainRecord record) : PageModel
{
    /// <summary>Newest first; null where the ledger cannot be read now.</summary>
    public IReadOnlyList<HistoryLine>? Lines { get; private set; }

    /// <summary>Reads it.</summary>
    public async Task OnGetAsync(CancellationToken ct) => Lines = await record.TryReadAsync(ct) is { } events ? OrganisationHistory.Of(desk.Organisation.Profile.Id(), events) : null;
}
