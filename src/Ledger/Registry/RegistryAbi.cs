using System.Text.Json;
using Identity.Ledger.Evm;

namespace Identity.Ledger.Registry;

/// <summary>The contract as compiled, and the signatures this client knows it by (a test compares the two).</summary>
internal static class RegistryAbi
{
    public const string OrganisationRegistered = "OrganisationRegistered(bytes32,address,uint8,string)";
    public const string AccreditationGranted = "AccreditationGranted(uint256,bytes32,bytes32,string,uint64,uint64)";
    public const string AccreditationWithdrawn = "AccreditationWithdrawn(uint256,uint64)";
    public const string KeyAdded = "KeyAdded(bytes32,bytes32,uint64,bytes32,bytes32)";
    public const string KeyEnded = "KeyEnded(bytes32,bytes32,uint64,uint8)";
    public const string LogRegistered = "LogRegistered(bytes32,address,bytes32,string)";
    public const string Anchored = "Anchored(bytes32,uint64,bytes32)";
    public const string VerifierRegistered = "VerifierRegistered(uint256,bytes32,bytes32,uint64,string)";
    public const string VerifierWithdrawn = "VerifierWithdrawn(uint256)";

    /// <summary>Every refusal of the contract, and what it means.</summary>
    public static readonly IReadOnlyDictionary<string, string> Refusals = new Dictionary<string, string>
    {
        ["NotGovernor()"] = "only the account that governs the registry may do this",
        ["NotOrganisationAccount()"] = "only the organisation's own account may do this",
        ["NotAccreditor()"] = "only the account of the accreditor may do this",
        ["NotOperator()"] = "only the log's operator may anchor it",
        ["WrongId()"] = "the id is not the SHA-256 of the text",
        ["AlreadyRegistered()"] = "it is registered already",
        ["UnknownOrganisation()"] = "no such organisation is registered",
        ["NotIssuer()"] = "the organisation does not have the issuer's role",
        ["UnknownAccreditation()"] = "no such accreditation was granted",
        ["AlreadyWithdrawn()"] = "the accreditation was withdrawn before",
        ["UnknownKey()"] = "the organisation has no such key",
        ["AlreadyEnded()"] = "the key ended before",
        ["BackdatingNeedsAccreditor()"] = "only an accreditor may date a key's end before its previous event",
        ["NotVerifierAuthority()"] = "only the account of the verifier authority may do this",
        ["UnknownVerifier()"] = "no such verifier was registered",
        ["UnknownLog()"] = "no such log is registered",
        ["SizeNotGrowing(uint64)"] = "an anchor of this size or a larger one is on the chain already",
        ["BadArgument()"] = "an argument is empty, too long or out of range",
    };

    private static readonly Dictionary<string, string> BySelector = Refusals.Keys.ToDictionary(signature => Hex.Encode(Abi.Selector(signature)));

    private static readonly Lazy<JsonElement> Compiled = new(ReadCompiled);

    /// <summary>What the deploying transaction carries.</summary>
    public static byte[] Bytecode => Code("bytecode");

    /// <summary>What then lies at the contract's address.</summary>
    public static byte[] Runtime => Code("runtime");

    /// <summary>The compiler's interface description.</summary>
    public static JsonElement Interface => Compiled.Value.GetProperty("abi");

    /// <summary>Reads revert data: a refusal by name, a text of Solidity's own, or nothing known.</summary>
    public static RegistryWrite.Refused Refusal(byte[] revert)
    {
        if (revert.Length >= 4 && BySelector.TryGetValue(Hex.Encode(revert.AsSpan(0, 4)), out var signature))
            return new(signature[..signature.IndexOf('(')], Refusals[signature]);
        if (revert.Length >= 4 && revert.AsSpan(0, 4).SequenceEqual(Abi.Selector("Error(string)")))
        {
            var reader = new AbiReader(revert[4..], 1);
            var text = reader.Text();
            if (reader.Finish()) return new("Error", text.Length > 200 ? text[..200] : text);
        }
        return new("Reverted", "the contract refused without a known reason");
    }

    private static byte[] Code(string name) => Hex.TryDecode(Compiled.Value.GetProperty(name).GetString(), out var bytes) && bytes.Length > 0
        ? bytes : throw new InvalidOperationException("The compiled registry contract is damaged; build the solution again.");

    private static JsonElement ReadCompiled()
    {
        using var stream = typeof(RegistryAbi).Assembly.GetManifestResourceStream("contracts/IdentityRegistry.json")
            ?? throw new InvalidOperationException("The compiled registry contract is missing from the assembly; build the solution again.");
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
