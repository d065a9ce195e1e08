using System.Security.Claims;
using Identity.Hosting;
using Identity.Hosting.Pages;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Staff;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Console;

/// <summary>Signs a member of staff in, with a password or a passkey. Unknown name, wrong password, locked and ended account get the same answer after the same work.</summary>
[EnableRateLimiting(Limits.Secrets)]
public sealed class SignInModel(SignInManager<StaffUser> signIn, PasswordCheck<StaffUser> passwords, IssuerDb db, TimeProvider clock) : PageModel
{
    /// <summary>What was typed as the name.</summary>
    public string UserName { get; private set; } = "";

    /// <summary>Why the last try failed: failed, passkey or use_passkey; null before the first.</summary>
    public string? Failed { get; private set; }

    /// <summary>Where to go afterwards: a page of the console, or null.</summary>
    public string? ReturnUrl => Request.Query["ReturnUrl"].ToString() is { } url && Url.IsLocalUrl(url) && url.StartsWith("/console", StringComparison.Ordinal) ? url : null;

    /// <summary>Checks name and password.</summary>
    public async Task<IActionResult> OnPostAsync(string? userName, string? password)
    {
        UserName = userName?.Trim() ?? "";
        if (await passwords.FindAsync(UserName, password) is not { } user || !MayEnter(user)) return Refuse("failed");
        // Whoever has a passkey where one is required cannot go round it.
        if (await db.OrganisationSettings.AnyAsync(s => s.Organisation == user.Organisation && s.RequirePasskeys) && (await signIn.UserManager.GetPasskeysAsync(user)).Count > 0) return Refuse("use_passkey");
        return await EnterAsync(user, "pwd", "signed_in");
    }

    /// <summary>What the browser needs to use a passkey (WebAuthn, PublicKeyCredentialRequestOptions as JSON). The same for everybody: the passkey names its owner.</summary>
    public async Task<IActionResult> OnPostPasskeyOptionsAsync() => Content(await signIn.MakePasskeyRequestOptionsAsync(null), "application/json");

    /// <summary>Checks a passkey's answer. A passkey cannot be guessed, so guesses at the password do not shut out whoever has one: it ends the lock.</summary>
    public async Task<IActionResult> OnPostPasskeyAsync(string? credential)
    {
        if (await PasskeyAnswer.CheckAsync(credential, signIn.PerformPasskeyAssertionAsync) is not { Succeeded: true } result || !MayEnter(result.User)) return Refuse("passkey");
        result.User.LockoutEnd = null;
        await signIn.UserManager.AddOrUpdatePasskeyAsync(result.User, result.Passkey);
        return await EnterAsync(result.User, "hwk", "signed_in_passkey");
    }

    private bool MayEnter(StaffUser user) => user.DisabledAt is null && !(user.OneTimeUntil <= clock.GetUtcNow());

    private async Task<IActionResult> EnterAsync(StaffUser user, string method, string act)
    {
        db.Log(user.Organisation, null, Actor.Staff(user.Number, user.Roles), act, clock.GetUtcNow());
        await db.SaveChangesAsync();
        await signIn.SignInWithClaimsAsync(user, isPersistent: false, [new Claim(StaffSessions.MethodClaim, method)]);
        return LocalRedirect(ReturnUrl ?? "/console");
    }

    private PageResult Refuse(string why)
    {
        Failed = why;
        return Page();
    }
}
