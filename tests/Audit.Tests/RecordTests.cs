using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Ledger.Log;
using Identity.Wallet.Holder;
using Microsoft.EntityFrameworkCore;

namespace Identity.Audit.Tests;

public sealed class RecordTests(AuditFixture audit) : IClassFixture<AuditFixture>
{
    [Fact]
    public async Task A_recorded_version_is_a_commitment_a_site_a_stage_and_an_entry_of_the_log()
    {
        var worker = await audit.Worker(anchored: false);

        var row = await audit.InDb(db => db.Contracts.SingleAsync(c => c.Commitment == worker.Offer.Commitment));

        Assert.Equal((AuditFixture.Site, "offer"), (row.Site, row.Stage));
        Assert.IsNotType<EntryPlace.Unknown>(await audit.InDb(db => LedgerLog.FindAsync(db, worker.Offer.Commitment)));
    }

    [Fact]
    public async Task A_request_sent_twice_is_answered_alike_and_counts_once()
    {
        var worker = await audit.Worker();

        Assert.Equal(HttpStatusCode.OK, (await audit.Record(worker.Code, worker.Enrolment, worker.Offer)).StatusCode);

        Assert.Equal(2, await audit.InDb(async db => (await Voucher(db, worker.Code)).Records));
    }

    [Fact]
    public async Task A_request_sent_by_two_tabs_at_once_is_answered_alike_and_counts_once()
    {
        var code = (await audit.Codes(1))[0];
        using var key = Es256Key.Create();
        var version = ContractCopy.Of(Terms.Record("offer"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => audit.Record(code, key, version)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(1, await audit.InDb(async db => (await Voucher(db, code)).Records));
    }

    [Fact]
    public async Task Attack_a_code_that_somebody_uses_is_of_no_use_to_another()
    {
        var worker = await audit.Worker();
        using var thief = Es256Key.Create();

        var answer = await audit.Record(worker.Code, thief, ContractCopy.Of(Terms.Record("origin")));

        Assert.Equal("voucher_taken", await AuditFixture.Error(answer, 409));
    }

    [Fact]
    public async Task Attack_one_worker_with_many_versions_is_counted_once_and_cannot_go_on_for_ever()
    {
        var code = (await audit.Codes(1))[0];
        using var key = Es256Key.Create();
        for (var i = 0; i < 12; i++) Assert.Equal(HttpStatusCode.OK, (await audit.Record(code, key, ContractCopy.Of(Terms.Record("amended")))).StatusCode);

        Assert.Equal("too_many_versions", await AuditFixture.Error(await audit.Record(code, key, ContractCopy.Of(Terms.Record("amended"))), 409));
        Assert.Equal(1, await audit.InDb(db => db.Vouchers.CountAsync(v => v.Records == 12)));
    }

    [Fact]
    public async Task Attack_made_up_codes_record_nothing()
    {
        using var key = Es256Key.Create();
        var before = await audit.InDb(db => db.Contracts.CountAsync());
        foreach (var code in new[] { "", "0000-0000-0000-0000", "x", new string('A', 5000), "🙂🙂🙂🙂🙂🙂🙂🙂" })
            Assert.Equal(code.Length > 3000 ? "malformed" : "voucher_unknown", await AuditFixture.Error(await audit.Record(code, key, ContractCopy.Of(Terms.Record("offer"))), code.Length > 3000 ? 400 : 403));

        Assert.Equal(before, await audit.InDb(db => db.Contracts.CountAsync()));
    }

    [Fact]
    public async Task Attack_two_phones_use_one_code_at_once_and_one_wins()
    {
        var code = (await audit.Codes(1))[0];
        var tries = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => audit.Record(code, Es256Key.Create(), ContractCopy.Of(Terms.Record("offer")))));

        Assert.Single(tries, t => t.StatusCode == HttpStatusCode.OK);
        Assert.All(tries.Where(t => t.StatusCode != HttpStatusCode.OK), t => Assert.Equal(HttpStatusCode.Conflict, t.StatusCode));
        Assert.Equal(1, await audit.InDb(async db => (await Voucher(db, code)).Records));
    }

    [Fact]
    public async Task Attack_a_commitment_of_another_worker_is_not_recorded_again()
    {
        var worker = await audit.Worker();
        var code = (await audit.Codes(1))[0];
        using var key = Es256Key.Create();

        Assert.Equal("commitment_known", await AuditFixture.Error(await audit.Record(code, key, worker.Offer), 409));
        Assert.Equal(0, await audit.InDb(async db => (await Voucher(db, code)).Records));
    }

    [Theory, InlineData("aud", "http://localhost:5001", "wrong_audience"), InlineData("stage", "later", "malformed"), InlineData("commitment", "AB", "malformed"), InlineData("commitment", null, "malformed")]
    public async Task Attack_a_request_for_elsewhere_or_with_odd_members_is_refused_for_its_reason(string member, string? value, string error)
    {
        using var key = Es256Key.Create();
        var payload = new JsonObject { ["aud"] = AuditFixture.Url, ["voucher"] = (await audit.Codes(1))[0], ["stage"] = "offer", ["commitment"] = new string('a', 64) };
        payload[member] = value;

        var answer = await audit.Record(Jws.Sign(new JsonObject { ["typ"] = "identity-contract-record+jwt", ["jwk"] = key.PublicKey.ToJson() }, payload, key));

        Assert.Equal(error, await AuditFixture.Error(answer, 400));
    }

    [Fact]
    public async Task Attack_a_request_under_a_key_that_did_not_sign_it_is_refused()
    {
        using var key = Es256Key.Create();
        using var other = Es256Key.Create();
        var payload = new JsonObject { ["aud"] = AuditFixture.Url, ["voucher"] = (await audit.Codes(1))[0], ["stage"] = "offer", ["commitment"] = new string('a', 64) };

        var answer = await audit.Record(Jws.Sign(new JsonObject { ["typ"] = "identity-contract-record+jwt", ["jwk"] = other.PublicKey.ToJson() }, payload, key));

        Assert.Equal("signature", await AuditFixture.Error(answer, 400));
    }

    [Theory, InlineData("{}"), InlineData("[]"), InlineData("{\"record\":7}"), InlineData("{\"record\":null}"), InlineData("{\"record\":\"a.b.c\"}"), InlineData("\0"), InlineData("")]
    public async Task Attack_malformed_bodies_are_400(string body)
    {
        foreach (var path in new[] { "/api/records", "/api/vouchers/check", "/api/engagements/site-14/bundles", "/api/bundles/x/status", "/api/bundles/x/withdrawal" })
        {
            using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            Assert.Equal(HttpStatusCode.BadRequest, (await audit.Http.PostAsync(path, content)).StatusCode);
        }
    }

    [Fact]
    public async Task A_code_says_which_workplace_it_is_for_however_it_is_typed()
    {
        var code = (await audit.Codes(1))[0];

        var answer = await audit.Http.PostAsync("/api/vouchers/check", System.Net.Http.Json.JsonContent.Create(new { code = code.Replace("-", " ").ToLowerInvariant().Replace('0', 'o') }));

        var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(("SITE-14", "Site 14", false), ((string?)json["site"], (string?)json["name"], (bool)json["taken"]!));
    }

    internal static async Task<Data.VoucherRow> Voucher(Data.AuditDb db, string code)
    {
        Assert.True(Vouchers.VoucherCode.TryHash(code, out var hash));
        return await db.Vouchers.SingleAsync(v => v.Hash == hash);
    }
}
