using Microsoft.AspNetCore.Identity;

namespace Identity.Hosting.Pages;

/// <summary>
/// Checks name and password of a member of staff. Each try costs the comparison of one password hash, be the name unknown, the account
/// locked, ended or open: the time of the answer does not tell which accounts exist.
/// </summary>
public sealed class PasswordCheck<TUser>(SignInManager<TUser> signIn, IPasswordHasher<TUser> hasher) where TUser : class
{
    // The hash of a password that nobody knows; it does not depend on whose it would be.
    private static string? _nobodys;

    /// <summary>The person; null for an unknown name, a wrong password and a locked account.</summary>
    public async Task<TUser?> FindAsync(string userName, string? password)
    {
        _nobodys ??= hasher.HashPassword(null!, Guid.NewGuid().ToString());
        var user = await signIn.UserManager.FindByNameAsync(userName);
        if (user is not null && !await signIn.UserManager.IsLockedOutAsync(user))
            return (await signIn.CheckPasswordSignInAsync(user, password ?? "", lockoutOnFailure: true)).Succeeded ? user : null;
        hasher.VerifyHashedPassword(null!, _nobodys, password ?? "");
        return null;
    }
}
