using Microsoft.AspNetCore.Identity;

namespace Identity.Issuer.Data;

/// <summary>What a member of staff or a program may do. Several may be held at once; nobody ever approves what they prepared.</summary>
[Flags]
public enum StaffRoles
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Prepares, hands over, corrects and ends credentials.</summary>
    Clerk = 1,

    /// <summary>Approves or returns what a clerk prepared.</summary>
    Approver = 2,

    /// <summary>Manages staff and the organisation's settings; reads nobody's records.</summary>
    Admin = 4,

    /// <summary>Reads everything, the access log included; changes nothing.</summary>
    Auditor = 8,
}

/// <summary>A person who works at the console for one organisation.</summary>
public sealed class StaffUser : IdentityUser
{
    /// <summary>Slug of the only organisation this person acts for.</summary>
    public required string Organisation { get; set; }

    /// <summary>The number by which the records know this person, unique within the organisation and never given again.</summary>
    public int Number { get; set; }

    /// <summary>What this person may do.</summary>
    public StaffRoles Roles { get; set; }

    /// <summary>When an administrator ended the access; null while it is open.</summary>
    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>The password was given by an administrator and must be changed first; good until this moment.</summary>
    public DateTimeOffset? OneTimeUntil { get; set; }
}
