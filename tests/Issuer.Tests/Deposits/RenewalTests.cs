using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.Deposits.PhonesWorld;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Deposits;

/// <summary>A phone shows the depositary what the closed college gave it, and gets a new one.</summary>
[Trait("Store", "Own")]
public sealed class RenewalTests(PhonesWorld world) : IClassFixture<PhonesWorld>
{
    [Fact]
    public async Task A_phone_that_still_has_its_card_gets_the_depositarys_by_itself_and_the_old_copies_end()
    {
        var held = world.Diploma();

        var answer = await Answer(await world.Renew(held.Keys[0], held.Copies[0]));

        Assert.Equal((0, true), ((int)answer["waiting"]!, answer.ContainsKey("contact")));
        Assert.Equal([1, 1], await world.StatusesOf(held.Record));
        using var key = Es256Key.Create();
        Assert.True(SdJwtVc.TryParse(await world.Collect(Assert.Single(answer["offers"]!.AsArray())!, key), out var renewed, out var reason), reason);
        Assert.Equal((world.Depositary.Issuer, world.Id, "Amina Okoye-Reyes"), (renewed.Issuer, (string?)renewed.Claims["original_issuer"], (string?)renewed.Claims["holder_name"]));
        Assert.Equal((await world.Record(held.Record)).ReissuedAs, await world.Issuer.InDb(db => db.Copies.Where(c => c.HolderKey == key.PublicKey.ThumbprintText()).Select(c => c.CredentialId).SingleAsync()));
        Assert.Equal(["deposit_renewed"], await world.Issuer.InDb(db => db.AccessLog.Where(e => e.Actor == "wallet" && e.CredentialId == $"{world.Id.Substring(0, 16)}:{held.Record}").Select(e => e.Act).ToListAsync()));
        // A wallet has it: nothing more comes of the old one.
        Assert.Equal("ended", await Error(await world.Renew(held.Keys[0], held.Copies[0]), HttpStatusCode.Conflict));
        Assert.Equal("ended", await Error(await world.Renew(held.Keys[1], held.Copies[1]), HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task An_answer_that_was_lost_can_be_asked_again_by_the_same_phone_until_a_wallet_has_it()
    {
        var held = world.Diploma();
        var first = await Answer(await world.Renew(held.Keys[0], held.Copies[0]));

        var second = await Answer(await world.Renew(held.Keys[0], held.Copies[0]));

        var link = Uri.UnescapeDataString(((string)first["offers"]![0]!["offer"]!).Split("credential_offer_uri=")[1]);
        Assert.Equal(HttpStatusCode.NotFound, (await world.Issuer.Http.GetAsync(link)).StatusCode);
        using var key = Es256Key.Create();
        await world.Collect(second["offers"]![0]!, key);
        // Staff of the depositary never saw it.
        var id = (await world.Record(held.Record)).ReissuedAs;
        Assert.DoesNotContain(((string)second["offers"]![0]!["offer"]!).Split('=')[1], await (await world.Issuer.Api(HttpMethod.Get, Ministry, $"/{id}")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_two_people_give_and_what_the_record_says_otherwise_waits_for_a_person_and_nothing_changes()
    {
        var (reference, other) = (world.Reference, world.Diploma());
        await world.Issuer.InDb(async db =>
        {
            var claims = JsonNode.Parse((await db.DepositRecords.AsNoTracking().SingleAsync(r => r.Id == other.Record)).ClaimsJson)!;
            claims["holder_name"] = "Somebody Else";
            claims["occupation"] = null;
            return await db.DepositRecords.Where(r => r.Id == other.Record).ExecuteUpdateAsync(r => r.SetProperty(x => x.ClaimsJson, claims.ToJsonString()));
        });

        foreach (var (held, because, detail) in new[] { (reference, "two_people", null), (other, "claims", "holder_name occupation") })
        {
            for (var again = 0; again < 2; again++)
            {
                var answer = await Answer(await world.Renew(held.Keys[0], held.Copies[0]));
                Assert.Equal((1, 0), ((int)answer["waiting"]!, answer["offers"]!.AsArray().Count));
            }
            Assert.Equal([0, 0], await world.StatusesOf(held.Record));
            var request = Assert.Single(await world.Requests(held.Record));
            Assert.Equal((Identity.Issuer.Deposits.DepositRequestState.Waiting, "copy", because, detail, held.Keys[0].PublicKey.ThumbprintText()), (request.State, request.Proofs, request.Because, request.Detail, request.Phone));
            // Asked again it is the same request: whoever is about to agree to it is not held up.
            Assert.Equal(1, (await world.Record(held.Record)).Version);
        }
    }

    [Fact]
    public async Task Attack_a_renewal_is_replayed_or_made_for_another_address()
    {
        var held = world.Diploma();
        var body = new JsonObject { ["credential"] = held.Copies[0] };
        await world.Say($"{world.Address}/renewal", "identity-renewal-request+jwt", held.Keys[0], body); // without the hash: the nonce is used
        Task<HttpResponseMessage> Send(JsonObject what) => world.Issuer.Http.PostAsync($"{world.Address}/renewal", new StringContent(what.ToJsonString(), System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal("invalid_nonce", await Error(await Send(body)));

        Assert.Equal("invalid_proof", await Error(await world.Renew(held.Keys[0], held.Copies[0], said => said["aud"] = $"{Url}/{Ministry}/recovery")));
        Assert.Equal("invalid_proof", await Error(await world.Renew(held.Keys[0], held.Copies[0], said => said["aud"] = $"{Url}/{Ministry}/deposits/{new string('a', 64)}/renewal")));
        Assert.Equal("invalid_proof", await Error(await world.Renew(held.Keys[0], held.Copies[0], said => said["credential_hash"] = Base64Url.Encode(new byte[32]))));
        Assert.Equal("invalid_proof", await Error(await world.Renew(held.Keys[0], held.Copies[0], said => said["iat"] = 1)));
        var nonce = await world.Issuer.Nonce(College);
        Assert.Equal("invalid_nonce", await Error(await world.Renew(held.Keys[0], held.Copies[0], said => said["nonce"] = nonce)));
        Assert.Equal("invalid_proof", await Error(await world.Say($"{world.Address}/renewal", "identity-recovery-request+jwt", held.Keys[0], new JsonObject { ["credential"] = held.Copies[0] })));
        Assert.Equal([0, 0], await world.StatusesOf(held.Record));
    }

    [Fact]
    public async Task Attack_a_copy_is_shown_that_is_changed_incomplete_or_somebody_elses()
    {
        var (held, other) = (world.Diploma(), world.Diploma());
        var parts = held.Copies[0].Split('~');

        // A disclosure is left out, swapped for another's, or doubled; a key binding is there; what is no credential.
        Assert.Equal("invalid_request", await Error(await world.Renew(held.Keys[0], string.Join('~', parts.Where((_, n) => n != 1)))));
        Assert.Equal("invalid_request", await Error(await world.Renew(held.Keys[0], string.Join('~', parts.Select((p, n) => n == 1 ? other.Copies[0].Split('~')[1] : p)))));
        Assert.Equal("invalid_request", await Error(await world.Renew(held.Keys[0], string.Join('~', parts.Select((p, n) => n == 2 ? parts[1] : p)))));
        Assert.Equal("invalid_request", await Error(await world.Renew(held.Keys[0], held.Copies[0] + parts[0])));
        Assert.Equal("invalid_request", await Error(await world.Renew(held.Keys[0], "~")));
        Assert.Equal("invalid_request", await Error(await world.Renew(held.Keys[0], new string('a', 66_000))));
        // With a key of one's own, and with that of another copy.
        using var stranger = Es256Key.Create();
        foreach (var key in new[] { stranger, held.Keys[1], other.Keys[0] }) Assert.Equal("invalid_proof", await Error(await world.Renew(key, held.Copies[0])));
        // Signed by oneself over the same words, for one's own key.
        Assert.True(Jws.TryParse(parts[0], out var jws, out var reason), reason);
        var (header, payload) = (jws.Header.DeepClone().AsObject(), jws.Payload.DeepClone().AsObject());
        payload["cnf"] = new JsonObject { ["jwk"] = stranger.PublicKey.ToJson() };
        header.Remove("alg");
        Assert.Equal("unknown_record", await Error(await world.Renew(stranger, string.Join('~', [Jws.Sign(header, payload, stranger), .. parts[1..]])), HttpStatusCode.NotFound));

        Assert.Equal([0, 0], await world.StatusesOf(held.Record));
        Assert.Empty(await world.Requests(held.Record));
    }

    [Fact]
    public async Task Attack_a_file_names_the_entry_of_something_that_the_closed_college_did_not_sign()
    {
        // A thief of the account alone signs a credential and puts its entry into file and log.
        var held = world.Diploma();
        using var thief = Es256Key.Create();
        Assert.True(Jws.TryParse(held.Copies[0].Split('~')[0], out var jws, out var reason), reason);
        var (header, payload) = (jws.Header.DeepClone().AsObject(), jws.Payload.DeepClone().AsObject());
        payload["cnf"] = new JsonObject { ["jwk"] = thief.PublicKey.ToJson() };
        header.Remove("alg");
        var forged = Jws.Sign(header, payload, thief);
        await world.Issuer.InDb(async db =>
        {
            var copy = await db.DepositCopies.AsNoTracking().Join(db.StatusEntries.Where(e => e.Organisation == world.Id && e.CredentialId == held.Record), c => new { c.List, c.Index }, e => new { e.List, e.Index }, (c, e) => c).FirstAsync();
            db.DepositCopies.Add(new Identity.Issuer.Deposits.DepositCopy { Deposit = world.Id, Entry = Identity.Credentials.Entry.OfJwt(forged), List = copy.List, Index = copy.Index });
            return await db.SaveChangesAsync();
        });

        Assert.Equal("unknown_record", await Error(await world.Renew(thief, string.Join('~', [forged, .. held.Copies[0].Split('~')[1..]])), HttpStatusCode.NotFound));
        Assert.Equal([0, 0], await world.StatusesOf(held.Record));
    }

    [Fact]
    public async Task Attack_what_another_organisation_issued_or_what_came_after_the_ledger_last_heard_is_shown()
    {
        var held = world.Diploma();
        using var key = Es256Key.Create();
        var prepared = await world.Issuer.Prepare(CorrectionTests.Reference(), Shipyard, "employment-reference");
        var elsewhere = Assert.Single(await world.Issuer.Collect(await world.Issuer.AccessToken(prepared, Shipyard), [key], "employment-reference", Shipyard));

        Assert.Equal("unknown_record", await Error(await world.Renew(key, elsewhere), HttpStatusCode.NotFound));
        // The right copy at an address that has no such deposit, or another's.
        foreach (var (organisation, deposit) in new[] { (Ministry, new string('a', 64)), (Shipyard, world.Id), (Ministry, "x") })
        {
            var path = $"/{organisation}/deposits/{deposit}/renewal";
            var hash = Base64Url.Encode(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(held.Copies[0])));
            Assert.Equal("unknown_record", await Error(await world.Say(path, "identity-renewal-request+jwt", held.Keys[0], new JsonObject { ["credential"] = held.Copies[0] }, organisation, said => said["credential_hash"] = hash), HttpStatusCode.NotFound));
        }
        // Its entry is not one that the ledger held before the closing.
        var entry = Identity.Credentials.Entry.OfJwt(held.Copies[0].Split('~')[0]);
        await world.Issuer.InDb(db => db.DepositCopies.Where(c => c.Entry == entry).ExecuteDeleteAsync());
        Assert.Equal("unknown_record", await Error(await world.Renew(held.Keys[0], held.Copies[0]), HttpStatusCode.NotFound));
        Assert.Equal([0, 0], await world.StatusesOf(held.Record));
    }

    [Fact]
    public async Task Attack_a_copy_that_has_ended_comes_back_by_a_renewal()
    {
        var (held, suspended, single) = (world.Diploma(), world.Diploma(), world.Diploma());
        Assert.Equal(HttpStatusCode.OK, (await world.Issuer.Ask(HttpMethod.Post, $"/api/{Ministry}/deposits/{world.Id}/credentials/{held.Record}/revocation", world.Issuer.ApiKey(Ministry), new JsonObject { ["code"] = "fraud" })).StatusCode);
        await world.Issuer.InDb(db => db.DepositRecords.Where(r => r.Id == suspended.Record).ExecuteUpdateAsync(r => r.SetProperty(x => x.State, Identity.Issuer.Issuance.CredentialState.Suspended)));
        // One copy ended with a lost phone, the other lives.
        Assert.True(SdJwtVc.TryParse(single.Copies[0], out var lost, out var reason), reason);
        await world.Issuer.InDb(db => db.StatusEntries.Where(e => e.Organisation == world.Id && e.Index == lost.Status!.Index).ExecuteUpdateAsync(e => e.SetProperty(x => x.Value, 1)));

        Assert.Equal("ended", await Error(await world.Renew(held.Keys[0], held.Copies[0]), HttpStatusCode.Conflict));
        Assert.Equal("state", await Error(await world.Renew(suspended.Keys[0], suspended.Copies[0]), HttpStatusCode.Conflict));
        Assert.Equal("ended", await Error(await world.Renew(single.Keys[0], single.Copies[0]), HttpStatusCode.Conflict));
        Assert.Single((await Answer(await world.Renew(single.Keys[1], single.Copies[1])))["offers"]!.AsArray());
    }

    [Fact]
    public async Task Attack_two_copies_of_one_diploma_are_renewed_at_once()
    {
        var held = world.Diploma();

        var answers = await Task.WhenAll(world.Renew(held.Keys[0], held.Copies[0]), world.Renew(held.Keys[1], held.Copies[1]));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Select(a => a.StatusCode).Order());
        Assert.Equal(1, await world.Issuer.InDb(db => db.DepositRequests.CountAsync(r => r.Record == held.Record)));
    }

    [Fact]
    public async Task Attack_the_file_gives_a_copy_another_place_in_the_list_than_the_copy_itself_has()
    {
        // With the place of somebody else's the renewal would end that one's card, and a place that nobody has would bring back what was revoked.
        var (held, other) = (world.Diploma(), world.Diploma());
        Assert.True(SdJwtVc.TryParse(other.Copies[0], out var others, out var reason), reason);
        var entry = Identity.Credentials.Entry.OfJwt(held.Copies[0].Split('~')[0]);
        await world.Issuer.InDb(db => db.DepositCopies.Where(c => c.Entry == entry).ExecuteUpdateAsync(c => c.SetProperty(x => x.Index, others.Status!.Index)));

        var answer = await Answer(await world.Renew(held.Keys[0], held.Copies[0]));

        Assert.Equal((1, 0), ((int)answer["waiting"]!, answer["offers"]!.AsArray().Count));
        Assert.Equal([0, 0], await world.StatusesOf(held.Record));
        Assert.Equal([0, 0], await world.StatusesOf(other.Record));
        Assert.Equal("place", Assert.Single(await world.Requests(other.Record)).Because);
    }

    [Fact]
    public async Task An_offer_that_staff_made_stands_and_the_phone_gets_no_other()
    {
        var held = world.Diploma();
        await Answer(await world.Renew(held.Keys[0], held.Copies[0]));
        var id = (await world.Record(held.Record)).ReissuedAs!;
        var made = await world.Issuer.Api(HttpMethod.Post, Ministry, $"/{id}/offer");
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());

        Assert.Equal("ended", await Error(await world.Renew(held.Keys[0], held.Copies[0]), HttpStatusCode.Conflict));

        var offer = (await Json(made))["offer"] ?? await Json(made);
        using var key = Es256Key.Create();
        await world.Collect(new JsonObject { ["offer"] = (string)offer["link"]!, ["tx_code"] = (string)offer["txCode"]! }, key);
    }

    [Fact]
    public async Task What_speaks_against_a_copy_waits_for_a_person()
    {
        var held = world.Diploma();
        Assert.True(SdJwtVc.TryParse(held.Copies[0], out var shown, out var reason), reason);
        var (closed, ours, others, now) = (Convert.FromHexString(world.Id), world.Depositary.Profile.Id(), new byte[32], DateTimeOffset.UtcNow);
        var place = new EventPlace(1, "", "", 0, now);
        var signer = Base64Url.TryDecode(shown.Document.Jwt.KeyId!, out var thumbprint) ? thumbprint : throw new InvalidOperationException();
        RegistryEvent[] good = [new RegistryEvent.OrganisationClosed(place, closed, ours, new byte[32], ""), new RegistryEvent.DepositAccepted(place, closed, ours)];
        string? Doubt(DateTimeOffset at, SdJwtVc copy, params RegistryEvent[] events) => Identity.Issuer.Deposits.RenewDeposited.Doubt(events, closed, ours, copy, at);

        Assert.Null(Doubt(now, shown, good));
        Assert.Equal("earlier", Doubt(now, shown, [good[0], new RegistryEvent.DepositAccepted(place, closed, others), new RegistryEvent.DepositaryNamed(place, closed, ours), good[1]]));
        Assert.Equal("key", Doubt(now, shown, [.. good, new RegistryEvent.KeyEnded(place, closed, signer, now, KeyEnding.Compromised)]));
        Assert.Null(Doubt(now, shown, [.. good, new RegistryEvent.KeyEnded(place, closed, signer, now, KeyEnding.Retired)]));
        Assert.Null(Doubt(now, shown, [.. good, new RegistryEvent.KeyEnded(place, others, signer, now, KeyEnding.Compromised)]));
        Assert.Equal("expired", Doubt(now.AddDays(-400), shown, good)); // no copy of a diploma runs out: before its time is as good as after
    }

    [Fact]
    public void Only_the_depositary_that_the_ledger_names_and_that_has_accepted_issues_in_the_closed_ones_place()
    {
        byte[] closed = [1], ours = [2], others = [3];
        var place = new EventPlace(1, "", "", 0, DateTimeOffset.UtcNow);
        RegistryEvent Close(byte[] to) => new RegistryEvent.OrganisationClosed(place, closed, to, [], "");
        RegistryEvent Name(byte[] whom) => new RegistryEvent.DepositaryNamed(place, closed, whom);
        RegistryEvent Accept(byte[] by) => new RegistryEvent.DepositAccepted(place, closed, by);
        RegistryEvent undo = new RegistryEvent.ClosingUndone(place, closed);
        (bool, bool) Of(params RegistryEvent[] events) { var term = Identity.Issuer.Deposits.DepositTerm.Of(events, closed, ours); return (term.IsOurs, term.HadAnother); }

        Assert.Equal((true, false), Of(Close(ours), Accept(ours)));
        Assert.Equal((true, false), Of(Close(ours), Accept(ours), Name(ours)));
        Assert.Equal((true, false), Of(Close(others), Name(ours), Accept(ours)));
        Assert.Equal((true, true), Of(Close(others), Accept(others), Name(ours), Accept(ours)));
        Assert.Equal((false, true), Of(Close(others), Accept(others), Name(ours)));
        Assert.Equal((false, false), Of(Close(ours), Accept(ours), Name(others)));
        Assert.Equal((false, true), Of(Close(ours), Accept(ours), Name(others), Accept(others)));
        Assert.Equal((false, false), Of(Close(ours), undo));
        Assert.Equal((false, false), Of(Close(ours)));
        Assert.Equal((false, false), Of(new RegistryEvent.OrganisationClosed(place, others, ours, [], ""), new RegistryEvent.DepositAccepted(place, others, ours)));
    }

    [Fact]
    public async Task A_request_is_forgotten_after_thirty_days_but_not_while_its_offer_is_open()
    {
        var held = world.Diploma();
        await Answer(await world.Renew(held.Keys[0], held.Copies[0]));
        Task Forget(DateTimeOffset at) => world.Issuer.InDb(async db => { await Identity.Issuer.Data.ForgetExpired.RunAsync(db, at, default); return 0; });
        await world.Issuer.InDb(db => db.DepositRequests.Where(r => r.Record == held.Record).ExecuteUpdateAsync(r => r.SetProperty(x => x.Until, DateTimeOffset.UtcNow.AddDays(-1))));

        await Forget(DateTimeOffset.UtcNow);
        Assert.Single(await world.Requests(held.Record));
        await world.Issuer.InDb(db => db.Offers.Where(o => db.DepositRequests.Any(r => r.Record == held.Record && r.OfferId == o.Id)).ExecuteUpdateAsync(o => o.SetProperty(x => x.ExpiresAt, DateTimeOffset.UtcNow.AddDays(-1))));
        await Forget(DateTimeOffset.UtcNow);
        Assert.Empty(await world.Requests(held.Record));
    }
}
