using Microsoft.EntityFrameworkCore;

namespace Identity.Audit.Data;

/// <summary>Writes down who looked at what, before it is shown: what cannot be written down is not shown.</summary>
public sealed class ReadLog(AuditDb db, TimeProvider clock)
{
    /// <summary>One look.</summary>
    public async Task WriteAsync(string organisation, string userName, string what, Engagement engagement, string? bundle, CancellationToken ct)
    {
        db.Reads.Add(new ReadRow { At = clock.GetUtcNow(), Organisation = organisation, UserName = userName, What = what, Engagement = engagement.Slug, Bundle = bundle });
        await db.SaveChangesAsync(ct);
    }

    /// <summary>The newest looks of an organisation's own people.</summary>
    public Task<List<ReadRow>> NewestAsync(string organisation, int most, CancellationToken ct) =>
        db.Reads.AsNoTracking().Where(r => r.Organisation == organisation).OrderByDescending(r => r.At).ThenByDescending(r => r.Id).Take(most).ToListAsync(ct);
}
