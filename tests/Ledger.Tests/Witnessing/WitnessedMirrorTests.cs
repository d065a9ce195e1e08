using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Credentials.Verdicts;
using Identity.Ledger.Mirror;
using Identity.Ledger.Tests.Log;
using Identity.Ledger.Tests.Mirror;
using Identity.Ledger.Witnessing;

namespace Identity.Ledger.Tests.Witnessing;

/// <summary>A reader that asks for k of n witnesses: what fewer of them saw does not count as anchored.</summary>
public sealed class WitnessedMirrorTests
{
    [Fact]
    public async Task Two_of_three_are_enough_where_one_lies_and_one_is_dead_and_with_two_dead_ones_nobody_can_tell()
    {
        await using var bench = await MirrorBench.StartAsync();
        using var wire = new WitnessBench();
        var log = bench.Chain.Log;
        log.Clock.Set(DateTimeOffset.UtcNow);
        using var honest = await WitnessProcess.StartAsync("honest.example", log);
        using var liar = await WitnessProcess.StartAsync("liar.example", log, lies: true);
        using var dead = await WitnessProcess.StartAsync("dead.example", log);
        Feeder[] feeders = [wire.Feeder(honest, log), wire.Feeder(liar, log), wire.Feeder(dead, log)];
        using var mirror = bench.Another(settings => settings.Witnesses = WitnessBench.Policy(2, honest, liar, dead));
        await dead.KillAsync();
        await bench.AnchorAsync(1, 2, 3);
        foreach (var feeder in feeders) await wire.FeedAsync(feeder, log);

        Assert.Null(await mirror.RefreshAsync(default));

        Assert.Equal((new WitnessCount(2, 2), true), (mirror.FindEntry(TestLog.Entry(2))!.Witnesses, mirror.FindEntry(TestLog.Entry(2))!.AnchoredAt is not null));
        Assert.Null(mirror.Logs.Single().Problem);

        await honest.KillAsync();
        await bench.AnchorAsync(4);
        foreach (var feeder in feeders) await wire.FeedAsync(feeder, log);
        await mirror.RefreshAsync(default);

        var later = mirror.FindEntry(TestLog.Entry(4))!;
        Assert.Equal((new WitnessCount(1, 2), null, false), (later.Witnesses, later.AnchoredAt, later.RootMatchesContract));
        Assert.Equal("The checkpoint of 4 entries has 1 of the 2 cosignatures that are asked for.", mirror.Logs.Single().Problem);
        Assert.NotNull(mirror.FindEntry(TestLog.Entry(2))!.AnchoredAt);

        await honest.StartAgainAsync();
        await wire.FeedAsync(feeders[0], log);
        await mirror.RefreshAsync(default);
        Assert.Equal((new WitnessCount(2, 2), true), (mirror.FindEntry(TestLog.Entry(4))!.Witnesses, mirror.FindEntry(TestLog.Entry(4))!.AnchoredAt is not null));
    }

    [Fact]
    public async Task A_reader_that_asks_for_nobody_says_nothing_of_witnesses()
    {
        await using var bench = await MirrorBench.StartAsync();
        await bench.AnchorAsync(1);
        await bench.Mirror.RefreshAsync(default);

        Assert.Null(bench.Mirror.FindEntry(TestLog.Entry(1))!.Witnesses);
    }

    [Fact]
    public async Task Attack_a_cosignature_from_the_future_does_not_count_before_its_time()
    {
        using var bench = new LogBench();
        using var witness = Ed25519Key.FromSeed(SHA256.HashData("witness"u8));
        Ask(bench, 1, witness);
        var at = bench.Log.Clock.GetUtcNow() + WitnessPolicy.Skew + TimeSpan.FromSeconds(1);
        Cosign(bench, witness, () => at);
        await bench.GrowAsync(bench.Log, 1, 2);
        await bench.LookAsync();
        Assert.Equal(((0, 0), "The checkpoint of 2 entries has 0 of the 1 cosignatures that are asked for."), (bench.Mirrored.Witnessed, bench.Mirrored.Problem));

        bench.Log.Clock.Advance(1);
        await bench.LookAsync();
        Assert.Equal(((2, 1), null), (bench.Mirrored.Witnessed, bench.Mirrored.Problem));
    }

    [Fact]
    public async Task After_a_restart_it_counts_what_it_had_by_the_settings_of_now()
    {
        using var bench = new LogBench();
        using var witness = Ed25519Key.FromSeed(SHA256.HashData("witness"u8));
        using var other = Ed25519Key.FromSeed(SHA256.HashData("other"u8));
        Ask(bench, 1, witness);
        Cosign(bench, witness, bench.Log.Clock.GetUtcNow);
        await bench.GrowAsync(bench.Log, 1, 2);
        await bench.LookAsync();

        bench.Restart();
        Assert.Equal((2, 1), bench.Mirrored.Witnessed);

        Ask(bench, 1, other);
        bench.Restart();
        Assert.Equal((0, 0), bench.Mirrored.Witnessed);
    }

    [Fact]
    public async Task Attack_a_checkpoint_that_nobody_cosigned_still_tells_a_fork()
    {
        using var bench = new LogBench();
        using var witness = Ed25519Key.FromSeed(SHA256.HashData("witness"u8));
        using var other = new TestLog();
        Ask(bench, 1, witness);
        await bench.GrowAsync(bench.Log, 1, 2);
        await bench.GrowAsync(other, 1, 3);
        await bench.LookAsync();
        Assert.Null(bench.Mirrored.Alarm);

        bench.Serving = other;
        await bench.LookAsync();

        Assert.StartsWith("Fork", bench.Mirrored.Alarm, StringComparison.Ordinal);
    }

    private static void Ask(LogBench bench, int required, Ed25519Key key) =>
        bench.Options.Witnesses = WitnessPolicy.TryRead(required, [VKey.Of("witness.example", NoteKeyType.CosignatureV1, key).ToString()], out var policy, out var reason) ? policy : throw new InvalidOperationException(reason);

    private static void Cosign(LogBench bench, Ed25519Key key, Func<DateTimeOffset> at) => bench.Wire = (path, body) =>
    {
        if (path != "checkpoint") return body;
        var note = Encoding.UTF8.GetString(body);
        Assert.True(SignedNote.TryParse(note, out var signed, out _));
        return Encoding.UTF8.GetBytes(note + Cosignature.Sign(signed!.Text, "witness.example", key, at()).Line);
    };
}
