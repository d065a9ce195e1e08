using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Hosting;
using Identity.Ledger.Evm;

namespace Identity.Host.Network;

/// <summary>
/// The files of a new network of validators that agree by QBFT, in the forms that Besu reads: for each node its key, its list of peers and its lists of nodes and accounts; one genesis for all.
/// Private keys are made here, readable by their owner only, and nowhere else.
/// </summary>
/// <param name="ChainId">The chain's id.</param>
/// <param name="Nodes">The validators in their order.</param>
/// <param name="Accounts">Who may send transactions.</param>
internal sealed record NetworkKeys(ulong ChainId, IReadOnlyList<ValidatorKey> Nodes, IReadOnlyList<Address> Accounts)
{
    /// <summary>Fewer than four cannot lose one and go on.</summary>
    public const int Fewest = 4, Most = 13;

    private const int Port = 30303;
    private const int VanityLength = 32;

    // "ctical byzantine fault tolerance": tells a network of this family.
    private const string Digest = "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>New keys.</summary>
    /// <exception cref="FormatException">Too few or too many validators, or an address that is none.</exception>
    public static NetworkKeys Create(ulong chainId, int validators, string subnet, IReadOnlyList<Address> accounts)
    {
        if (chainId <= 1) throw new FormatException("The chain's id is 2 or more: 1 is Ethereum's own, and its signatures are read as private ones by some nodes.");
        if (validators is < Fewest or > Most) throw new FormatException($"A network has {Fewest} to {Most} validators: fewer cannot lose one and go on.");
        if (!System.Net.IPAddress.TryParse(subnet + ".1", out var first) || first.ToString() != subnet + ".1") throw new FormatException($"“{subnet}” are not the first three numbers of a network, as 172.30.0.");
        return new NetworkKeys(chainId, [.. Enumerable.Range(1, validators).Select(n => ValidatorKey.Create(n, $"{subnet}.{(10 + n).ToString(CultureInfo.InvariantCulture)}"))], accounts);
    }

    /// <summary>The rules of a network, without its validators (deploy/besu-qbft/genesis.template.json).</summary>
    public static string Template()
    {
        using var stream = typeof(NetworkKeys).Assembly.GetManifestResourceStream("genesis.template.json") ?? throw new InvalidOperationException("The template of a genesis is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>What stands in the first block: no seals, no vote, round 0, the validators in the order of their addresses.</summary>
    public byte[] ExtraData() => Rlp.Encode(RlpItem.List(
        RlpItem.Of(new byte[VanityLength]), RlpItem.List([.. Nodes.Select(node => node.Address).OrderBy(a => a.ToHex(), StringComparer.Ordinal).Select(a => RlpItem.Of(a.Bytes))]), RlpItem.List(), RlpItem.Of(0), RlpItem.List()));

    /// <summary>The first block and the rules. No London: no base fee, and headers of fifteen fields.</summary>
    public string Genesis(string template)
    {
        var genesis = JsonNode.Parse(template)!.AsObject();
        genesis["config"]!["chainId"] = ChainId;
        genesis["mixHash"] = Digest;
        genesis["extraData"] = Hex.Encode(ExtraData());
        return genesis.ToJsonString(Indented) + "\n";
    }

    /// <summary>Who is who on the network, as nodes name each other.</summary>
    public IReadOnlyList<string> Enodes() => [.. Nodes.Select(node => $"enode://{node.PublicKey}@{node.Host}:{Port.ToString(CultureInfo.InvariantCulture)}")];

    /// <summary>The lists of one node: with whom it speaks, and whose transactions it takes.</summary>
    public string Permissions() =>
        $"nodes-allowlist=[{string.Join(',', Enodes().Select(Quoted))}]\naccounts-allowlist=[{string.Join(',', Accounts.Select(account => Quoted(account.ToHex())))}]\n";

    /// <summary>Writes all of it into a new folder; nothing is overwritten.</summary>
    /// <exception cref="FormatException">The folder is there already.</exception>
    public void Write(string folder, string template)
    {
        if (Directory.Exists(folder) || File.Exists(folder)) throw new FormatException($"{folder} is there already: the keys of a network are made once.");
        PrivateFiles.CreateFolder(folder);
        File.WriteAllText(Path.Combine(folder, "genesis.json"), Genesis(template));
        foreach (var node in Nodes)
        {
            var home = Path.Combine(folder, node.Name);
            PrivateFiles.CreateFolder(home);
            PrivateFiles.Write(Path.Combine(home, "key"), node.PrivateKey + "\n");
            File.WriteAllText(Path.Combine(home, "static-nodes.json"), new JsonArray([.. Enodes().Where((_, at) => Nodes[at] != node).Select(enode => (JsonNode)enode)]).ToJsonString(Indented) + "\n");
            File.WriteAllText(Path.Combine(home, "permissions_config.toml"), Permissions());
        }
    }

    private static string Quoted(string text) => $"\"{text}\"";
}

/// <summary>The key of one node, which is its validator's too.</summary>
/// <param name="Name">Its folder.</param>
/// <param name="Host">Its address on the network.</param>
/// <param name="PrivateKey">"0x" and 64 digits: a secret.</param>
/// <param name="PublicKey">128 digits, x and y.</param>
/// <param name="Address">Who it is among the validators.</param>
internal sealed record ValidatorKey(string Name, string Host, string PrivateKey, string PublicKey, Address Address)
{
    public static ValidatorKey Create(int number, string host)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromValue("1.3.132.0.10"));
        var parameters = key.ExportParameters(true);
        using var account = EvmAccount.FromPrivateKey(parameters.D);
        return new ValidatorKey($"validator-{number.ToString(CultureInfo.InvariantCulture)}", host, Hex.Encode(parameters.D!), Convert.ToHexStringLower([.. parameters.Q.X!, .. parameters.Q.Y!]), account.Address);
    }

    /// <summary>Without the secret.</summary>
    public override string ToString() => $"{Name} {Address} {Host}";
}
