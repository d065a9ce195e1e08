using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Credentials.Types;
using Identity.Issuer.Data;
using Identity.Issuer.Deposits;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Deposits;

/// <summary>What a depositary does with what it took over, on a real node.</summary>
[Trait("Store", "Own")]
public sealed class DepositDeskTests(DepositWorld world) : IClassFixture<DepositWorld>
{
    private static readonly string Qualification = TypeDefinition.Find("qualification")!.Vct;

    private IssuerFixture Issuer => world.Issuer;

    private string Deposits => $"/api/{Ministry}/deposits";

    private string Status => $"/{Ministry}/deposits/{world.Id}/status/1";

    private string Record(string id, string act = "") => $"{Deposits}/{world.Id}/credentials/{id}{act}";

    private Task<HttpResponseMessage> Post(string path, JsonObject? body = null, string? key = null) => Issuer.Ask(HttpMethod.Post, path, key ?? Issuer.ApiKey(Ministry), body ?? []);

    private async Task<StatusListToken> List()
    {
        Assert.True(StatusListToken.TryParse(await Issuer.Http.GetStringAsync(Status), out var token, out var reason), reason);
        return token;
    }

    private async Task<byte[]> StatusesOf(string record)
    {
        var (list, places) = (await List(), await Issuer.InDb(db => db.StatusEntries.AsNoTracking().Where(e => e.Organisation == world.Id && e.CredentialId == record).Select(e => e.Index).ToListAsync()));
        return [.. places.Select(list.List.Get)];
    }

    [Fact]
    public async Task A_depositary_accepts_speaks_for_what_was_issued_and_issues_again_in_the_place_of_the_closed_college()
    {
        Assert.Equal(0, (await world.TakeOver(world.File)).Code);
        var admin = await Issuer.NewApiKey(Ministry);

        // Before the acceptance it says and changes nothing.
        Assert.Equal(HttpStatusCode.NotFound, (await Issuer.Http.GetAsync(Status)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Post(Record(world.Kept, "/revocation"), new JsonObject { ["code"] = "fraud" })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Post(Record(world.Kept, "/reissue"))).StatusCode);
        var acceptance = $"{Deposits}/{world.Id}/acceptance";
        Assert.Equal(HttpStatusCode.BadRequest, (await Post(acceptance, new JsonObject { ["word"] = "yes" }, admin)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Post(acceptance, new JsonObject { ["word"] = Ministry })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Post(acceptance, new JsonObject { ["word"] = Ministry }, await Issuer.NewApiKey(Shipyard))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Post($"/api/{Shipyard}/deposits/{world.Id}/acceptance", new JsonObject { ["word"] = Shipyard }, await Issuer.NewApiKey(Shipyard))).StatusCode);
        Assert.Null((await world.On.Registry.FindClosingAsync(world.Closed.Profile.Id()))!.AcceptedAt);

        // An administrator accepts at the console; the ledger says so, once.
        var office = await Console.Clerk.SignedIn(Issuer, Ministry, "admin");
        Assert.Equal(HttpStatusCode.BadRequest, (await office.Post("/console/deposits", ("id", world.Id), ("word", "no"))).StatusCode);
        // The college's own account alone named it: nothing yet, until whoever supervises the college does so too.
        Assert.Equal("/console/deposits", (await office.Post("/console/deposits", ("id", world.Id), ("word", Ministry))).Headers.Location?.OriginalString);
        var early = await IssuerOnLedger.Until(() => Issuer.InDb(db => db.Deposits.AsNoTracking().SingleAsync()), d => d.State is DepositState.Refused);
        Assert.Contains($"(name-depositary), otherwise seven days after the closing, from {early.ClosedAt.AddDays(7):u} on", early.Waiting, StringComparison.Ordinal);
        Assert.Contains($"from {early.ClosedAt.AddDays(7):u} on", await office.Page("/console/deposits"), StringComparison.Ordinal);
        await world.ConfirmAsync();
        Assert.Equal("/console/deposits", (await office.Post("/console/deposits", ("id", world.Id), ("word", Ministry))).Headers.Location?.OriginalString);
        var deposit = await IssuerOnLedger.Until(() => Issuer.InDb(db => db.Deposits.AsNoTracking().SingleAsync()), d => d.State is DepositState.Accepted);
        Assert.Equal((await world.On.Registry.FindClosingAsync(world.Closed.Profile.Id()))!.AcceptedAt, deposit.AcceptedAt);
        Assert.Equal(HttpStatusCode.Conflict, (await Post(acceptance, new JsonObject { ["word"] = Ministry }, admin)).StatusCode);
        var shown = await (await Issuer.Ask(HttpMethod.Get, Deposits, admin)).Content.ReadAsStringAsync();
        Assert.Contains("\"Accepted\"", shown, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("data-state=\"accepted\"", await office.Page("/console/deposits"), StringComparison.Ordinal);

        // The list stands under the old address, is the depositary's word, and says what the last one said.
        var list = await List();
        Assert.Equal((world.Closed.StatusListUri(1), PublishedFor(list)), (list.Uri, list.Expires - list.IssuedAt));
        Assert.True(list.IssuedAt >= deposit.AcceptedAt);
        Assert.True(VerificationKey.TryImport(world.Depositary.FirstKey.Signer.PublicKey, out var signer, out var notRead), notRead);
        Assert.True(list.Jws.Verify(signer) && list.Jws.KeyId == world.Depositary.FirstKey.Id);
        Assert.Equal([0, 0], await StatusesOf(world.Kept));
        Assert.Equal([1], await StatusesOf(world.Revoked));
        foreach (var (address, code) in new[] { ("/2", 404), ("/1?time=1", 501) }) Assert.Equal(code, (int)(await Issuer.Http.GetAsync(Status[..^2] + address)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Issuer.Http.GetAsync(Status.Replace(Ministry, Shipyard, StringComparison.Ordinal))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Issuer.Http.GetAsync(Status.Replace(world.Id, world.Id.ToUpperInvariant(), StringComparison.Ordinal))).StatusCode);

        // In the place of the college only with an accreditation that names it and covers what is issued.
        async Task NotEntitled(string why)
        {
            var refused = await Post(Record(world.Kept, "/reissue"));
            Assert.Equal((HttpStatusCode.Conflict, why), (refused.StatusCode, (string?)(await Json(refused))["detail"]));
        }
        await NotEntitled("No accreditation of this organisation names the closed one. Whoever accredits it must name it under “in place of” (on_behalf_of).");
        await world.On.Grant(Ministry, AccreditationRight.Issue, new Scope([Qualification]));
        await world.On.Grant(Ministry, AccreditationRight.Issue, new Scope([Qualification], OnBehalfOf: [new string('a', 64)]));
        await NotEntitled("No accreditation of this organisation names the closed one. Whoever accredits it must name it under “in place of” (on_behalf_of).");
        var low = await world.On.Grant(Ministry, AccreditationRight.Issue, new Scope([Qualification], Eqf: new LevelRange(1, 3), OnBehalfOf: [world.Id]));
        await NotEntitled($"Accreditation {low} of Talmara Ministry of Interior, which names the closed organisation, does not cover this (level); it allows 1–3.");
        Assert.Equal([0, 0], await StatusesOf(world.Kept));
        await world.On.Grant(Ministry, AccreditationRight.Issue, new Scope([Qualification], Eqf: new LevelRange(1, 5), OnBehalfOf: [world.Id]));

        // One act: the old copies end, the new one says in whose place.
        var clerk = await Console.Clerk.SignedIn(Issuer, Ministry);
        Assert.Contains("Amina", await clerk.Page($"/console/deposits/{world.Id}"), StringComparison.Ordinal);
        Assert.Contains("data-testid=\"reissue\"", await clerk.Page($"/console/deposits/{world.Id}/{world.Kept}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await clerk.Post($"/console/deposits/{world.Id}/{world.Kept}?handler=reissue")).StatusCode);
        var done = await Post(Record(world.Kept, "/reissue"));
        Assert.Equal(HttpStatusCode.Created, done.StatusCode);
        Assert.Equal([1, 1], await StatusesOf(world.Kept));
        var reissued = await Json(done);
        using var phone = Es256Key.Create();
        var token = await Issuer.AccessToken(reissued, Ministry);
        var signed = Assert.Single(await Issuer.Collect(token, [phone], organisation: Ministry));
        Assert.True(Jws.TryParse(signed[..signed.IndexOf('~', StringComparison.Ordinal)], out var parsed, out var unread), unread);
        Assert.Equal((world.Depositary.Issuer, world.Id, "Port Selin Technical College"), ((string?)parsed.Payload["iss"], (string?)parsed.Payload["original_issuer"], (string?)parsed.Payload["awarding_body"]));
        // So do the code on the phone and the paper.
        Assert.True(Base64Url.TryDecode(Assert.Single(await Issuer.Collect(token, [phone], "qualification-compact", Ministry)), out var bytes));
        Assert.True(CompactCredential.TryDecode(bytes, out var compact, out unread), unread);
        Assert.Equal(world.Id, Convert.ToHexStringLower(compact!.Issuer.OriginalIssuer!));
        var printed = await Issuer.Credential(token, new JsonObject { ["credential_configuration_id"] = "qualification-paper" }, Ministry);
        Assert.True(CompactPaper.TryParse((string?)Assert.Single((await Json(printed))["credentials"]!.AsArray())!["credential"], out var paper, out unread), unread);
        Assert.Equal(world.Id, Convert.ToHexStringLower(paper.OriginalIssuer!));
        // Printed at the console it says so in words, to whoever has no scanner.
        await clerk.Post($"/console/credentials/{reissued["id"]}/paper");
        foreach (var (language, words) in new[] { ("en", $"Issued by <bdi>{world.Depositary.Profile.Name}</bdi> in place of <bdi>{world.Closed.Profile.Name}</bdi>, which has closed."), ("fr", "à la place de"), ("ar", "بدلاً من") })
        {
            var sheet = WebUtility.HtmlDecode(await clerk.Page($"/console/credentials/{reissued["id"]}/paper", language));
            Assert.Equal(2, sheet.Split(words).Length - 1); // on the page and on the card
            Assert.Contains($"in place of <bdi>{world.Closed.Profile.Name}</bdi>", sheet, StringComparison.Ordinal); // for whom it is shown to
            Assert.DoesNotContain(world.Id, sheet[sheet.IndexOf("class=\"paper\"", StringComparison.Ordinal)..], StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.Conflict, (await Post(Record(world.Kept, "/reissue"))).StatusCode);
        Assert.Contains("data-testid=\"reissued\"", await clerk.Page($"/console/deposits/{world.Id}/{world.Kept}"), StringComparison.Ordinal);
        // What nobody can type stays when a mistake is put right.
        var corrected = await Issuer.Api(HttpMethod.Post, Ministry, $"/{reissued["id"]}/correction", new JsonObject { ["claims"] = Diploma("Amina Okoye") });
        Assert.Equal(HttpStatusCode.Created, corrected.StatusCode);
        Assert.Equal(world.Id, (string?)JsonNode.Parse(await Issuer.InDb(db => db.Credentials.AsNoTracking().Where(c => c.Replaces == (string)reissued["id"]!).Select(c => c.ClaimsJson).SingleAsync()))!["original_issuer"]);
        var typed = Diploma();
        typed["original_issuer"] = world.Id;
        Assert.Equal(HttpStatusCode.BadRequest, (await Issuer.Api(HttpMethod.Post, Ministry, "", new JsonObject { ["type"] = "qualification", ["reference"] = "typed", ["claims"] = typed })).StatusCode);

        // Ended with a reason, and only once.
        Assert.Equal(HttpStatusCode.BadRequest, (await Post(Record(world.Waiting, "/revocation"), new JsonObject { ["code"] = "other" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Post(Record(world.Waiting, "/revocation"), new JsonObject { ["code"] = "fraud" })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Post(Record(world.Waiting, "/revocation"), new JsonObject { ["code"] = "fraud" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Post(Record("nobody", "/revocation"), new JsonObject { ["code"] = "fraud" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Post(Record(world.Kept, "/reissue").Replace(Ministry, Shipyard, StringComparison.Ordinal), key: Issuer.ApiKey(Shipyard))).StatusCode);
        Assert.Equal(["deposit_asked", "deposit_asked", "deposit_accepted", "deposit_reissued", "deposit_revoked"],
            await Issuer.InDb(db => db.AccessLog.Where(e => e.Organisation == Ministry && e.Act.StartsWith("deposit_")).OrderBy(e => e.Id).Select(e => e.Act).ToListAsync()));
        Assert.Equal(1, (await Json(await Issuer.Ask(HttpMethod.Get, $"{Deposits}/{world.Id}/credentials?search=sunita", Issuer.ApiKey(Ministry))))["total"]!.GetValue<int>());

        await OnlyWhatWasSignedAndIsInForceIsIssuedAgain(list);
        await TwoPeopleEndAReference();
        await TheLogHoldsEveryStateThatWasShown(list);
    }

    // Whoever writes the file can invent records, and say of them what the signed lists do not.
    private async Task OnlyWhatWasSignedAndIsInForceIsIssuedAgain(StatusListToken list)
    {
        var claims = await Issuer.InDb(db => db.DepositRecords.Where(r => r.Id == world.Kept).Select(r => r.ClaimsJson).SingleAsync());
        var index = list.List.Length - 1;
        Task Add(string id, CredentialState state, bool recorded, StatusValue value, string? also = null) => Issuer.InDb(db =>
        {
            db.DepositRecords.Add(new DepositRecord
            {
                Deposit = world.Id, Id = id, Type = "qualification", Reference = "K-1", HolderName = id, SearchText = id, ClaimsJson = also ?? claims, CreatedAt = DateTimeOffset.UnixEpoch, CollectedAt = null, State = state, Recorded = recorded,
            });
            db.StatusEntries.Add(new Identity.Issuer.Status.StatusEntry { Organisation = world.Id, List = 1, Index = index--, CredentialId = id, Value = (int)value });
            return db.SaveChangesAsync();
        });
        async Task Refused(string id, string why)
        {
            var answer = await Post(Record(id, "/reissue"));
            Assert.Equal((HttpStatusCode.Conflict, why), (answer.StatusCode, (string?)(await Json(answer))["detail"]));
        }
        await Add("invented", CredentialState.Collected, false, StatusValue.Valid);
        await Refused("invented", "Nothing shows that the closed organisation ever signed this: none of its copies was on the ledger before the closing.");
        await Add("offered", CredentialState.Offered, true, StatusValue.Valid);
        await Refused("offered", "Only what was in force when the organisation closed is issued again.");
        await Add("fraud", CredentialState.Collected, true, StatusValue.Invalid);
        await Refused("fraud", "The credential has ended already.");
        // What only the file called ended is ended by the depositary.
        await Add("lives", CredentialState.Revoked, true, StatusValue.Valid);
        Assert.Equal(HttpStatusCode.OK, (await Post(Record("lives", "/revocation"), new JsonObject { ["code"] = "fraud" })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Post(Record("lives", "/revocation"), new JsonObject { ["code"] = "fraud" })).StatusCode);
        Assert.Equal(1, (await List()).List.Get(list.List.Length - 4));

        // One file number of three is three.
        var numbers = new HashSet<string> { "K-1" };
        foreach (var id in new[] { "second", "third" })
        {
            await Add(id, CredentialState.Collected, true, StatusValue.Valid);
            var done = await Post(Record(id, "/reissue"));
            Assert.Equal(HttpStatusCode.Created, done.StatusCode);
            Assert.True(numbers.Add((string)(await Json(done))["reference"]!));
        }
        // The lines of the access log are the deposit's, whatever a record is called.
        Assert.Empty(await Issuer.InDb(db => db.AccessLog.Where(e => e.CredentialId == "third").ToListAsync()));
    }

    [Theory]
    [InlineData("""{}""", true)]
    [InlineData("""{"additions":["2026-01-02: He also led a team."]}""", true)]
    [InlineData("""{"additions":"text"}""", false)]
    [InlineData("""{"additions":{"a":1}}""", false)]
    [InlineData("""{"additions":[{"a":1}]}""", false)]
    [InlineData("""{"additions":["a\u0000b"]}""", false)]
    public void Attack_a_file_makes_the_depositary_sign_what_nobody_may_type(string claims, bool good)
    {
        var type = TypeDefinition.Find("employment-reference")!;
        Assert.Equal(good, ReissueDeposited.TryKeep(type, JsonNode.Parse(claims)!.AsObject(), out _));
        Assert.False(ReissueDeposited.TryKeep(type, new JsonObject { ["additions"] = new JsonArray([new string('x', 301)]) }, out _));
        Assert.False(ReissueDeposited.TryKeep(type, new JsonObject { ["additions"] = new JsonArray([.. Enumerable.Range(0, 21).Select(n => (JsonNode)$"{n}")]) }, out _));
    }

    // A reference belongs to its holder: one person alone takes it away in no way.
    private async Task TwoPeopleEndAReference()
    {
        await Issuer.InDb(db =>
        {
            db.DepositRecords.Add(new DepositRecord
            {
                Deposit = world.Id, Id = "reference", Type = "employment-reference", Reference = "R-1", HolderName = "Amina", SearchText = "r-1 amina", ClaimsJson = "{}", CreatedAt = DateTimeOffset.UnixEpoch, CollectedAt = null, State = CredentialState.Collected,
            });
            return db.SaveChangesAsync();
        });
        Task<HttpResponseMessage> Revoke(string code, string key, int? asked = null) => Post(Record("reference", "/revocation"), new JsonObject { ["code"] = code, ["asked"] = asked }, key);
        async Task<int> Asked() => (int)(await Json(await Issuer.Ask(HttpMethod.Get, Record("reference"), Issuer.ApproverKey(Ministry))))["record"]!["asked"]!;
        var both = await Issuer.NewApiKey(Ministry, StaffRoles.Clerk | StaffRoles.Approver);

        Assert.Equal(HttpStatusCode.BadRequest, (await Revoke("holder_asked", both)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Revoke("fraud", Issuer.ApproverKey(Ministry))).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await Revoke("fraud", both)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Revoke("fraud", both)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Revoke("wrong_person", Issuer.ApproverKey(Ministry))).StatusCode);
        // An approver agrees to what was shown, not to whatever is asked by then.
        Assert.Equal(HttpStatusCode.Conflict, (await Revoke("fraud", Issuer.ApproverKey(Ministry))).StatusCode);
        var seen = await Asked();
        foreach (var code in new[] { "wrong_person", "fraud" }) Assert.Equal(HttpStatusCode.Accepted, (await Revoke(code, both)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Revoke("fraud", Issuer.ApproverKey(Ministry), seen)).StatusCode);
        Assert.Contains($"name=\"asked\" value=\"{await Asked()}\"", await (await Console.Clerk.SignedIn(Issuer, Ministry)).Page($"/console/deposits/{world.Id}/reference"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Revoke("fraud", Issuer.ApproverKey(Ministry), await Asked())).StatusCode);
        Assert.Equal(CredentialState.Revoked, await Issuer.InDb(db => db.DepositRecords.Where(r => r.Id == "reference").Select(r => r.State).SingleAsync()));
    }

    private async Task TheLogHoldsEveryStateThatWasShown(StatusListToken first)
    {
        foreach (var token in new[] { first, await List() })
            Assert.NotNull(await IssuerOnLedger.Until(() => Issuer.InDb(db => LedgerLog.FindReceiptAsync(db, Identity.Credentials.Entry.OfJwt(token.Jws.Compact))), r => r is not null));
    }

    private static TimeSpan? PublishedFor(StatusListToken list) => list.TimeToLive == Identity.Issuer.Status.PublishStatus.TimeToLive ? Identity.Issuer.Status.PublishStatus.Lifetime : null;
}
