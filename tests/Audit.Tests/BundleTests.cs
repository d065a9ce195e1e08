using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Audit.Bundles;
using Identity.Credentials.Contracts;
using Identity.Credentials.Jose;
using Identity.TestKit;
using Identity.Wallet.Holder;
using Microsoft.EntityFrameworkCore;

namespace Identity.Audit.Tests;

public sealed class BundleTests(AuditFixture audit) : IClassFixture<AuditFixture>
{
    [Fact]
    public async Task The_auditor_sees_who_gave_the_paper_when_it_was_anchored_and_which_fields_got_worse()
    {
        var worker = await audit.Worker(Terms.Substituted);
        var shown = await audit.Show(worker.Copies);

        var page = await (await audit.SignIn(AuditFixture.Brand)).Page($"/desk/engagements/site-14/bundles/{shown.Id}");

        Assert.Contains("data-reason=\"proven\"", page);
        Assert.Contains("data-suspected=\"yes\"", page);
        foreach (var field in new[] { "wage", "pay_per_hour", "hours_per_day", "fees", "documents" }) Assert.Contains($"data-testid=\"difference-{field}\" data-direction=\"worse\"", page);
        Assert.Contains("450 XND", page);
        Assert.Contains("380 XND", page);
        Assert.Contains("The agency", page);
        Assert.Contains("20 November 2026, 10:17 UTC", page);
    }

    [Fact]
    public async Task Equal_versions_raise_no_suspicion()
    {
        var worker = await audit.Worker();
        var shown = await audit.Show(worker.Copies);

        var page = await (await audit.SignIn(AuditFixture.Brand)).Page($"/desk/engagements/site-14/bundles/{shown.Id}");

        Assert.Contains("data-suspected=\"no\"", page);
        Assert.Contains("data-testid=\"no-differences\"", page);
    }

    [Fact]
    public async Task Attack_terms_that_were_changed_after_they_were_anchored_fail()
    {
        var worker = await audit.Worker();
        var altered = new ContractCopy(Terms.Record("offer", change: t => t["wage"] = "900"), worker.Offer.Salt, worker.Offer.Key);
        var shown = await audit.Show([altered, worker.Arrival]);

        var page = await (await audit.SignIn(AuditFixture.Brand)).Page($"/desk/engagements/site-14/bundles/{shown.Id}");

        Assert.Contains("data-reason=\"failed\"", page);
        Assert.Contains("data-testid=\"version-offer\" data-state=\"not_as_anchored\"", page);
        Assert.DoesNotContain("data-testid=\"comparison\"", page);
    }

    [Fact]
    public async Task Attack_terms_that_somebody_changed_on_the_way_are_refused()
    {
        var worker = await audit.Worker();
        var offer = await audit.Offer();
        var (_, shown) = KeepContracts.Bundle(offer, worker.Copies, audit.Clock.GetUtcNow(), offer.Until);
        var consent = Consent(offer, worker, shown.Id);
        var altered = new ShownContract(Terms.Record("offer", change: t => t["wage"] = "900"), worker.Offer.Salt, worker.Offer.Key.PublicKey, consent.Sign(worker.Offer.Key));
        var honest = new ShownContract(worker.Arrival.Record, worker.Arrival.Salt, worker.Arrival.Key.PublicKey, consent.Sign(worker.Arrival.Key));

        Assert.Equal("consent_differs", await AuditFixture.Error(await audit.Send(KeepContracts.Envelope(offer, shown.Id, "t", new ContractBundle([altered, honest]))), 400));
    }

    [Fact]
    public async Task Attack_somebody_elses_record_cannot_be_shown_without_its_key()
    {
        var (worker, thief) = (await audit.Worker(), await audit.Worker());
        var offer = await audit.Offer();
        var id = Base64Url.Encode(new byte[16]);
        var consent = new ContractConsent(id, offer.Address, offer.Key.ThumbprintText(), offer.Purpose, audit.Clock.GetUtcNow(), offer.Until, [Convert.ToHexStringLower(worker.Offer.Commitment)]);
        var stolen = new ShownContract(worker.Offer.Record, worker.Offer.Salt, worker.Offer.Key.PublicKey, consent.Sign(thief.Offer.Key));

        Assert.Equal("consent_signature", await AuditFixture.Error(await audit.Send(KeepContracts.Envelope(offer, id, "t", new ContractBundle([stolen]))), 400));
    }

    [Fact]
    public async Task Attack_a_bundle_for_one_engagement_opens_in_no_other()
    {
        var worker = await audit.Worker();
        var (mine, other) = (await audit.Offer(), await audit.Offer(AuditFixture.OtherEngagement));
        var (body, shown) = KeepContracts.Bundle(mine, worker.Copies, audit.Clock.GetUtcNow(), mine.Until);

        Assert.Equal("not_encrypted_to_us", await AuditFixture.Error(await audit.Send(body, AuditFixture.OtherEngagement), 400));

        // Who could open it encrypts it anew for the other one: the consent still names the first.
        var consent = Consent(mine, worker, shown.Id);
        var bundle = new ContractBundle([.. worker.Copies.Select(c => new ShownContract(c.Record, c.Salt, c.Key.PublicKey, consent.Sign(c.Key)))]);
        Assert.Equal("consent_other_engagement", await AuditFixture.Error(await audit.Send(KeepContracts.Envelope(other, shown.Id, "t", bundle), AuditFixture.OtherEngagement), 400));
    }

    [Fact]
    public async Task A_record_of_a_workplace_outside_the_engagement_is_refused()
    {
        var worker = await audit.Worker(site: AuditFixture.OtherSite);
        var offer = await audit.Offer();

        Assert.Equal("other_site", await AuditFixture.Error(await audit.Send(KeepContracts.Bundle(offer, worker.Copies, audit.Clock.GetUtcNow(), offer.Until).Body), 400));
    }

    [Fact]
    public async Task A_consent_may_not_outlast_the_engagement()
    {
        var worker = await audit.Worker();
        var offer = await audit.Offer();

        Assert.Equal("consent_time", await AuditFixture.Error(await audit.Send(KeepContracts.Bundle(offer, worker.Copies, audit.Clock.GetUtcNow(), offer.Until.AddDays(1)).Body), 400));
    }

    [Fact]
    public async Task What_is_not_anchored_yet_cannot_be_told_and_a_log_in_alarm_neither()
    {
        var worker = await audit.Worker(anchored: false);
        var shown = await audit.Show(worker.Copies);
        var auditor = await audit.SignIn(AuditFixture.Brand);
        Assert.Contains("data-reason=\"cannot_tell\"", await auditor.Page($"/desk/engagements/site-14/bundles/{shown.Id}"));

        foreach (var copy in worker.Copies) audit.Ledger.Anchor(copy.Commitment, audit.Clock.GetUtcNow(), trusted: false);
        Assert.Contains("data-state=\"ledger_alarm\"", await auditor.Page($"/desk/engagements/site-14/bundles/{shown.Id}"));
    }

    [Fact]
    public async Task Taken_back_it_is_gone_and_only_its_owner_can_do_that()
    {
        var worker = await audit.Worker();
        var shown = await audit.Show(worker.Copies);
        Assert.Equal("bundle_unknown", await AuditFixture.Error(await Post($"/api/bundles/{shown.Id}/withdrawal", "wrong"), 404));

        Assert.Equal(HttpStatusCode.NoContent, (await Post($"/api/bundles/{shown.Id}/withdrawal", shown.Token)).StatusCode);

        Assert.Null(await audit.InDb(db => db.Bundles.Where(b => b.Id == shown.Id).Select(b => b.Jwe).SingleAsync()));
        Assert.Contains("data-testid=\"gone\"", await (await audit.SignIn(AuditFixture.Brand)).Page($"/desk/engagements/site-14/bundles/{shown.Id}"));
    }

    [Fact]
    public async Task When_its_time_is_over_the_content_is_deleted()
    {
        var worker = await audit.Worker();
        var offer = await audit.Offer();
        var (body, shown) = KeepContracts.Bundle(offer, worker.Copies, audit.Clock.GetUtcNow(), audit.Clock.GetUtcNow().AddHours(1));
        Assert.Equal(HttpStatusCode.NoContent, (await audit.Send(body)).StatusCode);

        await audit.InDb(db => ForgetBundles.RunAsync(db, audit.Clock.GetUtcNow().AddHours(2), default));

        Assert.Contains("data-testid=\"gone\"", await (await audit.SignIn(AuditFixture.Brand)).Page($"/desk/engagements/site-14/bundles/{shown.Id}"));
    }

    [Fact]
    public async Task Attack_oversized_and_odd_bundles_are_refused()
    {
        var offer = await audit.Offer();
        var id = Base64Url.Encode(new byte[16]);
        JsonObject Body(string content) => new()
        {
            ["id"] = id, ["withdrawal"] = Base64Url.Encode(new byte[32]),
            ["jwe"] = Jwe.Encrypt(Encoding.UTF8.GetBytes(content), offer.Key, "A256GCM", System.Security.Cryptography.RandomNumberGenerator.Fill),
        };

        foreach (var content in new[] { "", "{}", "[]", "{\"format\":\"identity-contract-bundle-1\",\"records\":[]}", "{\"format\":\"identity-contract-bundle-1\",\"records\":[{}]}", string.Concat(Enumerable.Repeat("[", 3000)) })
            Assert.Equal("bundle_malformed", await AuditFixture.Error(await audit.Send(Body(content)), 400));
        Assert.Equal("not_encrypted_to_us", await AuditFixture.Error(await audit.Send(Body(new string('x', 70_000))), 400));
        Assert.Equal("too_large", await AuditFixture.Error(await audit.Send(new JsonObject { ["id"] = id, ["withdrawal"] = Base64Url.Encode(new byte[32]), ["jwe"] = new string('a', 200_000) }), 413));
    }

    [Fact]
    public async Task Attack_the_number_of_another_bundle_cannot_be_taken()
    {
        var worker = await audit.Worker();
        var shown = await audit.Show(worker.Copies);
        var offer = await audit.Offer();
        var consent = Consent(offer, worker, shown.Id);
        var bundle = new ContractBundle([.. worker.Copies.Select(c => new ShownContract(c.Record, c.Salt, c.Key.PublicKey, consent.Sign(c.Key)))]);

        Assert.Equal("bundle_known", await AuditFixture.Error(await audit.Send(KeepContracts.Envelope(offer, shown.Id, "another token", bundle)), 409));
    }

    [Fact]
    public async Task Nothing_that_is_stored_says_who_or_what()
    {
        var worker = await audit.Worker(t => t["job"] = "Rare-Job-Title");
        await audit.Show(worker.Copies);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();

        foreach (var text in StoredBytes.Read(audit.Folder, "audit.db*"))
        {
            foreach (var secret in new[] { "Rare-Job-Title", "Sunline", worker.Code, worker.Code.Replace("-", ""), Base64Url.Encode(worker.Offer.Salt), Encoding.Latin1.GetString(worker.Offer.Salt), Encoding.Latin1.GetString(worker.Offer.Key.PublicKey.Thumbprint()) })
                Assert.DoesNotContain(secret, text);
        }
    }

    private ContractConsent Consent(EngagementOffer offer, Worker worker, string id) => new(
        id, offer.Address, offer.Key.ThumbprintText(), offer.Purpose, audit.Clock.GetUtcNow(), offer.Until, [.. worker.Copies.Select(c => Convert.ToHexStringLower(c.Commitment))]);

    private Task<HttpResponseMessage> Post(string path, string token) => audit.Http.PostAsync(path, System.Net.Http.Json.JsonContent.Create(new { token }));
}
