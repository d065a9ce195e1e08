using System.Security.Claims;
using Identity.Hosting;
using Identity.Hosting.Pages;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Staff;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace Identity.Issuer.Console;

/// <summary>The own account: password and passkeys.</summary>
[EnableRateLimiting(Limits.Secrets)]
public sealed class AccountModel(Desk desk, StaffSession session, SignInManager<StaffUser> signIn, UserManager<StaffUser> users, IssuerDb db) : PageModel
{
    private const int MaxPasskeys = 10;

    /// <summary>The number within the organisation.</summary>
    public int Number => session.Current!.Number;

    /// <summary>Nothing else is open until the password is changed.</summary>
    public bool MustChangePassword { get; private set; }

    /// <summary>Nothing else is open until there is a passkey.</summary>
    public bool MustUsePasskey { get; private set; }

    /// <summary>The own passkeys.</summary>
    public IList<UserPasskeyInfo> Passkeys { get; private set; } = [];

    /// <summary>Why the last change was not made, as a code.</summary>
    public string? Problem { get; private set; }

    /// <summary>The last change was made.</summary>
    public bool Saved { get; private set; }

    /// <summary>Shows the account.</summary>
    public async Task<IActionResult> OnGetAsync() => await ShowAsync(await MeAsync());

    /// <summary>Changes the password; other sessions end.</summary>
    public async Task<IActionResult> OnPostPasswordAsync(string? current, string? next)
    {
        var user = await MeAsync();
        if (next == current) Problem = "same";
        else if (await users.IsLockedOutAsync(user)) Problem = "current";
        else
        {
            var result = await users.ChangePasswordAsync(user, current ?? "", next ?? "");
            var codes = result.Errors.Select(e => e.Code).ToList();
            if (codes.Contains("PasswordMismatch")) await users.AccessFailedAsync(user);
            Problem = result.Succeeded ? null : codes.Contains("PasswordMismatch") ? "current" : codes is [HardToGuess<StaffUser>.Code] ? "guessable" : "weak";
            if (result.Succeeded)
            {
                var first = user.OneTimeUntil is not null;
                user.OneTimeUntil = null;
                await LogAsync(user, "password_changed");
                await RenewAsync(user, User.FindFirstValue(StaffSessions.MethodClaim) ?? "pwd");
                if (first) return Redirect("/console");
                Saved = true;
            }
        }
        return await ShowAsync(user);
    }

    /// <summary>What the browser needs to make a passkey (WebAuthn, PublicKeyCredentialCreationOptions as JSON).</summary>
    public async Task<IActionResult> OnPostPasskeyOptionsAsync()
    {
        var user = await MeAsync();
        if (user.OneTimeUntil is not null) return Forbid();
        return Content(await signIn.MakePasskeyCreationOptionsAsync(new PasskeyUserEntity { Id = user.Id, Name = user.UserName!, DisplayName = user.UserName! }), "application/json");
    }

    /// <summary>Keeps the passkey that the browser made, of a person who knows the password. It counts as a sign-in with it: the person was verified just now.</summary>
    public async Task<IActionResult> OnPostAddPasskeyAsync(string? name, string? credential, string? current)
    {
        var user = await MeAsync();
        if (user.OneTimeUntil is not null) return Forbid();
        var label = name?.ReplaceLineEndings(" ").Trim() is { Length: > 0 and <= 60 } given && !given.Any(char.IsControl) ? given : desk["passkeys.unnamed"];
        if (!await KnowsAsync(user, current)) Problem = "current";
        else if ((await users.GetPasskeysAsync(user)).Count >= MaxPasskeys) Problem = "too_many";
        else if (await PasskeyAnswer.CheckAsync(credential, signIn.PerformPasskeyAttestationAsync) is not { Succeeded: true } made || made.UserEntity.Id != user.Id) Problem = "passkey";
        else
        {
            made.Passkey.Name = label;
            await users.AddOrUpdatePasskeyAsync(user, made.Passkey);
            await LogAsync(user, "passkey_added");
            var first = session.Current!.MustUsePasskey;
            await RenewAsync(user, "hwk");
            if (first) return Redirect("/console");
            Saved = true;
        }
        return await ShowAsync(user);
    }

    /// <summary>Removes one of the own passkeys.</summary>
    public async Task<IActionResult> OnPostRemovePasskeyAsync(string? id, string? current)
    {
        var user = await MeAsync();
        if (!await KnowsAsync(user, current)) Problem = "current";
        else if (id is { Length: <= 2048 } && (await users.GetPasskeysAsync(user)).FirstOrDefault(p => Convert.ToHexStringLower(p.CredentialId) == id) is { } passkey)
        {
            await users.RemovePasskeyAsync(user, passkey.CredentialId);
            await LogAsync(user, "passkey_removed");
            Saved = true;
        }
        return await ShowAsync(user);
    }

    private async Task<StaffUser> MeAsync() => await users.GetUserAsync(User) ?? throw new InvalidOperationException("The policy lets nobody in without an account.");

    // A screen that was left open, or a copied cookie, makes no way in that lasts. Wrong answers count as at the sign-in.
    private async Task<bool> KnowsAsync(StaffUser user, string? current) => (await signIn.CheckPasswordSignInAsync(user, current ?? "", lockoutOnFailure: true)).Succeeded;

    private async Task LogAsync(StaffUser user, string act)
    {
        db.Log(user.Organisation, null, Issuance.Actor.Staff(user.Number, user.Roles), act, desk.Now);
        await db.SaveChangesAsync();
    }

    private Task RenewAsync(StaffUser user, string method) => signIn.SignInWithClaimsAsync(user, isPersistent: false, [new Claim(StaffSessions.MethodClaim, method)]);

    private async Task<IActionResult> ShowAsync(StaffUser user)
    {
        Passkeys = await users.GetPasskeysAsync(user);
        (MustChangePassword, MustUsePasskey) = (user.OneTimeUntil is not null, session.Current!.MustUsePasskey);
        if (Problem is not null) Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page();
    }
}
