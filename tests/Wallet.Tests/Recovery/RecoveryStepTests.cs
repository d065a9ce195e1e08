using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Recovery;
using Identity.Wallet.Data;
using Identity.Wallet.Recovery;
using Microsoft.EntityFrameworkCore;

namespace Identity.Wallet.Tests.Recovery;

/// <summary>Steps that are taken twice, at the same instant, half, or under a document that nobody kept.</summary>
public sealed class RecoveryStepTests : IAsyncLifetime
{
    private const string Mail = "amina@example.org";
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private RecoveryService service = null!;

    public async Task InitializeAsync() => service = await RecoveryService.StartAsync();

    public async Task DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task A_code_whose_answer_was_lost_is_sent_again_and_the_days_do_not_begin_anew()
    {
        var (_, owner) = await FoundAsync();
        var own = await owner.BeginAsync();
        var code = await service.CodeAsync(Mail, 2);
        var first = await Phone.JsonAsync(await owner.ProveAsync(own, code));
        await service.MessageAsync(Mail, 3);
        service.Clock.Move(TimeSpan.FromDays(2));

        var again = await owner.ProveAsync(own, code);

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(("waiting", first["ends_at"]!.ToJsonString()), (Phone.State(await Phone.JsonAsync(again)), (await owner.LookAsync(own))["ends_at"]!.ToJsonString()));
        Assert.Equal(3, service.Messages(Mail).Count);
        // Another code is no retry, and one that was stopped stays stopped.
        Assert.Equal("ended", await Phone.CodeOf(await owner.ProveAsync(own, code == "000000" ? "000001" : "000000")));
        await service.AtDesk(desk => desk.StopAsync(Number(own), RecoveryService.By("union"), default));
        Assert.Equal("ended", await Phone.CodeOf(await owner.ProveAsync(own, code)));
    }

    [Fact]
    public async Task A_stop_whose_answer_was_lost_reads_as_over_and_not_as_unknown()
    {
        var (old, owner) = await FoundAsync();
        await owner.BeginAsync();
        Assert.True((await old.SendAsync(HttpMethod.Post, old.List + "/stop")).IsSuccessStatusCode);

        Assert.Equal("ended", await Phone.CodeOf(await old.SendAsync(HttpMethod.Post, old.List + "/stop")));
        // The link of a notice says the same twice.
        var second = await owner.BeginAsync();
        var link = await service.StopLinkAsync(Mail, 4);
        for (var times = 0; times < 2; times++) Assert.Contains("It was stopped", await (await service.Http.PostAsync(link, null)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("stopped", Phone.State(await owner.LookAsync(second)));
    }

    [Fact]
    public async Task What_cannot_be_written_into_the_desks_log_is_not_done()
    {
        var (_, owner) = await FoundAsync();
        var own = await owner.BeginAsync();
        DeskAct over = RecoveryService.By("union") with { Log = _ => Task.FromResult(false) };

        foreach (var step in new Func<RecoveryDesk, Task<RecoveryStep>>[] { desk => desk.ApproveAsync(Number(own), over, RecoveryService.Document, default), desk => desk.StopAsync(Number(own), over, default) })
            Assert.Equal("over", ((RecoveryStep.Refused)await service.AtDesk(step)).Code);

        await NothingWasDoneAsync(own);
    }

    [Fact]
    public async Task Killed_between_the_step_and_its_line_in_the_log_neither_has_happened()
    {
        var (_, owner) = await FoundAsync();
        var own = await owner.BeginAsync();
        DeskAct killed = RecoveryService.By("union") with { Log = _ => throw new IOException("as if the process ended here") };

        await Assert.ThrowsAsync<IOException>(() => service.AtDesk(desk => desk.ApproveAsync(Number(own), killed, RecoveryService.Document, default)));

        await NothingWasDoneAsync(own);
    }

    [Theory]
    [InlineData("1990-02-31")]
    [InlineData("2026-11-28")] // the clock says the 27th
    [InlineData("1899")]
    public async Task A_document_with_a_date_on_which_nobody_was_born_decides_nothing(string birth)
    {
        var (_, owner) = await FoundAsync();
        var own = await owner.BeginAsync();

        var refused = await service.AtDesk(desk => desk.ApproveAsync(Number(own), RecoveryService.By("union"), new DocumentRead(["AMINA NOOR"], birth), default));

        Assert.Equal("birth", ((RecoveryStep.Refused)refused).Code);
        await NothingWasDoneAsync(own);
    }

    [Fact]
    public async Task A_decision_from_before_documents_were_kept_gives_no_attestation_until_a_desk_looks_again()
    {
        var (_, owner) = await FoundAsync();
        var own = await owner.BeginAsync();
        await service.AtDesk(desk => desk.ApproveAsync(Number(own), RecoveryService.By("union"), RecoveryService.Document, default));
        await service.InDb(db => db.Recoveries.ExecuteUpdateAsync(r => r.SetProperty(x => x.Document, (byte[]?)null).SetProperty(x => x.Mandate, (string?)null).SetProperty(x => x.Staff, (string?)null)));

        Assert.Equal("no_document", await Phone.CodeOf(await owner.AttestAsync(own)));
        // The new phone shows its nine digits and the way to a desk, as before.
        var seen = await owner.LookAsync(own);
        Assert.Equal(("proving", false), (Phone.State(seen), seen["contact_possible"]!.GetValue<bool>()));

        Assert.IsType<RecoveryStep.Taken>(await service.AtDesk(desk => desk.ApproveAsync(Number(own), RecoveryService.By("union"), RecoveryService.Document, default)));
        Assert.Equal(HttpStatusCode.OK, (await owner.AttestAsync(own)).StatusCode);
    }

    [Fact]
    public async Task Two_desks_decide_for_one_recovery_at_the_same_instant_and_one_has_decided()
    {
        var (_, owner) = await FoundAsync();
        var own = await owner.BeginAsync();

        var steps = await AtOnce(["union", "embassy"], name => desk => desk.ApproveAsync(Number(own), RecoveryService.By(name), RecoveryService.Document, default));

        Assert.Single(steps, step => step is RecoveryStep.Taken);
        Assert.Equal("ended", Assert.Single(steps.OfType<RecoveryStep.Refused>()).Code);
        Assert.Equal("ready", Phone.State(await owner.LookAsync(own)));
        await service.MessageAsync(Mail, 3); // each contact is told of one decision
    }

    [Fact]
    public async Task Two_desks_decide_for_two_recoveries_of_one_list_at_the_same_instant_and_one_is_left()
    {
        var (_, owner) = await FoundAsync();
        using var other = new Phone(service, owner.Sheet);
        var both = new[] { await owner.BeginAsync(), await other.BeginAsync() };

        await AtOnce(both, one => desk => desk.ApproveAsync(Number(one), RecoveryService.By("union"), RecoveryService.Document, default));

        Assert.Equal(["ready", "stopped"], new[] { await StateOf(both[0]), await StateOf(both[1]) }.Order());
        var attested = await Task.WhenAll(owner.AttestAsync(both[0]), other.AttestAsync(both[1]));
        Assert.Single(attested, answer => answer.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Two_contacts_codes_at_the_same_instant_begin_the_days_of_one_recovery()
    {
        var (_, owner) = await FoundAsync();
        using var thief = new Phone(service, owner.Sheet);
        var (own, theirs) = (await owner.BeginAsync(), await thief.BeginAsync());
        await service.MessageAsync(Mail, 3);
        // Their order among messages of the same instant is not said.
        var codes = service.Messages(Mail)[1..].Select(text => System.Text.RegularExpressions.Regex.Match(text, @"\b[0-9]{6}\b").Value).ToList();

        var answers = await Task.WhenAll(codes.SelectMany(code => new[] { owner.ProveAsync(own, code), thief.ProveAsync(theirs, code) }));

        Assert.Single(answers, answer => answer.IsSuccessStatusCode);
        Assert.Equal(1, await service.InDb(db => db.Recoveries.CountAsync(r => r.State == RecoveryState.Waiting)));
    }

    [Fact]
    public async Task A_desk_and_a_contact_at_the_same_instant_leave_the_desks_decision()
    {
        var (_, owner) = await FoundAsync();
        using var thief = new Phone(service, owner.Sheet);
        var theirs = await thief.BeginAsync();
        var code = await service.CodeAsync(Mail, 2);
        var own = await owner.BeginAsync();

        await Task.WhenAll(thief.ProveAsync(theirs, code), service.AtDesk(desk => desk.ApproveAsync(Number(own), RecoveryService.By("union"), RecoveryService.Document, default)));

        Assert.Equal(("ready", "stopped"), (await StateOf(own), await StateOf(theirs)));
    }

    [Fact]
    public async Task Of_two_who_changed_the_same_recovery_unseen_by_each_other_one_fails()
    {
        var (_, owner) = await FoundAsync();
        await owner.BeginAsync();

        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => service.InDb(async mine =>
        {
            var row = await mine.Recoveries.SingleAsync();
            await service.InDb(async theirs =>
            {
                (await theirs.Recoveries.SingleAsync()).Version++;
                return await theirs.SaveChangesAsync();
            });
            (row.State, row.Version) = (RecoveryState.Ready, row.Version + 1);
            return await mine.SaveChangesAsync();
        }));

        Assert.Equal(RecoveryState.Proving, (await service.InDb(db => db.Recoveries.AsNoTracking().SingleAsync())).State);
    }

    private async Task NothingWasDoneAsync(JsonObject recovery)
    {
        var row = await service.InDb(db => db.Recoveries.AsNoTracking().SingleAsync());
        Assert.Equal((Number(recovery), RecoveryState.Proving), (row.Number, row.State));
        Assert.Equal([null, null, null], new object?[] { row.Desk, row.Mandate, row.Document });
        await service.MessageAsync(Mail, 2); // and nobody is told of anything
    }

    // The old phone, whose contact counts, and a new one with its sheet.
    private async Task<(Phone Old, Phone New)> FoundAsync()
    {
        var old = await Phone.EnrolAsync(service, Mail);
        service.Clock.Move(Week);
        return (old, new Phone(service, old.Sheet));
    }

    private async Task<IReadOnlyList<RecoveryStep>> AtOnce<T>(IEnumerable<T> which, Func<T, Func<RecoveryDesk, Task<RecoveryStep>>> step)
    {
        using var together = new Barrier(which.Count());
        return await Task.WhenAll(which.Select(one => Task.Run(() => service.AtDesk(desk =>
        {
            together.SignalAndWait();
            return step(one)(desk);
        }))));
    }

    private Task<string> StateOf(JsonObject recovery) => service.InDb(async db => (await db.Recoveries.AsNoTracking().SingleAsync(r => r.Id == recovery["id"]!.GetValue<string>())).State.ToString().ToLowerInvariant());

    private static string Number(JsonObject recovery) => recovery["number"]!.GetValue<string>();
}
