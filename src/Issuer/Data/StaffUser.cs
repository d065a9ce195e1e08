using Microsoft.AspNetCore.Identity;

namespace Identity.Issuer.Data;

/// <summary>A person who works at the console for one organisation.</summary>
public sealed class StaffUser : IdentityUser
{
    /// <summary>Slug of the only organisation this person acts for.</summary>
    public required string Organisation { get; set; }
}
