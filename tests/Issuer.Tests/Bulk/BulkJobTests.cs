using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Identity.Credentials.Jose;
using Identity.Issuer.Bulk;
using Identity.Issuer.Issuance;
using Identity.Issuer.Tests.Console;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Tests.Bulk;

/// <summary>A file from its upload at the console to the last credential.</summary>
public sealed class BulkJobTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    internal static string File(int from, int count, Func<int, string[], string[]>? change = null) =>
        new StringBuilder().AppendRecord(BulkRulesTests.Header).Append(string.Concat(Enumerable.Range(from, count)
            .Select(n => new StringBuilder().AppendRecord(change is null ? BulkRulesTests.Row(n) : change(n, BulkRulesTests.Row(n))).ToString()))).ToString();

    [Fact]
    public async Task A_wrong_file_is_explained_row_by_row_and_leaves_nothing_behind()
    {
        var clerk = await Clerk.SignedIn(issuer);
        var page = await Settled(clerk, await Upload(clerk, File(100, 30, (n, row) =>
        {
            if (n == 105) row[6] = "30.06.2024";
            if (n == 110) row[0] = "R-000101";
            if (n == 120) row[1] = "";
            return row;
        })));

        Assert.Contains("data-state=\"refused\"", page);
        Assert.Equal(["7:date_reordered", "12:reference_twice", "22:needed"], Regex.Matches(page, "data-code=\"(\\w+)\"><td>(\\d+)<").Select(m => $"{m.Groups[2].Value}:{m.Groups[1].Value}"));
        Assert.DoesNotContain("30.06.2024", page);
        Assert.Equal(0, await issuer.InDb(db => db.Credentials.CountAsync(c => c.Reference.StartsWith("R-0001"))));
        Assert.Equal(0, await issuer.InDb(db => db.BulkRows.CountAsync(r => r.Reference.StartsWith("R-0001"))));
        Assert.Empty(Directory.GetFiles(Path.Combine(issuer.Folder, "bulk")));
        var csv = await (await clerk.Post(Path.Combine("/console/bulk/", Id(page)) + "?handler=List", ("list", "errors"))).Content.ReadAsStringAsync();
        Assert.Contains("7,7,awarded_on,", csv);
    }

    [Fact]
    public async Task A_right_file_is_issued_row_by_row_with_offers_and_codes_in_two_lists()
    {
        var clerk = await Clerk.SignedIn(issuer);
        var page = await Settled(clerk, await Upload(clerk, File(2000, 620, (n, row) =>
        {
            if (n == 2005) row[1] = "=cmd|' /C calc'!A1";
            return row;
        })));
        Assert.Contains("data-state=\"ready\"", page);
        Assert.Equal(0, await issuer.InDb(db => db.Credentials.CountAsync(c => c.Reference.StartsWith("R-002"))));

        await clerk.Post($"/console/bulk/{Id(page)}?handler=Start");
        page = await Settled(clerk, $"/console/bulk/{Id(page)}");

        Assert.Contains("data-state=\"done\"", page);
        Assert.Equal(620, await issuer.InDb(db => db.Credentials.CountAsync(c => c.Reference.StartsWith("R-002"))));
        Assert.Equal(0, await issuer.InDb(db => db.BulkRows.CountAsync(r => r.Claims != null && r.Reference.StartsWith("R-002"))));
        var offers = await (await clerk.Post($"/console/bulk/{Id(page)}?handler=List", ("list", "offers"))).Content.ReadAsStringAsync();
        var codes = await (await clerk.Post($"/console/bulk/{Id(page)}?handler=List", ("list", "codes"))).Content.ReadAsStringAsync();
        var rows = Read(offers);
        Assert.Equal(621, rows.Count);
        Assert.Equal("'=cmd|' /C calc'!A1", rows.Single(r => r[1] == "R-002005")[2]);
        var code = Read(codes).Single(r => r[1] == "R-002300")[2];
        Assert.Matches("^[0-9]{6}$", code);
        Assert.DoesNotContain(code, rows.Single(r => r[1] == "R-002300"));

        // The pair opens exactly this person's credential.
        var link = rows.Single(r => r[1] == "R-002300")[3];
        var offer = await IssuerFixture.Json(await issuer.Http.GetAsync(Uri.UnescapeDataString(Regex.Match(link, "credential_offer_uri=(.*)$").Groups[1].Value)));
        var token = (await IssuerFixture.Json(await issuer.Token(IssuerFixture.Code(offer), code)))["access_token"]!.GetValue<string>();
        using var key = Es256Key.Create();
        var credential = Assert.Single(await issuer.Collect(token, [key]));
        Assert.Contains("Person 2300", Encoding.UTF8.GetString(credential.Split('~')[1..^1].SelectMany(d => { Base64Url.TryDecode(d, out var b); return b; }).ToArray()));

        var letters = await clerk.Page($"/console/bulk/{Id(page)}/letters?p=7");
        Assert.Equal(20, Regex.Count(letters, "data-testid=\"letter\""));
        Assert.DoesNotContain("code-shown", letters);
        Assert.Contains("code-shown", await clerk.Page($"/console/bulk/{Id(page)}/slips"));
    }

    [Fact]
    public async Task Rows_whose_code_will_be_large_are_told_before_anything_is_issued_on_the_page_and_by_the_api()
    {
        var file = File(7100, 12, (n, row) =>
        {
            if (n is 7103 or 7108) row[1] = string.Concat(Enumerable.Repeat("شششششششش ", 12)).Trim();
            return row;
        });
        var clerk = await Clerk.SignedIn(issuer);

        var page = await Settled(clerk, await Upload(clerk, file));

        Assert.Contains("data-state=\"ready\"", page);
        Assert.Equal(2, Regex.Count(page, "data-testid=\"large-code\""));
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/{IssuerFixture.College}/credentials/qr/file?type=qualification") { Content = new StringContent(file, Encoding.UTF8, "text/csv") };
        request.Headers.Add("X-Api-Key", issuer.ApiKey(IssuerFixture.College));
        var told = await IssuerFixture.Json(await issuer.Http.SendAsync(request));
        Assert.Equal((12, 2, 0), (told["rows"]!.GetValue<int>(), told["warnings"]!.GetValue<int>(), told["errors"]!.AsArray().Count));
        Assert.Equal([5, 10], told["large"]!.AsArray().Select(l => l!["row"]!.GetValue<int>()));
        Assert.Null(told["large"]![0]!["code"]!["paper"]!["version"]); // the name alone takes more than half of a paper
        Assert.Equal(0, await issuer.InDb(db => db.Credentials.CountAsync(c => c.Reference.StartsWith("R-0071"))));
    }

    [Fact]
    public async Task Attack_a_file_for_a_dry_run_is_too_large_of_a_foreign_type_or_no_table()
    {
        async Task<HttpResponseMessage> Try(string type, string text, string? key = null)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, $"/api/{IssuerFixture.College}/credentials/qr/file?type={type}") { Content = new StringContent(text, Encoding.UTF8, "text/csv") };
            request.Headers.Add("X-Api-Key", key ?? issuer.ApiKey(IssuerFixture.College));
            return await issuer.Http.SendAsync(request);
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await Try("person", "x")).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await Try("qualification", new string('x', 5_000_000))).StatusCode);
        Assert.NotEmpty((await IssuerFixture.Json(await Try("qualification", "a,b\n\"")))["errors"]!.AsArray());
        Assert.Equal(HttpStatusCode.Forbidden, (await Try("qualification", "x", issuer.ApproverKey(IssuerFixture.College))).StatusCode);
    }

    [Fact]
    public async Task Attack_the_same_file_or_the_same_references_twice_issue_nothing_twice()
    {
        var clerk = await Clerk.SignedIn(issuer);
        var file = File(4000, 10);
        var first = await Upload(clerk, file);
        await Settled(clerk, first);

        var again = await UploadAnswer(clerk, file);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Contains($"href=\"{first}\"", await again.Content.ReadAsStringAsync());

        // Another file with one of the rows waits beside the first; what is issued first wins.
        var second = await Upload(clerk, File(4009, 5));
        await Settled(clerk, second);
        await clerk.Post($"{first}?handler=Start");
        await Settled(clerk, first);
        await clerk.Post($"{second}?handler=Start");
        var page = await Settled(clerk, second);
        Assert.Contains("data-testid=\"passed-over\"", page);
        Assert.Equal(14, await issuer.InDb(db => db.Credentials.CountAsync(c => c.Reference.StartsWith("R-0040"))));

        var third = await Settled(clerk, await Upload(clerk, File(4000, 3) + "\r\n"));
        Assert.Equal(3, Regex.Count(third, "data-code=\"reference_issued\""));
    }

    [Fact]
    public async Task Rows_with_a_known_holder_key_are_signed_at_once_and_handed_to_that_key_alone()
    {
        using var key = Es256Key.Create();
        using var thief = Es256Key.Create();
        var clerk = await Clerk.SignedIn(issuer);
        var text = new StringBuilder().AppendRecord([.. BulkRulesTests.Header, "holder_key"]);
        for (var n = 5000; n < 5003; n++) text.AppendRecord([.. BulkRulesTests.Row(n), n == 5001 ? key.PublicKey.ToJson().ToJsonString() : ""]);
        var job = await Upload(clerk, text.ToString());
        await Settled(clerk, job);
        await clerk.Post($"{job}?handler=Start");
        await Settled(clerk, job);

        var id = await issuer.InDb(db => db.Credentials.Where(c => c.Reference == "R-005001").Select(c => c.Id).SingleAsync());
        var copies = await issuer.InDb(db => db.Copies.Where(c => c.CredentialId == id).ToListAsync());
        Assert.Equal(["dc+sd-jwt", "identity-compact"], copies.Select(c => c.Format).Order());
        Assert.Equal(2, await issuer.InDb(db => db.StatusEntries.CountAsync(e => e.CredentialId == id)));
        Assert.Equal(0, await issuer.InDb(db => db.Copies.CountAsync(c => db.Credentials.Any(x => x.Id == c.CredentialId && x.Reference == "R-005000"))));
        await issuer.InDb(async db => { await Data.ForgetExpired.RunAsync(db, issuer.Clock.GetUtcNow(), default); return 0; });

        var details = await IssuerFixture.Json(await issuer.Api(HttpMethod.Get, IssuerFixture.College, $"/{id}"));
        var token = await issuer.AccessToken(new System.Text.Json.Nodes.JsonObject { ["offer"] = details["offer"]!.DeepClone() });
        var nonce = await issuer.Nonce();
        Assert.Equal("credential_request_denied", await IssuerFixture.Error(await issuer.Credential(token, IssuerFixture.Request([issuer.Proof(thief, nonce)]))));
        Assert.Equal(copies.Single(c => c.Format == "dc+sd-jwt").Body, Assert.Single(await issuer.Collect(token, [key])));
        Assert.Equal(CredentialState.Collected, await issuer.InDb(db => db.Credentials.Where(c => c.Id == id).Select(c => c.State).SingleAsync()));
    }

    [Fact]
    public async Task Attack_another_organisation_sees_and_moves_nothing_of_a_file()
    {
        var clerk = await Clerk.SignedIn(issuer);
        var job = await Upload(clerk, File(6000, 3));
        await Settled(clerk, job);
        var stranger = await Clerk.SignedIn(issuer, IssuerFixture.Ministry);

        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Get(job)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Get(job + "/mark")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Get(job + "/letters")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Post(job + "?handler=List", ("list", "offers"))).StatusCode);
        foreach (var act in new[] { "Start", "Pause", "Resume", "Cancel" }) Assert.Equal(HttpStatusCode.NotFound, (await stranger.Post($"{job}?handler={act}")).StatusCode);
        Assert.Contains("data-state=\"ready\"", await clerk.Page(job));
        Assert.Equal(HttpStatusCode.BadRequest, (await UploadAnswer(stranger, File(6100, 1))).StatusCode);
    }

    [Fact]
    public async Task A_stopped_file_forgets_the_rows_that_were_not_issued()
    {
        var clerk = await Clerk.SignedIn(issuer);
        var job = await Upload(clerk, File(7000, 5));
        await Settled(clerk, job);

        await clerk.Post($"{job}?handler=Cancel");

        Assert.Contains("data-state=\"cancelled\"", await clerk.Page(job));
        Assert.Equal(0, await issuer.InDb(db => db.BulkRows.CountAsync(r => r.Reference.StartsWith("R-00700"))));
        Assert.Equal(HttpStatusCode.Conflict, (await clerk.Post($"{job}?handler=Start")).StatusCode);
    }

    [Fact]
    public async Task The_template_is_a_file_that_the_upload_reads()
    {
        var clerk = await Clerk.SignedIn(issuer);
        var template = await clerk.Page("/console/bulk?handler=Template&type=qualification", "ar");

        var page = await Settled(clerk, await Upload(clerk, template));

        Assert.Equal("no_rows", Regex.Match(page, "data-code=\"(\\w+)\"").Groups[1].Value);
    }

    internal static async Task<string> Upload(Clerk clerk, string text, string type = "qualification")
    {
        var answer = await UploadAnswer(clerk, text, type);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!.OriginalString;
    }

    private static Task<HttpResponseMessage> UploadAnswer(Clerk clerk, string text, string type = "qualification") => clerk.PostFile("/console/bulk", Encoding.UTF8.GetBytes(text), "people.csv", ("type", type));

    internal static async Task<string> Settled(Clerk clerk, string job)
    {
        for (var i = 0; i < 600; i++, await Task.Delay(100))
        {
            var page = await clerk.Page(job);
            if (!Regex.IsMatch(page, "data-state=\"(checking|issuing)\"")) return page;
        }
        throw new TimeoutException("The file did not come to rest in a minute.");
    }

    private static string Id(string page) => Regex.Match(page, "data-watch=\"/console/bulk/([^/\"]+)/mark\"").Groups[1].Value;

    private static List<IReadOnlyList<string>> Read(string csv)
    {
        var reader = new CsvReader(new MemoryStream(Encoding.UTF8.GetBytes(csv)));
        var rows = new List<IReadOnlyList<string>>();
        while (reader.Read() is CsvRead.Record record) rows.Add(record.Fields);
        return rows;
    }
}
