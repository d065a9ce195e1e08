using Identity.Credentials.Recovery;
using Identity.Wallet.Data;
using Microsoft.EntityFrameworkCore;

namespace Identity.Wallet.Recovery;

/// <summary>
/// What a desk does for a recovery, by the nine digits that the person's new wallet shows: its pages call this after looking at the person's document. The act is written into the
/// desk's log in the same transaction.
/// </summary>
public sealed class RecoveryDesk
{
    private readonly RecoveryFlow _flow;
    private readonly WalletDb _db;

    internal RecoveryDesk(RecoveryFlow flow, WalletDb db) => (_flow, _db) = (flow, db);

    /// <summary>How it stands, or null: which proof is at hand, since when, until when. No name: the desk compares the person with the document, and issuers the document with their records.</summary>
    public async Task<RecoverySummary?> FindAsync(string number, CancellationToken ct) =>
        await _db.Recoveries.AsNoTracking().SingleOrDefaultAsync(r => r.Number == number, ct) is { } r ? new RecoverySummary(r.Number, r.State, r.BySheet, r.ByContact, r.CreatedAt, r.EndsAt, r.StoppedBy) : null;

    /// <summary>Sends the code once more to the address that the person named, also when strangers have had it sent too often today: nobody is kept from a desk by them.</summary>
    public Task<RecoveryStep> SendCodeAsync(string number, DeskAct act, CancellationToken ct) => _flow.SendCodeAtDeskAsync(number, act, ct);

    /// <summary>The document is the person's: the recovery is ready at once, where sheet or contact is proved too.</summary>
    public Task<RecoveryStep> ApproveAsync(string number, DeskAct act, DocumentRead document, CancellationToken ct) => _flow.ApproveAtDeskAsync(number, act, document, ct);

    /// <summary>The person did not begin it: it ends.</summary>
    public Task<RecoveryStep> StopAsync(string number, DeskAct act, CancellationToken ct) => _flow.StopAtDeskAsync(number, act, ct);
}

/// <summary>Who acts at a desk.</summary>
/// <param name="Desk">Its slug.</param>
/// <param name="Mandate">Under which mandate.</param>
/// <param name="UserName">The account; a recovery names it by <see cref="RecoveryKeys.StaffName"/> alone.</param>
/// <param name="Log">Adds the act's line to the unit of work; false where the mandate allows it no more, and then nothing is done.</param>
public sealed record DeskAct(string Desk, string Mandate, string UserName, Func<CancellationToken, Task<bool>>? Log = null);

/// <summary>A recovery as a desk sees it.</summary>
public sealed record RecoverySummary(string Number, RecoveryState State, bool BySheet, bool ByContact, DateTimeOffset CreatedAt, DateTimeOffset? EndsAt, string? StoppedBy);
