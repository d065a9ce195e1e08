using System.Collections;
using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Keys;
using Identity.Issuer.Organisations;
using Identity.Issuer.Status;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Deposits;

/// <summary>
/// <c>take-over FILE --as ORGANISATION</c>: takes in what a closed organisation handed over, all of it or nothing. The file must be for this organisation's key, signed with the account that the ledger knows of the
/// closed one, and say of the closing what the ledger says. Called again with the same file it changes nothing, and says so;
/// where an earlier version took it over, it adds what that version left out. The service may go on meanwhile: its turn is held at the beginning and at the end only, and
/// what was stored by a call that was killed is seen by nobody and removed by the next one.
/// </summary>
internal sealed class TakeOverCommand(RegistryAccess registry, ChainRecord record, IssuerDb db, KeyFolder keys, TimeProvider clock, TextWriter output) : AccountCommands("take-over", registry, output)
{
    private const int Batch = 1000;

    protected override async Task<int> DoAsync(Organisation organisation, string[] words, CancellationToken ct)
    {
        if (words is not [var file]) return await SayAsync(Usage, "Call: take-over FILE --as ORGANISATION");
        if (!File.Exists(file)) return await SayAsync(Usage, $"There is no file {file}.");
        if (keys.FindDepositKey(organisation.Slug) is not { } key) return await SayAsync(Refused, "Nothing is taken over: this organisation has no key that a file can be for. “deposit-key” makes one.");
        using (key)
        {
            // Read twice: whole and proven first, and only then into the database.
            var checkedFile = await CheckAsync(organisation, file, key, ct);
            if (checkedFile is not Checked.Good good) return await SayAsync(Refused, $"Nothing is taken over: {((Checked.Bad)checkedFile).Why}.");
            return await StoreAsync(organisation, file, key, good, ct);
        }
    }

    private static async IAsyncEnumerable<HandOverLine> LinesAsync(string file, ECDiffieHellman key, HandOverCheck check, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var kid = KeyFolder.Public(key).Kid;
        await using var stream = File.OpenRead(file);
        await foreach (var line in HandOverFile.ReadAsync(stream, k => k == kid ? key : null, check, ct)) yield return line;
    }

    private abstract record Checked
    {
        public sealed record Bad(string Why) : Checked;

        public sealed record Good(HandOverLine.Head Head, RegisteredClosing Closing, byte[] Digest, int Records, IReadOnlySet<string> Recorded, IReadOnlyDictionary<int, BitArray> RecordedCopies) : Checked
        {
            public bool IsRecorded(HandOverLine.Copy copy) => RecordedCopies.TryGetValue(copy.List, out var bits) && bits[copy.Index];
        }
    }

    private async Task<Checked> CheckAsync(Organisation organisation, string file, ECDiffieHellman key, CancellationToken ct)
    {
        (HandOverLine.Head Head, RegisteredClosing Closing, RegisteredOrganisation Known)? begun = null;
        var (records, check, signers) = (0, new HandOverCheck(), (IReadOnlyList<Jwk>)[]);
        await foreach (var line in LinesAsync(file, key, check, ct))
        {
            switch (line)
            {
                case HandOverLine.Bad bad:
                    return new Checked.Bad(bad.Why);
                case HandOverLine.Head head:
                    var (own, id, name) = (organisation.Profile.Id(), head.Profile.Id(), head.Profile.Name);
                    if (head.Depositary != Convert.ToHexStringLower(own)) return new Checked.Bad($"the file is for the organisation {head.Depositary}");
                    if (await Ledger.FindOrganisationAsync(id, ct) is not { } known) return new Checked.Bad($"the ledger knows no organisation of exactly these words: {head.Profile.Canonical()}");
                    if (await Ledger.FindClosingAsync(id, ct) is not { } closing) return new Checked.Bad($"{name} is not closed on the ledger");
                    if (closing.Depositary is null || !Same(closing.Depositary, own)) return new Checked.Bad($"the ledger does not name {organisation.Name} as the depositary of {name}");
                    if (!Same(Deposit.IdOf(head.Statement), closing.StatementId)) return new Checked.Bad("the closing statement in the file is not the one on the ledger");
                    begun = (head, closing, known);
                    signers = SignersOf(await record.ReadAsync(ct), id);
                    break;
                case HandOverLine.StatusList list when !IsSigned(list.Parsed.Jws, signers):
                    return new Checked.Bad("a status list is not signed with a key of the organisation");
                case HandOverLine.Row:
                    records++;
                    break;
                case HandOverLine.End end:
                    var (from, at, registered) = begun!.Value;
                    if (!end.Signature.TryRecover(HandOverLine.Hash(end.Digest), out var signer) || signer != registered.Account) return new Checked.Bad($"the file is not signed with the account of {from.Profile.Name}");
                    if (check.Log is { } log && !await IsOnLedgerAsync(from.Profile.Id(), log, check.Root(), at.ClosedAt, ct)) return new Checked.Bad("the log in the file is not what the ledger held before the closing");
                    if (!check.AreListsRecorded) return new Checked.Bad("a status list that the closing statement does not name was not on the ledger before the closing");
                    return new Checked.Good(from, at, end.Digest, records, check.Recorded, check.RecordedCopies);
            }
        }
        throw new InvalidOperationException("A file ends with its last line, or is bad.");
    }

    /// <summary>Every key that the ledger ever had of an organisation.</summary>
    internal static IReadOnlyList<Jwk> SignersOf(IReadOnlyList<RegistryEvent> events, byte[] organisation) =>
        [.. events.OfType<RegistryEvent.KeyAdded>().Where(k => Same(k.Organisation, organisation)).Select(k => Jwk.FromCoordinates(k.X, k.Y))];

    /// <summary>Whether one of these keys signed it.</summary>
    internal static bool IsSigned(Jws token, IReadOnlyList<Jwk> keys)
    {
        if (keys.FirstOrDefault(k => k.ThumbprintText() == token.KeyId) is not { } jwk || !VerificationKey.TryImport(jwk, out var key, out _)) return false;
        using (key) return token.Verify(key);
    }

    // What the organisation signed counts where it is anchored in a log that it named.
    private async Task<bool> IsOnLedgerAsync(byte[] organisation, HandOverLine.Log log, byte[] root, DateTimeOffset closedAt, CancellationToken ct)
    {
        var id = RegistryClient.LogId(log.Origin);
        return await Ledger.LogSinceAsync(organisation, id, ct) < closedAt
            && (await Ledger.ReadEventsAsync(log.Block, log.Block, ct)).OfType<RegistryEvent.Anchored>().Any(a => Same(a.Log, id) && a.Size == log.Size && Same(a.Root, root) && a.Place.BlockTime < closedAt);
    }

    private async Task<int> StoreAsync(Organisation organisation, string file, ECDiffieHellman key, Checked.Good good, CancellationToken ct)
    {
        var (id, name) = (good.Head.Id, good.Head.Profile.Name);
        var deposit = new Deposit
        {
            Id = id, Depositary = organisation.Slug, Profile = good.Head.Profile.Canonical(), Name = name, Statement = good.Head.Statement, ClosedAt = good.Closing.ClosedAt,
            Digest = good.Digest, TakenAt = clock.GetUtcNow(), Records = good.Records, Whole = false, Phones = true,
        };
        await using (var turn = await db.Database.BeginExclusiveAsync(organisation.Slug, ct))
        {
            if (await db.Deposits.AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, ct) is { } before)
            {
                if (before.Whole && before.Depositary == organisation.Slug && Same(before.Digest, good.Digest))
                {
                    if (before.Phones) return await SayAsync(Done, $"This file was taken over before, {before.Records} records of {before.Name}. Nothing was changed.");
                    await turn.CommitAsync(ct);
                    return await AddPhonesAsync(organisation, file, key, good, ct);
                }
                // A closing that was undone and done again: what was left the first time is not what was left.
                if (before.Depositary != organisation.Slug || before.Whole && (before.State is DepositState.Accepting or DepositState.Accepted || before.IsOf(good.Closing)))
                    return await SayAsync(Refused, $"Nothing is taken over: what {name} left was taken over from another file, or by another organisation here.");
                await RemoveAsync(id, ct);
            }
            db.Deposits.Add(deposit);
            await SaveAsync(ct);
            await turn.CommitAsync(ct);
        }
        try
        {
            return await RowsAsync(id, file, key, good, ct) is not { } copies ? await SayAsync(Refused, "Nothing is taken over: the file changed while it was read.")
                : !await EndAsync(organisation, deposit, copies, ct) ? await SayAsync(Refused, Twice)
                : await SayAsync(Done, $"Taken over: {good.Records} records and {copies} copies of {name}. Accept the deposit at the console, under Deposits: from then on this organisation’s word on their status counts.");
        }
        catch (DbUpdateException)
        {
            return await SayAsync(Refused, Twice);
        }
    }

    private const string Twice = "Nothing is taken over: another call did the same at the same time. Call again.";

    // An earlier version of this service left in the file what a phone needs that asks by itself.
    private async Task<int> AddPhonesAsync(Organisation organisation, string file, ECDiffieHellman key, Checked.Good good, CancellationToken ct)
    {
        try
        {
            await RemovePhonesAsync(good.Head.Id, ct); // of a call that was killed
            var (copies, anchors, added) = (0, 0, 0);
            await foreach (var line in LinesAsync(file, key, new HandOverCheck(), ct))
            {
                if (line is HandOverLine.Bad || line is HandOverLine.End end && !Same(end.Digest, good.Digest)) return await SayAsync(Refused, "Nothing is taken over: the file changed while it was read.");
                if (line is HandOverLine.Copy c && AddCopy(good, c)) copies++;
                if (line is HandOverLine.Anchor a) anchors += AddAnchor(good, a);
                if (++added % Batch == 0) await SaveAsync(ct);
            }
            await SaveAsync(ct);
            await using var turn = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
            if (await db.DepositCopies.CountAsync(c => c.Deposit == good.Head.Id, ct) != copies || await db.DepositAnchors.CountAsync(a => a.Deposit == good.Head.Id, ct) != anchors) return await SayAsync(Refused, Twice);
            if (await db.Deposits.Where(d => d.Id == good.Head.Id && !d.Phones).ExecuteUpdateAsync(d => d.SetProperty(x => x.Phones, true), ct) == 0) return await SayAsync(Refused, Twice);
            db.Log(organisation.Slug, null, Actor.System, "taken_over", clock.GetUtcNow());
            await SaveAsync(ct);
            await turn.CommitAsync(ct);
            return await SayAsync(Done, $"Added to what was taken over before: {copies} copies and {anchors} lines about lost phones of {good.Head.Profile.Name}. Phones can ask by themselves now.");
        }
        catch (DbUpdateException)
        {
            return await SayAsync(Refused, Twice);
        }
    }

    // What nobody can ask for is not stored: a code or a paper is shown to no depositary, and an entry that the ledger did not hold before the closing commits to nothing.
    private bool AddCopy(Checked.Good good, HandOverLine.Copy copy)
    {
        if (copy.Format != Configurations.SdJwtFormat || !good.IsRecorded(copy)) return false;
        db.DepositCopies.Add(new DepositCopy { Deposit = good.Head.Id, Entry = copy.Entry, List = copy.List, Index = copy.Index });
        return true;
    }

    private int AddAnchor(Checked.Good good, HandOverLine.Anchor anchor)
    {
        if (!good.Recorded.Contains(anchor.RecordId)) return 0;
        db.DepositAnchors.Add(new DepositAnchor { Deposit = good.Head.Id, Record = anchor.RecordId, Tag = anchor.Tag, SecretHash = anchor.SecretHash, SetAt = anchor.Set, Until = anchor.Until, StoppedAt = anchor.Stopped });
        return 1;
    }

    // The number of copies; null where the file is not what was checked.
    private async Task<int?> RowsAsync(string deposit, string file, ECDiffieHellman key, Checked.Good good, CancellationToken ct)
    {
        var (lists, known, added) = (new Dictionary<int, StatusListToken>(), new HashSet<(int, int)>(), 0);
        await foreach (var line in LinesAsync(file, key, new HandOverCheck(), ct))
        {
            switch (line)
            {
                case HandOverLine.StatusList list:
                    lists[list.Number] = list.Parsed;
                    db.StatusLists.Add(new StatusListRow { Organisation = deposit, Number = list.Number, Size = list.Parsed.List.Length, Revision = 1 });
                    break;
                case HandOverLine.Row r:
                    db.DepositRecords.Add(new DepositRecord
                    {
                        Deposit = deposit, Id = r.Id, Type = r.Type, Reference = r.Reference, HolderName = r.HolderName, SearchText = PrepareCredential.SearchText(r.Reference, r.HolderName), ClaimsJson = r.Claims.ToJsonString(),
                        CreatedAt = r.Created, CollectedAt = r.Collected, State = r.State, StateCode = r.Code, StateReason = r.Reason, StateChangedAt = r.Changed, Recorded = good.Recorded.Contains(r.Id),
                    });
                    break;
                case HandOverLine.Copy c:
                    known.Add((c.List, c.Index));
                    // What the last list says is what everybody was told. The thumbprint of its holder's key is in the file alone: a phone shows its key itself.
                    db.StatusEntries.Add(new StatusEntry { Organisation = deposit, List = c.List, Index = c.Index, CredentialId = c.RecordId, Value = lists[c.List].List.Get(c.Index) });
                    AddCopy(good, c);
                    break;
                case HandOverLine.Anchor a:
                    AddAnchor(good, a);
                    break;
                case HandOverLine.End end when Same(end.Digest, good.Digest):
                    await SaveAsync(ct);
                    await EndedWithoutCopyAsync(deposit, lists, known, ct);
                    return known.Count;
                case HandOverLine.End or HandOverLine.Bad:
                    return null;
            }
            if (++added % Batch == 0) await SaveAsync(ct);
        }
        throw new InvalidOperationException("A file ends with its last line, or is bad.");
    }

    // What a list says of an index that no copy in the file has is kept too: nobody's revocation is undone by a file.
    private async Task EndedWithoutCopyAsync(string deposit, Dictionary<int, StatusListToken> lists, HashSet<(int, int)> known, CancellationToken ct)
    {
        var added = 0;
        foreach (var (number, token) in lists)
        {
            for (var index = 0; index < token.List.Length; index++)
            {
                if (token.List.Get(index) is not (not 0 and var value) || known.Contains((number, index))) continue;
                db.StatusEntries.Add(new StatusEntry { Organisation = deposit, List = number, Index = index, CredentialId = "", Value = value });
                if (++added % Batch == 0) await SaveAsync(ct);
            }
        }
        await SaveAsync(ct);
    }

    // From here on it is seen. False where another call removed or mixed what this one stored.
    private async Task<bool> EndAsync(Organisation organisation, Deposit deposit, int copies, CancellationToken ct)
    {
        await using var turn = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        if (await db.DepositRecords.CountAsync(r => r.Deposit == deposit.Id, ct) != deposit.Records || await db.StatusEntries.CountAsync(e => e.Organisation == deposit.Id && e.CredentialId != "", ct) != copies) return false;
        if (await db.Deposits.Where(d => d.Id == deposit.Id && !d.Whole && d.TakenAt == deposit.TakenAt).ExecuteUpdateAsync(d => d.SetProperty(x => x.Whole, true), ct) == 0) return false;
        db.Log(organisation.Slug, null, Actor.System, "taken_over", clock.GetUtcNow());
        await SaveAsync(ct);
        await turn.CommitAsync(ct);
        return true;
    }

    private async Task RemoveAsync(string deposit, CancellationToken ct)
    {
        await RemovePhonesAsync(deposit, ct);
        await db.DepositRecords.Where(r => r.Deposit == deposit).ExecuteDeleteAsync(ct);
        await db.StatusEntries.Where(e => e.Organisation == deposit).ExecuteDeleteAsync(ct);
        await db.StatusLists.Where(l => l.Organisation == deposit).ExecuteDeleteAsync(ct);
        await db.Deposits.Where(d => d.Id == deposit).ExecuteDeleteAsync(ct);
    }

    private async Task RemovePhonesAsync(string deposit, CancellationToken ct)
    {
        await db.DepositCopies.Where(c => c.Deposit == deposit).ExecuteDeleteAsync(ct);
        await db.DepositAnchors.Where(a => a.Deposit == deposit).ExecuteDeleteAsync(ct);
    }

    private async Task SaveAsync(CancellationToken ct)
    {
        await db.SaveChangesAsync(ct);
        db.ChangeTracker.Clear();
    }
}
