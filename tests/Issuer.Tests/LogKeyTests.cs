using Identity.Credentials.Transparency;
using Identity.Issuer.Data;
using Identity.Ledger.Log;
using Identity.Ledger.Registry;
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

        await using var app = Build(settings);
        await app.StartAsync();
        await using var running = app.Services.CreateAsyncScope();
        var db = running.ServiceProvider.GetRequiredService<IssuerDb>();
        await SignedAsync(db, late, key, old);
        await SignedAsync(db, await AppendAsync(db, 2), key, old);
        await app.StopAsync();

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
        return $"{await ChangeLogKey.RunAsync(app.Services, prepare, output, default)} {output}";
    }
}
