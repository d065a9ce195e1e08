using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Recovery;
using Identity.Issuer.Data;
using Identity.Issuer.Deposits;
using Identity.Issuer.Issuance;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.Deposits.PhonesWorld;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Deposits;

/// <summary>A phone is lost whose cards came from a closed college: a new phone asks the depositary, and a clerk decides.</summary>
[Trait("Store", "Own")]
public sealed class DepositRecoveryTests(PhonesWorld world) : IClassFixture<PhonesWorld>, IDisposable
{
    private readonly Es256Key _new = Es256Key.Create();

    private IssuerFixture Issuer => world.Issuer;

    private static DateTimeOffset Now => DateTimeOffset.UtcNow;

    private static DocumentHashes Document(string family, string given)
    {
        Assert.True(DocumentRead.TryRead(family, given, null, null, out var read));
        return read.Hash();
    }

    public void Dispose() => _new.Dispose();

    [Fact]
    public async Task A_clerk_issues_again_for_the_phone_that_asked_and_nobody_else_sees_the_offer()
    {
        var held = world.Diploma();

        var asked = await Answer(await Recover(held));
        Assert.Equal((1, 0, 0), ((int)asked["waiting"]!, (int)asked["left"]!, asked["offers"]!.AsArray().Count));
        Assert.Equal([0, 0], await world.StatusesOf(held.Record));
        Assert.Equal(1, (int)(await Answer(await Recover(held)))["waiting"]!);
        // The clerk finds it in the lists and on the record.
        var clerk = await Console.Clerk.SignedIn(Issuer, Ministry);
        Assert.Contains("data-testid=\"phones\"", await clerk.Page("/console/deposits"), StringComparison.Ordinal);
        Assert.Contains($"href=\"/console/deposits/{world.Id}/{held.Record}\" data-testid=\"phone\"", await clerk.Page($"/console/deposits/{world.Id}"), StringComparison.Ordinal);
        var page = await clerk.Page($"/console/deposits/{world.Id}/{held.Record}");
        var request = Assert.Single(await world.Requests(held.Record));
        Assert.Contains($"name=\"request\" value=\"{request.Id}\"", page, StringComparison.Ordinal);
        Assert.Equal((DepositRequestState.Waiting, "sheet + contact", "no_document"), (request.State, request.Proofs, request.Because));
        Assert.InRange(request.Until, Now.AddDays(29), Now.AddDays(31));

        var done = await clerk.Post($"/console/deposits/{world.Id}/{held.Record}?handler=reissue", ("request", request.Id), ("confirmed", "true"));

        var credential = (await world.Record(held.Record)).ReissuedAs!;
        Assert.Equal($"/console/credentials/{credential}", done.Headers.Location?.OriginalString);
        Assert.Equal([1, 1], await world.StatusesOf(held.Record));
        var got = await Answer(await Recover(held));
        Assert.Equal((0, 0), ((int)got["waiting"]!, (int)got["left"]!));
        var offer = Assert.Single(got["offers"]!.AsArray())!;
        var seen = await (await Issuer.Api(HttpMethod.Get, Ministry, "/" + credential)).Content.ReadAsStringAsync() + await clerk.Page($"/console/credentials/{credential}/offer");
        Assert.DoesNotContain(((string)offer["offer"]!).Split('=')[1], seen, StringComparison.Ordinal);
        // Another phone of the same sheet gets nothing.
        using var other = Es256Key.Create();
        Assert.Equal((0, 1), ((int)(await Answer(await Recover(held, by: other)))["waiting"]!, (int)(await Answer(await Recover(held, by: other)))["left"]!));
        await world.Collect(offer, _new);
        var after = await Answer(await Recover(held));
        Assert.Equal((0, 0, 0), (after["offers"]!.AsArray().Count, (int)after["waiting"]!, (int)after["left"]!));
    }

    [Fact]
    public async Task Attack_a_stolen_phone_renews_what_its_owner_has_proved_to_be_lost()
    {
        var held = world.Diploma();
        Assert.Equal(1, (int)(await Answer(await Recover(held)))["waiting"]!);

        var thief = await Answer(await world.Renew(held.Keys[0], held.Copies[0]));

        Assert.Equal((1, 0), ((int)thief["waiting"]!, thief["offers"]!.AsArray().Count));
        Assert.Equal([0, 0], await world.StatusesOf(held.Record));
        Assert.Equal(["no_document", "recovery"], (await world.Requests(held.Record)).Select(r => r.Because).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_stolen_phone_that_was_faster_is_told_to_staff_and_not_passed_over()
    {
        var held = world.Diploma();
        await Answer(await world.Renew(held.Keys[0], held.Copies[0]));

        var owner = await Answer(await Recover(held));

        Assert.Equal((1, 0), ((int)owner["waiting"]!, (int)owner["left"]!));
        var waiting = JsonNode.Parse(await (await Issuer.Ask(HttpMethod.Get, $"/api/{Ministry}/deposits/{world.Id}/requests", Issuer.ApiKey(Ministry))).Content.ReadAsStringAsync())!.AsArray();
        Assert.Equal("renewed", (string?)waiting.Single(r => (string)r!["record"]! == held.Record)!["because"]);
        // Once staff have ended what the thief got nothing waits any more.
        var credential = (await world.Record(held.Record)).ReissuedAs!;
        await Issuer.InDb(db => db.Credentials.Where(c => c.Id == credential).ExecuteUpdateAsync(c => c.SetProperty(x => x.State, CredentialState.Revoked)));
        var after = await Answer(await Recover(held));
        Assert.Equal((0, 1), ((int)after["waiting"]!, (int)after["left"]!));
    }

    [Fact]
    public async Task What_a_clerk_refused_is_left_and_a_program_sees_and_decides_the_same()
    {
        var held = world.Diploma();
        await Answer(await Recover(held));
        var waiting = JsonNode.Parse(await (await Issuer.Ask(HttpMethod.Get, $"/api/{Ministry}/deposits/{world.Id}/requests", Issuer.ApiKey(Ministry))).Content.ReadAsStringAsync())!.AsArray();
        var request = waiting.Single(r => (string)r!["record"]! == held.Record)!;
        string Refusal(string id) => $"/api/{Ministry}/deposits/{world.Id}/credentials/{held.Record}/requests/{id}/refusal";
        Task<HttpResponseMessage> Refuse(string id, string? reason, string key) => Issuer.Ask(HttpMethod.Post, Refusal(id), key, new JsonObject { ["reason"] = reason });

        Assert.Equal(HttpStatusCode.BadRequest, (await Refuse((string)request["id"]!, "no", Issuer.ApiKey(Ministry))).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Refuse("other", "Not this person.", Issuer.ApiKey(Ministry))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Refuse((string)request["id"]!, "Not this person.", await Issuer.NewApiKey(Ministry))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Issuer.Ask(HttpMethod.Post, Refusal((string)request["id"]!).Replace(Ministry, Shipyard, StringComparison.Ordinal), Issuer.ApiKey(Shipyard), new JsonObject { ["reason"] = "Not this person." })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Refuse((string)request["id"]!, "Not this person.", Issuer.ApiKey(Ministry))).StatusCode);

        var answer = await Answer(await Recover(held));
        Assert.Equal((0, 1), ((int)answer["waiting"]!, (int)answer["left"]!));
        Assert.Equal(HttpStatusCode.Conflict, (await Issuer.Ask(HttpMethod.Post, $"/api/{Ministry}/deposits/{world.Id}/credentials/{held.Record}/reissue", Issuer.ApiKey(Ministry), new JsonObject { ["request"] = (string)request["id"]! })).StatusCode);
        Assert.Equal([0, 0], await world.StatusesOf(held.Record));
        Assert.Equal("Not this person.", Assert.Single(await world.Requests(held.Record)).Reason);
    }

    [Fact]
    public async Task A_document_of_another_name_is_shown_to_the_clerk_and_a_changed_request_is_looked_at_again()
    {
        var held = world.Diploma();

        var differs = await Answer(await Recover(held, attest: AtDesk("Else", "Somebody"), secret: null));
        Assert.Equal((1, 0, 0), ((int)differs["held"]!["differs"]!, (int)differs["held"]!["cannot_tell"]!, (int)differs["waiting"]!));
        var first = Assert.Single(await world.Requests(held.Record));
        Assert.Equal(("differs", "desk + contact", "desk of the port · m-1 · 7"), (first.Because, first.Proofs, first.Detail));
        Assert.Contains("data-testid=\"phone-because\"", await (await Console.Clerk.SignedIn(Issuer, Ministry)).Page($"/console/deposits/{world.Id}/{held.Record}"), StringComparison.Ordinal);

        Assert.Equal(1, (int)(await Answer(await Recover(held, attest: AtDesk("Okoye Reyes", "AMINA"), secret: null)))["waiting"]!);
        Assert.NotEqual(first.Id, Assert.Single(await world.Requests(held.Record)).Id);
        var stale = await Issuer.Ask(HttpMethod.Post, $"/api/{Ministry}/deposits/{world.Id}/credentials/{held.Record}/reissue", Issuer.ApiKey(Ministry), new JsonObject { ["request"] = first.Id });
        Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
        Assert.Equal([0, 0], await world.StatusesOf(held.Record));
    }

    [Fact]
    public async Task Of_a_reference_two_people_decide_on_the_very_request_that_the_second_looked_at()
    {
        var held = world.Reference;
        await Answer(await Recover(held));
        var request = Assert.Single(await world.Requests(held.Record));
        Task<HttpResponseMessage> Reissue(string key, int? asked = null, string? other = null) =>
            Issuer.Ask(HttpMethod.Post, $"/api/{Ministry}/deposits/{world.Id}/credentials/{held.Record}/reissue", key, new JsonObject { ["request"] = other ?? request.Id, ["asked"] = asked });

        Assert.Equal(HttpStatusCode.Accepted, (await Reissue(Issuer.ApiKey(Ministry))).StatusCode);
        var seen = (await world.Record(held.Record)).Asked;
        Assert.Equal(request.Id, (await world.Record(held.Record)).AskedRequest);
        // A second phone asks meanwhile: the approver looks again.
        using var other = Es256Key.Create();
        await Answer(await Recover(held, by: other));
        Assert.Equal(HttpStatusCode.Conflict, (await Reissue(Issuer.ApproverKey(Ministry), seen)).StatusCode);
        // Nor is what was asked for one phone agreed to for another, or for the counter.
        var both = await Issuer.NewApiKey(Ministry, StaffRoles.Approver);
        var second = (await world.Requests(held.Record)).Single(r => r.Phone == other.PublicKey.ThumbprintText());
        Assert.Equal(HttpStatusCode.Conflict, (await Reissue(both, (await world.Record(held.Record)).Asked, second.Id)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Issuer.Ask(HttpMethod.Post, $"/api/{Ministry}/deposits/{world.Id}/credentials/{held.Record}/reissue", both, new JsonObject { ["asked"] = (await world.Record(held.Record)).Asked })).StatusCode);

        var agreed = await Reissue(Issuer.ApproverKey(Ministry), (await world.Record(held.Record)).Asked);
        Assert.Equal(HttpStatusCode.Created, agreed.StatusCode);
        Assert.Null((await Json(agreed))["offer"]);
        await world.Collect(Assert.Single((await Answer(await Recover(held)))["offers"]!.AsArray())!, _new, "employment-reference");
        Assert.Equal(1, (int)(await Answer(await Recover(held, by: other)))["left"]!);
    }

    [Fact]
    public async Task Attack_an_attestation_of_the_depositary_is_used_at_the_deposit_or_the_reverse_or_twice()
    {
        var held = world.Diploma();
        var sheetAtMinistry = new RecoveryCode(RandomNumberGenerator.GetBytes(16));

        Assert.Equal("invalid_attestation", await Error(await Recover(held, attest: a => a with { Audience = world.Depositary.Issuer })));
        Assert.Equal("invalid_attestation", await Error(await Recover(held, attest: a => a with { Tag = sheetAtMinistry.TagFor(world.Depositary.Issuer), Audience = world.Depositary.Issuer })));
        // That for the closed college opens nothing of the depositary's own.
        Assert.Equal("invalid_attestation", await Error(await world.Say($"/{Ministry}/recovery", "identity-recovery-request+jwt", _new, Body(held, Attest(held)))));
        // Good once, here and there.
        var once = Attest(held);
        await Answer(await Recover(held, attestation: once));
        Assert.Equal("invalid_attestation", await Error(await Recover(held, attestation: once)));
        var (first, second) = (Attest(held), await Task.WhenAll(Enumerable.Repeat(Attest(held), 2).Select(a => Recover(held, attestation: a))));
        Assert.Single(second, a => a.StatusCode is HttpStatusCode.OK);
        // A proof for the one address does not serve at the other.
        Assert.Equal("invalid_proof", await Error(await world.Say($"{world.Address}/recovery", "identity-recovery-request+jwt", _new, Body(held, first), change: said => said["aud"] = $"{Url}/{Ministry}/recovery")));
        Assert.Equal("invalid_proof", await Error(await world.Say($"{world.Address}/recovery", "identity-renewal-request+jwt", _new, Body(held, first))));
        using var thief = Es256Key.Create();
        Assert.Equal("invalid_attestation", await Error(await Recover(held, attestation: first, by: thief)));
        Assert.Single(await world.Requests(held.Record));
    }

    [Fact]
    public async Task Attack_sheet_secret_or_service_alone_ask_the_depositary()
    {
        var held = world.Diploma();
        using var own = Es256Key.Create();

        Assert.Equal("invalid_attestation", await Error(await Recover(held, attestation: "")));
        Assert.Equal("invalid_attestation", await Error(await Recover(held, signer: own)));
        Assert.Equal("unknown_recovery", await Error(await Recover(held, secret: null), HttpStatusCode.NotFound));
        var stored = await Issuer.InDb(db => db.DepositAnchors.Where(a => a.Record == held.Record).Select(a => a.SecretHash).SingleAsync());
        Assert.Equal("unknown_recovery", await Error(await Recover(held, secret: stored), HttpStatusCode.NotFound));
        Assert.Equal("unknown_recovery", await Error(await Recover(held, attest: a => a with { Tag = new string('x', 43) }), HttpStatusCode.NotFound));
        Assert.Equal("invalid_attestation", await Error(await Recover(held, attest: a => a with { Started = Now.AddDays(-6) })));
        Assert.Equal("invalid_attestation", await Error(await Recover(held, attest: a => AtDesk("Okoye Reyes", "AMINA")(a) with { Issuer = RecoveryService })));
        Assert.Equal("invalid_request", await Error(await Recover(held, secret: new byte[31])));
        var nowhere = $"/{Ministry}/deposits/{new string('a', 64)}/recovery";
        Assert.Equal("unknown_recovery", await Error(await world.Say(nowhere, "identity-recovery-request+jwt", _new, Body(held, Attest(held))), HttpStatusCode.NotFound));
        Assert.Empty(await world.Requests(held.Record));
    }

    [Fact]
    public async Task What_was_stopped_told_too_late_or_has_ended_is_left()
    {
        var (stopped, late, ended, replaced) = (world.Diploma(), world.Diploma(), world.Diploma(), world.Diploma());
        await Issuer.InDb(db => db.DepositAnchors.Where(a => a.Record == stopped.Record).ExecuteUpdateAsync(a => a.SetProperty(x => x.StoppedAt, Now)));
        await Issuer.InDb(db => db.DepositAnchors.Where(a => a.Record == late.Record).ExecuteUpdateAsync(a => a.SetProperty(x => x.SetAt, Now.AddDays(-1))));
        Assert.Equal(HttpStatusCode.OK, (await Issuer.Ask(HttpMethod.Post, $"/api/{Ministry}/deposits/{world.Id}/credentials/{ended.Record}/revocation", Issuer.ApiKey(Ministry), new JsonObject { ["code"] = "fraud" })).StatusCode);
        await Issuer.InDb(db => db.DepositAnchors.Where(a => a.Record == replaced.Record).ExecuteUpdateAsync(a => a.SetProperty(x => x.Until, Now.AddDays(-1))));

        foreach (var held in new[] { stopped, late, ended })
        {
            var answer = await Answer(await Recover(held));
            Assert.Equal((0, 1, 0), ((int)answer["waiting"]!, (int)answer["left"]!, answer["offers"]!.AsArray().Count));
            Assert.Empty(await world.Requests(held.Record));
        }
        // A sheet that was replaced proves nothing after its thirty days.
        Assert.Equal("unknown_recovery", await Error(await Recover(replaced), HttpStatusCode.NotFound));
    }

    private static Func<RecoveryAttestation, RecoveryAttestation> AtDesk(string family, string given) => a => a with { Issuer = RecoveryDesk, Proofs = ["desk", "contact"], Desk = "desk of the port", Mandate = "m-1", Staff = "7", Document = Document(family, given), Started = Now, Completed = Now };

    private string Attest(Held held, Func<RecoveryAttestation, RecoveryAttestation>? change = null, Es256Key? signer = null, Es256Key? by = null)
    {
        var attestation = new RecoveryAttestation(RecoveryService, world.Closed.Issuer, Base64Url.Encode(RandomNumberGenerator.GetBytes(16)), held.Sheet.TagFor(world.Closed.Issuer),
            ["sheet", "contact"], Now.AddDays(-7), Now, Now.AddMinutes(10), (by ?? _new).PublicKey.ThumbprintText());
        return (change?.Invoke(attestation) ?? attestation).Sign(signer ?? RecoveryKey);
    }

    private JsonObject Body(Held held, string attestation) => new() { ["attestation"] = attestation, ["secret"] = Base64Url.Encode(held.Sheet.IssuerSecret(world.Closed.Issuer)) };

    private Task<HttpResponseMessage> Recover(Held held, Func<RecoveryAttestation, RecoveryAttestation>? attest = null, string? attestation = null, Es256Key? signer = null, Es256Key? by = null) =>
        world.Say($"{world.Address}/recovery", "identity-recovery-request+jwt", by ?? _new, Body(held, attestation ?? Attest(held, attest, signer, attestation is null ? by : null)));

    private Task<HttpResponseMessage> Recover(Held held, byte[]? secret, Func<RecoveryAttestation, RecoveryAttestation>? attest = null)
    {
        var body = Body(held, Attest(held, attest));
        if (secret is null) body.Remove("secret");
        else body["secret"] = Base64Url.Encode(secret);
        return world.Say($"{world.Address}/recovery", "identity-recovery-request+jwt", _new, body);
    }
}
