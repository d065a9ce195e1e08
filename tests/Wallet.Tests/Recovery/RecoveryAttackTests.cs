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

/// <summary>Employers, agencies, strangers and a stolen database against the way back after a lost phone.</summary>
public sealed class RecoveryAttackTests
{
    private const string Mail = "amina@example.org", Phone2 = "+15550100";
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    [Fact]
    public async Task Attack_somebody_has_the_sheet_alone()
    {
        await using var service = await RecoveryService.StartAsync();
        using var old = await Phone.EnrolAsync(service, Mail);
        service.Clock.Move(Week);
        using var thief = new Phone(service, old.Sheet);

        // Reads the list, and can neither write it, nor name a contact of their own, nor read the enrolled ones, nor guess the code.
        Assert.Equal(HttpStatusCode.Forbidden, (await thief.PutAsync("theirs"u8.ToArray(), 1)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await thief.SendAsync(HttpMethod.Post, thief.List + "/contacts", new JsonObject { ["kind"] = "email", ["address"] = "thief@example.org" })).StatusCode);
        Assert.DoesNotContain("amina", await (await thief.SendAsync(HttpMethod.Get, thief.List + "/state")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var recovery = await thief.BeginAsync();
        var right = await service.CodeAsync(Mail, 2);
        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.BadRequest, (await thief.ProveAsync(recovery, right == "000000" ? "000001" : "000000")).StatusCode);
        Assert.Equal("ended", (await Phone.JsonAsync(await thief.ProveAsync(recovery, right)))["code"]!.GetValue<string>());
        service.Clock.Move(Week * 2);
        Assert.Equal(HttpStatusCode.Conflict, (await thief.AttestAsync(recovery)).StatusCode);
    }

    [Fact]
    public async Task Attack_an_employer_takes_phone_and_sheet_and_enrols_an_address_of_their_own()
    {
        await using var service = await RecoveryService.StartAsync();
        using var taken = await Phone.EnrolAsync(service, Mail);
        service.Clock.Move(Week);

        await taken.AddContactAsync("boss@example.org");
        Assert.Contains("new address", await service.MessageAsync(Mail, 2), StringComparison.Ordinal);
        var state = await Phone.JsonAsync(await taken.SendAsync(HttpMethod.Get, taken.List + "/state"));
        await taken.SendAsync(HttpMethod.Delete, $"{taken.List}/contacts/{state["contacts"]![0]!["id"]}");
        Assert.Contains("taken off", await service.MessageAsync(Mail, 3), StringComparison.Ordinal);

        // Nothing at once: the own address is too new to prove anything …
        using var other = new Phone(service, taken.Sheet);
        Assert.False((await other.BeginAsync())["contact_possible"]!.GetValue<bool>());
        // … and a week later the address that was taken off is still told, and still stops it.
        service.Clock.Move(Week);
        var recovery = await other.BeginAsync();
        var link = await service.StopLinkAsync(Mail, 5);
        await other.ProveAsync(recovery, await service.CodeAsync("boss@example.org", 3));
        Assert.Equal("waiting", Phone.State(await other.LookAsync(recovery)));
        await service.Http.PostAsync(link, null);
        service.Clock.Move(Week * 2);
        Assert.Equal(HttpStatusCode.Conflict, (await other.AttestAsync(recovery)).StatusCode);
    }

    [Fact]
    public async Task Attack_contacts_are_changed_while_a_recovery_runs()
    {
        await using var service = await RecoveryService.StartAsync();
        using var phone = await Phone.EnrolAsync(service, Mail);
        service.Clock.Move(Week);
        using var found = new Phone(service, phone.Sheet);
        await found.ProveAsync(await found.BeginAsync(), await service.CodeAsync(Mail, 2));
        var state = await Phone.JsonAsync(await phone.SendAsync(HttpMethod.Get, phone.List + "/state"));

        Assert.Equal(HttpStatusCode.Conflict, (await phone.SendAsync(HttpMethod.Delete, $"{phone.List}/contacts/{state["contacts"]![0]!["id"]}")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await phone.SendAsync(HttpMethod.Post, phone.List + "/contacts", new JsonObject { ["kind"] = "email", ["address"] = "new@example.org" })).StatusCode);
        // The old phone sees it and stops it with one tap.
        Assert.Equal("waiting", state["recovery"]!["state"]!.GetValue<string>());
        Assert.True((await phone.SendAsync(HttpMethod.Post, phone.List + "/stop")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Attack_somebody_has_a_contact_alone()
    {
        await using var service = await RecoveryService.StartAsync();
        using var old = await Phone.EnrolAsync(service, Mail);
        service.Clock.Move(Week);
        using var thief = new Phone(service, new RecoveryCode(new byte[16]));
        var recovery = await Phone.JsonAsync(await thief.SendAsync(HttpMethod.Post, "/api/recovery/recoveries", new JsonObject { ["kind"] = "email", ["address"] = Mail }));
        await thief.ProveAsync(recovery, await service.CodeAsync(Mail, 2));

        service.Clock.Move(Week * 2);
        Assert.Equal("not_ready", (await Phone.JsonAsync(await thief.AttestAsync(recovery)))["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task Attack_whether_an_address_is_enrolled_cannot_be_asked()
    {
        await using var service = await RecoveryService.StartAsync();
        using var old = await Phone.EnrolAsync(service, Mail);
        service.Clock.Move(Week);
        using var stranger = new Phone(service, new RecoveryCode(new byte[16]));

        async Task<List<string>> Ask(string address)
        {
            var recovery = await stranger.BeginByContactAsync(address);
            List<string> said = [Told(recovery), Told(await stranger.LookAsync(recovery))];
            for (var i = 0; i < 6; i++) said.Add(await Phone.Plain(await stranger.ProveAsync(recovery, "000000")));
            return [.. said, Told(await stranger.LookAsync(recovery)), await Phone.Plain(await stranger.AttestAsync(recovery))];
        }

        static string Told(JsonObject recovery) => string.Join(' ', recovery.Where(p => p.Key is not ("id" or "number")).Select(p => $"{p.Key}={p.Value?.ToJsonString()}"));

        Assert.Equal(await Ask(Mail), await Ask("nobody@example.org"));
    }

    [Fact]
    public async Task Attack_many_recoveries_at_once()
    {
        await using var service = await RecoveryService.StartAsync();
        using var old = await Phone.EnrolAsync(service, Mail);
        service.Clock.Move(Week);
        var phones = Enumerable.Range(0, 8).Select(_ => new Phone(service, old.Sheet)).ToList();

        var answers = await Task.WhenAll(phones.Select(phone => phone.SendAsync(HttpMethod.Post, phone.List + "/recoveries")));

        Assert.Equal(RecoverySettings.PerDay, answers.Count(a => a.IsSuccessStatusCode));
        Assert.Equal(RecoverySettings.PerDay, await service.InDb(db => db.Recoveries.CountAsync()));
        phones.ForEach(phone => phone.Dispose());
    }

    [Fact]
    public async Task Attack_a_running_recovery_is_not_pushed_aside_by_another()
    {
        await using var service = await RecoveryService.StartAsync();
        using var old = await Phone.EnrolAsync(service, Mail);
        service.Clock.Move(Week);
        using var found = new Phone(service, old.Sheet);
        var recovery = await found.BeginAsync();
        await found.ProveAsync(recovery, await service.CodeAsync(Mail, 2));
        using var thief = new Phone(service, old.Sheet);

        Assert.Equal("running", (await Phone.JsonAsync(await thief.SendAsync(HttpMethod.Post, thief.List + "/recoveries")))["code"]!.GetValue<string>());
        Assert.Equal("waiting", Phone.State(await found.LookAsync(recovery)));
    }

    [Fact]
    public async Task Attack_ids_of_lists_are_guessed()
    {
        await using var service = await RecoveryService.StartAsync();
        using var phone = await Phone.EnrolAsync(service);
        using var stranger = new Phone(service, new RecoveryCode(new byte[16]));

        // The right id under a wrong token reads like an id that is not there.
        var wrong = await stranger.SendAsync(HttpMethod.Get, phone.List);
        var absent = await stranger.SendAsync(HttpMethod.Get, stranger.List);

        Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);
        Assert.Equal(await Phone.Plain(absent), await Phone.Plain(wrong));
    }

    [Fact]
    public async Task Attack_the_database_is_stolen_and_names_nobody()
    {
        await using var service = await RecoveryService.StartAsync();
        using var old = await Phone.EnrolAsync(service, Mail);
        service.Clock.Move(Week);
        using var found = new Phone(service, old.Sheet);
        var recovery = await found.BeginAsync();
        var code = await service.CodeAsync(Mail, 2);
        await found.ProveAsync(recovery, code);

        var stored = new StringBuilder();
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(service.Database)!, "wallet.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            stored.Append(await reader.ReadToEndAsync());
        }
        foreach (var secret in new[] { Mail, "amina", Credentials.Jose.Base64Url.Encode(old.Sheet.ListToken()), old.Sheet.QrText[4..] })
            Assert.DoesNotContain(secret, stored.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Attack_a_finished_recovery_goes_on_giving_attestations()
    {
        await using var service = await RecoveryService.StartAsync();
        using var old = await Phone.EnrolAsync(service, Mail);
        using var thief = new Phone(service, old.Sheet);
        var theirs = await thief.BeginAsync();
        await service.AtDesk(desk => desk.ApproveAsync(theirs["number"]!.GetValue<string>(), RecoveryService.By("union"), RecoveryService.Document, default));
        Assert.Equal(HttpStatusCode.OK, (await thief.AttestAsync(theirs)).StatusCode);

        using var owner = new Phone(service, old.Sheet);
        var own = await owner.BeginAsync();
        Assert.IsType<RecoveryStep.Taken>(await service.AtDesk(desk => desk.ApproveAsync(own["number"]!.GetValue<string>(), RecoveryService.By("embassy"), RecoveryService.Document, default)));

        Assert.Equal("not_ready", await Phone.CodeOf(await thief.AttestAsync(theirs)));
        Assert.Equal("ended", ((RecoveryStep.Refused)await service.AtDesk(desk => desk.ApproveAsync(theirs["number"]!.GetValue<string>(), RecoveryService.By("union"), RecoveryService.Document, default))).Code);
        Assert.Equal(HttpStatusCode.OK, (await owner.AttestAsync(own)).StatusCode);
        // And one that is finished a desk ends by itself.
        Assert.IsType<RecoveryStep.Taken>(await service.AtDesk(desk => desk.StopAsync(own["number"]!.GetValue<string>(), RecoveryService.By("embassy"), default)));
        Assert.Equal("not_ready", await Phone.CodeOf(await owner.AttestAsync(own)));
    }

    [Fact]
    public async Task Attack_somebody_who_knows_the_address_alone_stops_the_owner()
    {
        await using var service = await RecoveryService.StartAsync();
        using var old = await Phone.EnrolAsync(service, Mail);
        service.Clock.Move(Week);
        using var stranger = new Phone(service, new RecoveryCode(new byte[16]));
        using var owner = new Phone(service, old.Sheet);
        await stranger.BeginByContactAsync(Mail);
        var own = await owner.BeginAsync();
        var code = await service.CodeAsync(Mail, 3);
        for (var i = 0; i < 7; i++) await stranger.BeginByContactAsync(Mail);

        // Five messages a day and no more; the owner goes on, and may begin again.
        Assert.Equal("proving", Phone.State(await owner.LookAsync(own)));
        await owner.BeginAsync();
        await service.MessageAsync(Mail, 8); // confirmed, five times the stranger, twice the owner
        Assert.Equal("waiting", Phone.State(await Phone.JsonAsync(await owner.ProveAsync(own, code))));
        // The old phone stops it though the stranger's are younger.
        await stranger.BeginByContactAsync(Mail);
        Assert.True((await old.SendAsync(HttpMethod.Post, old.List + "/stop")).IsSuccessStatusCode);
        Assert.Equal("stopped", Phone.State(await owner.LookAsync(own)));
    }

    [Fact]
    public async Task A_desk_overrides_wrong_codes()
    {
        await using var service = await RecoveryService.StartAsync();
        using var old = await Phone.EnrolAsync(service, Mail);
        service.Clock.Move(Week);
        using var owner = new Phone(service, old.Sheet);
        var own = await owner.BeginAsync();
        for (var i = 0; i < 5; i++) await owner.ProveAsync(own, "000000");
        Assert.Equal("stopped", Phone.State(await owner.LookAsync(own)));

        Assert.IsType<RecoveryStep.Taken>(await service.AtDesk(desk => desk.ApproveAsync(own["number"]!.GetValue<string>(), RecoveryService.By("union"), RecoveryService.Document, default)));
    }

    [Fact]
    public async Task Attack_whoever_has_sheet_or_old_phone_learns_how_to_end_the_recovery()
    {
        await using var service = await RecoveryService.StartAsync();
        using var old = await Phone.EnrolAsync(service, Mail);
        service.Clock.Move(Week);
        using var owner = new Phone(service, old.Sheet);
        using var other = new Phone(service, old.Sheet);
        var own = await owner.BeginAsync();

        foreach (var phone in new[] { old, other })
        {
            var seen = (await phone.StateAsync())["recovery"]!;
            Assert.Equal("proving", seen["state"]!.GetValue<string>());
            Assert.Null(seen["id"]);
            Assert.Null(seen["number"]);
        }
        Assert.Equal(own["id"]!.GetValue<string>(), (await owner.StateAsync())["recovery"]!["id"]!.GetValue<string>());
        // Who got the id all the same burns no code and collects nothing.
        for (var i = 0; i < 6; i++) Assert.Equal("proof", await Phone.CodeOf(await other.ProveAsync(own, "no code")));
        await owner.ProveAsync(own, await service.CodeAsync(Mail, 2));
        await service.MessageAsync(Mail, 3);
        service.Clock.Move(Week);
        Assert.Equal("ready", Phone.State(await owner.LookAsync(own)));
        Assert.Equal("proof", await Phone.CodeOf(await other.AttestAsync(own)));
    }

    [Fact]
    public async Task Attack_the_old_phone_takes_the_owners_contact_off_and_a_desk_still_helps()
    {
        await using var service = await RecoveryService.StartAsync();
        using var taken = await Phone.EnrolAsync(service, Mail);
        service.Clock.Move(Week);
        await taken.SendAsync(HttpMethod.Delete, $"{taken.List}/contacts/{(await taken.StateAsync())["contacts"]![0]!["id"]}");
        await service.MessageAsync(Mail, 2);

        using var owner = new Phone(service, new RecoveryCode(new byte[16]));
        var own = await owner.BeginByContactAsync(Mail);
        await owner.ProveAsync(own, await service.CodeAsync(Mail, 3));
        Assert.IsType<RecoveryStep.Taken>(await service.AtDesk(desk => desk.ApproveAsync(own["number"]!.GetValue<string>(), RecoveryService.By("union"), RecoveryService.Document, default)));
        Assert.Equal(HttpStatusCode.OK, (await owner.AttestAsync(own)).StatusCode);
    }
}
