using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Recovery;
using Identity.Wallet.Data;
using Identity.Wallet.Messages;
using Identity.Wallet.Recovery;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Wallet.Tests.Recovery;

/// <summary>A lost phone, seen from the recovery service.</summary>
public sealed class RecoveryTests
{
    private const string Mail = "amina@example.org", Phone2 = "+15550100";
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    [Fact]
    public async Task A_list_is_kept_and_read_by_its_token_and_versions_only_rise()
    {
        await using var service = await RecoveryService.StartAsync();
        using var phone = await Phone.EnrolAsync(service);

        using var renewed = await phone.PutAsync("a longer list"u8.ToArray(), 1);
        Assert.Equal("\"2\"", renewed.Headers.ETag!.Tag);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await phone.PutAsync("behind"u8.ToArray(), 1)).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await phone.PutAsync("again new"u8.ToArray(), null)).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await phone.PutAsync(new byte[ListEndpoints.MaxLength + 1], 2)).StatusCode);
        Assert.Equal("a longer list", await (await phone.SendAsync(HttpMethod.Get, phone.List)).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task With_sheet_and_contact_it_is_ready_after_seven_days_and_every_contact_is_told_three_times()
    {
        await using var service = await RecoveryService.StartAsync();
        using var old = await Phone.EnrolAsync(service, Mail, Phone2);
        service.Clock.Move(Week);
        using var found = new Phone(service, old.Sheet);

        var recovery = await found.BeginAsync();
        var proved = await found.ProveAsync(recovery, await service.CodeAsync(Phone2, 2));

        Assert.Equal("waiting", Phone.State(await Phone.JsonAsync(proved)));
        Assert.Contains("4 December 2026", await service.MessageAsync(Mail, 4), StringComparison.Ordinal); // confirm, the other one added, code, waiting
        Assert.Equal("not_ready", (await Phone.JsonAsync(await found.AttestAsync(recovery)))["code"]!.GetValue<string>());

        service.Clock.Move(Week / 2);
        await service.MessageAsync(Mail, 5);
        service.Clock.Move(Week / 2 - TimeSpan.FromMinutes(1));
        Assert.Equal("waiting", Phone.State(await found.LookAsync(recovery)));
        service.Clock.Move(TimeSpan.FromMinutes(1));
        await service.MessageAsync(Mail, 6);
        await service.MessageAsync(Phone2, 5);

        var jwt = (await Phone.JsonAsync(await found.AttestAsync(recovery)))["attestation"]!.GetValue<string>();
        var signer = await service.InScope(services => Task.FromResult(services.GetRequiredService<RecoveryKeys>().Signer.PublicKey.ThumbprintText()));
        Assert.True(RecoveryAttestation.TryRead(jwt, iss => iss == service.Url ? [signer] : [], out var said, out var reason), reason);
        Assert.Equal(("https://issuer.example/college", old.Sheet.TagFor("https://issuer.example/college"), found.Key.PublicKey.ThumbprintText()), (said.Audience, said.Tag, said.NewKey));
        Assert.Equal(["sheet", "contact"], said.Proofs);
        Assert.True(said.Completed - said.Started >= Week);
        // From here on the new wallet keeps the list.
        Assert.True((await found.PutAsync("new"u8.ToArray(), 1)).IsSuccessStatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await old.PutAsync("old"u8.ToArray(), 2)).StatusCode);
    }

    [Fact]
    public async Task A_desk_and_the_sheet_make_it_ready_at_once_and_override_the_old_phone()
    {
        await using var service = await RecoveryService.StartAsync();
        using var old = await Phone.EnrolAsync(service, Mail);
        using var found = new Phone(service, old.Sheet);
        var recovery = await found.BeginAsync();
        Assert.True((await old.SendAsync(HttpMethod.Post, old.List + "/stop")).IsSuccessStatusCode);

        var number = recovery["number"]!.GetValue<string>();
        Assert.IsType<RecoveryStep.Taken>(await service.AtDesk(desk => desk.ApproveAsync(number, RecoveryService.By("Seafarers’ union"), RecoveryService.Document, default)));

        Assert.Equal("decided", (await Phone.JsonAsync(await old.SendAsync(HttpMethod.Post, old.List + "/stop")))["code"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, (await found.AttestAsync(recovery)).StatusCode);
    }

    [Fact]
    public async Task A_desk_and_a_contact_help_who_has_lost_the_sheet_too()
    {
        await using var service = await RecoveryService.StartAsync();
        using var old = await Phone.EnrolAsync(service, Mail);
        service.Clock.Move(Week);
        using var found = new Phone(service, new RecoveryCode(new byte[16]));
        var recovery = await Phone.JsonAsync(await found.SendAsync(HttpMethod.Post, "/api/recovery/recoveries", new JsonObject { ["kind"] = "email", ["address"] = " Amina@Example.org " }));
        var number = recovery["number"]!.GetValue<string>();
        Assert.Equal("proof_missing", ((RecoveryStep.Refused)await service.AtDesk(desk => desk.ApproveAsync(number, RecoveryService.By("union"), RecoveryService.Document, default))).Code);

        await found.ProveAsync(recovery, await service.CodeAsync(Mail, 2));
        Assert.Equal(HttpStatusCode.Conflict, (await found.AttestAsync(recovery)).StatusCode);
        await service.AtDesk(desk => desk.ApproveAsync(number, RecoveryService.By("union"), RecoveryService.Document, default));

        Assert.Equal(HttpStatusCode.OK, (await found.AttestAsync(recovery)).StatusCode);
    }

    [Fact]
    public async Task The_link_in_a_notice_asks_first_and_its_button_stops_it()
    {
        await using var service = await RecoveryService.StartAsync();
        using var old = await Phone.EnrolAsync(service, Mail);
        service.Clock.Move(Week);
        using var thief = new Phone(service, old.Sheet);
        var recovery = await thief.BeginAsync();
        var link = await service.StopLinkAsync(Mail, 2);

        Assert.Contains("<form method=\"post\">", await service.Http.GetStringAsync(link), StringComparison.Ordinal);
        Assert.Equal("proving", Phone.State(await thief.LookAsync(recovery)));
        await service.Http.PostAsync(link, null);

        Assert.Equal("stopped", Phone.State(await thief.LookAsync(recovery)));
        await service.MessageAsync(Mail, 3);
    }

    [Fact]
    public async Task The_time_to_object_does_not_end_before_the_first_notice_has_left()
    {
        await using var service = await RecoveryService.StartAsync();
        using var old = await Phone.EnrolAsync(service, Mail);
        service.Clock.Move(Week);
        using var found = new Phone(service, old.Sheet);
        var recovery = await found.BeginAndProveAsync(Mail, 2);
        var id = recovery["id"]!.GetValue<string>();
        // As it is while the mail server is away.
        await service.InDb(async db =>
        {
            db.Outbox.Add(new OutboxRow { Kind = "email", Content = [], Recovery = id, CreatedAt = service.Clock.GetUtcNow(), NextTryAt = service.Clock.GetUtcNow().AddYears(1) });
            return await db.SaveChangesAsync();
        });

        service.Clock.Move(Week * 2);
        Assert.Equal("waiting", Phone.State(await found.LookAsync(recovery)));

        await service.InDb(db => db.Outbox.Where(m => m.Recovery == id).ExecuteDeleteAsync());
        Assert.Equal("ready", Phone.State(await found.LookAsync(recovery)));
    }

    [Fact]
    public async Task The_seven_days_count_from_when_the_notice_has_left()
    {
        await using var service = await RecoveryService.StartAsync();
        using var old = await Phone.EnrolAsync(service, Mail);
        service.Clock.Move(Week);
        using var owner = new Phone(service, old.Sheet);
        var own = await owner.BeginAndProveAsync(Mail, 2);
        var id = own["id"]!.GetValue<string>();
        service.Clock.Move(TimeSpan.FromDays(2));
        await service.InScope(async services =>
        {
            services.GetRequiredService<Outbox>().Add("email", new Message("late@example.org", "late", "late"), service.Clock.GetUtcNow(), id);
            return await services.GetRequiredService<WalletDb>().SaveChangesAsync();
        });
        await service.MessageAsync("late@example.org", 1);
        var end = (service.Clock.GetUtcNow() + Week).ToUnixTimeSeconds();
        for (var tries = 0; tries < 600 && (await owner.LookAsync(own))["ends_at"]!.GetValue<long>() != end; tries++) await Task.Delay(100);
        Assert.Equal(end, (await owner.LookAsync(own))["ends_at"]!.GetValue<long>());

        // Given up: nobody was told, so a desk decides.
        await service.InScope(async services => { await services.GetRequiredService<RecoveryFlow>().NoticeLeftAsync(id, null, default); return 0; });
        service.Clock.Move(Week * 2);
        Assert.Equal(("proving", true), (Phone.State(await owner.LookAsync(own)), (await owner.LookAsync(own))["by_contact"]!.GetValue<bool>()));
        Assert.IsType<RecoveryStep.Taken>(await service.AtDesk(desk => desk.ApproveAsync(own["number"]!.GetValue<string>(), RecoveryService.By("union"), RecoveryService.Document, default)));
    }
}
