using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Issuer.Console;

/// <summary>Chooses what to issue; an organisation with one type goes straight to its form.</summary>
public sealed class ChooseTypeModel(Desk desk) : PageModel
{
    /// <summary>Shows the types.</summary>
    public IActionResult OnGet() => desk.Organisation.Types is [var only] ? Redirect($"/console/issue/{only.Name}") : Page();
}
