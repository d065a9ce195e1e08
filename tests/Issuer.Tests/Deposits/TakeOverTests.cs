using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Deposits;
using Identity.Issuer.Keys;
using Identity.Issuer.Organisations;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Deposits;

/// <summary>A closed organisation hands over, its depositary takes over, on a real node.</summary>
[Trait("Store", "Own")]
public sealed class TakeOverTests(DepositWorld world) : IClassFixture<DepositWorld>
{
    [Fact]
    public async Task What_a_closed_organisation_hands_over_is_taken_over_whole_and_once()
    {
        var (code, said) = await world.TakeOver(world.File);

        Assert.Equal((0, "Taken over: 3 records and 3 copies of Port Selin Technical College. Accept the deposit at the console, under Deposits: from then on this organisation’s word on their status counts."), (code, said));
        var issuer = world.Issuer;
        var deposit = await issuer.InDb(db => db.Deposits.AsNoTracking().SingleAsync());
        Assert.Equal((world.Id, Ministry, DepositState.Taken, 3), (deposit.Id, deposit.Depositary, deposit.State, deposit.Records));
        Assert.Equal((await world.On.Registry.FindClosingAsync(world.Closed.Profile.Id()))!.ClosedAt, deposit.ClosedAt);

        string Row(string id, string type, string reference, string name, string claims, object state, object? code, DateTimeOffset created, DateTimeOffset? collected) =>
            $"{id} {type} {reference} {name} {JsonNode.Parse(claims)!.ToJsonString()} {state} {code} {created:o} {collected:o}";
        Assert.Equal(
            (await issuer.InDb(db => db.Credentials.AsNoTracking().Where(c => c.Organisation == College).ToListAsync())).Select(c => Row(c.Id, c.Type, c.Reference, c.HolderName, c.ClaimsJson, c.State, c.StateCode, c.CreatedAt, c.CollectedAt)).Order(),
            (await issuer.InDb(db => db.DepositRecords.AsNoTracking().ToListAsync())).Select(c => Row(c.Id, c.Type, c.Reference, c.HolderName, c.ClaimsJson, c.State, c.StateCode, c.CreatedAt, c.CollectedAt)).Order());
        Task<List<string>> Statuses(string owner) => issuer.InDb(db => db.StatusEntries.AsNoTracking().Where(e => e.Organisation == owner).OrderBy(e => e.List).ThenBy(e => e.Index).Select(e => $"{e.List} {e.Index} {e.CredentialId} {e.Value}").ToListAsync());
        Assert.Equal(await Statuses(College), await Statuses(world.Id));
        Assert.Contains(await Statuses(world.Id), s => s.EndsWith($"{world.Revoked} 1", StringComparison.Ordinal));
        // What the ledger held before the closing, and nothing else, can be issued again.
        Assert.Equal([(world.Kept, true), (world.Revoked, true), (world.Waiting, false)], (await issuer.InDb(db => db.DepositRecords.AsNoTracking().OrderBy(r => r.Reference).ToListAsync())).Select(r => (r.Id, r.Recorded)));
        // Whose phone a copy lies on is needed by nobody here: it is in the file, and stays there.
        var left = new List<HandOverLine>();
        using (var key = issuer.Service<KeyFolder>().DepositKey(Ministry))
        await using (var file = File.OpenRead(world.File))
            await foreach (var line in HandOverFile.ReadAsync(file, _ => key, new HandOverCheck(), default)) left.Add(line);
        Assert.Equal(
            (await issuer.InDb(db => db.Copies.AsNoTracking().Where(c => c.Organisation == College).ToListAsync())).Select(c => $"{c.CredentialId} {c.List} {c.Index} {Convert.ToHexString(c.Entry)} {c.Format} {c.HolderKey} {c.IssuedAt:o} {c.ExpiresAt:o}").Order(),
            left.OfType<HandOverLine.Copy>().Select(c => $"{c.RecordId} {c.List} {c.Index} {Convert.ToHexString(c.Entry)} {c.Format} {c.Holder} {c.Issued:o} {c.Expires:o}").Order());
        Assert.Equal([("s", true), ("t", false)], left.OfType<HandOverLine.Anchor>().OrderBy(a => a.Tag).Select(a => (a.Tag[..1], a.Until is not null)));
        // What a phone proves itself by: the entries that the ledger held before the closing, and what was told for a lost phone.
        Task<List<string>> Copies() => issuer.InDb(db => db.DepositCopies.AsNoTracking().OrderBy(c => c.Index).Select(c => c.Deposit + " " + c.List + " " + c.Index + " " + Convert.ToHexString(c.Entry)).ToListAsync());
        Task<List<string>> Anchors() => issuer.InDb(db => db.DepositAnchors.AsNoTracking().OrderBy(a => a.Tag).Select(a => a.Record + " " + a.Tag.Substring(0, 1) + (a.Until != null ? " earlier" : " last")).ToListAsync());
        var stored = await Copies();
        Assert.Equal(left.OfType<HandOverLine.Copy>().OrderBy(c => c.Index).Select(c => $"{world.Id} {c.List} {c.Index} {Convert.ToHexString(c.Entry)}"), stored);
        Assert.Equal([$"{world.Kept} s earlier", $"{world.Kept} t last"], await Anchors());

        // A deposit of the time when they were left in the file gets them from the same file.
        await issuer.InDb(async db => await db.DepositAnchors.ExecuteDeleteAsync() + await db.DepositCopies.Where(c => c.Index == db.DepositCopies.Min(d => d.Index)).ExecuteDeleteAsync() + await db.Deposits.ExecuteUpdateAsync(d => d.SetProperty(x => x.Phones, false)));
        Assert.Equal((0, "Added to what was taken over before: 3 copies and 2 lines about lost phones of Port Selin Technical College. Phones can ask by themselves now."), await world.TakeOver(world.File));
        Assert.Equal(stored, await Copies());
        Assert.Equal(2, (await Anchors()).Count);

        Assert.Equal((0, "This file was taken over before, 3 records of Port Selin Technical College. Nothing was changed."), await world.TakeOver(world.File));
        var again = Path.Combine(issuer.Folder, "again.handover");
        Assert.Equal(0, (await world.HandOver(College, world.KeyFile, again)).Code);
        Assert.Equal((0, "This file was taken over before, 3 records of Port Selin Technical College. Nothing was changed."), await world.TakeOver(again));
        Assert.Equal(["handed_over port-selin", "taken_over talmara-interior", "taken_over talmara-interior", "handed_over port-selin"],
            await issuer.InDb(db => db.AccessLog.Where(e => e.Act == "handed_over" || e.Act == "taken_over").OrderBy(e => e.Id).Select(e => e.Act + " " + e.Organisation).ToListAsync()));

        // The same words about other records, signed with the same account: not what was taken over before.
        Assert.Equal((1, "Nothing is taken over: what Port Selin Technical College left was taken over from another file, or by another organisation here."), await world.TakeOver(await Written(await Head(), world.Closed.Account)));
    }

    [Fact]
    public async Task Attack_a_stranger_hands_over_what_nobody_left()
    {
        var head = await Head();
        using var stranger = EvmAccount.Create();
        async Task Refused(string why, HandOverLine.Head with, IEvmSigner? account = null, HandOverLine[]? log = null) =>
            Assert.Equal((1, $"Nothing is taken over: {why}."), await world.TakeOver(await Written(with, account ?? world.Closed.Account, log)));

        await Refused("the file is not signed with the account of Port Selin Technical College", head, stranger);
        await Refused("the log in the file is not what the ledger held before the closing", head, log: [new HandOverLine.Log("issuer.example/log", 1, 3), new HandOverLine.Entries(new byte[32])]);
        await Refused("the closing statement in the file is not the one on the ledger", head with { Statement = head.Statement.Replace("It closes", "It opens", StringComparison.Ordinal) });
        await Refused($"the file is for the organisation {new string('0', 64)}", head with { Depositary = new string('0', 64) });
        await Refused($"the ledger knows no organisation of exactly these words: {(head.Profile with { Contact = "a stranger" }).Canonical()}", head with { Profile = head.Profile with { Contact = "a stranger" } });
        await Refused("Harbour Yard is not closed on the ledger", head with { Profile = world.On.Organisation(Shipyard).Profile });
        Assert.Equal(0, await world.Issuer.InDb(db => db.Deposits.CountAsync(d => d.Depositary != Ministry)));
    }

    [Fact]
    public async Task A_file_for_another_organisation_and_one_of_a_closing_that_names_nobody_are_refused()
    {
        Assert.Contains("no key that a file can be for", (await world.TakeOver(world.File, Centre)).Said, StringComparison.Ordinal);
        using (world.Issuer.Service<KeyFolder>().DepositKey(Shipyard)) { }
        Assert.Equal((1, "Nothing is taken over: a part cannot be opened: JWE is for a key that is not ours."), await world.TakeOver(world.File, Shipyard));

        Assert.Contains("the organisation is not closed", (await world.HandOver(Ministry, world.KeyFile, world.File + "2")).Said, StringComparison.Ordinal);
        Assert.Contains("is there already", (await world.HandOver(College, world.KeyFile, world.File)).Said, StringComparison.Ordinal);
        await File.WriteAllTextAsync(world.KeyFile + "2", "{}");
        Assert.Equal(3, (await world.HandOver(College, world.KeyFile + "2", world.File + "2")).Code);
        await world.CloseAsync(Centre, null);
        Assert.Contains("the ledger names no depositary", (await world.HandOver(Centre, world.KeyFile, world.File + "2")).Said, StringComparison.Ordinal);
        Assert.False(File.Exists(world.File + "2"));
        // Whoever takes over is named by the ledger, not by the file.
        var named = await world.TakeOver(await Written((await Head()) with { Profile = world.On.Organisation(Centre).Profile }, world.On.Organisation(Centre).Account));
        Assert.Equal((1, "Nothing is taken over: the ledger does not name Talmara Ministry of Interior as the depositary of Norvia Recognition Centre."), named);
    }

    private async Task<HandOverLine.Head> Head()
    {
        var closed = (await world.On.Registry.ReadEventsAsync(0, (await world.On.Registry.Evm.HeadAsync()).Number)).OfType<RegistryEvent.OrganisationClosed>().First(e => e.Organisation.AsSpan().SequenceEqual(world.Closed.Profile.Id()));
        return new HandOverLine.Head(world.Closed.Profile, Convert.ToHexStringLower(world.Depositary.Profile.Id()), closed.Statement);
    }

    // The lists are the right ones: everybody can fetch them.
    private async Task<string> Written(HandOverLine.Head head, IEvmSigner account, HandOverLine[]? log = null)
    {
        var file = Path.Combine(world.Issuer.Folder, $"{Guid.NewGuid():n}.handover");
        await using var stream = File.Create(file);
        using var writer = new HandOverWriter(stream, HandOverCommand.ReadKey(await File.ReadAllBytesAsync(world.KeyFile))!);
        await writer.AddAsync(head, default);
        var token = await world.Issuer.Http.GetStringAsync($"/{College}/status/1");
        if (head.Profile == world.Closed.Profile) await writer.AddAsync(HandOverLine.Read(System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["t"] = "list", ["number"] = 1, ["token"] = token }.ToJsonString())), default);
        foreach (var line in log ?? []) await writer.AddAsync(line, default);
        await writer.EndAsync(account, default);
        return file;
    }
}
