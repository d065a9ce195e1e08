using Identity.Issuer.Data;

namespace Identity.Issuer.Issuance;

/// <summary>
/// Who acts, for the records. People and programs are known there by a number within their organisation, so that neither the history nor
/// the access log names anybody; the console shows the name beside the number to colleagues.
/// </summary>
/// <param name="Kind">staff, api, wallet or system.</param>
/// <param name="Number">The number within the organisation; null for the holder's wallet and the service itself.</param>
/// <param name="Roles">What the person or program may do.</param>
public sealed record Actor(string Kind, int? Number, StaffRoles Roles)
{
    /// <summary>The holder's wallet.</summary>
    public static Actor Wallet { get; } = new("wallet", null, StaffRoles.None);

    /// <summary>The service itself, for what it does unasked.</summary>
    public static Actor System { get; } = new("system", null, StaffRoles.None);

    /// <summary>A person at the console.</summary>
    public static Actor Staff(int number, StaffRoles roles) => new("staff", number, roles);

    /// <summary>A program with an API key.</summary>
    public static Actor Api(int number, StaffRoles roles) => new("api", number, roles);

    /// <summary>Reads back what <see cref="ToString"/> wrote, for work that goes on in the background; the roles are those of the one who began it.</summary>
    public static Actor Parse(string? text, StaffRoles roles) =>
        text?.Split(':', 2) is [var kind, var number] && int.TryParse(number, global::System.Globalization.NumberStyles.None, global::System.Globalization.CultureInfo.InvariantCulture, out var known) ? new Actor(kind, known, roles) : System;

    /// <summary>May see an offer's link and code: whoever has both can collect in the holder's name, so only those who hand over.</summary>
    public bool HandsOver => Roles.HasFlag(StaffRoles.Clerk);

    /// <summary>The role in which it does something: approvals as approver, everything else as the first of clerk, approver, auditor, admin.</summary>
    public string RoleFor(string act) =>
        act is "approved" or "returned" or "revocation_refused" or "suspension_refused" or "paper_refused" or "recovery_refused" or "closing_agreed" or "closing_refused" && Roles.HasFlag(StaffRoles.Approver) ? "approver"
        : Roles.HasFlag(StaffRoles.Clerk) ? "clerk"
        : Roles.HasFlag(StaffRoles.Approver) ? "approver"
        : Roles.HasFlag(StaffRoles.Auditor) ? "auditor"
        : Roles.HasFlag(StaffRoles.Admin) ? "admin"
        : Kind;

    /// <inheritdoc/>
    public override string ToString() => Number is { } number ? string.Create(global::System.Globalization.CultureInfo.InvariantCulture, $"{Kind}:{number}") : Kind;
}
