using Identity.Issuer.Tests.Console;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Tests;

public sealed class AccessLogFileTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    [Fact]
    public async Task The_access_log_as_a_file_is_whole_however_long_it_is()
    {
        const int Rows = 100_003;
        await issuer.InDb(db => db.Database.ExecuteSqlRawAsync($"""
            INSERT INTO "access_log" ("Organisation", "At", "Actor", "Role", "Act", "Sequence", "Hash")
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Rows}) SELECT '{IssuerFixture.College}', i, 'staff:9', 'clerk', 'listed', 1000000 + i, NULL FROM n
            """));
        var auditor = await Clerk.SignedIn(issuer, role: "auditor");

        var csv = await (await auditor.Get("/console/access-log?handler=Csv&actor=staff:9")).Content.ReadAsStringAsync();

        var lines = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Rows + 1, lines.Length);
        Assert.Equal(Rows, lines.Skip(1).Select(line => line.Split(',')[0]).Distinct().Count());
        Assert.StartsWith($"{1_000_000 + Rows},", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("1000001,", lines[^1], StringComparison.Ordinal);
        Assert.Equal(1, await issuer.InDb(db => db.AccessLog.CountAsync(e => e.Act == "log_exported")));
    }
}
