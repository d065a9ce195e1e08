using System.Text.Json;
using Identity.Ledger.Evm;

namespace Identity.Ledger.Registry;

/// <summary>A contract as compiled at build time.</summary>
internal sealed class CompiledContract
{
    /// <summary>Who may issue what.</summary>
    public static readonly CompiledContract Registry = new("IdentityRegistry");

    /// <summary>k of n accounts that act as one.</summary>
    public static readonly CompiledContract Governance = new("IdentityGovernance");

    private readonly string _name;
    private readonly Lazy<JsonElement> _compiled;

    private CompiledContract(string name) => (_name, _compiled) = (name, new(Read));

    /// <summary>What lies at the contract's address once it is deployed.</summary>
    public byte[] Runtime => Code("runtime");

    /// <summary>The compiler's interface description.</summary>
    public JsonElement Interface => _compiled.Value.GetProperty("abi");

    /// <summary>Where the contract keeps what, in the compiler's words: name, slot, offset and type of each variable.</summary>
    public JsonElement Storage => _compiled.Value.GetProperty("storage");

    /// <summary>What the deploying transaction carries.</summary>
    public byte[] Creation(params ReadOnlySpan<AbiValue> arguments) => [.. Code("bytecode"), .. Abi.Encode(arguments)];

    private byte[] Code(string member) => Hex.TryDecode(_compiled.Value.GetProperty(member).GetString(), out var bytes) && bytes.Length > 0
        ? bytes : throw new InvalidOperationException($"The compiled contract {_name} is damaged; build the solution again.");

    private JsonElement Read()
    {
        using var stream = typeof(CompiledContract).Assembly.GetManifestResourceStream($"contracts/{_name}.json")
            ?? throw new InvalidOperationException($"The compiled contract {_name} is missing from the assembly; build the solution again.");
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
