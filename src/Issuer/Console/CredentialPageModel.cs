using Identity.Issuer.Issuance;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Issuer.Console;

/// <summary>What the pages about one credential have in common: they load it within the own organisation, and the read is recorded.</summary>
public abstract class CredentialPageModel(Desk desk, FindCredentials find, CopyProgress progress) : PageModel
{
    /// <summary>The credential; null where the organisation has none of this id.</summary>
    public CredentialDetails? Details { get; private set; }

    /// <summary>The state that the page's script compares with.</summary>
    public string Mark { get; private set; } = "";

    /// <summary>Why the last act was not done, in the page's language, or null.</summary>
    public string? Problem { get; protected set; }

    /// <summary>For which work the record is read; its holder can see it.</summary>
    protected virtual string Why => "look_up";

    /// <summary>Who works here.</summary>
    protected Desk Desk => desk;

    /// <summary>Reads another credential that the page tells about; that read is recorded too.</summary>
    protected Task<CredentialDetails?> ReadAsync(string id, CancellationToken ct) => find.GetAsync(desk.Organisation, id, desk.Actor, ct, Why);

    /// <summary>Loads and shows the page, or the answer 404.</summary>
    protected async Task<IActionResult> ShowAsync(string id, CancellationToken ct, int status = StatusCodes.Status200OK)
    {
        Details = await ReadAsync(id, ct);
        await desk.LoadNamesAsync(ct);
        Mark = await progress.MarkAsync(desk.Organisation, id, ct) ?? "";
        Response.StatusCode = Details is null ? StatusCodes.Status404NotFound : status;
        return Page();
    }
}
