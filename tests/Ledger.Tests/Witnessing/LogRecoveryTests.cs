using Identity.Credentials.Transparency;
using Identity.Hosting;
using Identity.Ledger.Log;
using Identity.Ledger.Tests.Anchoring;

namespace Identity.Ledger.Tests.Witnessing;

/// <summary>What a backup lacks is brought back from a mirror, or nothing is changed.</summary>
public sealed class LogRecoveryTests : RestoredLog
{
    [Fact]
    public async Task What_was_lost_is_brought_back_from_a_mirror_in_one_transaction_and_the_log_goes_on()
    {
        await using var bench = await ChainBench.StartAsync();
        await bench.Log.AppendAsync([.. Enumerable.Range(0, 300)]);
        await bench.Log.RoundAsync();
        await bench.AnchorAsync();
        var yesterday = Backup(bench);
        await bench.Log.AppendAsync([.. Enumerable.Range(1000, 400)]);
        await bench.Log.RoundAsync();
        await bench.AnchorAsync();
        using var kept = Copy(bench);
        await using var mirror = await KeepAsync(kept);
        Restore(bench, yesterday);
        await bench.Log.AppendAsync(1000, 5000); // one that was logged in the lost hours waits again, and a new one
        var told = 0;

        Assert.Equal(new RecoveryStep.Recovered(300, 700), await RecoverAsync(bench, mirror.Http.BaseAddress!, () => told++));

        Assert.Equal(1, told);
        Assert.IsType<SequencerRound.Signed>(await RoundAsync(bench, Guard(bench, mirrors: [mirror.Http.BaseAddress!])));
        await bench.Log.CheckAsync();
        Assert.Equal(701, await NewestAsync(bench));
        while (await bench.AnchorAsync() is not Ledger.Anchoring.AnchorStep.UpToDate) { } // that of the lost hours is found on the chain first
        Assert.Equal([300, 700, 701], await bench.AnchorsAsync());
        Assert.IsType<RecoveryStep.Refused>(await RecoverAsync(bench, mirror.Http.BaseAddress!, () => told++)); // it has less than we have now
        Assert.Equal(1, told);
    }

    [Fact]
    public async Task Attack_a_mirror_that_serves_something_else_changes_nothing()
    {
        await using var bench = await ChainBench.StartAsync();
        var yesterday = await GrownAsync(bench);
        await bench.GrowAsync(4, 5, 6);
        await bench.AnchorAsync();
        using var kept = Copy(bench);
        await using var mirror = await KeepAsync(kept);
        Restore(bench, yesterday);
        foreach (var (what, wire) in new (string, Func<Uri, FetchResult, FetchResult>)[]
                 {
                     ("another entry", (uri, got) => Change(uri, "entries", got, body => body[^1] ^= 1)),
                     ("no entries", (uri, got) => uri.AbsolutePath.Contains("entries", StringComparison.Ordinal) ? new FetchResult.Answer(404, null, [], null) : got),
                     ("another root", (uri, got) => Change(uri, "checkpoint", got, body => body[bench.Log.Name.Length + 5] ^= 1)),
                     ("nothing", (_, _) => new FetchResult.Refused("The server could not be reached.")),
                     ("a fork that our key signed", (uri, got) => uri.AbsolutePath.EndsWith("checkpoint", StringComparison.Ordinal)
                         ? new FetchResult.Answer(200, null, System.Text.Encoding.UTF8.GetBytes(new Checkpoint(bench.Log.Name, 6, new byte[32]).Sign(bench.Log.Name, bench.Log.Key)), null) : got),
                     ("less than the chain has", (uri, got) => uri.AbsolutePath.EndsWith("checkpoint", StringComparison.Ordinal)
                         ? new FetchResult.Answer(200, null, System.Text.Encoding.UTF8.GetBytes(new Checkpoint(bench.Log.Name, 5, new byte[32]).Sign(bench.Log.Name, bench.Log.Key)), null) : got),
                 })
        {
            var step = await RecoverAsync(bench, mirror.Http.BaseAddress!, () => Assert.Fail(what), wire);
            Assert.True(step is RecoveryStep.Refused, what);
            await bench.Log.CheckAsync();
            Assert.Equal(3, await NewestAsync(bench));
        }
        Assert.IsType<RecoveryStep.Recovered>(await RecoverAsync(bench, mirror.Http.BaseAddress!, () => { }));
    }

    private async Task<RecoveryStep> RecoverAsync(ChainBench bench, Uri from, Action within, Func<Uri, FetchResult, FetchResult>? wire = null)
    {
        await using var db = bench.Log.Open();
        return await new LogRecovery(bench.Log.Name, bench.Log.Key.PublicBytes, bench.Open(), async (uri, max, ct) =>
        {
            var got = await Outbound.GetAsync(uri, "*/*", max, ct);
            return wire is null ? got : wire(uri, got);
        }).RunAsync(db, from, () =>
        {
            within();
            return Task.CompletedTask;
        }, default);
    }

    private static FetchResult Change(Uri uri, string what, FetchResult got, Action<byte[]> how)
    {
        if (uri.AbsolutePath.Contains(what, StringComparison.Ordinal) && got is FetchResult.Answer answer) how(answer.Body);
        return got;
    }
}
