using Identity.Hosting;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Microsoft.Extensions.Configuration;

namespace Identity.Ledger.Anchoring;

/// <summary>Reads and checks the section <c>Ledger</c>, the same for those who write to the chain and those who read it.</summary>
internal static class ChainSettings
{
    public static ChainOptions Read(IConfiguration configuration)
    {
        configuration.Required("Ledger:Rpc", "the JSON-RPC address of a ledger node");
        configuration.Required("Ledger:Contract", "the address of the registry contract");
        configuration.Required("Ledger:ChainId", "the chain's id");
        var chain = configuration.GetSection("Ledger").Get<ChainOptions>()!;
        if (!Uri.TryCreate(chain.Rpc, UriKind.Absolute, out var rpc) || rpc.Scheme is not ("http" or "https")) throw new SettingMissingException("Ledger:Rpc", "an http or https address");
        if (!Address.TryParse(chain.Contract, out _)) throw new SettingMissingException("Ledger:Contract", "0x and 40 hexadecimal digits with a right checksum");
        if (chain.ChainId <= 1) throw new SettingMissingException("Ledger:ChainId", "the id of a permissioned chain, never 1");
        if (chain.FinalityDepth < 0) throw new SettingMissingException("Ledger:FinalityDepth", "0 or more");
        if (chain.Interval <= TimeSpan.Zero) throw new SettingMissingException("Ledger:Interval", "a time above zero, for example 00:00:03");
        return chain;
    }

    public static RegistryClient Open(ChainOptions chain, HttpClient http, TimeProvider clock)
    {
        var evm = new EvmClient(http, new EvmOptions { Rpc = new Uri(chain.Rpc), ChainId = chain.ChainId, FinalityDepth = chain.FinalityDepth, MayLoseHistory = chain.Development }, clock);
        return new RegistryClient(evm, Address.Parse(chain.Contract));
    }
}
