using System.Globalization;
using Identity.Issuer.Console;
using Identity.Issuer.Data;
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
        var staff = await db.Users.AsNoTracking().Where(u => u.Organisation == organisation.Slug).Select(u => new { u.Number, Name = u.UserName! }).ToListAsync(ct);
        var programs = await db.ApiKeys.AsNoTracking().Where(k => k.Organisation == organisation.Slug).Select(k => new { k.Number, Name = k.Label }).ToListAsync(ct);
        _names = staff.Select(s => (Key: string.Create(CultureInfo.InvariantCulture, $"staff:{s.Number}"), s.Name))
            .Concat(programs.Select(p => (Key: string.Create(CultureInfo.InvariantCulture, $"api:{p.Number}"), p.Name))).ToDictionary(x => x.Key, x => x.Name, StringComparer.Ordinal);
    }

    /// <summary>An actor in words of the page's language.</summary>
    public string Who(string actor, Desk desk) => (actor.Split(':', 2), _names.GetValueOrDefault(actor)) switch
    {
        (["wallet"], _) => desk["actor.wallet"],
        (["system"], _) => desk["who.system"],
        (["api", var number], var name) => desk.Format("actor.api", ("name", name ?? number)),
        (["staff", var number], var name) => name ?? number,
        _ => actor,
    };
}
