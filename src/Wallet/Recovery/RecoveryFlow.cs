using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Identity.Credentials.Jose;
using Identity.Credentials.Recovery;
using Identity.Hosting;
using Identity.Wallet.Data;
using Microsoft.EntityFrameworkCore;

namespace Identity.Wallet.Recovery;

/// <summary>The outcome of a step of a recovery.</summary>
public abstract record RecoveryStep
{
    private RecoveryStep() { }

    /// <summary>The step was taken; how it stands now.</summary>
    public sealed record Taken(RecoveryRow Recovery) : RecoveryStep;

    /// <summary>There is no such recovery.</summary>
    public sealed record NotFound : RecoveryStep;

    /// <summary>Not possible: <c>running</c> (another one waits), <c>too_many</c> (today), <c>ended</c>, <c>wrong_code</c>, <c>no_contact</c>, <c>digits</c> (what was typed is no code at all, and does not count), <c>proof_missing</c>, <c>decided</c> (by a desk), <c>not_ready</c>, <c>proof</c> (not the key that it is for), <c>no_document</c> (a desk decided before what it read was kept), <c>birth</c> (nobody was born then), <c>over</c> (the mandate under which a desk acts).</summary>
    public sealed record Refused(string Code) : RecoveryStep;
}

/// <summary>
/// Recoveries, docs/recovery.md: sheet and contact with seven days in which anybody told can object; desk and one of the two at once. Several may lack their second proof;
/// the first that has two is the one that runs for the list. Every step is one transaction with the messages that tell about it, and at a desk with the line of its log. The same step
/// again, because its answer was lost, changes nothing and is answered as before.
/// </summary>
internal sealed class RecoveryFlow(WalletDb db, Notices notices, RecoveryKeys keys, RecoverySettings settings, TimeProvider clock)
{
    /// <summary>Begins with the sheet: whoever calls has shown the list's token. Every contact is told; those that count get a code.</summary>
    public async Task<RecoveryStep> BeginAsync(string listId, string newKey, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginExclusiveAsync(ListEndpoints.Scope(listId), ct);
        if (await ObstacleAsync(listId, now, ct) is { } obstacle) return new RecoveryStep.Refused(obstacle);
        var contacts = await notices.ToldAsync(listId, now, ct);
        var code = Notices.NewCode();
        var recovery = Add(listId, newKey, bySheet: true, contacts.Exists(c => Notices.Counts(c, now)) ? code : null, now);
        foreach (var contact in contacts) notices.Add(contact, Notices.Counts(contact, now) ? "code" : "begun", now, code, recovery);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return new RecoveryStep.Taken(recovery);
    }

    /// <summary>Begins without the sheet, with an enrolled address; a desk is needed then. An address that nobody enrolled gets the same answer and no message.</summary>
    public async Task<RecoveryStep> BeginByContactAsync(string address, string newKey, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var tag = keys.Tag("address", address);
        // One that counts: of the newest sheet, and of several wallets the oldest, so that somebody else who enrols the same address later gets nothing by it.
        var replaced = db.RecoveryLists.Where(l => l.ReplacedAt != null).Select(l => l.Id);
        var contact = (await db.RecoveryContacts.AsNoTracking().Where(c => c.AddressTag == tag && c.ConfirmedAt != null && !replaced.Contains(c.ListId)).OrderBy(c => c.ConfirmedAt).ToListAsync(ct)).Find(c => Notices.CountsAtDesk(c, now));
        var (contactId, listId) = (contact?.Id, contact?.ListId ?? RandomText());
        await using var transaction = await db.Database.BeginExclusiveAsync(ListEndpoints.Scope(listId), ct);
        var code = Notices.NewCode();
        var yesterday = now.AddDays(-1);
        // An address that nobody enrolled, or that was written to often enough, gets a row of the same kind, of no list: the following questions are answered alike, too. A desk can have the code sent all the same.
        if (await db.Recoveries.CountAsync(r => r.ListId == listId && !r.BySheet && r.CreatedAt > yesterday, ct) >= RecoverySettings.PerDay) (contact, listId) = (null, RandomText());
        var recovery = Add(listId, newKey, bySheet: false, code, now, contactId);
        if (contact is not null)
            foreach (var told in await notices.ToldAsync(listId, now, ct)) notices.Add(told, told.Id == contact.Id ? "code" : "begun", now, code, recovery);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return new RecoveryStep.Taken(recovery);
    }

    /// <summary>The code that a contact received. With the sheet the seven days begin; without it a desk must follow.</summary>
    public Task<RecoveryStep> ProveContactAsync(string id, string key, string code, CancellationToken ct) => ChangeAsync(r => r.Id == id, async (recovery, now) =>
    {
        if (recovery.NewKey != key) return "proof";
        if (recovery.ByContact && recovery.State is not RecoveryState.Stopped && IsItsCode(recovery, code)) return null; // given before
        if (recovery.State is not RecoveryState.Proving || recovery.ByContact || now > recovery.CreatedAt + RecoverySettings.ProvingTime) return "ended";
        if (recovery.CodeHash is null) return "no_contact";
        if (!Notices.IsCode(code)) return "digits"; // nobody's try: a keyboard of another script, or an empty field
        if (!IsItsCode(recovery, code))
        {
            if (++recovery.Tries >= RecoverySettings.MaxTries) Stop(recovery, "codes", now);
            return "wrong_code";
        }
        if (recovery.BySheet && await HeldAsync(recovery.ListId, now, ct)) return "running";
        recovery.ByContact = true;
        // Nobody can object to what they cannot be told: a desk decides then.
        if (!recovery.BySheet || (await notices.ToldAsync(recovery.ListId, now, ct)).Exists(c => !notices.CanTell(c))) return null;
        (recovery.State, recovery.StartedAt, recovery.EndsAt, recovery.Notices) = (RecoveryState.Waiting, now, now + RecoveryAttestation.CoolingOff, 1);
        await TellAsync(recovery, "waiting", now, ct);
        return null;
    }, ct);

    /// <summary>A desk has looked at the person's document: with sheet or contact it is ready at once, whatever ran or was stopped before. What it read goes to issuers as hashes.</summary>
    public Task<RecoveryStep> ApproveAtDeskAsync(string number, DeskAct act, DocumentRead document, CancellationToken ct) => ChangeAsync(r => r.Number == number, async (recovery, now) =>
    {
        if (!recovery.BySheet && !recovery.ByContact) return "proof_missing";
        if (document.Birth is { } birth && !DocumentRead.IsBirth(birth, DateOnly.FromDateTime(now.UtcDateTime))) return "birth";
        // Decided before what a desk read was kept: issuers take nothing by it, and it is looked at once more.
        if (recovery.State is RecoveryState.Ready or RecoveryState.Done && !recovery.LacksDocument)
            return recovery.Desk == act.Desk && recovery.Mandate == act.Mandate && recovery.Staff == keys.StaffName(act.Desk, act.UserName) && Opened(recovery) is { } before && before.Birth == document.Birth && before.Names.SequenceEqual(document.Names) ? null : "ended";
        // A desk overrides the old phone, a contact's link, a faster one and wrong codes, which may all be somebody else's, but not another desk.
        if (recovery.State is RecoveryState.Stopped && (recovery.StoppedBy == "desk" || recovery.Desk is not null)) return "ended";
        if (now > recovery.CreatedAt + RecoverySettings.Usable) return "ended";
        (recovery.Desk, recovery.State, recovery.StoppedBy, recovery.StartedAt, recovery.EndedAt, recovery.Notices) = (act.Desk, RecoveryState.Ready, null, recovery.StartedAt ?? now, now, 3);
        (recovery.Mandate, recovery.Staff) = (act.Mandate, keys.StaffName(act.Desk, act.UserName));
        recovery.Document = keys.Seal("document", JsonSerializer.Serialize(document));
        await EndOthersAsync(recovery, now, ct);
        await TellAsync(recovery, "ready", now, ct);
        return null;
    }, ct, act);

    /// <summary>A desk has the code sent for who lost the sheet too. An address that nobody enrolled reads alike.</summary>
    public Task<RecoveryStep> SendCodeAtDeskAsync(string number, DeskAct act, CancellationToken ct) => ChangeAsync(r => r.Number == number, async (recovery, now) =>
    {
        if (recovery.BySheet || recovery.ByContact || recovery.State is not RecoveryState.Proving || now > recovery.CreatedAt + RecoverySettings.ProvingTime) return "ended";
        if (++recovery.Notices > RecoverySettings.CodesAtDesk) return "too_many";
        if (await db.RecoveryContacts.AsNoTracking().SingleOrDefaultAsync(c => c.Id == recovery.ContactId, ct) is not { } contact || !Notices.CountsAtDesk(contact, now)) return null;
        var code = Notices.NewCode();
        (recovery.ListId, recovery.CodeHash) = (contact.ListId, notices.HashCode(recovery.Id, code));
        foreach (var told in await notices.ToldAsync(contact.ListId, now, ct)) notices.Add(told, told.Id == contact.Id ? "code" : "begun", now, code, recovery);
        return null;
    }, ct, act);

    /// <summary>A desk stops it for the person who came.</summary>
    public Task<RecoveryStep> StopAtDeskAsync(string number, DeskAct act, CancellationToken ct) => StopAsync(r => r.Number == number, "desk", ct, act);

    /// <summary>Whoever has the link of a notice stops it.</summary>
    public Task<RecoveryStep> StopByLinkAsync(byte[] hash, CancellationToken ct) => StopAsync(r => r.StopHash == hash, "contact", ct);

    /// <summary>The old phone stops whatever runs for its list: all of it, so that none hides behind another. <c>decided</c> where a desk's decision stays.</summary>
    public async Task<RecoveryStep> StopByOldPhoneAsync(string listId, CancellationToken ct)
    {
        RecoveryStep? answer = null;
        var lists = ListsOf(listId);
        var running = db.Recoveries.AsNoTracking().Where(r => lists.Contains(r.ListId) && (r.State == RecoveryState.Proving || r.State == RecoveryState.Waiting || r.State == RecoveryState.Ready));
        foreach (var id in await running.Select(r => r.Id).ToListAsync(ct))
        {
            var step = await StopAsync(r => r.Id == id, "old_phone", ct);
            if (answer is null || step is RecoveryStep.Refused { Code: "decided" } || (step is RecoveryStep.Taken && answer is not RecoveryStep.Refused { Code: "decided" })) answer = step;
        }
        return answer ?? new RecoveryStep.Refused("ended");
    }

    /// <summary>How a recovery stands by the time that it is.</summary>
    public Task<RecoveryStep> LookAsync(string id, CancellationToken ct) => ChangeAsync(r => r.Id == id, (_, _) => Task.FromResult<string?>(null), ct);

    /// <summary>
    /// An attestation for one issuer, for a recovery that is ready. With the first one the new wallet's key takes the old one's place at the list. The issuer's name is used
    /// and not kept; the tag is computed here, never taken from the caller: with one's own list nobody gets another's.
    /// </summary>
    public async Task<(RecoveryStep Step, string? Attestation)> AttestAsync(string id, string key, string issuer, CancellationToken ct)
    {
        string? signed = null;
        var step = await ChangeAsync(r => r.Id == id, async (recovery, now) =>
        {
            if (recovery.NewKey != key) return "proof";
            if (recovery.State is not (RecoveryState.Ready or RecoveryState.Done)) return "not_ready";
            if (now > recovery.EndedAt + RecoverySettings.Usable) return "ended";
            if (recovery.LacksDocument) return "no_document";
            if (recovery.State is RecoveryState.Ready)
            {
                recovery.State = RecoveryState.Done;
                await EndOthersAsync(recovery, now, ct);
                if (recovery.BySheet) await HandOverAsync(recovery, now, ct);
            }
            string[] proofs = recovery.Desk is null ? ["sheet", "contact"] : ["desk", recovery.BySheet ? "sheet" : "contact"];
            signed = new RecoveryAttestation(settings.PublicUrl, issuer, Base64Url.Encode(RandomNumberGenerator.GetBytes(16)), RecoveryCode.TagOf(recovery.ListId, issuer), proofs,
                recovery.StartedAt!.Value, recovery.EndedAt!.Value, now + RecoveryAttestation.Lifetime, recovery.NewKey, recovery.Desk, recovery.Desk is null ? null : recovery.Mandate, recovery.Desk is null ? null : recovery.Staff,
                Opened(recovery)?.Hash()).Sign(keys.Signer);
            return null;
        }, ct);
        return (step, signed);
    }

    /// <summary>The recovery that runs for a list or for one that it replaced, or null: one with two proofs before one that lacks the second. What a mere address began, and has not proved, is none.</summary>
    public Task<RecoveryRow?> RunningAsync(string listId, CancellationToken ct)
    {
        var proving = clock.GetUtcNow() - RecoverySettings.ProvingTime;
        var lists = ListsOf(listId);
        return db.Recoveries.AsNoTracking().Where(r => lists.Contains(r.ListId))
            .Where(r => r.State == RecoveryState.Waiting || r.State == RecoveryState.Ready || (r.State == RecoveryState.Proving && (r.BySheet || r.ByContact) && r.CreatedAt > proving))
            .OrderBy(r => r.State == RecoveryState.Proving).ThenByDescending(r => r.CreatedAt).FirstOrDefaultAsync(ct);
    }

    /// <summary>The notice that the seven days have begun left at <paramref name="sent"/>, and they count from then; or (null) it was given up, and a desk has to decide.</summary>
    public Task NoticeLeftAsync(string id, DateTimeOffset? sent, CancellationToken ct) => ChangeAsync(r => r.Id == id, (recovery, _) =>
    {
        if (recovery.State is not RecoveryState.Waiting) return Task.FromResult<string?>(null);
        if (sent is not { } at) (recovery.State, recovery.StartedAt, recovery.EndsAt, recovery.Notices) = (RecoveryState.Proving, null, null, 0);
        else if (recovery.EndsAt < at + RecoveryAttestation.CoolingOff) recovery.EndsAt = at + RecoveryAttestation.CoolingOff;
        return Task.FromResult<string?>(null);
    }, ct);

    /// <summary>Takes every recovery on that is due: notices half-way, and the end.</summary>
    public async Task AdvanceDueAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var half = now - RecoveryAttestation.CoolingOff / 2;
        var due = await db.Recoveries.AsNoTracking().Where(r => r.State == RecoveryState.Waiting && ((r.Notices == 1 && r.StartedAt <= half) || r.EndsAt <= now)).Select(r => r.Id).ToListAsync(ct);
        foreach (var id in due) await LookAsync(id, ct);
        // A sheet that was replaced long ago: what is left of it says that it was.
        var old = now - RecoverySettings.OldSheet;
        var ended = db.RecoveryLists.Where(l => l.ReplacedAt <= old).Select(l => l.Id);
        var contacts = db.RecoveryContacts.Where(c => ended.Contains(c.ListId) && !db.Recoveries.Any(r => r.ListId == c.ListId && r.State == RecoveryState.Waiting));
        if (await contacts.AnyAsync(ct)) await contacts.ExecuteDeleteAsync(ct);
        // What a desk read is not kept longer than it serves.
        var over = now - RecoverySettings.Usable;
        var documents = db.Recoveries.Where(r => r.Document != null && r.EndedAt < over);
        if (await documents.AnyAsync(ct)) await documents.ExecuteUpdateAsync(r => r.SetProperty(x => x.Document, (byte[]?)null), ct);
        // What an address alone began and nobody proved; whether it was enrolled cannot be told by this either.
        var forgotten = now - 2 * RecoverySettings.ProvingTime;
        var unproved = db.Recoveries.Where(r => !r.BySheet && !r.ByContact && r.CreatedAt < forgotten);
        if (await unproved.AnyAsync(ct)) await unproved.ExecuteDeleteAsync(ct);
    }

    private Task<RecoveryStep> StopAsync(System.Linq.Expressions.Expression<Func<RecoveryRow, bool>> which, string by, CancellationToken ct, DeskAct? act = null) => ChangeAsync(which, async (recovery, now) =>
    {
        if (recovery.State is RecoveryState.Stopped && recovery.StoppedBy == by && recovery.Mandate == (act?.Mandate ?? recovery.Mandate)) return null; // stopped by this before
        if (recovery.State is RecoveryState.Stopped || (recovery.State is RecoveryState.Done && by != "desk")) return "ended";
        if (recovery.Desk is not null && by != "desk") return "decided";
        Stop(recovery, by, now);
        if (act is not null) (recovery.Mandate, recovery.Staff) = (act.Mandate, keys.StaffName(act.Desk, act.UserName));
        await TellAsync(recovery, "stopped", now, ct);
        return null;
    }, ct, act);

    private async Task<RecoveryStep> ChangeAsync(System.Linq.Expressions.Expression<Func<RecoveryRow, bool>> which, Func<RecoveryRow, DateTimeOffset, Task<string?>> change, CancellationToken ct, DeskAct? act = null)
    {
        if (await db.Recoveries.AsNoTracking().Where(which).OrderByDescending(r => r.CreatedAt).Select(r => new { r.Id, r.ListId }).FirstOrDefaultAsync(ct) is not { } found) return new RecoveryStep.NotFound();
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginExclusiveAsync(ListEndpoints.Scope(found.ListId), ct);
        var recovery = await db.Recoveries.SingleAsync(r => r.Id == found.Id, ct);
        await AdvanceAsync(recovery, now, ct);
        var refused = await change(recovery, now);
        // The desk's log says what was done, and what it cannot say is not done.
        if (refused is null && act?.Log is { } log && db.ChangeTracker.HasChanges() && !await log(ct))
        {
            db.ChangeTracker.Clear();
            return new RecoveryStep.Refused("over");
        }
        if (db.ChangeTracker.HasChanges()) recovery.Version++;
        await db.SaveChangesAsync(ct); // a refusal may count a wrong code
        await transaction.CommitAsync(ct);
        return refused is null ? new RecoveryStep.Taken(recovery) : new RecoveryStep.Refused(refused);
    }

    private async Task AdvanceAsync(RecoveryRow recovery, DateTimeOffset now, CancellationToken ct)
    {
        if (recovery.State is not RecoveryState.Waiting) return;
        if (recovery.Notices == 1 && now >= recovery.StartedAt + RecoveryAttestation.CoolingOff / 2)
        {
            recovery.Notices = 2;
            await TellAsync(recovery, "half", now, ct);
        }
        // Nobody can object to what they were not told: the time does not end while the first notice waits in the outbox.
        if (now < recovery.EndsAt || await db.Outbox.AnyAsync(m => m.Recovery == recovery.Id, ct)) return;
        (recovery.State, recovery.EndedAt, recovery.Notices) = (RecoveryState.Ready, now, 3);
        await TellAsync(recovery, "ready", now, ct);
    }

    private async Task TellAsync(RecoveryRow recovery, string what, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var contact in await notices.ToldAsync(recovery.ListId, now, ct)) notices.Add(contact, what, now, null, recovery);
    }

    // Of those begun with the sheet only: whoever knows no more than an address takes nobody's turn.
    private async Task<string?> ObstacleAsync(string listId, DateTimeOffset now, CancellationToken ct)
    {
        if (await HeldAsync(listId, now, ct)) return "running";
        var yesterday = now.AddDays(-1);
        return await db.Recoveries.CountAsync(r => r.ListId == listId && r.BySheet && r.CreatedAt > yesterday, ct) >= RecoverySettings.PerDay ? "too_many" : null;
    }

    // One with two proofs is not pushed aside, but by a desk.
    private Task<bool> HeldAsync(string listId, DateTimeOffset now, CancellationToken ct)
    {
        var usable = now - RecoverySettings.Usable;
        return db.Recoveries.AnyAsync(r => r.ListId == listId && (r.State == RecoveryState.Waiting || (r.State == RecoveryState.Ready && r.EndedAt > usable)), ct);
    }

    // A list, and those whose sheets it replaced.
    private IQueryable<string> ListsOf(string listId) => db.RecoveryLists.Where(l => l.Id == listId || l.ReplacedBy == listId).Select(l => l.Id);

    // The list is the new phone's. By an old sheet: it is the newest again, and the one made on the phone that was lost becomes the old one.
    private async Task HandOverAsync(RecoveryRow recovery, DateTimeOffset now, CancellationToken ct)
    {
        var list = await db.RecoveryLists.SingleAsync(l => l.Id == recovery.ListId, ct);
        if (list.ReplacedBy is { } newer)
            foreach (var other in await db.RecoveryLists.Where(l => l.Id != list.Id && (l.Id == newer || l.ReplacedBy == newer)).ToListAsync(ct)) (other.ReplacedBy, other.ReplacedAt) = (list.Id, other.ReplacedAt ?? now);
        (list.HolderKey, list.ReplacedBy, list.ReplacedAt) = (recovery.NewKey, null, null);
    }

    // Of one wallet's lists one recovery counts; what is ready, or gave attestations before, gives no more.
    private async Task EndOthersAsync(RecoveryRow recovery, DateTimeOffset now, CancellationToken ct)
    {
        var newest = await db.RecoveryLists.Where(l => l.Id == recovery.ListId).Select(l => l.ReplacedBy).SingleOrDefaultAsync(ct) ?? recovery.ListId;
        var lists = ListsOf(newest);
        foreach (var other in await db.Recoveries.Where(r => lists.Contains(r.ListId) && r.Id != recovery.Id && r.State != RecoveryState.Stopped).ToListAsync(ct)) Stop(other, "newer", now);
    }

    private bool IsItsCode(RecoveryRow recovery, string code) => recovery.CodeHash is { } hash && CryptographicOperations.FixedTimeEquals(hash, notices.HashCode(recovery.Id, code));

    private DocumentRead? Opened(RecoveryRow recovery) => recovery.Document is null ? null : JsonSerializer.Deserialize<DocumentRead>(keys.Open("document", recovery.Document));

    private static void Stop(RecoveryRow recovery, string by, DateTimeOffset now) => (recovery.State, recovery.StoppedBy, recovery.EndedAt, recovery.Document, recovery.Version) = (RecoveryState.Stopped, by, now, null, recovery.Version + 1);

    private RecoveryRow Add(string listId, string newKey, bool bySheet, string? code, DateTimeOffset now, string? contactId = null)
    {
        var id = RandomText();
        var recovery = new RecoveryRow
        {
            Id = id, Number = RandomNumberGenerator.GetInt32(1_000_000_000).ToString("D9", CultureInfo.InvariantCulture), ListId = listId, NewKey = newKey, BySheet = bySheet, ContactId = contactId, CreatedAt = now,
            StopHash = SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(notices.StopToken(id))), CodeHash = code is null ? null : notices.HashCode(id, code),
        };
        db.Recoveries.Add(recovery);
        return recovery;
    }

    private static string RandomText() => Base64Url.Encode(RandomNumberGenerator.GetBytes(32));
}
