using Identity.Issuer.Bulk;
using Identity.Issuer.Closing;
using Identity.Issuer.Issuance;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Issuer.Console;

/// <summary>What waits for a second person.</summary>
public sealed class ApprovalsModel(Desk desk, FindCredentials find, BulkDesk bulk, AskClosing closings) : PageModel
{
    /// <summary>The waiting ones, newest first.</summary>
    public CredentialPage List { get; private set; } = new([], 1, 1, 0);

    /// <summary>Whole files that wait.</summary>
    public IReadOnlyList<BulkJob> Files { get; private set; } = [];

    /// <summary>Somebody asks that the organisation be closed.</summary>
    public bool Closing { get; private set; }

    /// <summary>Shows them.</summary>
    public async Task OnGetAsync(int p, CancellationToken ct)
    {
        List = await find.ListAsync(desk.Organisation, null, Math.Max(1, p), desk.Actor, ct, awaiting: true);
        Closing = await closings.FindAsync(desk.Organisation, ct) is { State: ClosingState.Asked };
        Files = await bulk.WaitingAsync(desk.Organisation, ct);
    }
}
