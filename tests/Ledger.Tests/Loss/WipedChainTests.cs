using System.Text;
using Identity.Hosting;
using Identity.Ledger.Anchoring;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Anchoring;
using Identity.Ledger.Tests.Log;
using Identity.Ledger.Tests.Mirror;
using Identity.Ledger.Tests.Proofs;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Tests.Loss;

/// <summary>The chain loses everything, under a running operator with its log, and a mirror that verdicts rest on.</summary>
public sealed class WipedChainTests
{
    private static readonly DateTimeOffset Past = DateTimeOffset.UtcNow.AddDays(-1);

    [Fact]
    public async Task In_development_everything_heals_and_a_receipt_from_before_proves_what_it_proved_with_nobody_to_ask()
    {
        await using var bench = await MirrorBench.StartAsync();
        bench.Settings.Development = true;
        await bench.RegisterAsync(Past, Past);
        await bench.AnchorAsync(1, 2, 3);
        await bench.Mirror.RefreshAsync(default);
        var kept = await ReceiptAsync(bench.Chain);
        var (before, trusted) = (Steps(kept, bench.Chain), bench.Mirror.FindEntry(TestLog.Entry(2))!);

        await bench.Chain.WipeAsync();
        await bench.Chain.Log.AppendAsync(4);
        Assert.IsType<SequencerRound.Signed>(await StartedAnewAsync(bench.Chain, development: true));
        while (await bench.Chain.AnchorAsync(bench.Chain.Anchorer(bench.Chain.Open())) is not AnchorStep.UpToDate) { }
        Assert.Null(await bench.Mirror.RefreshAsync(default));

        Assert.Equal(before, Steps(kept, bench.Chain));
        Assert.Contains("seals CannotTell", before);
        Assert.DoesNotContain("NotProven", before, StringComparison.Ordinal);
        var healed = await ReceiptAsync(bench.Chain);
        Assert.NotEqual(kept.Anchor.Transaction, healed.Anchor.Transaction);
        Assert.Equal(healed.Anchor.Transaction, bench.Mirror.FindEntry(TestLog.Entry(2))!.Transaction);
        Assert.NotEqual(trusted.Transaction, bench.Mirror.FindEntry(TestLog.Entry(2))!.Transaction);
        Assert.Empty(bench.Mirror.State.Alarms);
    }

    [Fact]
    public async Task Elsewhere_the_operator_says_that_anchors_are_lost_receipts_are_served_on_and_verdicts_rest_on_the_mirror_with_its_age()
    {
        await using var bench = await MirrorBench.StartAsync();
        bench.Chain.Options.Development = false;
        await bench.RegisterAsync(Past, Past);
        await bench.AnchorAsync(1, 2, 3);
        await bench.Mirror.RefreshAsync(default);
        var (kept, read) = (await ReceiptAsync(bench.Chain), bench.Mirror.State.HeadTime);

        await bench.Chain.WipeAsync();
        await bench.Chain.Log.AppendAsync(4);

        Assert.IsType<SequencerRound.Signed>(await StartedAnewAsync(bench.Chain, development: false)); // the log goes on: nothing contradicts it
        Assert.Contains("has lost anchors", Assert.IsType<AnchorStep.Fault>(await bench.Chain.AnchorAsync(bench.Chain.Anchorer(bench.Chain.Open()))).Reason, StringComparison.Ordinal);
        Assert.Empty(await bench.Chain.AnchorsAsync());
        Assert.Equal(kept.Anchor, (await ReceiptAsync(bench.Chain)).Anchor);
        Assert.NotNull(await bench.Mirror.RefreshAsync(default));
        Assert.Equal(read, bench.Mirror.State.HeadTime);
        Assert.NotNull(bench.Mirror.NotReady);
        Assert.NotNull(bench.Mirror.FindEntry(TestLog.Entry(2))!.AnchoredAt);
        Assert.NotNull(bench.Mirror.FindOrganisation(MirrorBench.College.Id()));
    }

    private static async Task<SequencerRound> StartedAnewAsync(ChainBench chain, bool development)
    {
        await using var db = chain.Log.Open();
        var guard = new StartGuard(chain.Log.Name, chain.Log.Key.PublicBytes, chain.Open(), [], [], (_, _, _) => Task.FromResult<FetchResult>(new FetchResult.Refused("nobody")), development, mayBegin: false);
        return await new Sequencer(chain.Log.Name, chain.Log.Key, chain.Log.Options, chain.Log.Clock, chain.Log.Lease(), guard).RunAsync(db, default);
    }

    private static async Task<Receipt> ReceiptAsync(ChainBench chain)
    {
        await using var db = chain.Log.Open();
        await new ProofKeeper(chain.Open(), chain.Log.Name, null).RunAsync(db, default);
        return (await LedgerLog.FindReceiptAsync(db, TestLog.Entry(2)))!;
    }

    /// <summary>What somebody without a node finds in a receipt.</summary>
    private static string Steps(Receipt receipt, ChainBench chain)
    {
        var trusted = new ValidatorFile("x", 31337, new byte[32], Consensus.Qbft, chain.Registry.Contract, Keccak256.Hash(CompiledContract.Registry.Runtime), 0, new byte[32], [Address.Zero], DateTimeOffset.UnixEpoch);
        Assert.True(LogReceipt.TryParse(Encoding.UTF8.GetBytes(ReceiptCheckTests.Json(receipt).ToJsonString()), out var read, out var reason), reason);
        return string.Join("; ", ReceiptCheck.Run(read[0], TestLog.Entry(2), trusted).Select(s => $"{s.Name} {s.Result}"));
    }
}
