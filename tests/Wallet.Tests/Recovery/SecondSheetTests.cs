using System.Net;
using Identity.Credentials.Jose;
using Identity.Credentials.Recovery;
using Identity.Wallet.Data;
using Identity.Wallet.Recovery;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Wallet.Tests.Recovery;

/// <summary>A second sheet of the same wallet, and what it changes for the first.</summary>
public sealed class SecondSheetTests : IAsyncLifetime
{
    private const string Mail = "amina@example.org";
    private static readonly TimeSpan Week = TimeSpan.FromDays(7), Month = TimeSpan.FromDays(30);
    private RecoveryService service = null!;

    public async Task InitializeAsync() => service = await RecoveryService.StartAsync();

    public async Task DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task It_takes_the_contacts_over_with_their_age_and_each_is_told()
    {
        var (old, next) = await ReplacedAsync();

        var contact = Assert.Single((await next.StateAsync())["contacts"]!.AsArray())!;
        Assert.Equal((true, Mail), (contact["counts"]!.GetValue<bool>(), contact["address"]!.GetValue<string>()));
        Assert.Contains("A new recovery sheet", await service.MessageAsync(Mail, 2), StringComparison.Ordinal);
        Assert.NotNull((await old.StateAsync())["replaced_at"]);
        Assert.Null((await next.StateAsync())["replaced_at"]);
        // Contacts are changed at the new one alone.
        Assert.Equal("replaced", await Phone.CodeOf(await old.SendAsync(HttpMethod.Post, old.List + "/contacts", new() { ["kind"] = "email", ["address"] = "other@example.org" })));
        Assert.Equal(HttpStatusCode.NoContent, (await old.ReplaceByAsync(next)).StatusCode);
        Assert.Single((await next.StateAsync())["contacts"]!.AsArray());
    }

    [Fact]
    public async Task Who_lost_the_sheet_too_begins_for_the_newest()
    {
        var (_, next) = await ReplacedAsync();
        using var phone = new Phone(service, next.Sheet);

        await phone.BeginByContactAsync(Mail);

        Assert.Equal(next.Sheet.ListId, await service.InDb(db => db.Recoveries.Select(r => r.ListId).SingleAsync()));
    }

    [Fact]
    public async Task Attack_the_unlocked_phone_makes_a_sheet_and_the_owner_comes_back_by_the_old_one()
    {
        var (old, next) = await ReplacedAsync();
        using var owner = new Phone(service, old.Sheet);

        var recovery = await owner.BeginAndProveAsync(Mail, 3);
        service.Clock.Move(Week);
        var jwt = (await Phone.JsonAsync(await owner.AttestAsync(recovery)))["attestation"]!.GetValue<string>();

        var key = await service.InScope(services => Task.FromResult(services.GetRequiredService<RecoveryKeys>().Signer.PublicKey.ThumbprintText()));
        Assert.True(RecoveryAttestation.TryRead(jwt, _ => [key], out var attestation, out _));
        Assert.Equal(old.Sheet.TagFor("https://issuer.example/college"), attestation.Tag);
        // The owner's sheet is the newest again, and the other one ends in its turn.
        Assert.Null((await owner.StateAsync())["replaced_at"]);
        Assert.NotNull((await next.StateAsync())["replaced_at"]);
    }

    [Fact]
    public async Task The_phone_sees_and_stops_what_somebody_begins_with_the_old_sheet()
    {
        var (old, next) = await ReplacedAsync();
        using var thief = new Phone(service, old.Sheet);
        var recovery = await thief.BeginAsync();

        Assert.NotNull((await next.StateAsync())["recovery"]);
        Assert.True((await next.SendAsync(HttpMethod.Post, next.List + "/stop")).IsSuccessStatusCode);

        Assert.Equal("stopped", Phone.State(await thief.LookAsync(recovery)));
    }

    [Fact]
    public async Task A_desk_that_decides_for_the_new_sheet_ends_what_was_begun_with_the_old_one()
    {
        var (old, next) = await ReplacedAsync();
        using var thief = new Phone(service, old.Sheet);
        using var owner = new Phone(service, next.Sheet);
        var (theirs, mine) = (await thief.BeginAsync(), await owner.BeginAsync());

        Assert.IsType<RecoveryStep.Taken>(await service.AtDesk(desk => desk.ApproveAsync(mine["number"]!.GetValue<string>(), RecoveryService.By("union"), RecoveryService.Document, default)));

        Assert.Equal("stopped", Phone.State(await thief.LookAsync(theirs)));
    }

    [Fact]
    public async Task After_thirty_days_the_old_sheet_says_that_it_was_replaced_and_keeps_no_address()
    {
        var (old, next) = await ReplacedAsync();

        service.Clock.Move(Month - TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, (await old.SendAsync(HttpMethod.Get, old.List)).StatusCode);
        service.Clock.Move(TimeSpan.FromMinutes(1));

        Assert.Equal("replaced", await Phone.CodeOf(await old.SendAsync(HttpMethod.Get, old.List)));
        Assert.Equal("replaced", await Phone.CodeOf(await old.SendAsync(HttpMethod.Post, old.List + "/recoveries")));
        await service.InScope(async services => { await services.GetRequiredService<RecoveryFlow>().AdvanceDueAsync(default); return 0; });
        Assert.Equal([next.Sheet.ListId], await service.InDb(db => db.RecoveryContacts.Select(c => c.ListId).ToListAsync()));
    }

    [Fact]
    public async Task A_wallet_that_lost_the_answer_makes_one_more_and_loses_no_contact()
    {
        var (old, _) = await ReplacedAsync();
        using var third = await old.AnotherSheetAsync();

        Assert.Equal(HttpStatusCode.NoContent, (await old.ReplaceByAsync(third)).StatusCode);

        Assert.Single((await third.StateAsync())["contacts"]!.AsArray());
        Assert.Equal([third.Sheet.ListId, third.Sheet.ListId], await service.InDb(db => db.RecoveryLists.Where(l => l.ReplacedBy != null).Select(l => l.ReplacedBy!).ToListAsync()));
    }

    [Fact]
    public async Task Attack_a_list_with_somebody_elses_contacts_or_key_takes_the_contacts_over()
    {
        var old = await Phone.EnrolAsync(service, Mail);
        using var prepared = await old.AnotherSheetAsync();
        await prepared.AddContactAsync("thief@example.org");
        using var stranger = await Phone.EnrolAsync(service);

        Assert.Equal("present", await Phone.CodeOf(await old.ReplaceByAsync(prepared)));
        Assert.Equal(HttpStatusCode.Forbidden, (await old.ReplaceByAsync(stranger)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await new Phone(service, old.Sheet).ReplaceByAsync(stranger)).StatusCode);
        Assert.Null((await old.StateAsync())["replaced_at"]);
    }

    [Fact]
    public async Task Attack_the_sheet_is_replaced_while_a_recovery_runs()
    {
        var old = await Phone.EnrolAsync(service, Mail);
        using var owner = new Phone(service, old.Sheet);
        await owner.BeginAsync();

        Assert.Equal("running", await Phone.CodeOf(await old.ReplaceByAsync(await old.AnotherSheetAsync())));
    }

    [Fact]
    public async Task Attack_strangers_use_up_the_messages_of_an_address_and_a_desk_still_helps()
    {
        var old = await Phone.EnrolAsync(service, Mail);
        service.Clock.Move(Week);
        using var stranger = new Phone(service, old.Sheet);
        for (var i = 0; i < RecoverySettings.PerDay; i++) await stranger.BeginByContactAsync(Mail);
        await service.MessageAsync(Mail, 1 + RecoverySettings.PerDay);
        using var owner = new Phone(service, new RecoveryCode(new byte[16]));

        var (mine, nobodys) = (await owner.BeginByContactAsync(Mail), await owner.BeginByContactAsync("nobody@example.org"));
        Assert.Equal(1 + RecoverySettings.PerDay, service.Messages(Mail).Count);
        Task<RecoveryStep> Send(System.Text.Json.Nodes.JsonObject which) => service.AtDesk(desk => desk.SendCodeAsync(which["number"]!.GetValue<string>(), RecoveryService.By("union"), default));
        Assert.IsType<RecoveryStep.Taken>(await Send(mine));
        Assert.IsType<RecoveryStep.Taken>(await Send(nobodys));

        await owner.ProveAsync(mine, await service.CodeAsync(Mail, 2 + RecoverySettings.PerDay));
        Assert.IsType<RecoveryStep.Taken>(await service.AtDesk(desk => desk.ApproveAsync(mine["number"]!.GetValue<string>(), RecoveryService.By("union"), RecoveryService.Document, default)));
        Assert.Equal(old.Sheet.ListId, await service.InDb(db => db.Recoveries.Where(r => r.State == RecoveryState.Ready).Select(r => r.ListId).SingleAsync()));
        Assert.Empty(service.Messages("nobody@example.org"));
        // A desk is no way to write to somebody without end either.
        for (var i = 0; i < RecoverySettings.CodesAtDesk - 1; i++) Assert.IsType<RecoveryStep.Taken>(await Send(nobodys));
        Assert.Equal("too_many", ((RecoveryStep.Refused)await Send(nobodys)).Code);
    }

    // A phone whose contact counts, and that made a second sheet.
    private async Task<(Phone Old, Phone Next)> ReplacedAsync()
    {
        var old = await Phone.EnrolAsync(service, Mail);
        service.Clock.Move(Week);
        var next = await old.AnotherSheetAsync();
        var answer = await old.ReplaceByAsync(next);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        await service.MessageAsync(Mail, 2);
        return (old, next);
    }
}
