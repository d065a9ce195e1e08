using System.Diagnostics;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace Identity.Ledger.Tests.Log;

public class SequencerTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Entries_are_appended_in_the_order_of_their_hashes_and_the_tree_is_signed()
    {
        using var log = new TestLog();
        await using var db = log.Open();
        var stored = Enumerable.Range(1, 5).Select(TestLog.Entry).OrderByDescending(Convert.ToHexString, StringComparer.Ordinal).ToList();
        await LedgerLog.AppendManyAsync(db, stored, log.Clock.GetUtcNow());

        var round = Assert.IsType<SequencerRound.Signed>(await log.RoundAsync());

        Assert.Equal(5, round.Entries);
        var entries = await db.Set<EntryRow>().OrderBy(e => e.Index).Select(e => Convert.ToHexString(e.Entry)).ToListAsync();
        Assert.Equal(entries.Order(StringComparer.Ordinal), entries);
        await log.CheckAsync();
    }

    [Fact]
    public async Task A_round_without_entries_signs_nothing()
    {
        using var log = new TestLog();
        Assert.IsType<SequencerRound.Idle>(await log.RoundAsync());
        await log.AppendAsync(1);
        await log.RoundAsync();

        Assert.IsType<SequencerRound.Idle>(await log.RoundAsync());

        await using var db = log.Open();
        Assert.Equal(1, await db.Set<CheckpointRow>().CountAsync());
    }

    [Fact]
    public async Task The_tree_grows_over_the_borders_of_tiles()
    {
        using var log = new TestLog();
        var next = 0;
        foreach (var count in new[] { 1, 2, 252, 1, 1, 255, 1, 300, 65_000, 600 })
        {
            await using (var db = log.Open()) await LedgerLog.AppendManyAsync(db, [.. Enumerable.Range(next, count).Select(TestLog.Entry)], log.Clock.GetUtcNow());
            next += count;
            while (await log.RoundAsync() is SequencerRound.Signed) { }
            if (count < 1000) await log.CheckAsync();
        }

        await log.CheckAsync();
        await using var end = log.Open();
        Assert.Equal(next, (await new LogReader(end).NewestAsync(default))!.Size);
    }

    [Fact]
    public async Task Copies_of_one_batch_come_into_different_checkpoints()
    {
        using var log = new TestLog();
        await using (var db = log.Open())
        {
            for (var copy = 0; copy < 10; copy++) LedgerLog.Append(db, TestLog.Entry(copy), log.Clock.GetUtcNow(), spread: copy);
            await db.SaveChangesAsync();
        }

        var sizes = new List<long>();
        for (var round = 0; round < 4; round++)
        {
            if (await log.RoundAsync() is SequencerRound.Signed signed) sizes.Add(signed.Checkpoint.Size);
            log.Clock.Advance(1);
        }

        Assert.Equal([4, 7, 10], sizes);
        await log.CheckAsync();
    }

    [Fact]
    public async Task An_entry_that_is_rolled_back_with_its_credential_never_reaches_the_log()
    {
        using var log = new TestLog();
        await using (var db = log.Open())
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            LedgerLog.Append(db, TestLog.Entry(1), log.Clock.GetUtcNow());
            await db.SaveChangesAsync();
        }

        Assert.IsType<SequencerRound.Idle>(await log.RoundAsync());
    }

    [Fact]
    public async Task An_entry_appended_again_keeps_its_first_place()
    {
        using var log = new TestLog();
        await log.AppendAsync(1);
        await log.RoundAsync();

        await log.AppendAsync(1, 2);
        await log.RoundAsync();

        await using var db = log.Open();
        Assert.Equal(new EntryPlace.Logged(0), await LedgerLog.FindAsync(db, TestLog.Entry(1)));
        Assert.Equal(new EntryPlace.Logged(1), await LedgerLog.FindAsync(db, TestLog.Entry(2)));
        Assert.IsType<EntryPlace.Unknown>(await LedgerLog.FindAsync(db, TestLog.Entry(3)));
        await log.CheckAsync();
    }

    [Fact]
    public async Task Ten_thousand_entries_are_stored_and_signed_in_one_round()
    {
        using var log = new TestLog();
        var entries = Enumerable.Range(0, 10_000).Select(TestLog.Entry).ToList();

        var watch = Stopwatch.StartNew();
        await using (var db = log.Open()) await LedgerLog.AppendManyAsync(db, entries, log.Clock.GetUtcNow());
        var stored = watch.Elapsed;
        var round = Assert.IsType<SequencerRound.Signed>(await log.RoundAsync());

        output.WriteLine($"stored after {stored.TotalMilliseconds:0} ms, signed after {watch.Elapsed.TotalMilliseconds:0} ms");
        Assert.Equal(10_000, round.Entries);
        await log.CheckAsync();
    }

    [Fact]
    public async Task Two_sequencers_at_once_give_every_entry_one_place()
    {
        using var log = new TestLog();
        log.Options.Lease = TimeSpan.FromSeconds(-1); // a lease that keeps nobody out: only the compare-and-swap is left
        for (var wave = 0; wave < 10; wave++)
        {
            await log.AppendAsync([.. Enumerable.Range(wave * 50, 50)]);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(() => log.RoundAsync($"sequencer {n}"))));
        }

        await log.RoundAsync();

        await log.CheckAsync();
        await using var db = log.Open();
        Assert.Equal(500, await db.Set<EntryRow>().CountAsync());
    }

    [Fact]
    public async Task The_lease_keeps_a_second_sequencer_waiting_until_it_runs_out()
    {
        using var log = new TestLog();
        await log.AppendAsync(1);
        await log.RoundAsync("one");
        await log.AppendAsync(2);

        Assert.IsType<SequencerRound.Standby>(await log.RoundAsync("two"));
        log.Clock.Advance(6);
        Assert.IsType<SequencerRound.Signed>(await log.RoundAsync("two"));
        await log.CheckAsync();
    }

    [Fact]
    public async Task A_clock_that_was_an_hour_ahead_and_is_set_right_stops_neither_the_log_nor_its_order()
    {
        using var log = new TestLog();
        await log.AppendAsync(1);
        await log.RoundAsync();
        log.Clock.Advance(3600);
        await log.AppendAsync(2);
        Assert.IsType<SequencerRound.Signed>(await log.RoundAsync());
        await log.AppendAsync(3);
        log.Clock.Advance(-3600);
        await log.AppendAsync(4);

        // Another process: the lease of the future was the first one's.
        var round = Assert.IsType<SequencerRound.Signed>(await log.RoundAsync("two"));

        Assert.Equal(4, round.Checkpoint.Size);
        await log.CheckAsync();
    }

    [Fact]
    public async Task A_crash_between_tree_and_signature_is_made_good()
    {
        using var log = new TestLog();
        await log.AppendAsync(1, 2, 3);
        await log.RoundAsync();
        await using (var db = log.Open()) await db.Database.ExecuteSqlRawAsync("DELETE FROM ledger_checkpoints");

        var round = Assert.IsType<SequencerRound.Signed>(await log.RoundAsync());

        Assert.Equal(3, round.Checkpoint.Size);
        await log.CheckAsync();
    }

    [Fact]
    public async Task Another_key_does_not_sign_a_log_that_has_checkpoints()
    {
        using var log = new TestLog();
        await log.AppendAsync(1);
        await log.RoundAsync();
        await log.AppendAsync(2);
        using var other = Ed25519Key.Create();

        await using var db = log.Open();
        var round = Assert.IsType<SequencerRound.Halted>(await log.Sequencer(key: other).RunAsync(db, default));

        Assert.Contains("another key", round.Fault);
    }

    [Fact]
    public async Task Another_origin_does_not_take_over_a_log()
    {
        using var log = new TestLog();
        await log.AppendAsync(1);
        await log.RoundAsync();
        await log.AppendAsync(2);
        var other = new Sequencer("elsewhere.example/log", log.Key, log.Options, log.Clock, log.Lease());

        await using var db = log.Open();
        Assert.IsType<SequencerRound.Halted>(await other.RunAsync(db, default));
    }

    [Theory]
    [InlineData("UPDATE ledger_tiles SET hashes = zeroblob(length(hashes)) WHERE level = 0")]
    [InlineData("DELETE FROM ledger_tiles WHERE level = 1")]
    [InlineData("UPDATE ledger_tiles SET hashes = substr(hashes, 1, length(hashes) - 32) WHERE level = 0 AND number = 1")]
    [InlineData("UPDATE ledger_state SET root = zeroblob(32)")]
    public async Task A_database_that_was_rewritten_is_not_signed(string attack)
    {
        using var log = new TestLog();
        await log.AppendAsync([.. Enumerable.Range(0, 300)]);
        await log.RoundAsync();
        await using (var db = log.Open()) await db.Database.ExecuteSqlRawAsync(attack);
        await log.AppendAsync(1000);

        Assert.IsType<SequencerRound.Halted>(await log.RoundAsync());

        await using var after = log.Open();
        Assert.Equal(1, await after.Set<PendingRow>().CountAsync());
        Assert.Equal(300, (await new LogReader(after).NewestAsync(default))!.Size);
    }

    [Fact]
    public async Task Every_entry_has_a_proof_against_every_later_checkpoint()
    {
        using var log = new TestLog();
        for (var wave = 0; wave < 5; wave++)
        {
            await log.AppendAsync([.. Enumerable.Range(wave * 130, 130)]);
            await log.RoundAsync();
        }

        await using var db = log.Open();
        var reader = new LogReader(db);
        var entries = await db.Set<EntryRow>().OrderBy(e => e.Index).ToListAsync();
        foreach (var size in await db.Set<CheckpointRow>().Select(c => c.Size).ToListAsync())
        {
            foreach (var row in entries.Where(e => e.Index < size && e.Index % 7 == 0))
            {
                var proof = await reader.ProveAsync(row.Index, size, default);
                Assert.True(TlogProof.TryParse(proof.Text, out var read, out var reason), reason);
                Assert.True(read!.TryVerify(row.Entry, TestLog.Origin, log.Key.PublicBytes, out var checkpoint, out reason), reason);
                Assert.Equal(size, checkpoint!.Size);
            }
        }
    }

    [Fact]
    public async Task Nothing_past_the_newest_checkpoint_is_served()
    {
        using var log = new TestLog();
        await log.AppendAsync([.. Enumerable.Range(0, 10)]);
        await log.RoundAsync();
        await log.AppendAsync([.. Enumerable.Range(10, 10)]);
        await log.RoundAsync();
        await using var db = log.Open();
        await db.Database.ExecuteSqlRawAsync("DELETE FROM ledger_checkpoints WHERE size = 20"); // as after a crash before the signature

        var reader = new LogReader(db);

        Assert.NotNull(await reader.TileAsync(new TileId(0, 0, 10), default));
        Assert.Null(await reader.TileAsync(new TileId(0, 0, 11), default));
        Assert.Null(await reader.TileAsync(new TileId(Tiles.Entries, 0, 20), default));
        Assert.Null(await reader.TileAsync(new TileId(1, 0, 1), default));
        Assert.Null(await reader.TileAsync(new TileId(0, long.MaxValue / 256, 256), default));
    }

    [Fact]
    public void An_entry_has_32_bytes()
    {
        using var log = new TestLog();
        using var db = log.Open();
        Assert.Throws<ArgumentException>(() => LedgerLog.Append(db, new byte[31], log.Clock.GetUtcNow()));
    }
}
