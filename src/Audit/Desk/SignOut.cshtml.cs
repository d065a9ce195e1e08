using Identity.Audit.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Audit.Desk;

/// <summary>Signs out.</summary>
public sealed class SignOutModel(SignInManager<AuditUser> signIn) : PageModel
{
    /// <summary>An address that was typed: signing out needs the button.</summary>
    public IActionResult OnGet() => Redirect("/desk");

    /// <summary>Ends the session, here and at the server; those of other devices go on.</summary>
    public async Task<IActionResult> OnPostAsync()
    {
        await signIn.SignOutAsync();
        return Redirect("/desk/sign-in");
    }
}
