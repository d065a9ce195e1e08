using Identity.Hosting;
using Identity.Hosting.Pages;
using Identity.Wallet.Verifiers;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace Identity.Wallet.Desk;

/// <summary>Signs a member of staff in. Unknown name, wrong password and locked account get the same answer after the same work.</summary>
[EnableRateLimiting(Limits.Secrets)]
public sealed class SignInModel(SignInManager<DeskUser> signIn, PasswordCheck<DeskUser> passwords, Desks desks) : PageModel
{
    /// <summary>What was typed as the name.</summary>
    public string UserName { get; private set; } = "";

    /// <summary>The last try failed.</summary>
    public bool Failed { get; private set; }

    /// <summary>The desk's organisation is registered as a verifier by now: it must not serve people.</summary>
    public bool Closed { get; private set; }

    /// <summary>Where to go afterwards: a page of the desk, or null.</summary>
    public string? ReturnUrl => Request.Query["ReturnUrl"].ToString() is { } url && Url.IsLocalUrl(url) && url.StartsWith("/desk", StringComparison.Ordinal) ? url : null;

    /// <summary>Checks name and password.</summary>
    public async Task<IActionResult> OnPostAsync(string? userName, string? password)
    {
        UserName = userName?.Trim() ?? "";
        if (await passwords.FindAsync(UserName, password) is { } user)
        {
            if (IsClosed(user.Desk)) return Page();
            await signIn.SignInAsync(user, isPersistent: false);
            return LocalRedirect(ReturnUrl ?? "/desk");
        }
        Failed = true;
        return Page();
    }

    /// <summary>Shows the form; who was sent back here reads why.</summary>
    public void OnGet() => IsClosed(User.FindFirst(DeskPrincipal.DeskClaim)?.Value);

    private bool IsClosed(string? desk) =>
        Closed = desks.Find(desk) is { } known && Desks.VerifierOf(known, HttpContext.RequestServices.GetRequiredService<VerifierListKeeper>().Current?.List) is not null;
}
