using Identity.Credentials.Transparency;
using Identity.Ledger.Log;
using Identity.Ledger.Tests.Log;
using Identity.Ledger.Witnessing;

namespace Identity.Ledger.Tests.Witnessing;

/// <summary>A log and its witnesses, which are processes.</summary>
public sealed class FeederTests
{
    [Fact]
    public async Task Two_of_three_hold_where_one_lies_and_one_is_dead_and_two_dead_ones_leave_too_few()
    {
        using var bench = new WitnessBench();
        using var honest = await WitnessProcess.StartAsync("honest.example", bench.Log);
        using var liar = await WitnessProcess.StartAsync("liar.example", bench.Log, lies: true);
        using var dead = await WitnessProcess.StartAsync("dead.example", bench.Log);
        var (policy, now) = (WitnessBench.Policy(2, honest, liar, dead), bench.Log.Clock.GetUtcNow());
        Feeder[] feeders = [bench.Feeder(honest), bench.Feeder(liar), bench.Feeder(dead)];
        await dead.KillAsync();
        await bench.GrowAsync(1, 2, 3);

        var steps = await Task.WhenAll(feeders.Select(f => bench.FeedAsync(f)));

        Assert.Equal([typeof(FeedStep.Cosigned), typeof(FeedStep.Cosigned), typeof(FeedStep.Waiting)], steps.Select(s => s.GetType()));
        var served = await bench.ServedAsync();
        Assert.True(served.Verify(bench.Log.Name, bench.Log.Key.PublicBytes));
        Assert.Equal(2, policy.Count(served, now));
        Assert.True(policy.Holds(served, now));

        await honest.KillAsync();
        await bench.GrowAsync(4, 5);
        await Task.WhenAll(feeders.Select(f => bench.FeedAsync(f)));
        Assert.Equal(1, policy.Count(await bench.ServedAsync(), now));
        Assert.False(policy.Holds(await bench.ServedAsync(), now));
    }

    [Fact]
    public async Task A_feeder_begins_where_the_witness_is_asks_once_for_each_checkpoint_and_learns_from_a_conflict()
    {
        using var bench = new WitnessBench();
        using var witness = await WitnessProcess.StartAsync("witness.example", bench.Log);
        var feeder = bench.Feeder(witness);
        for (var step = 0; step < 5; step++)
        {
            await bench.GrowAsync(step * 3, (step * 3) + 1, (step * 3) + 2);
            Assert.Equal(new FeedStep.Cosigned((step + 1) * 3), await bench.FeedAsync(feeder));
        }
        Assert.Equal(["old 0", "old 3", "old 6", "old 9", "old 12"], bench.Sent.Select(s => s.Split('\n')[0]));

        // Started again it remembers by the database; without that it is told.
        await bench.GrowAsync(100);
        Assert.IsType<FeedStep.Cosigned>(await bench.FeedAsync(bench.Feeder(witness)));
        Assert.Equal("old 15", bench.Sent[^1].Split('\n')[0]);
        await using (var db = bench.Log.Open()) db.RemoveRange(db.Set<CosignatureRow>().AsEnumerable());
        await bench.GrowAsync(101);
        var forgetful = new Feeder(bench.Log.Name, bench.Log.Key, witness.Peer, bench.PostAsync, bench.Log.Clock);
        Assert.IsType<FeedStep.Cosigned>(await bench.FeedAsync(forgetful));
    }

    [Fact]
    public async Task A_checkpoint_waits_for_its_cosignatures_no_longer_than_patience_and_what_was_served_is_never_followed_by_less()
    {
        using var bench = new WitnessBench();
        using var witness = await WitnessProcess.StartAsync("witness.example", bench.Log);
        var feeder = bench.Feeder(witness);
        await bench.GrowAsync(1, 2, 3);
        await bench.FeedAsync(feeder);
        await bench.GrowAsync(4, 5);

        Assert.Equal(3, await SizeAsync());
        await bench.FeedAsync(feeder);
        Assert.Equal(5, await SizeAsync());
        await bench.GrowAsync(6);
        Assert.Equal(5, await SizeAsync());
        bench.Log.Clock.Advance(WitnessSettings.Patience.TotalSeconds + 1);
        Assert.Equal(6, await SizeAsync());
        bench.Log.Clock.Set(DateTimeOffset.UtcNow.AddHours(-1)); // set back, and more witnesses wanted than ever cosigned: to a mirror less would be a rollback
        Assert.Equal(6, await SizeAsync());
        Assert.Equal(6, await SizeAsync(required: 2));

        async Task<long> SizeAsync(int required = 1) => Checkpoint.TryParse((await bench.ServedAsync(required)).Full, out var served, out _) ? served!.Size : -1;
    }

    [Fact]
    public async Task Attack_a_split_log_is_cosigned_by_the_liar_twice_and_by_the_honest_once_and_leaves_evidence()
    {
        using var bench = new WitnessBench();
        using var honest = await WitnessProcess.StartAsync("honest.example", bench.Log);
        using var liar = await WitnessProcess.StartAsync("liar.example", bench.Log, lies: true);
        using var other = new TestLog();
        other.Clock.Set(bench.Log.Clock.GetUtcNow());
        await bench.GrowAsync(1, 2, 3);
        await other.AppendAsync(1, 2, 4);
        await other.RoundAsync();
        var policy = WitnessBench.Policy(2, honest, liar);

        foreach (var witness in new[] { honest, liar }) Assert.IsType<FeedStep.Cosigned>(await bench.FeedAsync(bench.Feeder(witness)));
        Assert.IsType<FeedStep.Cosigned>(await bench.FeedAsync(bench.Feeder(liar, other), other));
        Assert.IsType<FeedStep.Contradicted>(await bench.FeedAsync(bench.Feeder(honest, other), other));

        Assert.True(policy.Holds(await bench.ServedAsync(), bench.Log.Clock.GetUtcNow()));
        Assert.False(policy.Holds(await bench.ServedAsync(log: other), bench.Log.Clock.GetUtcNow()));
        using var http = new HttpClient();
        using var all = System.Text.Json.JsonDocument.Parse(await http.GetStringAsync(new Uri(honest.Address, "evidence")));
        Assert.True(ForkEvidence.TryParse(Assert.Single(all.RootElement.EnumerateArray()).GetRawText(), out var evidence));
        Assert.True(evidence.Holds(out var reason), reason);
    }

    [Fact]
    public async Task Killed_between_the_disk_and_the_answer_a_witness_has_seen_what_it_cosigned()
    {
        using var bench = new WitnessBench();
        using var witness = await WitnessProcess.StartAsync("witness.example", bench.Log);
        var feeder = bench.Feeder(witness);
        await bench.GrowAsync(1, 2, 3);
        await bench.FeedAsync(feeder);
        var head = Directory.GetFiles(witness.HeadFolder).Single();
        for (var round = 1; round <= 5; round++)
        {
            await bench.GrowAsync(round * 10, (round * 10) + 1);
            var before = await File.ReadAllTextAsync(head);

            // Nobody reads the answer: the process dies as soon as the checkpoint stands in its folder.
            var lost = bench.FeedAsync(bench.Feeder(witness));
            while (await File.ReadAllTextAsync(head) == before && !lost.IsCompleted) await Task.Yield();
            Assert.NotEqual(before, await File.ReadAllTextAsync(head));
            await witness.KillAsync();
            await lost;
            await witness.StartAgainAsync();

            // Another story of this size finds that it was seen; the log itself gets its cosignature.
            using var other = new TestLog();
            other.Clock.Set(bench.Log.Clock.GetUtcNow());
            await other.AppendAsync([.. Enumerable.Range(500, 3 + (round * 2))]);
            await other.RoundAsync();
            Assert.IsType<FeedStep.Contradicted>(await bench.FeedAsync(bench.Feeder(witness, other), other));
            Assert.Equal(new FeedStep.Cosigned(3 + (round * 2)), await bench.FeedAsync(bench.Feeder(witness)));
        }
    }

    [Fact]
    public async Task Killed_at_any_moment_a_witness_never_has_less_than_it_answered()
    {
        using var bench = new WitnessBench();
        using var witness = await WitnessProcess.StartAsync("witness.example", bench.Log);
        long answered = 0;
        for (var round = 1; round <= 6; round++)
        {
            using var stop = new CancellationTokenSource();
            var killed = Task.Run(async () =>
            {
                for (var spins = Random.Shared.Next(2000); spins > 0; spins--) await Task.Yield();
                await witness.KillAsync();
            });
            for (var step = 0; ; step++)
            {
                await bench.GrowAsync((round * 1000) + step);
                if (await bench.FeedAsync(bench.Feeder(witness)) is not FeedStep.Cosigned(var size)) break;
                answered = size;
            }
            await killed;
            foreach (var head in Directory.GetFiles(witness.HeadFolder, "*.checkpoint"))
            {
                Assert.True(Checkpoint.TryParse(await File.ReadAllTextAsync(head), out var kept, out _));
                Assert.True(kept!.Size >= answered);
            }
            await witness.StartAgainAsync();
        }
    }

    [Fact]
    public async Task A_receipt_carries_the_cosignatures_of_the_checkpoint_that_was_anchored()
    {
        await using var chain = await Anchoring.ChainBench.StartAsync();
        using var bench = new WitnessBench();
        chain.Log.Clock.Set(DateTimeOffset.UtcNow);
        using var witness = await WitnessProcess.StartAsync("witness.example", chain.Log);
        await chain.GrowAsync(1, 2, 3);
        Assert.IsType<FeedStep.Cosigned>(await bench.FeedAsync(bench.Feeder(witness, chain.Log), chain.Log));
        await chain.AnchorAsync();
        await chain.GrowAsync(4);

        await using var db = chain.Log.Open();
        var receipt = await LedgerLog.FindReceiptAsync(db, TestLog.Entry(2));

        Assert.True(TlogProof.TryParse(receipt!.Proof, out var proof, out _));
        Assert.True(proof!.TryVerify(TestLog.Entry(2), chain.Log.Name, chain.Log.Key.PublicBytes, out var checkpoint, out var reason), reason);
        Assert.True(WitnessBench.Policy(1, witness).Holds(checkpoint!.Note!, DateTimeOffset.UtcNow));
    }
}
