using Identity.Hosting;
using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;
using Microsoft.Extensions.Configuration;

namespace Identity.Ledger.Anchoring;

/// <summary>Reads and checks the section <c>Ledger</c>, the same for those who write to the chain and those who read it; the one place that makes clients of it.</summary>
public static class ChainSettings
{
    /// <exception cref="SettingMissingException">A setting is missing or unusable; the message names it.</exception>
    public static ChainOptions Read(IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration["Ledger:Nodes:0"])) configuration.Required("Ledger:Rpc", "the JSON-RPC address of a ledger node");
        configuration.Required("Ledger:Contract", "the address of the registry contract");
        configuration.Required("Ledger:ChainId", "the chain's id");
        var chain = configuration.GetSection("Ledger").Get<ChainOptions>()!;
        if (chain.Rpc.Length == 0) chain.Rpc = chain.Nodes[0];
        Check(IsNode(chain.Rpc), "Ledger:Rpc", "an http or https address");
        for (var n = 0; n < chain.Nodes.Count; n++) Check(chain.Nodes[n].Length == 0 || IsNode(chain.Nodes[n]), $"Ledger:Nodes:{n}", "an http or https address");
        Check(Address.TryParse(chain.Contract, out _), "Ledger:Contract", "0x and 40 hexadecimal digits with a right checksum");
        Check(chain.ChainId > 1, "Ledger:ChainId", "the id of a permissioned chain, never 1");
        Check(chain.FinalityDepth >= 0, "Ledger:FinalityDepth", "0 or more");
        Check(ConsensusName.TryParse(chain.Consensus, out _), "Ledger:Consensus", "none, qbft, ibft2 or ibft");
        Check(chain.Interval > TimeSpan.Zero, "Ledger:Interval", "a time above zero, for example 00:00:03");
        Check(chain.Agree >= 1 && chain.Agree <= chain.AllNodes().Count, "Ledger:Agree", $"how many of the {chain.AllNodes().Count} nodes must agree");
        Check(chain.Genesis.Length == 0 || Hex.TryDecode(chain.Genesis, out var hash) && hash.Length == 32, "Ledger:Genesis", "0x and 64 hexadecimal digits");
        Check(chain.Fee is "legacy" or "dynamic", "Ledger:Fee", "legacy or dynamic");
        Check(chain.HeadAge >= TimeSpan.Zero, "Ledger:HeadAge", "a time, for example 00:01:00, or 00:00:00 for no limit");
        Check(chain is { GasPrice: >= 0, MaxFee: >= 0, PriorityFee: >= 0 }, "Ledger:GasPrice, Ledger:MaxFee and Ledger:PriorityFee", "wei per gas, 0 or more");
        Check(chain.Fee == "dynamic" ? chain.GasPrice == 0 && chain.MaxFee >= chain.PriorityFee && chain.MaxFee > 0 : chain.MaxFee == 0 && chain.PriorityFee == 0,
            "Ledger:Fee", "legacy with Ledger:GasPrice, or dynamic with Ledger:MaxFee, and Ledger:PriorityFee not above it");
        return chain;
    }

    /// <summary>A client of the registry.</summary>
    public static RegistryClient Open(ChainOptions chain, HttpClient http, TimeProvider clock)
    {
        var contract = Address.Parse(chain.Contract);
        return new RegistryClient(Open(chain, http, clock, new PinnedContract(contract, CompiledContract.Registry.Runtime)), contract);
    }

    /// <summary>A client of the chain alone, for whoever puts the contract there.</summary>
    public static EvmClient OpenChain(ChainOptions chain, HttpClient http, TimeProvider clock) => Open(chain, http, clock, null);

    private static EvmClient Open(ChainOptions chain, HttpClient http, TimeProvider clock, PinnedContract? contract)
    {
        var nodes = chain.AllNodes();
        return new EvmClient(http, new EvmOptions
        {
            Rpc = nodes[0], OtherNodes = [.. nodes.Skip(1)], Agree = chain.Agree, Genesis = chain.Genesis.Length == 0 ? null : chain.Genesis.ToLowerInvariant(), Contract = contract,
            ChainId = chain.ChainId, FinalityDepth = chain.FinalityDepth, MayLoseHistory = chain.Development, Fee = chain.EvmFee(), HeadAge = chain.Development ? TimeSpan.Zero : chain.HeadAge,
        }, clock);
    }

    private static bool IsNode(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    private static void Check(bool holds, string key, string meaning)
    {
        if (!holds) throw new SettingMissingException(key, meaning);
    }
}
