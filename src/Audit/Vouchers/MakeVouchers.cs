using Identity.Audit.Data;

namespace Identity.Audit.Vouchers;

/// <summary>Makes codes for the workers of a site. They are shown once, to be printed and handed out; what stays is their hash.</summary>
public sealed class MakeVouchers(AuditDb db)
{
    /// <summary>Most codes at once.</summary>
    public const int Most = 100;

    /// <summary>The codes.</summary>
    /// <param name="site">A site of the settings.</param>
    /// <param name="count">1 to <see cref="Most"/>.</param>
    /// <param name="ct">Stops the work.</param>
    public async Task<IReadOnlyList<string>> RunAsync(Site site, int count, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Most);
        var codes = Enumerable.Range(0, count).Select(_ => VoucherCode.New()).ToList();
        foreach (var code in codes)
        {
            VoucherCode.TryHash(code, out var hash);
            db.Vouchers.Add(new VoucherRow { Hash = hash!, Site = site.Code });
        }
        await db.SaveChangesAsync(ct);
        return codes;
    }
}
