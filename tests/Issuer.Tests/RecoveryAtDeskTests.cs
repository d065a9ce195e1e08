using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Recovery;
using Identity.Credentials.StatusList;
using Identity.Issuer.Recovery;
using Identity.Issuer.Tests.Console;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>A desk decided, and what it read on a document is compared with each record.</summary>
public sealed partial class RecoveryTests
{
    private static DocumentHashes Own => Read("Okoye Reyes", "AMINA");

    private static DocumentHashes Thiefs => Read("Costa", "Bruno");

    [Fact]
    public async Task A_desk_and_a_contact_move_it_without_the_sheet_and_at_once()
    {
        var (id, _) = await Held();

        var answer = await Recovered(await RecoverAtDesk(Own, secret: ""));

        Assert.Single(answer["offers"]!.AsArray());
        Assert.Equal("desk + contact (union · 7KQ2M4XD · staff-name)", await issuer.InDb(db => db.Events.Where(e => e.CredentialId == id && e.Act == "recovered").Select(e => e.Reason).SingleAsync()));
    }

    [Fact]
    public async Task Attack_a_thief_with_the_sheet_and_a_document_of_their_own_at_an_honest_desk()
    {
        var (id, _) = await Held();
        using var thief = Identity.Credentials.Jose.Es256Key.Create();

        var answer = await Recovered(await RecoverAtDesk(Thiefs, by: thief));

        Assert.Empty(answer["offers"]!.AsArray());
        Assert.Equal((0, 1, 0), Counts(answer));
        Assert.Equal([StatusValue.Valid, StatusValue.Valid], await Statuses(id));
        // Asked again and again it is one line of the history, by which an auditor finds the act in the desk's log.
        await RecoverAtDesk(Thiefs, by: thief);
        Assert.Equal(["union · 7KQ2M4XD · staff-name"], await issuer.InDb(db => db.Events.Where(e => e.CredentialId == id && e.Act == "recovery_differs").Select(e => e.Reason).ToListAsync()));
        // What another desk said is another line.
        await RecoverAtDesk(Thiefs, by: thief, desk: "harbour-mission");
        Assert.Equal(2, await issuer.InDb(db => db.Events.CountAsync(e => e.CredentialId == id && e.Act == "recovery_differs")));
        // The owner is held up by nothing.
        Assert.Single((await Recovered(await RecoverAtDesk(Own)))["offers"]!.AsArray());
    }

    [Fact]
    public async Task A_married_name_waits_for_staff_who_let_it_go_to_the_phone_that_they_saw_and_no_other()
    {
        var (id, _) = await Held();
        using var thief = Identity.Credentials.Jose.Es256Key.Create();
        var clerk = await Clerk.SignedIn(issuer);
        await RecoverAtDesk(Read("Haddad", "Amina"));
        var page = await clerk.Page($"/console/credentials/{id}");
        Assert.Contains("another name or date of birth", page, StringComparison.Ordinal);
        Assert.Contains("7KQ2M4XD", page, StringComparison.Ordinal);

        // Another phone asks between the page and the button.
        await RecoverAtDesk(Thiefs, by: thief);
        await clerk.Post($"/console/credentials/{id}?handler=letgo", ("phone", _new.PublicKey.ThumbprintText()));
        Assert.Empty((await Recovered(await RecoverAtDesk(Thiefs, by: thief)))["offers"]!.AsArray());
        Assert.Empty((await Recovered(await RecoverAtDesk(Read("Haddad", "Amina"))))["offers"]!.AsArray());

        await clerk.Post($"/console/credentials/{id}?handler=letgo", ("phone", _new.PublicKey.ThumbprintText()));
        Assert.Empty((await Recovered(await RecoverAtDesk(Thiefs, by: thief)))["offers"]!.AsArray());
        Assert.Single((await Recovered(await RecoverAtDesk(Read("Haddad", "Amina"))))["offers"]!.AsArray());
        Assert.Equal(1, await issuer.InDb(db => db.Events.CountAsync(e => e.CredentialId == id && e.Act == "recovery_let_go")));
        Assert.DoesNotContain("data-testid=\"recovery-held\"", await clerk.Page($"/console/credentials/{id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_hand_out_lets_nothing_go()
    {
        var (id, _) = await Held();
        await RecoverAtDesk(Thiefs);
        var reader = await Clerk.SignedIn(issuer, role: "approver");

        var answer = await reader.Post($"/console/credentials/{id}?handler=letgo", ("phone", _new.PublicKey.ThumbprintText()));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Empty((await Recovered(await RecoverAtDesk(Thiefs)))["offers"]!.AsArray());
    }

    [Fact]
    public async Task Where_a_side_has_no_Latin_name_nobody_can_tell_and_staff_decide()
    {
        await Held(Diploma(name: "أمينة أوكوي رييس"));
        Assert.Equal((0, 0, 1), Counts(await Recovered(await RecoverAtDesk(Own))));

        // A second record of the same sheet, with a Latin name; now the document has none.
        await Held();
        Assert.Equal((0, 0, 2), Counts(await Recovered(await RecoverAtDesk(Read(null, null)))));
    }

    [Fact]
    public async Task What_has_come_already_stays_when_the_rest_is_asked_for()
    {
        var (first, _) = await Held();
        var (second, _) = await Held(Diploma(name: "Amina Haddad"));
        var came = await Recovered(await RecoverAtDesk(Own));
        await issuer.Collect(await Redeem(Assert.Single(came["offers"]!.AsArray())!), [_new]);
        await (await Clerk.SignedIn(issuer)).Post($"/console/credentials/{second}?handler=letgo", ("phone", _new.PublicKey.ThumbprintText()));

        var rest = await Recovered(await RecoverAtDesk(Own, rest: true));

        Assert.Single(rest["offers"]!.AsArray());
        Assert.Equal(StatusValue.Valid, (await Statuses(first))[^1]);
        Assert.Equal([StatusValue.Invalid, StatusValue.Invalid], await Statuses(second));
    }

    [Fact]
    public async Task Without_a_desk_no_document_is_compared()
    {
        await Held();

        Assert.Single((await Recovered(await Recover()))["offers"]!.AsArray());
    }

    [Theory]
    [InlineData("""{"full_name": "Amina Okoye-Reyes", "given_name": "Amina", "birth_date": "1990"}""", "AMINA OKOYE REYES", "1990")]
    [InlineData("""{"family_name": "Nguyễn", "given_name": "Văn An"}""", "AN NGUYEN VAN", null)]
    [InlineData("""{"given_name": "Sukarno"}""", "SUKARNO", null)]
    [InlineData("""{"holder_name": "Amina Okoye", "given_name": "Amina"}""", "AMINA OKOYE", null)]
    [InlineData("""{"full_name": "Amina Noor", "family_name": "Haddad", "given_name": "Amina"}""", "AMINA NOOR|AMINA HADDAD", null)]
    [InlineData("""{"full_name": "Sunita Tamang", "full_name_native": "सुनिता तामाङ"}""", "SUNITA TAMANG", null)]
    [InlineData("""{"holder_name_native": "सुनिता तामाङ"}""", "", null)]
    public void A_record_has_the_names_that_its_claims_give(string claims, string names, string? birth)
    {
        var (found, date) = NamesInRecord.Of(JsonNode.Parse(claims)!.AsObject());

        Assert.Equal(names.Split('|', StringSplitOptions.RemoveEmptyEntries), found);
        Assert.Equal(birth, date);
    }

    private static DocumentHashes Read(string? family, string? given)
    {
        Assert.True(DocumentRead.TryRead(family, given, null, "1990-05-14", out var read));
        return read.Hash();
    }

    private static (int Left, int Differs, int CannotTell) Counts(JsonObject answer) =>
        (answer["left"]!.GetValue<int>(), answer["held"]!["differs"]!.GetValue<int>(), answer["held"]!["cannot_tell"]!.GetValue<int>());

    private Task<HttpResponseMessage> RecoverAtDesk(DocumentHashes document, string? secret = null, Identity.Credentials.Jose.Es256Key? by = null, bool rest = false, string organisation = College, string desk = "union") => Recover(secret, by: by, rest: rest, organisation: organisation, attest: a => a with
    {
        Issuer = RecoveryDesk, Proofs = ["desk", secret == "" ? "contact" : "sheet"], Started = Now, Completed = Now, Desk = desk, Mandate = "7KQ2M4XD", Staff = "staff-name", Document = document,
    });
}
