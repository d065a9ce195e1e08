using Identity.Credentials.Jose;
using Identity.Ledger.Anchoring;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Tests.Anchoring;

public class AnchorerTests
{
    [Fact]
    public async Task The_newest_checkpoint_is_anchored_once_and_its_receipt_kept()
    {
        await using var bench = await ChainBench.StartAsync();
        await bench.GrowAsync(1, 2, 3);
        await bench.GrowAsync(4, 5);

        var step = Assert.IsType<AnchorStep.Anchored>(await bench.AnchorAsync());

        Assert.Equal(5, step.Size);
        Assert.IsType<AnchorStep.UpToDate>(await bench.AnchorAsync());
        Assert.Equal([5], await bench.AnchorsAsync());
        await using var db = bench.Log.Open();
        var place = Assert.IsType<EntryPlace.Anchored>(await LedgerLog.FindAsync(db, TestLog.Entry(1)));
        Assert.Equal(step.Transaction, place.Anchor.Transaction);
        Assert.Equal(bench.Registry.Contract.ToString(), place.Anchor.Contract);
        Assert.Equal((await bench.Registry.LatestAsync(RegistryClient.LogId(TestLog.Origin)))!.Root, place.Anchor.Root);
    }

    [Fact]
    public async Task A_log_without_entries_sends_nothing()
    {
        await using var bench = await ChainBench.StartAsync();

        Assert.IsType<AnchorStep.UpToDate>(await bench.AnchorAsync());

        Assert.Empty(await bench.AnchorsAsync());
    }

    [Fact]
    public async Task Killed_between_intent_and_sending_it_is_sent_once()
    {
        await using var bench = await ChainBench.StartAsync();
        await bench.GrowAsync(1, 2, 3);
        await bench.Crash_with_an_intent(send: false);

        Assert.IsType<AnchorStep.Anchored>(await bench.AnchorAsync());

        Assert.Equal([3], await bench.AnchorsAsync());
        await bench.Check_the_outbox_is_settled();
    }

    [Fact]
    public async Task Killed_between_sending_and_recording_it_is_not_sent_again_but_recorded()
    {
        await using var bench = await ChainBench.StartAsync();
        await bench.GrowAsync(1, 2, 3);
        await bench.Crash_with_an_intent(send: true);
        var sent = await bench.Registry.Evm.NonceAsync(bench.Operator.Address);
        await bench.GrowAsync(4);

        Assert.Equal(3, Assert.IsType<AnchorStep.Anchored>(await bench.AnchorAsync()).Size);
        Assert.Equal(sent, await bench.Registry.Evm.NonceAsync(bench.Operator.Address));
        Assert.Equal(4, Assert.IsType<AnchorStep.Anchored>(await bench.AnchorAsync()).Size);

        Assert.Equal([3, 4], await bench.AnchorsAsync());
        await bench.Check_the_outbox_is_settled();
        await using var db = bench.Log.Open();
        Assert.Equal(3, Assert.IsType<EntryPlace.Anchored>(await LedgerLog.FindAsync(db, TestLog.Entry(1))).Anchor.Size);
    }

    [Fact]
    public async Task An_earlier_transaction_that_was_mined_after_all_is_recorded_too()
    {
        await using var bench = await ChainBench.StartAsync();
        await bench.GrowAsync(1, 2, 3);
        await bench.Crash_with_an_intent(send: true);
        await bench.GrowAsync(4);
        await bench.Crash_with_an_intent(send: true);

        while (await bench.AnchorAsync() is not AnchorStep.UpToDate) { }

        await using var db = bench.Log.Open();
        Assert.Equal([3, 4], await db.Set<AnchorRow>().Where(a => a.State == AnchorState.Final).OrderBy(a => a.Size).Select(a => a.Size).ToListAsync());
        await bench.Check_the_outbox_is_settled();
    }

    [Fact]
    public async Task An_anchor_without_any_record_of_ours_is_found_from_the_beginning()
    {
        await using var bench = await ChainBench.StartAsync();
        await bench.GrowAsync(1, 2, 3);
        await bench.AnchorAsync();
        await using (var db = bench.Log.Open()) await db.Database.ExecuteSqlRawAsync("DELETE FROM ledger_anchors");

        Assert.IsType<AnchorStep.Anchored>(await bench.AnchorAsync());

        Assert.Equal([3], await bench.AnchorsAsync());
        await bench.Check_the_outbox_is_settled();
    }

    [Fact]
    public async Task Two_workers_at_once_anchor_each_size_once()
    {
        await using var bench = await ChainBench.StartAsync();
        for (var wave = 0; wave < 5; wave++)
        {
            await bench.GrowAsync(wave * 2, (wave * 2) + 1);
            await Task.WhenAll(Enumerable.Range(0, 3).Select(n => Task.Run(async () =>
            {
                try
                {
                    await bench.AnchorAsync(bench.Anchorer(bench.Open(timeout: TimeSpan.FromSeconds(2)), owner: $"worker {n}"));
                }
                catch (EvmException)
                {
                    // Nonce used by another, or refused between two questions: the worker comes back, as here.
                }
            })));
        }

        while (await bench.AnchorAsync() is not AnchorStep.UpToDate) { }

        Assert.Equal([2, 4, 6, 8, 10], await bench.AnchorsAsync());
        await bench.Check_the_outbox_is_settled();
    }

    [Fact]
    public async Task While_the_ledger_is_down_the_log_goes_on_and_everything_is_anchored_afterwards()
    {
        await using var bench = await ChainBench.StartAsync();
        bench.Options.Development = true;
        await bench.GrowAsync(1);
        await bench.AnchorAsync();
        await bench.Node.DisposeAsync();
        await bench.GrowAsync(2, 3);

        Assert.True((await Assert.ThrowsAsync<EvmException>(() => bench.AnchorAsync())).Passing);
        await bench.GrowAsync(4);
        await bench.WipeAsync();

        Assert.Equal(4, Assert.IsType<AnchorStep.Anchored>(await bench.AnchorAsync()).Size);
        Assert.Equal([4], await bench.AnchorsAsync());
    }

    [Fact]
    public async Task A_wiped_local_node_is_anchored_anew_and_receipts_name_the_new_anchor()
    {
        await using var bench = await ChainBench.StartAsync();
        bench.Options.Development = true;
        foreach (var entry in Enumerable.Range(0, 4))
        {
            await bench.GrowAsync(entry);
            await bench.AnchorAsync();
        }

        await bench.WipeAsync(deploy: false);
        Assert.Contains("no registry contract", Assert.IsType<AnchorStep.Waiting>(await bench.AnchorAsync()).Reason);
        await bench.WipeAsync();
        var step = Assert.IsType<AnchorStep.Anchored>(await bench.AnchorAsync());

        Assert.Equal([4], await bench.AnchorsAsync());
        await using var db = bench.Log.Open();
        var place = Assert.IsType<EntryPlace.Anchored>(await LedgerLog.FindAsync(db, TestLog.Entry(0)));
        Assert.Equal(step.Transaction, place.Anchor.Transaction);
        Assert.Equal(4, await db.Set<AnchorRow>().CountAsync(a => a.State == AnchorState.Lost));
        await bench.GrowAsync(100);
        Assert.Equal(5, Assert.IsType<AnchorStep.Anchored>(await bench.AnchorAsync()).Size);
    }

    [Fact]
    public async Task A_real_network_that_lost_history_is_a_fault_and_nothing_is_anchored_or_forgotten()
    {
        await using var bench = await ChainBench.StartAsync();
        await bench.GrowAsync(1, 2, 3);
        await bench.AnchorAsync();
        await bench.WipeAsync();

        var step = Assert.IsType<AnchorStep.Fault>(await bench.AnchorAsync(bench.Anchorer(bench.Open())));

        Assert.Contains("lost anchors", step.Reason);
        Assert.Empty(await bench.AnchorsAsync());
        await using var db = bench.Log.Open();
        Assert.IsType<EntryPlace.Anchored>(await LedgerLog.FindAsync(db, TestLog.Entry(1)));
        await bench.GrowAsync(4); // issuing goes on
    }

    [Fact]
    public async Task Attack_an_old_copy_of_the_database_signs_nothing_once_the_chain_is_seen_ahead()
    {
        await using var bench = await ChainBench.StartAsync();
        await bench.GrowAsync(1, 2, 3);
        File.Copy(bench.Log.File, bench.Log.File + ".old");
        if (File.Exists(bench.Log.File + "-wal")) File.Copy(bench.Log.File + "-wal", bench.Log.File + ".old-wal");
        await bench.GrowAsync(4, 5);
        await bench.AnchorAsync();
        File.Delete(bench.Log.File + "-wal");
        File.Delete(bench.Log.File + "-shm");
        File.Move(bench.Log.File + ".old", bench.Log.File, overwrite: true);
        if (File.Exists(bench.Log.File + ".old-wal")) File.Move(bench.Log.File + ".old-wal", bench.Log.File + "-wal", overwrite: true);

        Assert.Contains("old copy", Assert.IsType<AnchorStep.Fault>(await bench.AnchorAsync()).Reason);

        await bench.Log.AppendAsync(99);
        Assert.Contains("old copy", Assert.IsType<SequencerRound.Halted>(await bench.Log.RoundAsync()).Fault);
    }

    [Fact]
    public async Task Attack_a_root_on_the_chain_that_is_not_ours_stops_the_log()
    {
        await using var bench = await ChainBench.StartAsync();
        await bench.GrowAsync(1, 2, 3);
        (await bench.Registry.AnchorAsync(bench.Operator, RegistryClient.LogId(TestLog.Origin), 2, new byte[32].Select(_ => (byte)7).ToArray())).Require();

        Assert.Contains("another root", Assert.IsType<AnchorStep.Fault>(await bench.AnchorAsync()).Reason);

        await bench.Log.AppendAsync(4);
        Assert.IsType<SequencerRound.Halted>(await bench.Log.RoundAsync());
    }

    [Fact]
    public async Task An_unregistered_log_waits_and_is_anchored_once_it_is_registered()
    {
        await using var bench = await ChainBench.StartAsync(register: false);
        await bench.GrowAsync(1);

        Assert.Contains("not registered", Assert.IsType<AnchorStep.Waiting>(await bench.AnchorAsync()).Reason);
        await bench.RegisterAsync();
        Assert.IsType<AnchorStep.Anchored>(await bench.AnchorAsync());
    }

    [Fact]
    public async Task Wrong_keys_are_named_before_anything_is_sent()
    {
        await using var bench = await ChainBench.StartAsync();
        await bench.GrowAsync(1);
        using var stranger = EvmAccount.Create();
        using var other = Ed25519Key.Create();

        var account = Assert.IsType<AnchorStep.Fault>(await bench.AnchorAsync(bench.Anchorer(account: stranger)));
        var key = Assert.IsType<AnchorStep.Fault>(await bench.AnchorAsync(bench.Anchorer(key: other.PublicBytes)));

        Assert.Contains("Ledger:OperatorKeyFile", account.Reason);
        Assert.Contains("Log:SigningKeyFile", key.Reason);
        Assert.Empty(await bench.AnchorsAsync());
    }

    [Fact]
    public async Task A_reorganisation_before_finality_ends_with_one_anchor()
    {
        await using var bench = await ChainBench.StartAsync();
        await bench.GrowAsync(1, 2, 3);
        for (var block = 0; block < 3; block++) await bench.TellAsync("evm_mine");
        var before = await bench.TellAsync("evm_snapshot");
        var registry = bench.Open(finality: 2);

        var anchoring = Task.Run(() => bench.AnchorAsync(bench.Anchorer(registry)));
        while ((await bench.AnchorsAsync()).Count == 0) await Task.Delay(20);
        Assert.False(anchoring.IsCompleted);
        await bench.TellAsync("evm_revert", before);
        while (!anchoring.IsCompleted)
        {
            await bench.TellAsync("evm_mine");
            await Task.Delay(100);
        }

        Assert.Equal(3, Assert.IsType<AnchorStep.Anchored>(await anchoring).Size);
        Assert.Equal([3], await bench.AnchorsAsync());
        await bench.Check_the_outbox_is_settled();
    }
}

public class LedgerAwayTests
{
    [Fact]
    public async Task While_the_ledger_is_away_for_an_hour_the_log_goes_on_and_one_transaction_makes_it_good()
    {
        await using var bench = await ChainBench.StartAsync();
        await bench.GrowAsync(1, 2);
        await bench.AnchorAsync();
        var cable = new Cable();
        using var http = new HttpClient(cable);
        var anchorer = bench.Anchorer(bench.Open(http: http));

        cable.Cut = true;
        for (var minutes = 0; minutes < 60; minutes += 10)
        {
            bench.Log.Clock.Advance(600);
            await bench.GrowAsync(100 + minutes, 101 + minutes);
            await Assert.ThrowsAsync<EvmException>(() => bench.AnchorAsync(anchorer));
        }
        await using var db = bench.Log.Open();
        Assert.IsType<EntryPlace.Logged>(await LedgerLog.FindAsync(db, TestLog.Entry(100)));
        cable.Cut = false;
        Assert.Equal(14, Assert.IsType<AnchorStep.Anchored>(await bench.AnchorAsync(anchorer)).Size);

        Assert.IsType<EntryPlace.Anchored>(await LedgerLog.FindAsync(db, TestLog.Entry(100)));
        Assert.Equal([2, 14], await bench.AnchorsAsync());
        await bench.Check_the_outbox_is_settled();
    }

    private sealed class Cable() : DelegatingHandler(new SocketsHttpHandler())
    {
        public bool Cut { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Cut ? throw new HttpRequestException("no route") : base.SendAsync(request, cancellationToken);
    }
}

internal static class AnchorSteps
{
    /// <summary>What a kill leaves behind: the intent is written, and the transaction sent or not.</summary>
    public static async Task Crash_with_an_intent(this ChainBench bench, bool send)
    {
        await using var db = bench.Log.Open();
        var newest = (await new LogReader(db).NewestAsync(default))!;
        var head = await bench.Registry.Evm.HeadAsync();
        var outbox = new AnchorOutbox(db, (long)bench.Registry.ChainId, bench.Registry.Contract.ToString());
        await outbox.IntendAsync(newest.Size, newest.Root, (long)head.Number, default);
        if (send) (await bench.Registry.AnchorAsync(bench.Operator, RegistryClient.LogId(bench.Log.Name), newest.Size, newest.Root)).Require();
    }

    /// <summary>Every size on the chain is recorded once with its place, and no intent is left.</summary>
    public static async Task Check_the_outbox_is_settled(this ChainBench bench)
    {
        await using var db = bench.Log.Open();
        var rows = await db.Set<AnchorRow>().AsNoTracking().Where(a => a.State != AnchorState.Lost).OrderBy(a => a.Size).ToListAsync();
        Assert.Equal(await bench.AnchorsAsync(), rows.Select(r => r.Size));
        Assert.All(rows, row => Assert.Equal(AnchorState.Final, row.State));
        Assert.All(rows, row => Assert.NotNull(row.BlockTime));
    }
}
