using Identity.Issuer.Issuance;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Issuer.Console;

/// <summary>The organisation's credentials, with a search by name or reference.</summary>
public sealed class IndexModel(Desk desk, FindCredentials find, CopyProgress progress, SearchMemory memory) : PageModel
{
    /// <summary>The words searched for, or an empty text.</summary>
    public string Search { get; private set; } = "";

    /// <summary>One page of the list.</summary>
    public CredentialPage List { get; private set; } = new([], 1, 1, 0);

    /// <summary>How far the copies of each line have come.</summary>
    public IReadOnlyDictionary<string, Progress> Progress { get; private set; } = new Dictionary<string, Progress>();

    /// <summary>Shows a page of the list.</summary>
    public async Task OnGetAsync(int p, CancellationToken ct)
    {
        Search = memory.Read();
        List = await find.ListAsync(desk.Organisation, Search, Math.Max(1, p), desk.Actor, ct);
        Progress = await progress.OfAsync([.. List.Items.Select(i => i.Id)], ct);
    }

    /// <summary>Searches; the words stay out of the address.</summary>
    public IActionResult OnPost(string? search)
    {
        memory.Write(search);
        return Redirect("/console");
    }
}
