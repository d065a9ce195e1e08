using Identity.Ledger.Evm;

namespace Identity.Ledger.Registry;

/// <summary>The signatures by which this client knows the registry; a test compares them with the compiled contract.</summary>
internal static class RegistryAbi
{
    public const string OrganisationRegistered = "OrganisationRegistered(bytes32,address,uint8,string)";
    public const string OrganisationChanged = "OrganisationChanged(bytes32,address,uint8)";
    public const string SupervisionChanged = "SupervisionChanged(bytes32,uint64)";
    public const string AccreditationGranted = "AccreditationGranted(uint64,bytes32,uint64,uint8,bytes32,uint64,uint64,string)";
    public const string AccreditationWithdrawn = "AccreditationWithdrawn(uint64,uint64)";
    public const string KeyAdded = "KeyAdded(bytes32,bytes32,uint64,bytes32,bytes32)";
    public const string KeyEnded = "KeyEnded(bytes32,bytes32,uint64,uint8)";
    public const string LogRegistered = "LogRegistered(bytes32,address,bytes32,string)";
    public const string LogChanged = "LogChanged(bytes32,address,bytes32,uint64)";
    public const string LogUsed = "LogUsed(bytes32,bytes32)";
    public const string Anchored = "Anchored(bytes32,uint64,bytes32)";
    public const string VerifierRegistered = "VerifierRegistered(uint256,bytes32,bytes32,uint64,string)";
    public const string VerifierWithdrawn = "VerifierWithdrawn(uint256)";
    public const string OrganisationClosed = "OrganisationClosed(bytes32,bytes32,bytes32,string)";
    public const string ClosingUndone = "ClosingUndone(bytes32)";
    public const string DepositaryNamed = "DepositaryNamed(bytes32,bytes32)";
    public const string DepositAccepted = "DepositAccepted(bytes32,bytes32)";

    /// <summary>Every refusal of the contract, and what it means.</summary>
    public static readonly IReadOnlyDictionary<string, string> Refusals = new Dictionary<string, string>
    {
        ["NotGovernor()"] = "only the account that governs the registry may do this",
        ["NotOrganisationAccount()"] = "only the organisation's own account may do this",
        ["NotAbove()"] = "only the account of whoever stands above it, with an accreditation in force and not closed, may do this",
        ["NotEntitled(uint64,uint8)"] = "an accreditation does not carry this",
        ["MissingRole(uint8)"] = "the organisation does not have the role that this needs",
        ["OrganisationIsClosed()"] = "the organisation is closed",
        ["NotClosed()"] = "the organisation is not closed",
        ["AlreadyAccepted()"] = "a depositary has accepted, or one before it had",
        ["TooEarly(uint64)"] = "the closed organisation's own account alone has named the depositary, and it may be stolen: it is accepted at once when whoever supervises that organisation names the same one (name-depositary), otherwise seven days after the closing",
        ["NotOperator()"] = "only the log's operator may do this",
        ["WrongId()"] = "the id is not the SHA-256 of the text",
        ["AlreadyRegistered()"] = "it is registered already",
        ["UnknownOrganisation()"] = "no such organisation is registered",
        ["UnknownAccreditation()"] = "no such accreditation was granted",
        ["AlreadyWithdrawn()"] = "it was withdrawn before",
        ["UnknownKey()"] = "the organisation has no such key",
        ["AlreadyEnded()"] = "the key ended before, at no later a time",
        ["BackdatingNeedsSupervisor()"] = "only whoever supervises the organisation may date a theft before the key's previous event",
        ["NotVerifierAuthority()"] = "only the account of the verifier authority may do this",
        ["UnknownVerifier()"] = "no such verifier was registered",
        ["UnknownLog()"] = "no such log is registered",
        ["SizeNotGrowing(uint64)"] = "an anchor of this size or a larger one is on the chain already",
        ["BadArgument()"] = "an argument is empty, too long or out of range",
    };

    /// <summary>What <c>why</c> of NotEntitled means, from 1 on.</summary>
    private static readonly string[] NotEntitled =
    [
        "the account is not the holder's", "the right to grant is missing", "the time has not begun", "the time is over", "a withdrawal is recorded", "the end is before what is asked", "no more can stand below it: a chain has eight links at most",
    ];

    /// <summary>Signature and meaning of each refusal of the registry and its governance, by selector.</summary>
    private static readonly Dictionary<string, (string Signature, string Meaning)> BySelector =
        Refusals.Concat(GovernanceClient.Refusals).ToDictionary(refusal => Hex.Encode(Abi.Selector(refusal.Key)), refusal => (refusal.Key, refusal.Value));

    /// <summary>Reads revert data: a refusal of the registry or its governance by name, a text of Solidity's own, or nothing known.</summary>
    public static RegistryWrite.Refused Refusal(byte[] revert)
    {
        if (revert.Length >= 4 && BySelector.TryGetValue(Hex.Encode(revert.AsSpan(0, 4)), out var known))
            return new(known.Signature[..known.Signature.IndexOf('(')], known.Meaning + More(known.Signature, revert.AsSpan(4).ToArray()));
        if (revert.Length >= 4 && revert.AsSpan(0, 4).SequenceEqual(Abi.Selector("Error(string)")))
        {
            var reader = new AbiReader(revert[4..], 1);
            var text = reader.Text();
            if (reader.Finish()) return new("Error", text.Length > 200 ? text[..200] : text);
        }
        return new("Reverted", "the contract refused without a known reason");
    }

    /// <summary>A sentence about the link that does not carry; <paramref name="why"/> as the contract counts.</summary>
    public static string OfLink(ulong number, int why) => $"of accreditation {number} {NotEntitled[why - 1]}";

    private static string More(string signature, byte[] arguments) => signature switch
    {
        "NotEntitled(uint64,uint8)" => Link(arguments),
        "TooEarly(uint64)" => Time(arguments),
        _ => "",
    };

    private static string Time(byte[] arguments)
    {
        var reader = new AbiReader(arguments, 1);
        var time = reader.Uint64();
        return reader.Finish() ? $", from {RegistryEventReader.Time(time):u} on" : "";
    }

    private static string Link(byte[] arguments)
    {
        var reader = new AbiReader(arguments, 2);
        var (link, why) = (reader.Uint64(), (int)reader.Uint64((ulong)NotEntitled.Length));
        return reader.Finish() && why > 0 ? $": {OfLink(link, why)}" : "";
    }
}
