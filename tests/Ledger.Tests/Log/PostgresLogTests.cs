using Identity.Ledger.Anchoring;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Tests.Anchoring;
using Identity.TestKit;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Tests.Log;

/// <summary>What the log promises, where statements of several processes interleave.</summary>
public class PostgresLogTests
{
    [PostgresFact]
    public async Task The_tree_grows_over_the_borders_of_tiles_and_every_entry_has_its_proof()
    {
        using var log = await LogAsync();
        var next = 0;
        foreach (var count in new[] { 1, 2, 252, 1, 1, 255, 300 })
        {
            await using (var db = log.Open()) await LedgerLog.AppendManyAsync(db, [.. Enumerable.Range(next, count).Select(TestLog.Entry)], log.Clock.GetUtcNow());
            next += count;
            while (await log.RoundAsync() is SequencerRound.Signed) { }
        }

        await log.CheckAsync();
        await using var end = log.Open();
        Assert.Equal(next, (await new LogReader(end).NewestAsync(default))!.Size);
        Assert.Equal(next, await end.Set<EntryRow>().CountAsync());
    }

    [PostgresFact]
    public async Task Two_sequencers_at_once_give_every_entry_one_place()
    {
        using var log = await LogAsync();
        log.Options.Lease = TimeSpan.FromSeconds(-1); // a lease that keeps nobody out: only the head is left
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

    [PostgresFact]
    public async Task Entries_that_arrive_while_the_tree_grows_are_neither_lost_nor_doubled()
    {
        using var log = await LogAsync();
        var writers = Enumerable.Range(0, 4).Select(w => Task.Run(async () =>
        {
            for (var n = 0; n < 100; n++) await log.AppendAsync((w * 100) + n);
        })).ToList();
        while (!writers.TrueForAll(w => w.IsCompleted)) await log.RoundAsync();
        await Task.WhenAll(writers);
        while (await log.RoundAsync() is SequencerRound.Signed) { }

        await log.CheckAsync();
        await using var db = log.Open();
        Assert.Equal(400, await db.Set<EntryRow>().CountAsync());
        Assert.Equal(0, await db.Set<PendingRow>().CountAsync());
    }

    [PostgresFact]
    public async Task The_lease_keeps_a_second_sequencer_waiting_until_it_runs_out()
    {
        using var log = await LogAsync();
        await log.AppendAsync(1);
        await log.RoundAsync("one");
        await log.AppendAsync(2);

        Assert.IsType<SequencerRound.Standby>(await log.RoundAsync("two"));
        log.Clock.Advance(6);
        Assert.IsType<SequencerRound.Signed>(await log.RoundAsync("two"));
        await log.CheckAsync();
    }

    [PostgresFact]
    public async Task Two_anchorers_at_once_record_each_anchor_once()
    {
        await using var bench = await ChainBench.StartAsync(connection: await PostgresServer.NewDatabaseAsync());
        for (var wave = 0; wave < 5; wave++)
        {
            await bench.GrowAsync([.. Enumerable.Range(wave * 10, 10)]);
            await Task.WhenAll(Enumerable.Range(0, 3).Select(n => Task.Run(() => OnceAsync(bench, $"anchorer {n}"))));
        }

        while (await bench.AnchorAsync() is not AnchorStep.UpToDate) { }

        await bench.Check_the_outbox_is_settled();
        Assert.Equal(50, (await bench.AnchorsAsync())[^1]);
    }

    private static async Task OnceAsync(ChainBench bench, string owner)
    {
        try
        {
            await bench.AnchorAsync(bench.Anchorer(bench.Open(), owner: owner));
        }
        catch (EvmException)
        {
            // The other's transaction took the nonce, or came between the question and the sending; the next round asks the chain.
        }
    }

    private static async Task<TestLog> LogAsync() => new(connection: await PostgresServer.NewDatabaseAsync());
}
