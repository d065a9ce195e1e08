using Identity.Issuer.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Issuer.Console;

/// <summary>Signs out.</summary>
public sealed class SignOutModel(SignInManager<StaffUser> signIn) : PageModel
{
    /// <summary>An address that was typed: signing out needs the button.</summary>
    public IActionResult OnGet() => Redirect("/console");

    /// <summary>Ends the session, here and at the server; those of other devices go on.</summary>
    public async Task<IActionResult> OnPostAsync()
    {
        SearchMemory.Forget(HttpContext);
        await signIn.SignOutAsync();
        return Redirect("/console/sign-in");
    }
}
