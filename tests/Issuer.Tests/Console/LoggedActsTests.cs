using System.Globalization;
using System.Net;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Recognition;
using Identity.Issuer.Tests.Bulk;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Console;

/// <summary>What was done at the console without a line in the access log, or without one that the person sees.</summary>
public sealed class LoggedActsTests : IAsyncLifetime
{
    private readonly IssuerFixture _issuer = new();

    public Task InitializeAsync() => _issuer.InitializeAsync();

    public Task DisposeAsync() => _issuer.DisposeAsync();

    private Task<List<string>> Acts(string of) => _issuer.InDb(db => db.AccessLog.Where(e => e.CredentialId == of).OrderBy(e => e.Id).Select(e => e.Act).ToListAsync());

    [Fact]
    public async Task Attack_a_file_of_many_and_its_collection_codes_pass_unseen()
    {
        var clerk = await Clerk.SignedIn(_issuer);
        var job = await BulkJobTests.Upload(clerk, BulkJobTests.File(1, 5));
        await BulkJobTests.Settled(clerk, job);
        await clerk.Post($"{job}?handler=Start");
        await BulkJobTests.Settled(clerk, job);
        var ids = await _issuer.InDb(db => db.Credentials.Select(c => c.Id).ToListAsync());
        Task<int> Read() => _issuer.InDb(db => db.AccessLog.CountAsync(e => ids.Contains(e.CredentialId!) && e.Act == "read" && e.Why == "hand_over" && e.Actor == "staff:1"));
        Assert.Equal((5, 0), (ids.Count, await Read()));

        await clerk.Post($"{job}?handler=List", ("list", "codes"));

        Assert.Equal(5, await Read());
        Assert.Equal(["bulk_uploaded", "bulk_started"], await Acts(job.Split('/')[^1]));
        var other = await BulkJobTests.Upload(clerk, BulkJobTests.File(100, 5));
        await BulkJobTests.Settled(clerk, other);
        await clerk.Post($"{other}?handler=Cancel");
        Assert.Equal(["bulk_uploaded", "bulk_cancelled"], await Acts(other.Split('/')[^1]));
        var log = await (await Clerk.SignedIn(_issuer, role: "auditor")).Page("/console/access-log?act=bulk_cancelled");
        Assert.Contains("Cancelled a file", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_whoever_read_a_waiting_file_or_a_case_is_not_seen_by_the_person()
    {
        var clerk = await Clerk.SignedIn(_issuer, Ministry);
        var job = await BulkApprovalTests.Asked(clerk, "BA", 2);
        var approver = await Clerk.SignedIn(_issuer, Ministry, "approver");
        await approver.Page($"{job}/approval");
        await approver.Post($"{job}/approval?handler=Approve");
        await BulkJobTests.Settled(clerk, job);
        var id = await _issuer.InDb(db => db.Credentials.Select(c => c.Id).FirstAsync());

        var seen = await _issuer.InDb(db => db.HistoryOfAsync(id, default));

        Assert.Contains(seen, l => l is { Act: "bulk_read", Role: "approver" });
        await _issuer.InDb(async db =>
        {
            db.RecognitionCases.Add(new RecognitionCase { Id = "case-of-it", Organisation = Ministry, Reference = "C-1", CreatedAt = _issuer.Clock.GetUtcNow(), CreatedBy = "staff:1", State = CaseState.Decided, Statement = id });
            db.Log(Ministry, "case-of-it", Issuance.Actor.Staff(7, Data.StaffRoles.Clerk), "case-read", _issuer.Clock.GetUtcNow());
            return await db.SaveChangesAsync();
        });
        Assert.Contains(await _issuer.InDb(db => db.HistoryOfAsync(id, default)), l => l is { Act: "case-read", Actor: "staff:7" });
    }

    [Fact]
    public async Task Attack_an_administrator_lists_names_by_asking_what_a_stolen_key_would_end()
    {
        var prepared = await _issuer.Prepare(reference: "D-2024-777");
        using var holder = Credentials.Jose.Es256Key.Create();
        await _issuer.Collect(await _issuer.AccessToken(prepared), [holder]);
        var admin = await Clerk.SignedIn(_issuer, role: "admin");
        var key = await _issuer.InDb(db => db.SigningKeys.Where(k => k.Organisation == College).Select(k => k.Thumbprint).SingleAsync());

        var page = await admin.Page($"/console/keys/{key}/stolen?since=2026-11-20T10:17:33");

        Assert.DoesNotContain("Amina", page, StringComparison.Ordinal);
        Assert.DoesNotContain(prepared["id"]!.GetValue<string>(), page, StringComparison.Ordinal);
        Assert.Contains("D-2024-777", page, StringComparison.Ordinal);
        Assert.EndsWith(": 1", Clerk.TestId(page, "again-type"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_a_signing_key_is_changed_or_called_stolen_without_a_line()
    {
        // The authority of the certificates was made at the machine's time.
        if (DateTimeOffset.UtcNow > _issuer.Clock.GetUtcNow()) _issuer.Clock.Move(DateTimeOffset.UtcNow - _issuer.Clock.GetUtcNow());
        var admin = await Clerk.SignedIn(_issuer, role: "admin");
        var key = await _issuer.InDb(db => db.SigningKeys.Where(k => k.Organisation == College).Select(k => k.Thumbprint).SingleAsync());
        // Whole seconds, and not before the key was made: that may be this very second.
        _issuer.Clock.Move(TimeSpan.FromSeconds(2));
        var since = _issuer.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        Task<List<string>> Acts() => _issuer.InDb(db => db.AccessLog.Where(e => e.Act.StartsWith("key_")).OrderBy(e => e.Id).Select(e => e.Act + " " + e.Role).ToListAsync());

        Assert.Equal(HttpStatusCode.Redirect, (await admin.Post("/console/keys", ("word", College))).StatusCode);
        Assert.Equal(["key_made admin"], await Acts());
        Assert.Equal("admin@port-selin.example", Clerk.TestId(await admin.Page("/console/keys"), "made-by"));
        Assert.Equal(HttpStatusCode.Redirect, (await admin.Post($"/console/keys/{key}/stolen", ("word", College), ("since", since))).StatusCode);

        Assert.Equal(["key_made admin", "key_stolen admin"], await Acts());
        var log = await (await Clerk.SignedIn(_issuer, role: "auditor")).Page("/console/access-log");
        Assert.Contains("Asked for a new signing key", log, StringComparison.Ordinal);
        Assert.Contains("Said that a signing key was stolen", log, StringComparison.Ordinal);
    }
}
