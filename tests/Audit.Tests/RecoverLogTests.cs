using Identity.Audit.Data;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Registry;
using Identity.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Audit.Tests;

/// <summary>The database was put back from a backup, while another copy of the service still serves what the log has.</summary>
public sealed class RecoverLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("audit-recover-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_the_backup_lacks_of_the_log_is_brought_back_by_the_verb()
    {
        await using var node = await AnvilNode.StartAsync(Ports.Free());
        using var http = new HttpClient();
        using var governor = EvmAccount.Create();
        var registry = await RegistryClient.DeployAsync(new EvmClient(http, new EvmOptions { Rpc = node.Rpc, ChainId = AnvilNode.ChainId, PollInterval = TimeSpan.FromMilliseconds(20) }, TimeProvider.System), governor);
        var (now, yesterday, url) = (Path.Combine(_folder, "now"), Path.Combine(_folder, "yesterday"), $"http://127.0.0.1:{Ports.Free()}");
        await using var app = AuditApp.Build([.. Settings(now), $"--urls={url}"]);
        await app.StartAsync();
        await AppendAsync(app, 1, 2, 3);
        await UntilAsync(app, 3);
        foreach (var file in Directory.EnumerateFiles(now, "*", SearchOption.AllDirectories).Where(f => !Path.GetFileName(f).StartsWith("audit.db", StringComparison.Ordinal)))
        {
            var copy = Path.Combine(yesterday, Path.GetRelativePath(now, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        var backup = Path.Combine(yesterday, "audit.db");
        await InDbAsync(app, db => db.Database.ExecuteSqlAsync($"VACUUM INTO {backup}"));
        await AppendAsync(app, 4, 5);
        await UntilAsync(app, 5);

        var said = new StringWriter();
        Assert.Equal(0, await RecoverLog.RunAsync($"{url}/log", said, run => WithAsync(Settings(yesterday), run)));

        Assert.Contains("The log has 5 entries again; 2 of them came back as hashes.", said.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await Commands.RunAsync(["log-recover", "--from", $"{url}/log", .. Settings(yesterday)])); // nothing is missing any more
        await using (var recovered = AuditApp.Build(Settings(yesterday))) Assert.Equal(5, await InDbAsync(recovered, db => LedgerLog.SizeWithAllUntilAsync(db, DateTimeOffset.UtcNow)));
        Assert.Equal(1, await RecoverLog.RunAsync($"{url}/nothing", said, run => WithAsync(Settings(yesterday), run)));
        await app.StopAsync();

        string[] Settings(string folder) =>
        [
            .. AuditFixture.Settings(folder).Where(s => !s.StartsWith("--Ledger:", StringComparison.Ordinal)), $"--Ledger:Rpc={node.Rpc}", $"--Ledger:Contract={registry.Contract}", $"--Ledger:ChainId={AnvilNode.ChainId}",
            "--Log:Interval=00:00:00.050", "--Outbound:AllowLoopback=true",
        ];
    }

    private static async Task WithAsync(string[] settings, Func<IServiceProvider, Task> run)
    {
        await using var app = AuditApp.Build(settings);
        await using var scope = app.Services.CreateAsyncScope();
        await run(scope.ServiceProvider);
    }

    private static async Task<T> InDbAsync<T>(WebApplication app, Func<AuditDb, Task<T>> work)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<AuditDb>());
    }

    private static Task AppendAsync(WebApplication app, params byte[] entries) => InDbAsync(app, async db =>
    {
        foreach (var entry in entries) LedgerLog.Append(db, [.. Enumerable.Repeat(entry, LedgerLog.EntrySize)], DateTimeOffset.UtcNow);
        return await db.SaveChangesAsync();
    });

    private static async Task UntilAsync(WebApplication app, long size)
    {
        while (await InDbAsync(app, db => LedgerLog.SizeWithAllUntilAsync(db, DateTimeOffset.UtcNow.AddMinutes(1))) != size) await Task.Delay(20);
    }
}
