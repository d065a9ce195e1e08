using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Staff;

/// <summary>Names beside the numbers of the records, for colleagues of the same organisation.</summary>
public sealed class StaffNames(IssuerDb db)
{
    private Dictionary<string, string> _names = [];

    /// <summary>Reads the names of an organisation's staff and programs.</summary>
    public async Task LoadAsync(Organisation organisation, CancellationToken ct)
    {
        var staff = await db.Users.AsNoTracking().Where(u => u.Organisation == organisation.Slug).Select(u => new { Actor = Actor.Staff(u.Number, u.Roles), Name = u.UserName! }).ToListAsync(ct);
        var programs = await db.ApiKeys.AsNoTracking().Where(k => k.Organisation == organisation.Slug).Select(k => new { Actor = Actor.Api(k.Number, k.Roles), Name = k.Label }).ToListAsync(ct);
        _names = staff.Concat(programs).ToDictionary(x => x.Actor.ToString(), x => x.Name, StringComparer.Ordinal);
    }

    /// <summary>The name of an actor as <see cref="Actor"/> writes it; null for one without a name, and until they are read.</summary>
    public string? Find(string actor) => _names.GetValueOrDefault(actor);
}
