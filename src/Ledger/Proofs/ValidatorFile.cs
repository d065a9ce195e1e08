using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials;
using Identity.Credentials.Jose;
using Identity.Ledger.Evm;

namespace Identity.Ledger.Proofs;

/// <summary>
/// Whom somebody trusts who asks no node: a network, its registry, and who sealed its blocks at one of them. Public, and as trustworthy as the way it came; people compare it with each other.
/// As JSON <c>identity-validators/1</c> (docs/receipt.md).
/// </summary>
/// <param name="Name">How people call the network.</param>
/// <param name="ChainId">Its id (EIP-155).</param>
/// <param name="Genesis">Hash of its first block: 32 bytes.</param>
/// <param name="Consensus">By which rules it agrees.</param>
/// <param name="Contract">Where its registry is.</param>
/// <param name="CodeHash">Keccak-256 of the registry's code: 32 bytes.</param>
/// <param name="Block">The block at which the validators were these.</param>
/// <param name="BlockHash">Its hash: 32 bytes.</param>
/// <param name="Validators">Who they were.</param>
/// <param name="MadeAt">When the file was made.</param>
public sealed record ValidatorFile(
    string Name, ulong ChainId, byte[] Genesis, Consensus Consensus, Address Contract, byte[] CodeHash, ulong Block, byte[] BlockHash, IReadOnlyList<Address> Validators, DateTimeOffset MadeAt)
{
    /// <summary>Bytes of the longest file that is read.</summary>
    public const int MaxBytes = 128 * 1024;

    private const string Format = "identity-validators/1";
    private const int MostValidators = 1024;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The file's text.</summary>
    public string ToText() => new JsonObject
    {
        ["format"] = Format,
        ["name"] = Name,
        ["chainId"] = ChainId,
        ["genesis"] = Hex.Encode(Genesis),
        ["consensus"] = ConsensusName.Of(Consensus),
        ["contract"] = Contract.ToString(),
        ["codeHash"] = Hex.Encode(CodeHash),
        ["block"] = Block,
        ["blockHash"] = Hex.Encode(BlockHash),
        ["validators"] = new JsonArray([.. Validators.Select(validator => (JsonNode)validator.ToString())]),
        ["madeAt"] = MadeAt.ToRfc3339(),
    }.ToJsonString(Indented) + "\n";

    /// <summary>Reads the text; false for anything that is not exactly of this form: a member too many may have been meant to limit something.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ValidatorFile? file, out string reason)
    {
        (file, reason) = (null, $"the file of validators is not of {Format}");
        if (text.Length > MaxBytes || !StrictJson.TryParseObject(Encoding.UTF8.GetBytes(text), out var json, out _, maxDepth: 3) || json.Count != 11 || StrictJson.Text(json["format"]) != Format) return false;
        if (StrictJson.Text(json["name"]) is not { Length: > 0 and <= 200 } name || StrictJson.Integer(json["chainId"]) is not { } chain || chain <= 1 || StrictJson.Integer(json["block"]) is not { } block || block < 0) return false;
        if (!ConsensusName.TryParse(StrictJson.Text(json["consensus"]), out var consensus) || consensus is null || !Address.TryParse(StrictJson.Text(json["contract"]), out var contract)) return false;
        if (!TryHash(json["genesis"], out var genesis) || !TryHash(json["codeHash"], out var code) || !TryHash(json["blockHash"], out var hash)) return false;
        if (!SealedState.TryTime(StrictJson.Text(json["madeAt"]), out var madeAt) || json["validators"] is not JsonArray { Count: > 0 and <= MostValidators } named) return false;
        var validators = new List<Address>();
        foreach (var node in named)
        {
            if (!Address.TryParse(StrictJson.Text(node), out var validator)) return false;
            validators.Add(validator);
        }
        reason = "the file names a validator twice";
        if (validators.Distinct().Count() != validators.Count) return false;
        (file, reason) = (new ValidatorFile(name, (ulong)chain, genesis, consensus.Value, contract, code, (ulong)block, hash, validators, madeAt), "");
        return true;
    }

    private static bool TryHash(JsonNode? node, out byte[] hash) => Hex.TryDecode(StrictJson.Text(node), out hash) && hash.Length == 32;
}
