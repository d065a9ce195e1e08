using System.Security.Cryptography;
using Identity.Issuer.Data;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Status;

/// <summary>Gives each copy a status index of its own: random, so that neighbours do not link copies, and never given twice.</summary>
public sealed class TakeIndices(IssuerDb db, IConfiguration configuration)
{
    // Large enough that one entry tells nothing about one person; a list that is half full is followed by a new one.
    private readonly int _size = configuration.GetValue("Status:ListSize", 131_072);

    /// <summary>Adds entries to the unit of work. Call inside a transaction that is exclusive for the organisation: two callers would else count one number twice.</summary>
    public async Task<IReadOnlyList<StatusEntry>> RunAsync(string organisation, string credentialId, int count, CancellationToken ct)
    {
        var list = await db.StatusLists.Where(l => l.Organisation == organisation).OrderByDescending(l => l.Number).FirstOrDefaultAsync(ct);
        if (list is null || list.Taken + count > list.Size / 2)
        {
            list = new StatusListRow { Organisation = organisation, Number = (list?.Number ?? 0) + 1, Size = _size };
            db.StatusLists.Add(list);
        }
        list.Taken += count;

        var chosen = new HashSet<int>();
        while (chosen.Count < count)
        {
            while (chosen.Count < count) chosen.Add(RandomNumberGenerator.GetInt32(list.Size));
            var taken = await db.StatusEntries.Where(e => e.Organisation == organisation && e.List == list.Number && chosen.Contains(e.Index)).Select(e => e.Index).ToListAsync(ct);
            chosen.ExceptWith(taken);
        }
        var entries = chosen.Select(index => new StatusEntry { Organisation = organisation, List = list.Number, Index = index, CredentialId = credentialId }).ToList();
        db.StatusEntries.AddRange(entries);
        return entries;
    }
}
