using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Ledger.Anchoring;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Host.Network;

/// <summary>Where a network and its contracts are: <c>{"format":"identity-network/1","rpc":["http://…"],"chain_id":10037,"governance":"0x…","registry":"0x…"}</c>. Public.</summary>
internal sealed record NetworkFile(IReadOnlyList<Uri> Rpc, ulong ChainId, Address Governance, Address Registry)
{
    private const string Format = "identity-network/1";

    /// <exception cref="FormatException">The file is missing or of another form.</exception>
    public static NetworkFile Read(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length > 16 * 1024) throw new FormatException($"There is no network file {path}; “ledger deploy” writes one.");
        var isJson = StrictJson.TryParseObject(File.ReadAllBytes(path), out var json, out _, maxDepth: 3);
        if (!isJson || StrictJson.Text(json!["format"]) != Format || json["rpc"] is not JsonArray { Count: > 0 and <= 16 } nodes || StrictJson.Integer(json["chain_id"]) is not { } chain || chain <= 1
            || !Address.TryParse(StrictJson.Text(json["governance"]), out var governance) || !Address.TryParse(StrictJson.Text(json["registry"]), out var registry)) throw new FormatException($"{path} is no file of {Format}.");
        var rpc = nodes.Select(node => Uri.TryCreate(StrictJson.Text(node), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : throw new FormatException($"{path} names a node that is no http address.")).ToList();
        return new NetworkFile(rpc, (ulong)chain, governance, registry);
    }

    public void Write(string path) => File.WriteAllText(path, new JsonObject
    {
        ["format"] = Format, ["rpc"] = new JsonArray([.. Rpc.Select(node => (JsonNode)node.ToString())]), ["chain_id"] = ChainId, ["governance"] = Governance.ToString(), ["registry"] = Registry.ToString(),
    }.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");

    public EvmClient Open(HttpClient http) => ChainSettings.OpenChain(Options(), http, TimeProvider.System);

    private ChainOptions Options()
    {
        var options = new ChainOptions { ChainId = ChainId, HeadAge = TimeSpan.Zero };
        foreach (var node in Rpc) options.Nodes.Add(node.ToString());
        return options;
    }
}
