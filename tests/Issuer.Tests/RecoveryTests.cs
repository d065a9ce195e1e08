using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Recovery;
using Identity.Credentials.StatusList;
using Identity.Issuer.Tests.Console;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>A lost phone, seen from the issuer: who moves a record to a new phone, and who does not.</summary>
public sealed partial class RecoveryTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    private readonly RecoveryCode _sheet = new(RandomNumberGenerator.GetBytes(16));
    private readonly Es256Key _new = Es256Key.Create();

    private DateTimeOffset Now => issuer.Clock.GetUtcNow();

    [Fact]
    public async Task Sheet_and_attestation_move_a_record_to_the_new_key_and_end_every_old_copy()
    {
        var (id, old) = await Held();

        var moved = await Recovered(await Recover());

        Assert.Equal([StatusValue.Invalid, StatusValue.Invalid], await Statuses(id));
        var offer = Assert.Single(moved["offers"]!.AsArray())!;
        await issuer.Collect(await Redeem(offer), [_new]);
        Assert.Equal([StatusValue.Invalid, StatusValue.Invalid, StatusValue.Valid], await Statuses(id));
        Assert.Equal("collected", (await Json(await issuer.Api(HttpMethod.Get, College, "/" + id)))["state"]!.GetValue<string>());
        // The old phone learns why, and who reads the record's history learns by which proofs.
        var reason = await Json(await Say("status-reason", "identity-status-request+jwt", old[0], null, null));
        Assert.Equal(("revoked", "recovered"), (reason["state"]!.GetValue<string>(), reason["reason"]!["code"]!.GetValue<string>()));
        Assert.Equal("valid", (await Json(await Say("status-reason", "identity-status-request+jwt", _new, null, null)))["state"]!.GetValue<string>());
        Assert.Equal("sheet + contact", await issuer.InDb(db => db.Events.Where(e => e.CredentialId == id && e.Act == "recovered").Select(e => e.Reason).SingleAsync()));
    }

    [Fact]
    public async Task What_ended_with_the_lost_phone_stays_ended_when_a_suspension_is_taken_back()
    {
        var (id, _) = await Held();
        await issuer.Collect(await Redeem((await Recovered(await Recover()))["offers"]!.AsArray().Single()!), [_new]);

        await issuer.Api(HttpMethod.Post, College, $"/{id}/suspension", new JsonObject { ["code"] = "under_review" });
        await issuer.Api(HttpMethod.Delete, College, $"/{id}/suspension");

        Assert.Equal([StatusValue.Invalid, StatusValue.Invalid, StatusValue.Valid], await Statuses(id));
    }

    [Fact]
    public async Task An_answer_that_was_lost_can_be_asked_again_with_a_new_attestation()
    {
        await Held();
        var first = await Recovered(await Recover());

        var second = await Recovered(await Recover());

        await issuer.Collect(await Redeem(second["offers"]!.AsArray().Single()!), [_new]);
        var link = Uri.UnescapeDataString(first["offers"]![0]!["offer"]!.GetValue<string>().Split("credential_offer_uri=")[1]);
        Assert.Equal(HttpStatusCode.NotFound, (await issuer.Http.GetAsync(link)).StatusCode);
    }

    [Fact]
    public async Task Staff_see_it_on_the_record_and_can_stop_it()
    {
        var (id, _) = await Held();
        var clerk = await Clerk.SignedIn(issuer);
        Assert.Contains("data-testid=\"recovery\"", await clerk.Page($"/console/credentials/{id}"), StringComparison.Ordinal);

        await clerk.Post($"/console/credentials/{id}?handler=recovery", ("allow", "false"));
        var stopped = await Recovered(await Recover());
        Assert.Empty(stopped["offers"]!.AsArray());
        Assert.Equal(1, stopped["left"]!.GetValue<int>());
        Assert.Equal([StatusValue.Valid, StatusValue.Valid], await Statuses(id));

        await clerk.Post($"/console/credentials/{id}?handler=recovery", ("allow", "true"));
        Assert.Single((await Recovered(await Recover()))["offers"]!.AsArray());
    }

    [Fact]
    public async Task Attack_somebody_has_the_sheet_alone()
    {
        var (id, _) = await Held();

        Assert.Equal("invalid_attestation", await Error(await Recover(attestation: "")));
        using var own = Es256Key.Create();
        Assert.Equal("invalid_attestation", await Error(await Recover(signer: own)));
        // Their own list at the service, with their own contact: the service then names another tag.
        var other = new RecoveryCode(RandomNumberGenerator.GetBytes(16));
        Assert.Equal("unknown_recovery", await Error(await Recover(attest: a => a with { Tag = other.TagFor($"{Url}/{College}") }), HttpStatusCode.NotFound));
        Assert.Equal([StatusValue.Valid, StatusValue.Valid], await Statuses(id));
    }

    [Fact]
    public async Task Attack_the_recovery_service_acts_alone()
    {
        var (id, _) = await Held();

        Assert.Equal("unknown_recovery", await Error(await Recover(secret: ""), HttpStatusCode.NotFound));
        Assert.Equal("unknown_recovery", await Error(await Recover(secret: Base64Url.Encode(RandomNumberGenerator.GetBytes(32))), HttpStatusCode.NotFound));
        // It has no desks, so it cannot say that somebody came to one.
        Assert.Equal("invalid_attestation", await Error(await Recover(secret: "", attest: a => a with { Proofs = ["desk", "contact"], Desk = "invented", Document = Own })));
        Assert.Equal("invalid_attestation", await Error(await Recover(attest: a => a with { Started = Now.AddDays(-6), Completed = Now })));
        Assert.Equal([StatusValue.Valid, StatusValue.Valid], await Statuses(id));
    }

    [Fact]
    public async Task Attack_the_hash_that_the_issuer_stores_is_stolen()
    {
        var (id, _) = await Held();
        var stored = await issuer.InDb(db => db.RecoveryAnchors.Where(a => a.CredentialId == id).Select(a => a.SecretHash).SingleAsync());

        Assert.Equal("unknown_recovery", await Error(await Recover(secret: Base64Url.Encode(stored)), HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task Attack_an_attestation_is_used_twice_elsewhere_later_or_by_another_key()
    {
        var (id, _) = await Held();
        var once = Attest();
        await Recovered(await Recover(attestation: once));

        Assert.Equal("invalid_attestation", await Error(await Recover(attestation: once)));
        Assert.Equal("invalid_attestation", await Error(await Recover(attest: a => a with { Audience = $"{Url}/{Ministry}" })));
        Assert.Equal("invalid_attestation", await Error(await Recover(organisation: Ministry, attest: a => a with { Audience = $"{Url}/{College}" })));
        using var thief = Es256Key.Create();
        Assert.Equal("invalid_attestation", await Error(await Recover(by: thief, attest: a => a with { NewKey = _new.PublicKey.ThumbprintText() })));
        Assert.Equal("invalid_attestation", await Error(await Recover(attest: a => a with { Expires = Now })));
        Assert.Equal("invalid_attestation", await Error(await Recover(attest: a => a with { Expires = Now.AddHours(1) })));
        Assert.Equal("invalid_attestation", await Error(await Recover(attest: a => a with { Completed = Now.AddDays(1) })));
        Assert.Equal(1, await issuer.InDb(db => db.Events.CountAsync(e => e.CredentialId == id && e.Act == "recovered")));
    }

    [Fact]
    public async Task Attack_two_recoveries_at_once_with_one_attestation()
    {
        var (id, _) = await Held();
        var once = Attest();

        var answers = await Task.WhenAll(Recover(attestation: once), Recover(attestation: once));

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        Assert.Equal(1, await issuer.InDb(db => db.Events.CountAsync(e => e.CredentialId == id && e.Act == "recovered")));
    }

    [Fact]
    public async Task Attack_the_old_phone_goes_on_after_the_record_was_moved()
    {
        var prepared = await issuer.Prepare();
        var token = await issuer.AccessToken(prepared);
        List<Es256Key> old = [Es256Key.Create(), Es256Key.Create()];
        await issuer.Collect(token, old);
        await Anchor(old[0], _sheet);
        await LongAgo();
        await Recovered(await Recover());

        var nonce = await issuer.Nonce();
        Assert.Equal(HttpStatusCode.Unauthorized, (await issuer.Credential(token, Request(old.Select(k => issuer.Proof(k, nonce))))).StatusCode);
        // Its key can no longer say what proves the holder.
        Assert.Equal("unknown_copy", await Error(await Anchor(old[1], new RecoveryCode(RandomNumberGenerator.GetBytes(16))), HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task Attack_a_clerk_collects_what_was_moved_to_the_new_phone()
    {
        var (id, _) = await Held();
        var moved = (await Recovered(await Recover()))["offers"]![0]!;

        var seen = await (await issuer.Api(HttpMethod.Get, College, "/" + id)).Content.ReadAsStringAsync();
        var page = await (await Clerk.SignedIn(issuer)).Page($"/console/credentials/{id}/offer");

        Assert.DoesNotContain(moved["offer"]!.GetValue<string>().Split('=')[1], seen + page, StringComparison.Ordinal);
        await issuer.Collect(await Redeem(moved), [_new]);
    }

    [Fact]
    public async Task Attack_somebody_else_says_what_proves_the_holder()
    {
        var (id, _) = await Held();
        using var stranger = Es256Key.Create();

        Assert.Equal("unknown_copy", await Error(await Anchor(stranger, new RecoveryCode(RandomNumberGenerator.GetBytes(16))), HttpStatusCode.NotFound));
        Assert.Equal(_sheet.TagFor($"{Url}/{College}"), await issuer.InDb(db => db.RecoveryAnchors.Where(a => a.CredentialId == id).Select(a => a.Tag).SingleAsync()));
    }

    [Fact]
    public async Task Attack_the_seven_days_are_spent_before_the_phone_is_taken()
    {
        var (id, keys) = await Held();
        var own = new RecoveryCode(RandomNumberGenerator.GetBytes(16));

        // A list of their own recovered long ago; now the unlocked phone says that it proves the holder.
        await Anchor(keys[1], own);
        var answer = await Recovered(await Recover(secret: Base64Url.Encode(own.IssuerSecret($"{Url}/{College}")), attest: a => a with { Tag = own.TagFor($"{Url}/{College}") }));

        Assert.Empty(answer["offers"]!.AsArray());
        Assert.Equal([StatusValue.Valid, StatusValue.Valid], await Statuses(id));
    }

    [Fact]
    public async Task Attack_the_unlocked_phone_names_another_sheet_and_the_owner_still_comes_back()
    {
        var (id, keys) = await Held();
        foreach (var other in new[] { 1, 2 }) await Anchor(keys[1], new RecoveryCode(Enumerable.Repeat((byte)other, 16).ToArray()));

        Assert.Single((await Recovered(await Recover()))["offers"]!.AsArray());

        // What was told after it has ended, and the owner's is the one again.
        Assert.Equal(0, await issuer.InDb(db => db.EarlierAnchors.CountAsync(e => e.CredentialId == id)));
        Assert.Equal(_sheet.TagFor($"{Url}/{College}"), await issuer.InDb(db => db.RecoveryAnchors.Where(a => a.CredentialId == id).Select(a => a.Tag).SingleAsync()));
    }

    [Fact]
    public async Task A_sheet_that_was_replaced_proves_nothing_after_thirty_days()
    {
        var (id, keys) = await Held();
        await Anchor(keys[1], new RecoveryCode(RandomNumberGenerator.GetBytes(16)));
        await issuer.InDb(db => db.EarlierAnchors.Where(e => e.CredentialId == id).ExecuteUpdateAsync(e => e.SetProperty(x => x.Until, Now)));

        Assert.Equal("unknown_recovery", await Error(await Recover(), HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task Attack_an_older_recovery_takes_back_what_a_newer_one_moved()
    {
        var (id, _) = await Held();
        using var thief = Es256Key.Create();
        await issuer.Collect(await Redeem((await Recovered(await Recover()))["offers"]!.AsArray().Single()!), [_new]);

        var answer = await Recovered(await Recover(by: thief, attest: a => a with { Started = Now.AddDays(-9), Completed = Now.AddDays(-1) }));

        Assert.Empty(answer["offers"]!.AsArray());
        Assert.Equal([StatusValue.Invalid, StatusValue.Invalid, StatusValue.Valid], await Statuses(id));
    }

    [Fact]
    public async Task Attack_a_request_of_the_old_phone_is_held_open_until_the_record_has_moved()
    {
        var prepared = await issuer.Prepare();
        var id = prepared["id"]!.GetValue<string>();
        var token = await issuer.AccessToken(prepared);
        List<Es256Key> old = [Es256Key.Create()];
        await issuer.Collect(token, old);
        await Anchor(old[0], _sheet);
        await LongAgo();
        var held = await issuer.InDb(db => db.AccessTokens.AsNoTracking().SingleAsync(t => t.CredentialId == id));
        await issuer.InDb(async db =>
        {
            db.DeferredIssues.Add(new Issuance.DeferredIssue { Hash = Offers.OfferSecrets.Hash(id), Organisation = College, OfferId = held.OfferId, CredentialId = id, Format = "dc+sd-jwt", KeysJson = "[]", CreatedAt = Now });
            return await db.SaveChangesAsync();
        });
        var moved = (await Recovered(await Recover()))["offers"]!.AsArray().Single()!;

        // The token was good when the request came, and is looked at again in its turn.
        await using var scope = issuer.App.Services.CreateAsyncScope();
        var issue = scope.ServiceProvider.GetRequiredService<Issuance.IssueCopies>();
        var college = scope.ServiceProvider.GetRequiredService<Organisations.OrganisationDirectory>().Find(College)!;
        var request = new Issuance.CredentialRequest(Credentials.Types.TypeDefinition.Find("qualification")!, "dc+sd-jwt", "", [], null);
        var refused = Assert.IsType<Issuance.Collection.Refused>(await issue.RunAsync(college, held, request, new Issuance.CheckedProofs([old[0].PublicKey], []), default));

        Assert.Equal("credential_request_denied", refused.Error.Code);
        Assert.Equal(0, await issuer.InDb(db => db.DeferredIssues.CountAsync(d => d.CredentialId == id)));
        await issuer.Collect(await Redeem(moved), [_new]);
    }

    private async Task<(string Id, List<Es256Key> Keys)> Held(JsonObject? claims = null)
    {
        var prepared = await issuer.Prepare(claims);
        List<Es256Key> keys = [Es256Key.Create(), Es256Key.Create()];
        await issuer.Collect(await issuer.AccessToken(prepared), keys);
        Assert.Equal(HttpStatusCode.NoContent, (await Anchor(keys[0], _sheet)).StatusCode);
        await LongAgo();
        return (prepared["id"]!.GetValue<string>(), keys);
    }

    // As it is for somebody who printed the sheet before the phone was lost.
    private Task<int> LongAgo(string organisation = College) => issuer.InDb(db => db.RecoveryAnchors.Where(a => a.Tag == _sheet.TagFor($"{Url}/{organisation}")).ExecuteUpdateAsync(a => a.SetProperty(x => x.SetAt, Now.AddDays(-20))));

    private Task<HttpResponseMessage> Anchor(Es256Key key, RecoveryCode sheet, string organisation = College) => Say("recovery-anchor", "identity-recovery-anchor+jwt", key, null, payload =>
    {
        payload["secret_hash"] = Base64Url.Encode(SHA256.HashData(sheet.IssuerSecret($"{Url}/{organisation}")));
        payload["tag"] = sheet.TagFor($"{Url}/{organisation}");
    }, organisation);

    private string Attest(Func<RecoveryAttestation, RecoveryAttestation>? change = null, Es256Key? signer = null, Es256Key? by = null, string organisation = College)
    {
        var attestation = new RecoveryAttestation(RecoveryService, $"{Url}/{organisation}", Base64Url.Encode(RandomNumberGenerator.GetBytes(16)), _sheet.TagFor($"{Url}/{organisation}"),
            ["sheet", "contact"], Now.AddDays(-7), Now, Now.AddMinutes(10), (by ?? _new).PublicKey.ThumbprintText());
        return (change?.Invoke(attestation) ?? attestation).Sign(signer ?? RecoveryKey);
    }

    private Task<HttpResponseMessage> Recover(
        string? secret = null, string? attestation = null, Func<RecoveryAttestation, RecoveryAttestation>? attest = null, Es256Key? signer = null, Es256Key? by = null, string organisation = College, bool rest = false)
    {
        var body = new JsonObject { ["attestation"] = attestation ?? Attest(attest, signer, by, organisation) };
        if (rest) body["rest"] = true;
        if (secret != "") body["secret"] = secret ?? Base64Url.Encode(_sheet.IssuerSecret($"{Url}/{organisation}"));
        return Say("recovery", "identity-recovery-request+jwt", by ?? _new, body, null, organisation);
    }

    private async Task<HttpResponseMessage> Say(string path, string type, Es256Key key, JsonObject? body, Action<JsonObject>? payload, string organisation = College)
    {
        var said = new JsonObject { ["aud"] = $"{Url}/{organisation}/{path}", ["iat"] = Now.ToUnixTimeSeconds(), ["nonce"] = await issuer.Nonce(organisation) };
        payload?.Invoke(said);
        body ??= [];
        body["proof"] = Jws.Sign(new JsonObject { ["typ"] = type, ["jwk"] = key.PublicKey.ToJson() }, said, key);
        return await issuer.Http.PostAsync($"/{organisation}/{path}", new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json"));
    }

    private static async Task<JsonObject> Recovered(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await Json(answer);
    }

    private Task<JsonObject> OfferOf(JsonNode offer) => issuer.Offer(new JsonObject { ["offer"] = new JsonObject { ["link"] = offer["offer"]!.GetValue<string>() } });

    private async Task<string> Redeem(JsonNode offer)
    {
        var answer = await issuer.Token(Code(await OfferOf(offer)), offer["tx_code"]!.GetValue<string>());
        return (await Recovered(answer))["access_token"]!.GetValue<string>();
    }

    private async Task<List<StatusValue>> Statuses(string id) => await issuer.InDb(async db =>
    {
        var copies = await db.Copies.Where(c => c.CredentialId == id).OrderBy(c => c.Id).ToListAsync();
        var entries = await db.StatusEntries.Where(e => e.CredentialId == id).ToListAsync();
        return copies.Select(c => (StatusValue)entries.Single(e => e.List == c.List && e.Index == c.Index).Value).ToList();
    });
}
