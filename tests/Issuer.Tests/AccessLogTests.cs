using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

public sealed class AccessLogTests : IAsyncLifetime
{
    private readonly IssuerFixture _issuer = new();

    public Task InitializeAsync() => _issuer.InitializeAsync();

    public Task DisposeAsync() => _issuer.DisposeAsync();

    private async Task<string> Read()
    {
        var prepared = await _issuer.Prepare();
        var id = prepared["id"]!.GetValue<string>();
        await _issuer.Api(HttpMethod.Get, College, "/" + id);
        await _issuer.Api(HttpMethod.Get, College, "?search=amina");
        return id;
    }

    private async Task Seal(TimeSpan? headInterval = null)
    {
        for (var left = 1; left > 0;)
        {
            await _issuer.InDb(async db =>
            {
                try
                {
                    await SealAccessLog.SealAsync(db);
                    if (headInterval is { } interval) await SealAccessLog.AnchorAsync(db, interval, _issuer.Clock.GetUtcNow());
                }
                catch (DbUpdateException)
                {
                    // The service's own sealer was faster: look again.
                }
                return 0;
            });
            left = await _issuer.InDb(db => db.AccessLog.CountAsync(e => e.Sequence == null));
        }
    }

    private async Task<AccessLogCheck> Check()
    {
        await using var scope = _issuer.App.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<VerifyAccessLog>().RunAsync(College, default);
    }

    [Fact]
    public async Task Each_act_and_each_reading_is_one_entry_and_the_chain_is_whole()
    {
        var id = await Read();
        await Seal();

        var entries = await _issuer.InDb(db => db.AccessLog.AsNoTracking().Where(e => e.CredentialId == id).OrderBy(e => e.Sequence).ToListAsync());

        Assert.Equal(["created", "offered", "read", "listed"], entries.Select(e => e.Act));
        Assert.All(entries, e => Assert.Equal(("api:1", "clerk"), (e.Actor, e.Role)));
        var check = await Check();
        Assert.Equal((null, (long)entries.Count), (check.Problem, check.Sealed));
    }

    [Fact]
    public async Task Nothing_about_a_person_stands_in_the_log()
    {
        var id = await Read();
        var token = (await Json(await _issuer.Api(HttpMethod.Post, College, $"/{id}/revocation", new JsonObject { ["reason"] = "Amina asked for it" })))["state"];
        Assert.NotNull(token);

        var text = string.Concat(await _issuer.InDb(db => db.AccessLog.AsNoTracking().Select(e => e.Organisation + e.Actor + e.Role + e.Act + e.CredentialId + e.Why).ToListAsync()));

        Assert.Contains("revoked", text, StringComparison.Ordinal);
        foreach (var personal in new[] { "Amina", "Okoye", "أمينة", "D-2024-118", "asked for it", "@" }) Assert.DoesNotContain(personal, text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("""UPDATE "access_log" SET "Actor" = 'staff:9' WHERE "Sequence" = 2""", 2, "changed")]
    [InlineData("""UPDATE "access_log" SET "At" = "At" + 1 WHERE "Sequence" = 1""", 1, "changed")]
    [InlineData("""DELETE FROM "access_log" WHERE "Sequence" = 3""", 3, "missing")]
    [InlineData("""DELETE FROM "access_log" WHERE "Sequence" = 4""", 4, "cut_off")]
    [InlineData("""DELETE FROM "access_log" WHERE "Sequence" = 4; UPDATE "access_chains" SET "Sequence" = 3, "Hash" = (SELECT "Hash" FROM "access_log" WHERE "Organisation" = 'port-selin' AND "Sequence" = 3)""", 4, "cut_off")]
    [InlineData("""UPDATE "access_heads" SET "Hash" = "Entry" """, 4, "head_differs")]
    [InlineData("""DELETE FROM "ledger_pending"; DELETE FROM "ledger_entries" """, 4, "head_not_logged")]
    public async Task Attack_somebody_with_the_database_hides_a_look(string sql, long at, string problem)
    {
        await Read();
        await Seal(TimeSpan.Zero);
        Assert.Equal((null, 4L), ((await Check()) is { Problem: var p, LoggedTo: var to } ? (p, to) : default));

        await _issuer.InDb(db => db.Database.ExecuteSqlRawAsync(sql));

        var check = await Check();
        Assert.Equal((problem, (long?)at), (check.Problem, check.BrokenAt));
    }

    [Fact]
    public async Task A_head_goes_into_the_public_log_as_32_salted_bytes_and_not_more_often_than_it_should()
    {
        await Read();
        await Seal(TimeSpan.FromHours(1));
        Assert.Equal(0, await _issuer.InDb(db => db.AccessHeads.CountAsync()));
        _issuer.Clock.Move(TimeSpan.FromHours(1));
        await Seal(TimeSpan.FromHours(1));
        await Read();
        await Seal(TimeSpan.FromHours(1));

        var head = Assert.Single(await _issuer.InDb(db => db.AccessHeads.AsNoTracking().ToListAsync()));
        Assert.Equal(AccessHead.EntryOf(head.Salt, head.Hash), head.Entry);
        Assert.IsNotType<EntryPlace.Unknown>(await _issuer.InDb(db => LedgerLog.FindAsync(db, head.Entry)));
        Assert.Equal(4, head.Sequence);
    }

    [Fact]
    public async Task Two_sealers_at_once_leave_one_chain()
    {
        for (var i = 0; i < 5; i++) await Read();

        await Task.WhenAll(Seal(), Seal(), Seal());

        Assert.Null((await Check()).Problem);
    }
}
