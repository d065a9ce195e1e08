using System.Security.Cryptography;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Benchmarks.Anchoring;

/// <summary><c>gas-per-anchor</c>: what one anchoring transaction costs on a real node, whatever the number of entries; <c>gas-per-credential-1000</c>: its share for each of a thousand.</summary>
internal sealed class SpendGas : IBenchmark
{
    public string Name => "gas-per-anchor";

    public async Task<IReadOnlyList<Result>> RunAsync(bool quick)
    {
        using var http = new HttpClient();
        using var governor = EvmAccount.Create();
        AnvilNode node;
        try
        {
            node = await AnvilNode.StartAsync();
        }
        catch (InvalidOperationException missing)
        {
            return this.Skipped(missing.Message);
        }
        await using (node)
        {
            var registry = await RegistryClient.DeployAsync(new EvmClient(http, new EvmOptions { Rpc = node.Rpc, ChainId = AnvilNode.ChainId, PollInterval = TimeSpan.FromMilliseconds(20) }, TimeProvider.System), governor);
            const string Origin = "localhost:5999/log";
            (await registry.RegisterLogAsync(governor, Origin, governor.Address, RandomNumberGenerator.GetBytes(32))).Require();
            var gas = new List<double>();
            // The first anchor of a log writes more than the later ones and does not count.
            for (var size = 1000; size <= 6000; size += 1000)
                gas.Add((await registry.AnchorAsync(governor, RegistryClient.LogId(Origin), size, RandomNumberGenerator.GetBytes(32))).Require().GasUsed);
            var one = Measure.Median(gas[1..]);
            return [new Result(Name, one, "gas"), new Result("gas-per-credential-1000", one / 1000, "gas")];
        }
    }
}
