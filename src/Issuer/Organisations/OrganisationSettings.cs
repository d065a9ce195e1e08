using Identity.Issuer.Data;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Organisations;

/// <summary>What an organisation's administrator decides at the console.</summary>
public sealed class OrganisationSettings
{
    /// <summary>Slug of the organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>Whoever signs in needs a passkey; a password alone then leads only to making one.</summary>
    public bool RequirePasskeys { get; set; }

    /// <summary>Where a holder turns who does not agree, in words: who, and how they are reached. At most 300 characters.</summary>
    public string? AppealContact { get; set; }

    /// <summary>What to send or say, in words; at most 500 characters.</summary>
    public string? AppealHow { get; set; }

    /// <summary>Days after the decision within which an appeal is heard; null where there is no limit.</summary>
    public int? AppealDays { get; set; }

    /// <summary>Rises with each change of settings or staff; of two changes at once one wins.</summary>
    public int Version { get; set; }

    /// <summary>The organisation's settings, those of the first day where nobody has changed any. Tracked, and added to the unit of work when new.</summary>
    public static async Task<OrganisationSettings> OfAsync(IssuerDb db, string organisation, CancellationToken ct = default)
    {
        var found = db.OrganisationSettings.Local.FirstOrDefault(s => s.Organisation == organisation) ?? await db.OrganisationSettings.SingleOrDefaultAsync(s => s.Organisation == organisation, ct);
        if (found is null) db.OrganisationSettings.Add(found = new OrganisationSettings { Organisation = organisation });
        return found;
    }
}
