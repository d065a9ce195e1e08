using Identity.Wallet.Mandates;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Wallet.Desk;

/// <summary>Signs out; whoever sat at the desk opens again.</summary>
public sealed class SignOutModel : PageModel
{
    /// <summary>An address that was typed: signing out needs the button.</summary>
    public IActionResult OnGet() => Redirect("/desk");

    /// <summary>Ends the session, here and at the server.</summary>
    public async Task<IActionResult> OnPostAsync()
    {
        var services = HttpContext.RequestServices;
        services.GetRequiredService<Sittings>().CloseSession(services.GetRequiredService<DeskView>().Seat.Session);
        await services.GetRequiredService<SignInManager<DeskUser>>().SignOutAsync();
        return Redirect("/desk/sign-in");
    }
}
