using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Issuer.Deposits;
using Identity.Issuer.Organisations;
using Identity.Issuer.Status;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Deposits;

/// <summary>A take-over that was killed, a closing that was undone and done again, and two copies of the service that accept at once; one after the other on one real node.</summary>
[Trait("Store", "Own")]
public sealed class DepositAgainTests(SteppedDepositWorld world) : IClassFixture<SteppedDepositWorld>
{
    private IssuerFixture Issuer => world.Issuer;

    private AcceptDeposits Worker => Issuer.Service<AcceptDeposits>();

    private Task<Deposit> Deposit(string? id = null) => Issuer.InDb(db => db.Deposits.AsNoTracking().SingleAsync(d => d.Id == (id ?? world.Id)));

    private async Task<HttpStatusCode> Accept() => (await Issuer.Ask(HttpMethod.Post, $"/api/{Ministry}/deposits/{world.Id}/acceptance", await Issuer.NewApiKey(Ministry), new JsonObject { ["word"] = Ministry })).StatusCode;

    [Fact]
    public async Task What_was_left_before_a_closing_was_undone_is_not_accepted_and_makes_room_for_what_is_left_now()
    {
        await WhatAKilledCallLeft();
        await ANodeThatIsBehind();
        await UndoneAndClosedAgain();
        await AnotherCopyWasFaster();
    }

    private async Task WhatAKilledCallLeft()
    {
        await Issuer.InDb(db =>
        {
            db.Deposits.Add(new Deposit { Id = world.Id, Depositary = Ministry, Profile = "{}", Name = "half", Statement = "", ClosedAt = DateTimeOffset.UnixEpoch, Digest = new byte[32], TakenAt = DateTimeOffset.UnixEpoch, Records = 9, Whole = false });
            db.StatusLists.Add(new StatusListRow { Organisation = world.Id, Number = 1, Size = 64, Revision = 1 });
            return db.SaveChangesAsync();
        });
        Assert.Equal("[]", await (await Issuer.Ask(HttpMethod.Get, $"/api/{Ministry}/deposits", Issuer.ApiKey(Ministry))).Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, await Accept());

        var (code, said) = await world.TakeOver(world.File);

        Assert.True(code == 0, said);
        var whole = await Deposit();
        Assert.Equal((3, true, DepositState.Taken), (whole.Records, whole.Whole, whole.State));
    }

    // No closing and no event that one was undone: nobody can tell yet.
    private async Task ANodeThatIsBehind()
    {
        var id = Convert.ToHexStringLower(world.On.Organisation(Shipyard).Profile.Id());
        await Issuer.InDb(db =>
        {
            db.Deposits.Add(new Deposit { Id = id, Depositary = Ministry, Profile = "{}", Name = "early", Statement = "", ClosedAt = DateTimeOffset.UnixEpoch, Digest = new byte[32], TakenAt = DateTimeOffset.UnixEpoch, Records = 0, State = DepositState.Accepting });
            return db.SaveChangesAsync();
        });

        await Worker.RunAsync(default);

        Assert.Equal((DepositState.Accepting, "The ledger’s node knows of no closing: it may be behind."), ((await Deposit(id)).State, (await Deposit(id)).Waiting));
        await Issuer.InDb(db => db.Deposits.Where(d => d.Id == id).ExecuteDeleteAsync());
    }

    private async Task UndoneAndClosedAgain()
    {
        var id = world.Closed.Profile.Id();
        (await world.On.Registry.UndoClosingAsync(world.On.Governor, id)).Require();
        (await world.On.Registry.CloseOrganisationAsync(world.Closed.Account, id, world.Depositary.Profile.Id(), ClosingStatement.Write(id, [], new Dictionary<string, string> { ["en"] = "It closes again." }, null))).Require();
        Assert.Equal(HttpStatusCode.Accepted, await Accept());

        await Worker.RunAsync(default);

        Assert.Equal((DepositState.Refused, "The closing was undone and the organisation closed again: take over what it hands over now."), ((await Deposit()).State, (await Deposit()).Waiting));
        Assert.Null((await world.On.Registry.FindClosingAsync(id))!.AcceptedAt);

        // The statement names no lists: a list that nobody of the college signed is none.
        using var stranger = Es256Key.Create();
        var forged = StatusListToken.Sign(world.Closed.StatusListUri(1), DateTimeOffset.UtcNow, null, null, new StatusArray(2, 131_072), stranger);
        Assert.Equal((1, "Nothing is taken over: a status list is not signed with a key of the organisation."), await world.TakeOver(await WithList(forged)));

        // Nor is one that nobody recorded before the closing: who has the keys still could sign it today, and leave out what was revoked.
        Assert.Equal((1, "Nothing is taken over: a status list that the closing statement does not name was not on the ledger before the closing."), await world.TakeOver(await WithList(await Issuer.Http.GetStringAsync($"/{College}/status/1"))));

        var newer = Path.Combine(Issuer.Folder, "newer.handover");
        var (handed, why) = await world.HandOver(College, world.KeyFile, newer);
        Assert.True(handed == 0, why);
        var (code, said) = await world.TakeOver(newer);
        Assert.True(code == 0, said);
        Assert.Equal((DepositState.Taken, true), ((await Deposit()).State, (await Deposit()).IsOf((await world.On.Registry.FindClosingAsync(id))!)));
    }

    private async Task AnotherCopyWasFaster()
    {
        await world.ConfirmAsync();
        Assert.Equal(HttpStatusCode.Accepted, await Accept());
        using var http = new HttpClient(new Faster(() => world.On.Registry.AcceptDepositAsync(world.Depositary.Account, world.Closed.Profile.Id()), world.Depositary.Account.Address.ToHex()));
        var access = new RegistryAccess(new RegistryClient(new EvmClient(http, world.On.Registry.Evm.Options, TimeProvider.System), world.On.Registry.Contract));
        using var slower = ActivatorUtilities.CreateInstance<AcceptDeposits>(Issuer.App.Services, access);

        await slower.RunAsync(default);

        var accepted = await Deposit();
        Assert.Equal((DepositState.Accepted, (await world.On.Registry.FindClosingAsync(world.Closed.Profile.Id()))!.AcceptedAt, null), (accepted.State, accepted.AcceptedAt, accepted.Waiting));
        // What is accepted makes room for nothing.
        await Issuer.InDb(db => db.Credentials.Where(c => c.Organisation == College).ExecuteUpdateAsync(c => c.SetProperty(x => x.HolderName, "Somebody Else")));
        var other = Path.Combine(Issuer.Folder, "other.handover");
        Assert.Equal(0, (await world.HandOver(College, world.KeyFile, other)).Code);
        Assert.Contains("from another file", (await world.TakeOver(other)).Said, StringComparison.Ordinal);
    }

    private async Task<string> WithList(string token)
    {
        var closed = (await world.On.Registry.ReadEventsAsync(0, (await world.On.Registry.Evm.HeadAsync()).Number)).OfType<RegistryEvent.OrganisationClosed>().Last(e => e.Organisation.AsSpan().SequenceEqual(world.Closed.Profile.Id()));
        var file = Path.Combine(Issuer.Folder, $"{Guid.NewGuid():n}.handover");
        await using var stream = File.Create(file);
        using var writer = new HandOverWriter(stream, HandOverCommand.ReadKey(await File.ReadAllBytesAsync(world.KeyFile))!);
        await writer.AddAsync(new HandOverLine.Head(world.Closed.Profile, Convert.ToHexStringLower(world.Depositary.Profile.Id()), closed.Statement), default);
        Assert.True(StatusListToken.TryParse(token, out var parsed, out var reason), reason);
        await writer.AddAsync(new HandOverLine.StatusList(1, token, parsed), default);
        await writer.EndAsync(world.Closed.Account, default);
        return file;
    }

    // Another copy of the service acts between the question whether it is accepted and the sending.
    private sealed class Faster(Func<Task<RegistryWrite>> act, string account) : DelegatingHandler(new HttpClientHandler())
    {
        private bool _done;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!_done && (await request.Content!.ReadAsStringAsync(cancellationToken)).Contains(account, StringComparison.OrdinalIgnoreCase))
            {
                _done = true;
                (await act()).Require();
            }
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
