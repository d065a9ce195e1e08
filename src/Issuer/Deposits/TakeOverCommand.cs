using System.Security.Cryptography;
using System.Text;
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
/// closed one, and say of the closing what the ledger says. Called again with the same file it changes nothing, and says so.
/// </summary>
internal sealed class TakeOverCommand(RegistryAccess registry, IssuerDb db, KeyFolder keys, TimeProvider clock, TextWriter output) : AccountCommands("take-over", registry, output)
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

    private static async IAsyncEnumerable<HandOverLine> LinesAsync(string file, ECDiffieHellman key, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var kid = KeyFolder.Public(key).Kid;
        await using var stream = File.OpenRead(file);
        await foreach (var line in HandOverFile.ReadAsync(stream, k => k == kid ? key : null, ct)) yield return line;
    }

    private abstract record Checked
    {
        public sealed record Bad(string Why) : Checked;

        public sealed record Good(HandOverLine.Head Head, RegisteredClosing Closing, byte[] Digest, int Records) : Checked;
    }

    private async Task<Checked> CheckAsync(Organisation organisation, string file, ECDiffieHellman key, CancellationToken ct)
    {
        (HandOverLine.Head Head, RegisteredClosing Closing, RegisteredOrganisation Known)? begun = null;
        var records = 0;
        await foreach (var line in LinesAsync(file, key, ct))
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
                    if (!Same(SHA256.HashData(Encoding.UTF8.GetBytes(head.Statement)), closing.StatementId)) return new Checked.Bad("the closing statement in the file is not the one on the ledger");
                    begun = (head, closing, known);
                    break;
                case HandOverLine.Row:
                    records++;
                    break;
                case HandOverLine.End end:
                    var (from, at, registered) = begun!.Value;
                    return end.Signature.TryRecover(HandOverLine.Hash(end.Digest), out var signer) && signer == registered.Account
                        ? new Checked.Good(from, at, end.Digest, records) : new Checked.Bad($"the file is not signed with the account of {from.Profile.Name}");
            }
        }
        throw new InvalidOperationException("A file ends with its last line, or is bad.");
    }

    private async Task<int> StoreAsync(Organisation organisation, string file, ECDiffieHellman key, Checked.Good good, CancellationToken ct)
    {
        var (deposit, name) = (good.Head.Id, good.Head.Profile.Name);
        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        if (await db.Deposits.AsNoTracking().SingleOrDefaultAsync(d => d.Id == deposit, ct) is { } before)
        {
            return before.Depositary == organisation.Slug && Same(before.Digest, good.Digest)
                ? await SayAsync(Done, $"This file was taken over before, {before.Records} records of {before.Name}. Nothing was changed.")
                : await SayAsync(Refused, $"Nothing is taken over: what {name} left was taken over from another file, or by another organisation here.");
        }
        db.Deposits.Add(new Deposit
        {
            Id = deposit, Depositary = organisation.Slug, Profile = good.Head.Profile.Canonical(), Name = name, Statement = good.Head.Statement, ClosedAt = good.Closing.ClosedAt,
            Digest = good.Digest, TakenAt = clock.GetUtcNow(), Records = good.Records,
        });
        db.Log(organisation.Slug, null, Actor.System, "taken_over", clock.GetUtcNow());
        var (lists, known, added) = (new Dictionary<int, StatusListToken>(), new HashSet<(int, int)>(), 0);
        await foreach (var line in LinesAsync(file, key, ct))
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
                        CreatedAt = r.Created, CollectedAt = r.Collected, State = r.State, StateCode = r.Code, StateReason = r.Reason, StateChangedAt = r.Changed,
                    });
                    break;
                case HandOverLine.Copy c:
                    known.Add((c.List, c.Index));
                    db.DepositCopies.Add(new DepositCopy { Deposit = deposit, List = c.List, Index = c.Index, Record = c.RecordId, Entry = c.Entry, Format = c.Format, HolderKey = c.Holder, IssuedAt = c.Issued, ExpiresAt = c.Expires });
                    // What the last list says is what everybody was told.
                    db.StatusEntries.Add(new StatusEntry { Organisation = deposit, List = c.List, Index = c.Index, CredentialId = c.RecordId, Value = lists[c.List].List.Get(c.Index) });
                    break;
                case HandOverLine.Anchor a:
                    db.DepositAnchors.Add(new DepositAnchor { Deposit = deposit, Record = a.RecordId, Tag = a.Tag, SecretHash = a.SecretHash, SetAt = a.Set, Until = a.Until, StoppedAt = a.Stopped });
                    break;
                case HandOverLine.End end when Same(end.Digest, good.Digest):
                    await SaveAsync();
                    await EndedWithoutCopyAsync(deposit, lists, known, ct);
                    await transaction.CommitAsync(ct);
                    return await SayAsync(Done, $"Taken over: {good.Records} records and {known.Count} copies of {name}. Accept the deposit at the console, under Deposits: from then on this organisation’s word on their status counts.");
                case HandOverLine.End or HandOverLine.Bad:
                    return await SayAsync(Refused, "Nothing is taken over: the file changed while it was read.");
            }
            if (++added % Batch == 0) await SaveAsync();
        }
        throw new InvalidOperationException("A file ends with its last line, or is bad.");

        async Task SaveAsync()
        {
            await db.SaveChangesAsync(ct);
            db.ChangeTracker.Clear();
        }
    }

    // What a list says of an index that no copy in the file has is kept too: nobody's revocation is undone by a file.
    private async Task EndedWithoutCopyAsync(string deposit, Dictionary<int, StatusListToken> lists, HashSet<(int, int)> known, CancellationToken ct)
    {
        foreach (var (number, token) in lists)
            for (var index = 0; index < token.List.Length; index++)
                if (token.List.Get(index) is not 0 and var value && !known.Contains((number, index)))
                    db.StatusEntries.Add(new StatusEntry { Organisation = deposit, List = number, Index = index, CredentialId = "", Value = value });
        await db.SaveChangesAsync(ct);
    }
}
