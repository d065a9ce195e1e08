using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Identity.Issuer.Data;

/// <summary>Makes staff accounts.</summary>
internal static class StaffAccounts
{
    // No letters and digits that look alike.
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>A random password to be read aloud or typed: 79 bits.</summary>
    public static string NewPassword() => string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Alphabet, 4)));

    public static async Task CreateAsync(UserManager<StaffUser> users, string userName, string organisation, string password)
    {
        var result = await users.CreateAsync(new StaffUser { UserName = userName, Email = userName, Organisation = organisation }, password);
        if (!result.Succeeded) throw new InvalidOperationException(string.Join(" ", result.Errors.Select(e => e.Description)));
    }
}

/// <summary>Adds the organisation to the signed-in person's claims.</summary>
internal sealed class StaffPrincipal(UserManager<StaffUser> users, IOptions<IdentityOptions> options) : UserClaimsPrincipalFactory<StaffUser>(users, options)
{
    /// <summary>Claim that holds the slug of the organisation.</summary>
    public const string OrganisationClaim = "organisation";

    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(StaffUser user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        identity.AddClaim(new Claim(OrganisationClaim, user.Organisation));
        return identity;
    }
}
