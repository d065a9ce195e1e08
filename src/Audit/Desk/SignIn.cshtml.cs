using Identity.Hosting;
using Identity.Audit.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace Identity.Audit.Desk;

/// <summary>Signs a member of staff in. Unknown name, wrong password and locked account get the same answer after the same work.</summary>
[EnableRateLimiting(Limits.Secrets)]
public sealed class SignInModel(SignInManager<AuditUser> signIn, IPasswordHasher<AuditUser> hasher) : PageModel
{
    private static readonly AuditUser Nobody = new() { Organisation = "" };
    private static string? _nobodysHash;

    /// <summary>What was typed as the name.</summary>
    public string UserName { get; private set; } = "";

    /// <summary>The last try failed.</summary>
    public bool Failed { get; private set; }

    /// <summary>Where to go afterwards: a page of the desk, or null.</summary>
    public string? ReturnUrl => Request.Query["ReturnUrl"].ToString() is { } url && Url.IsLocalUrl(url) && url.StartsWith("/desk", StringComparison.Ordinal) ? url : null;

    /// <summary>Checks name and password.</summary>
    public async Task<IActionResult> OnPostAsync(string? userName, string? password)
    {
        UserName = userName?.Trim() ?? "";
        if (await signIn.UserManager.FindByNameAsync(UserName) is { } user)
        {
            if ((await signIn.CheckPasswordSignInAsync(user, password ?? "", lockoutOnFailure: true)).Succeeded)
            {
                await signIn.SignInAsync(user, isPersistent: false);
                return LocalRedirect(ReturnUrl ?? "/desk");
            }
        }
        else
        {
            _nobodysHash ??= hasher.HashPassword(Nobody, Guid.NewGuid().ToString());
            hasher.VerifyHashedPassword(Nobody, _nobodysHash, password ?? "");
        }
        Failed = true;
        return Page();
    }
}
