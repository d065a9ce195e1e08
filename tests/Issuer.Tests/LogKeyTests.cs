using System.Net.Http.Json;
using Identity.Credentials.Transparency;
using Identity.Issuer.Data;
using Identity.Ledger.Log;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>An operator changes the key of its own log, on a real node.</summary>
[Trait("Store", "Own")]
public sealed class LogKeyTests(IssuerOnLedger world) : IClassFixture<IssuerOnLedger>
{
    [Fact]
    public async Task A_log_goes_on_with_another_key_once_the_chain_has_it_and_signs_again_what_was_not_anchored()
    {
        var origin = LogOptions.Read(world.Issuer.Service<IConfiguration>()).Origin;
        var id = RegistryClient.LogId(origin);
        await world.Issuer.InDb(db => AppendAsync(db, 1));
        var anchored = await IssuerOnLedger.Until(() => world.Registry.LatestAsync(id), latest => latest is not null);
        await world.Issuer.App.StopAsync();
        var old = (await world.Registry.FindLogAsync(id))!.Ed25519Key;
        string[] settings = [.. Settings(world.Issuer.Folder), .. world.Issuer.More];

        // The service goes on while the chain is away: what it signs then is not anchored when the key changes.
        byte[] late = [];
        await using (var offline = Build([.. settings, "--Ledger:Rpc=http://127.0.0.1:1"]))
        {
            await offline.StartAsync();
            await using var scope = offline.Services.CreateAsyncScope();
            late = await AppendAsync(scope.ServiceProvider.GetRequiredService<IssuerDb>(), 3);
            await IssuerOnLedger.Until(() => LedgerLog.FindAsync(scope.ServiceProvider.GetRequiredService<IssuerDb>(), late), found => found is EntryPlace.Logged);
            await IssuerOnLedger.Until(() => LedgerLog.PublishedSizeAsync(scope.ServiceProvider.GetRequiredService<IssuerDb>()), size => size > anchored!.Size);
            await offline.StopAsync();
        }

        // Prepared twice it is the same key, which neither chain nor file has yet.
        var (act, again) = (await CommandAsync(settings, prepare: true), await CommandAsync(settings, prepare: true));
        Assert.Equal(act, again);
        Assert.StartsWith($"0 change-log {origin} 0x", act, StringComparison.Ordinal);
        Assert.Equal(old, (await world.Registry.FindLogAsync(id))!.Ed25519Key);
        Assert.StartsWith("0 The log ", await CommandAsync(settings, prepare: false), StringComparison.Ordinal);
        var key = (await world.Registry.FindLogAsync(id))!.Ed25519Key;
        Assert.EndsWith(Convert.ToHexStringLower(key), act.TrimEnd(), StringComparison.Ordinal);
        Assert.NotEqual(old, key);

        // Called again, since its last line was not read: once is enough. So with a call that was killed before the file was exchanged.
        Assert.StartsWith($"0 Done before: The log {origin} has the key {Convert.ToHexStringLower(key)}", await CommandAsync(settings, prepare: false), StringComparison.Ordinal);
        Assert.StartsWith("0 Done before", await CommandAsync(settings, prepare: true), StringComparison.Ordinal);
        var file = world.Issuer.Service<IConfiguration>()["Log:SigningKeyFile"]!;
        File.Move(file, file + ".next");
        File.Move(file + ".before", file);
        Assert.StartsWith("0 The log ", await CommandAsync(settings, prepare: false), StringComparison.Ordinal);
        using (var now = LogKeyFile.Load(file)) Assert.Equal((Convert.ToHexStringLower(key), false), (Convert.ToHexStringLower(now.PublicBytes), File.Exists(file + ".next")));
        using (var former = LogKeyFile.Load(file + ".before")) Assert.Equal(old, former.PublicBytes);
        Assert.StartsWith("0 Done before", await CommandAsync(settings, prepare: false), StringComparison.Ordinal);
        Assert.Equal(key, (await world.Registry.FindLogAsync(id))!.Ed25519Key);

        await using var app = Build(settings);
        await app.StartAsync();
        await using var running = app.Services.CreateAsyncScope();
        var db = running.ServiceProvider.GetRequiredService<IssuerDb>();
        await SignedAsync(db, late, key, old);
        await SignedAsync(db, await AppendAsync(db, 2), key, old);

        // While it runs nothing is changed; stopped, whoever wants another key gets one.
        Assert.StartsWith("1 The service is running", await CommandAsync(settings, prepare: false), StringComparison.Ordinal);
        Assert.Equal(key, (await world.Registry.FindLogAsync(id))!.Ed25519Key);

        // Nor are the files exchanged once governance carried out what was prepared meanwhile, whatever the word.
        var third = Convert.FromHexString((await CommandAsync(settings, prepare: true)).TrimEnd()[^64..]);
        (await world.Registry.ChangeLogAsync(world.Governor, id, (await world.Registry.FindLogAsync(id))!.Operator, third)).Require();
        Assert.StartsWith("1 The service is running", await CommandAsync(settings, prepare: true), StringComparison.Ordinal);
        using (var still = LogKeyFile.Load(file)) Assert.Equal((Convert.ToHexStringLower(key), true), (Convert.ToHexStringLower(still.PublicBytes), File.Exists(file + ".next")));
        await app.StopAsync();
        Assert.StartsWith("0 The log ", await CommandAsync(settings, prepare: true), StringComparison.Ordinal);
        using (var now = LogKeyFile.Load(file)) Assert.Equal(third, now.PublicBytes);

        // A chain that takes its time lets nobody in: the lease is renewed for as long as the call works. Prepared before, it is not "done before".
        LogKeyFile.Create(file + ".next").Dispose();
        await AskAsync("evm_setAutomine", false);
        var slow = CommandAsync([.. settings, "--Log:Lease=00:00:01"], prepare: false);
        var taken = await IssuerOnLedger.Until(LeaseAsync, until => until > 0);
        await IssuerOnLedger.Until(LeaseAsync, until => until > taken);
        Assert.False(slow.IsCompleted);
        await AskAsync("evm_setAutomine", true);
        await AskAsync("evm_mine");
        Assert.StartsWith("0 The log ", await slow, StringComparison.Ordinal);
        Assert.NotEqual(third, (await world.Registry.FindLogAsync(id))!.Ed25519Key);

        Task<long> LeaseAsync() => world.Issuer.InDb(db => db.Database.SqlQueryRaw<long>("SELECT lease_until AS \"Value\" FROM ledger_state WHERE id = 1").SingleAsync());

        async Task AskAsync(string method, params object[] values)
        {
            using var http = new HttpClient();
            (await http.PostAsJsonAsync(world.Issuer.Service<IConfiguration>()["Ledger:Rpc"], new { jsonrpc = "2.0", id = 1, method, @params = values })).EnsureSuccessStatusCode();
        }

        async Task SignedAsync(IssuerDb db, byte[] entry, byte[] by, byte[] notBy)
        {
            var place = (EntryPlace.Anchored)await IssuerOnLedger.Until(() => LedgerLog.FindAsync(db, entry), found => found is EntryPlace.Anchored);
            Assert.True(place.Anchor.Size > anchored!.Size);
            var receipt = (await LedgerLog.FindReceiptAsync(db, entry))!;
            Assert.True(Checkpoint.TryParse(receipt.Proof[receipt.Proof.IndexOf(origin, StringComparison.Ordinal)..], out var checkpoint, out _));
            Assert.True(checkpoint!.Verify(origin, by));
            Assert.False(checkpoint.Verify(origin, notBy));
        }
    }

    private static async Task<byte[]> AppendAsync(IssuerDb db, byte fill)
    {
        byte[] entry = [.. Enumerable.Repeat(fill, 32)];
        LedgerLog.Append(db, entry, DateTimeOffset.UtcNow);
        await db.SaveChangesAsync();
        return entry;
    }

    private static async Task<string> CommandAsync(string[] settings, bool prepare)
    {
        using var output = new StringWriter();
        await using var app = Build(settings);
        await using var scope = app.Services.CreateAsyncScope();
        return $"{await ChangeLogKey.RunAsync(app.Services, scope.ServiceProvider.GetRequiredService<IssuerDb>(), prepare, output, default)} {output}";
    }
}
