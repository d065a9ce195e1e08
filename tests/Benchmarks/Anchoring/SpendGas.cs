using System.Security.Cryptography;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Benchmarks.Anchoring;

/// <summary>
/// <c>gas-per-anchor</c>: what one anchoring transaction costs on a real node, whatever the number of entries; <c>gas-per-credential-1</c>, <c>-100</c>, <c>-1000</c>, <c>-10000</c>: the share of
/// each entry of an anchor of so many; <c>gas-grant</c>, <c>gas-withdraw</c>, <c>gas-add-key</c>, <c>gas-close-organisation</c>: one such act.
/// </summary>
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
            return [.. await AnchorAsync(registry, governor), .. await ActAsync(registry, governor)];
        }
    }

    private async Task<List<Result>> AnchorAsync(RegistryClient registry, EvmAccount account)
    {
        const string Origin = "localhost:5999/log";
        (await registry.RegisterLogAsync(account, Origin, account.Address, RandomNumberGenerator.GetBytes(32))).Require();
        var (size, all, shares) = (100_000L, new List<double>(), new List<Result>());
        await GasAsync(0); // the first anchor of a log writes more than the later ones and does not count
        foreach (var entries in new[] { 1, 100, 1000, 10_000 })
        {
            double[] gas = [await GasAsync(entries), await GasAsync(entries), await GasAsync(entries)];
            all.AddRange(gas);
            shares.Add(new Result($"gas-per-credential-{entries}", Measure.Median(gas) / entries, "gas"));
        }
        return [new Result(Name, Measure.Median(all), "gas"), .. shares];

        async Task<double> GasAsync(int more) => (await registry.AnchorAsync(account, RegistryClient.LogId(Origin), size += more, RandomNumberGenerator.GetBytes(32))).Require().GasUsed;
    }

    // A ministry at the root, a college below it, with a scope as the demonstration's.
    private static async Task<List<Result>> ActAsync(RegistryClient registry, EvmAccount governor)
    {
        using var ministry = EvmAccount.Create();
        using var college = EvmAccount.Create();
        using var key = Es256Key.Create();
        var (above, below) = (new OrganisationProfile("https://issuer.example/ministry", "Ministry", "XT", true, null), new OrganisationProfile("https://issuer.example/college", "College", "XT", true, null));
        (await registry.RegisterOrganisationAsync(governor, above, ministry.Address, OrganisationRoles.Accreditor)).Require();
        (await registry.RegisterOrganisationAsync(governor, below, college.Address, OrganisationRoles.Issuer)).Require();
        var now = TimeProvider.System.GetUtcNow();
        (await registry.AdmitRootAsync(governor, above.Id(), AccreditationRight.Accredit, new Scope(null), now, null)).Require();
        var scope = new Scope(["urn:identity:qualification:1"], Eqf: new LevelRange(1, 5), Fields: ["07"], Jurisdictions: ["XT"]);
        Task<RegistryWrite> Grant() => registry.GrantAsync(ministry, 1, below.Id(), AccreditationRight.Issue, scope, now, now.AddYears(5));
        (await Grant()).Require(); // the first names who supervises
        return
        [
            Gas("gas-grant", await Grant()),
            Gas("gas-withdraw", await registry.WithdrawAsync(ministry, 3, now.AddDays(1))),
            Gas("gas-add-key", await registry.AddKeyAsync(college, below.Id(), key.PublicKey.Thumbprint(), now, key.PublicKey.XBytes(), key.PublicKey.YBytes())),
            Gas("gas-close-organisation", await registry.CloseOrganisationAsync(college, below.Id(), null, "{}")),
        ];

        static Result Gas(string name, RegistryWrite write) => new(name, write.Require().GasUsed, "gas");
    }
}
