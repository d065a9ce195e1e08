using Identity.Credentials.Transparency;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Log;

/// <summary>
/// One process at a time works on a log. The lease saves work and keeps nonces apart; it is not what protects the tree or the chain:
/// clocks may disagree, and then the compare-and-swap on the head and the contract's growing size still let one writer win.
/// </summary>
internal sealed class LogLease(string origin, string owner, TimeSpan length, TimeProvider clock)
{
    /// <summary>Names this process.</summary>
    public string Owner { get; } = owner;

    /// <summary>Takes or renews the lease; false while another process holds it.</summary>
    public async Task<bool> TakeAsync(DbContext db, CancellationToken ct)
    {
        var now = Micros.Of(clock.GetUtcNow());
        var until = now + Micros.Of(length);
        // Written by a clock that was ahead: no lease reaches so far, so it binds nobody once the clock is right.
        var absurd = now + (2 * Micros.Of(length)) + Micros.Of(TimeSpan.FromMinutes(1));
        var empty = MerkleTree.EmptyRoot();
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO ledger_state (id, origin, size, root, lease_owner, lease_until) VALUES (1, {origin}, 0, {empty}, {Owner}, {until}) ON CONFLICT DO NOTHING", ct);
        return await db.Database.ExecuteSqlAsync(
            $"UPDATE ledger_state SET lease_owner = {Owner}, lease_until = {until} WHERE id = 1 AND (lease_owner = {Owner} OR lease_until < {now} OR lease_until > {absurd})", ct) == 1;
    }

    /// <summary>Lets the next process start at once.</summary>
    public Task ReleaseAsync(DbContext db, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"UPDATE ledger_state SET lease_until = 0 WHERE id = 1 AND lease_owner = {Owner}", ct);
}
