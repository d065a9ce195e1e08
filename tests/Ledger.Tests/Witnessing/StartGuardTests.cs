using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Hosting;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Mirror;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Anchoring;
using Identity.Ledger.Tests.Log;
using Identity.Ledger.Witnessing;
using Identity.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Identity.Ledger.Tests.Witnessing;

/// <summary>Drills: the database is put back as it was yesterday, and the service is started.</summary>
public sealed class StartGuardTests : RestoredLog
{
    [Fact]
    public async Task Attack_yesterdays_database_signs_no_fork_of_what_the_chain_has()
    {
        await using var bench = await ChainBench.StartAsync();
        var yesterday = await GrownAsync(bench);
        await bench.GrowAsync(4, 5);
        await bench.AnchorAsync();
        Restore(bench, yesterday);
        await bench.Log.AppendAsync(98, 99);

        var halted = Assert.IsType<SequencerRound.Halted>(await RoundAsync(bench, Guard(bench)));

        Assert.Contains("The chain has 5 entries", halted.Fault);
        Assert.Contains("log-recover --from", halted.Fault);
        await bench.Log.CheckAsync();
        Assert.Equal(3, await NewestAsync(bench)); // no checkpoint beyond yesterday's
    }

    [Fact]
    public async Task Attack_yesterdays_database_that_went_on_to_another_tree_signs_nothing_more()
    {
        await using var bench = await ChainBench.StartAsync();
        var yesterday = await GrownAsync(bench);
        await bench.GrowAsync(4, 5);
        await bench.AnchorAsync();
        Restore(bench, yesterday);
        await bench.GrowAsync(98, 99, 100); // by a program that did not look
        await bench.Log.AppendAsync(101);

        Assert.Contains("another root", Assert.IsType<SequencerRound.Halted>(await RoundAsync(bench, Guard(bench))).Fault);
    }

    [Fact]
    public async Task Attack_yesterdays_database_signs_no_fork_of_what_only_a_witness_has_seen()
    {
        await using var bench = await ChainBench.StartAsync();
        using var wire = new WitnessBench();
        bench.Log.Clock.Set(DateTimeOffset.UtcNow);
        using var witness = await WitnessProcess.StartAsync("witness.example", bench.Log);
        var yesterday = await GrownAsync(bench);
        await bench.GrowAsync(4, 5); // signed and shown, not anchored yet
        await wire.FeedAsync(wire.Feeder(witness, bench.Log), bench.Log);
        Restore(bench, yesterday);
        await bench.Log.AppendAsync(99);

        var halted = Assert.IsType<SequencerRound.Halted>(await RoundAsync(bench, Guard(bench, feeders: [wire.Feeder(witness, bench.Log)])));

        Assert.Contains("witness.example has a signed checkpoint of 5 entries", halted.Fault);
        Assert.Contains("log-recover --from", halted.Fault);
    }

    [Fact]
    public async Task Attack_a_database_that_was_lost_whole_signs_no_fork_either()
    {
        await using var bench = await ChainBench.StartAsync();
        using var wire = new WitnessBench();
        bench.Log.Clock.Set(DateTimeOffset.UtcNow);
        using var witness = await WitnessProcess.StartAsync("witness.example", bench.Log);
        var empty = Backup(bench);
        await bench.GrowAsync(1, 2, 3);
        await wire.FeedAsync(wire.Feeder(witness, bench.Log), bench.Log);
        Restore(bench, empty);
        await bench.Log.AppendAsync(99);

        Assert.IsType<SequencerRound.Halted>(await RoundAsync(bench, Guard(bench, feeders: [wire.Feeder(witness, bench.Log)])));
    }

    [Fact]
    public async Task Attack_an_empty_database_signs_nothing_while_the_chain_is_cut_off()
    {
        await using var bench = await ChainBench.StartAsync();
        var empty = Backup(bench);
        await GrownAsync(bench);
        Restore(bench, empty);
        await bench.Log.AppendAsync(99);
        var wire = new Wire { IsBroken = true };
        using var http = new HttpClient(wire);
        var guard = Guard(bench, registry: bench.Open(http: http));

        Assert.Contains("cannot be asked", Assert.IsType<SequencerRound.Waiting>(await RoundAsync(bench, guard)).Reason);
        await using (var db = bench.Log.Open()) Assert.Null(await new LogReader(db).NewestAsync(default));

        wire.IsBroken = false;
        Assert.Contains("The chain has 3 entries", Assert.IsType<SequencerRound.Halted>(await RoundAsync(bench, guard)).Fault);
    }

    [Fact]
    public async Task Attack_an_empty_database_signs_nothing_while_no_witness_that_stands_in_the_settings_answers()
    {
        await using var bench = await ChainBench.StartAsync();
        using var wire = new WitnessBench();
        bench.Log.Clock.Set(DateTimeOffset.UtcNow);
        using var witness = await WitnessProcess.StartAsync("witness.example", bench.Log);
        await witness.KillAsync();
        await bench.Log.AppendAsync(1);
        var guard = Guard(bench, feeders: [wire.Feeder(witness, bench.Log)]);

        Assert.IsType<SequencerRound.Waiting>(await RoundAsync(bench, guard));

        await witness.StartAgainAsync(); // it has seen nothing of this log: it is new
        Assert.IsType<SequencerRound.Signed>(await RoundAsync(bench, guard));
    }

    [Theory]
    [InlineData("Production", false), InlineData("Development", true)]
    public async Task Only_where_people_play_a_new_log_begins_while_the_chain_is_away(string environment, bool begins)
    {
        using var log = new TestLog();
        await log.AppendAsync(1);
        log.Clock.Advance(60);
        var (signing, account) = (Path.Combine(log.Folder, "signing.pem"), Path.Combine(log.Folder, "account.pem"));
        LogKeyFile.Write(signing, log.Key);
        EvmAccount.CreateFile(account).Dispose();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings
        {
            EnvironmentName = environment,
            Args = ["--Ledger:Rpc=http://127.0.0.1:1", "--Ledger:Contract=0x5FbDB2315678afecb367f032d93F642f64180aa3", "--Ledger:ChainId=31337", $"--Ledger:OperatorKeyFile={account}", $"--Log:SigningKeyFile={signing}", $"--Log:Origin={log.Name}"],
        });
        builder.Services.AddSingleton<TimeProvider>(log.Clock).AddLedgerLog<LogDb>(builder.Configuration);
        using var host = builder.Build();
        await using var db = log.Open();

        var round = await host.Services.GetRequiredService<OperatorLog<LogDb>>().Sequencer.RunAsync(db, default);

        Assert.Equal(begins, round is SequencerRound.Signed);
        Assert.Equal(!begins, round is SequencerRound.Waiting);
    }

    [Fact]
    public async Task Attack_a_witness_that_claims_more_and_shows_nothing_does_not_stop_a_log_that_another_agrees_with()
    {
        await using var bench = await ChainBench.StartAsync();
        using var wire = new WitnessBench();
        bench.Log.Clock.Set(DateTimeOffset.UtcNow);
        using var honest = await WitnessProcess.StartAsync("honest.example", bench.Log);
        await GrownAsync(bench);
        await bench.Log.AppendAsync(4);

        var alone = Assert.IsType<SequencerRound.Waiting>(await RoundAsync(bench, Guard(bench, feeders: [Liar(bench, 7)])));
        Assert.Contains("Log:Witnesses", alone.Reason);
        Assert.Contains("liar.example has seen 7 entries", alone.Reason);
        Assert.IsType<SequencerRound.Waiting>(await RoundAsync(bench, Guard(bench, feeders: [Liar(bench, 7), Liar(bench, 8), wire.Feeder(honest, bench.Log)])));
        Assert.Equal(3, await NewestAsync(bench));

        Assert.IsType<SequencerRound.Signed>(await RoundAsync(bench, Guard(bench, feeders: [Liar(bench, 7), wire.Feeder(honest, bench.Log)])));
        Assert.Equal(4, await NewestAsync(bench));
    }

    [Fact]
    public async Task Attack_what_our_key_signed_outweighs_any_number_of_witnesses_that_were_asleep()
    {
        await using var bench = await ChainBench.StartAsync();
        using var wire = new WitnessBench();
        bench.Log.Clock.Set(DateTimeOffset.UtcNow);
        using var awake = await WitnessProcess.StartAsync("awake.example", bench.Log);
        using var asleep = await WitnessProcess.StartAsync("asleep.example", bench.Log);
        using var slept = await WitnessProcess.StartAsync("slept.example", bench.Log);
        var yesterday = await GrownAsync(bench);
        await bench.GrowAsync(4, 5);
        await wire.FeedAsync(wire.Feeder(awake, bench.Log), bench.Log);
        Restore(bench, yesterday);
        await bench.Log.AppendAsync(99);

        var halted = Assert.IsType<SequencerRound.Halted>(await RoundAsync(bench, Guard(bench, feeders: [.. new[] { asleep, slept, awake }.Select(w => wire.Feeder(w, bench.Log))])));

        Assert.Contains("awake.example has a signed checkpoint of 5 entries", halted.Fault);
        Assert.Equal(3, await NewestAsync(bench));
    }

    [Fact]
    public async Task Attack_yesterdays_database_signs_no_fork_of_what_only_a_mirror_keeps()
    {
        await using var bench = await ChainBench.StartAsync();
        var yesterday = await GrownAsync(bench);
        await bench.GrowAsync(4, 5);
        using var kept = Copy(bench);
        await using var mirror = await KeepAsync(kept);
        Restore(bench, yesterday);
        await bench.Log.AppendAsync(99);

        var halted = Assert.IsType<SequencerRound.Halted>(await RoundAsync(bench, Guard(bench, mirrors: [mirror.Http.BaseAddress!])));

        Assert.Contains("signed checkpoint of 5 entries", halted.Fault);
    }

    [Fact]
    public async Task Attack_a_mirror_that_has_nothing_of_the_log_agrees_with_nobody()
    {
        await using var bench = await ChainBench.StartAsync();
        await bench.Log.AppendAsync(1, 2, 3);
        Assert.IsType<SequencerRound.Signed>(await RoundAsync(bench, Asking())); // of a new log nobody has anything
        await bench.AnchorAsync();
        await bench.Log.AppendAsync(4);

        Assert.Contains("has seen 7 entries", Assert.IsType<SequencerRound.Waiting>(await RoundAsync(bench, Asking(Liar(bench, 7)))).Reason);
        Assert.Contains("wrong.example has nothing of", Assert.IsType<SequencerRound.Waiting>(await RoundAsync(bench, Asking())).Reason);
        Assert.Equal(3, await NewestAsync(bench));

        StartGuard Asking(params Feeder[] witnesses) => new(bench.Log.Name, bench.Log.Key.PublicBytes, bench.Open(), witnesses, [new Uri("http://wrong.example/")],
            (_, _, _) => Task.FromResult<FetchResult>(new FetchResult.Answer(404, null, [], null)), development: false, mayBegin: false);
    }

    [Fact]
    public async Task Nobody_to_ask_means_waiting_and_once_all_agree_the_log_goes_on()
    {
        await using var bench = await ChainBench.StartAsync();
        using var wire = new WitnessBench();
        bench.Log.Clock.Set(DateTimeOffset.UtcNow);
        using var dead = await WitnessProcess.StartAsync("dead.example", bench.Log);
        using var alive = await WitnessProcess.StartAsync("alive.example", bench.Log);
        await dead.KillAsync();
        await alive.KillAsync();
        await GrownAsync(bench);
        await bench.Log.AppendAsync(4);
        var guard = Guard(bench, feeders: [wire.Feeder(dead, bench.Log), wire.Feeder(alive, bench.Log)]);

        Assert.IsType<SequencerRound.Waiting>(await RoundAsync(bench, guard));
        Assert.Equal(3, await NewestAsync(bench));

        await alive.StartAgainAsync(); // the other stays dead: it must not stop the log for good
        Assert.IsType<SequencerRound.Signed>(await RoundAsync(bench, guard));
        Assert.Equal(4, await NewestAsync(bench));
    }

    [Fact]
    public async Task A_chain_that_does_not_answer_lets_a_log_wait_that_has_something_to_contradict()
    {
        await using var bench = await ChainBench.StartAsync();
        var fresh = Guard(bench);
        await bench.Log.AppendAsync(1, 2, 3);
        using var nowhere = new HttpClient(new Wire { IsBroken = true });
        Assert.IsType<SequencerRound.Signed>(await RoundAsync(bench, Guard(bench, registry: bench.Open(http: nowhere), mayBegin: true))); // nothing was ever signed, and this is play
        await bench.Log.AppendAsync(4);

        Assert.IsType<SequencerRound.Waiting>(await RoundAsync(bench, Guard(bench, registry: bench.Open(http: nowhere), mayBegin: true)));
        Assert.IsType<SequencerRound.Signed>(await RoundAsync(bench, fresh));
    }

    [Fact]
    public async Task Whoever_stands_by_has_looked_at_its_start_and_takes_over_while_the_chain_does_not_answer()
    {
        await using var bench = await ChainBench.StartAsync();
        bench.Log.Options.Lease = TimeSpan.FromSeconds(5);
        await bench.Log.AppendAsync(1, 2, 3);
        Assert.IsType<SequencerRound.Signed>(await RoundAsync(bench, Guard(bench)));
        var wire = new Wire();
        using var http = new HttpClient(wire);
        var standby = Guard(bench, registry: bench.Open(http: http));
        await bench.Log.AppendAsync(4);
        Assert.IsType<SequencerRound.Standby>(await RoundAsync(bench, standby, "two"));

        wire.IsBroken = true;
        bench.Log.Clock.Advance(60); // the first is gone, its lease has run out

        Assert.IsType<SequencerRound.Signed>(await RoundAsync(bench, standby, "two"));
    }

    /// <summary>A witness that says to have seen so many entries, and shows none.</summary>
    private static Feeder Liar(ChainBench bench, long size)
    {
        using var key = Ed25519Key.Create();
        return new(bench.Log.Name, bench.Log.Key, new WitnessPeer(VKey.Of("liar.example", NoteKeyType.CosignatureV1, key), new Uri($"http://127.0.0.1:{Ports.Free()}/")),
            (_, _, _) => Task.FromResult<FetchResult>(new FetchResult.Answer(409, WitnessRequest.SizeType, System.Text.Encoding.ASCII.GetBytes($"{size}\n"), null)), bench.Log.Clock);
    }

    private sealed class Wire : DelegatingHandler
    {
        public Wire() : base(new SocketsHttpHandler())
        {
        }

        public bool IsBroken { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            IsBroken ? throw new HttpRequestException("away") : base.SendAsync(request, cancellationToken);
    }
}
