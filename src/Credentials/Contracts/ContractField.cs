using System.Text.Json;
using System.Text.Json.Serialization;

namespace Identity.Credentials.Contracts;

/// <summary>How the values of a field are written. Every value is a string, so that the canonical form needs no rule for numbers.</summary>
public enum ContractFieldKind
{
    /// <summary>The name of the format itself.</summary>
    Fixed,

    /// <summary>One of the field's values.</summary>
    Choice,

    /// <summary><c>2026</c>, <c>2026-03</c> or <c>2026-03-14</c>.</summary>
    Date,

    /// <summary>Up to nine digits and three decimals, no leading or trailing zeros: <c>450</c>, <c>1.5</c>.</summary>
    Amount,

    /// <summary>Three capital letters (ISO 4217).</summary>
    Currency,

    /// <summary>The code of a workplace: capital letters, digits and hyphens.</summary>
    Site,

    /// <summary>At most 120 characters with fewer than six digits: the name of a firm or a job, never a phone or document number.</summary>
    Text,
}

/// <summary>One field of a contract record, from <c>fields.json</c>, which the wallet's page reads too.</summary>
/// <param name="Name">Its name in the record and of its texts.</param>
/// <param name="Kind">How its values are written.</param>
/// <param name="Rule">How two values compare, from the worker's side: <c>none changed lower_worse higher_worse later_worse order first_best wage</c>.</param>
/// <param name="Values">The codes of a choice; for the rule <c>order</c> best first.</param>
/// <param name="With">Fields that say what the value means: two amounts compare only where these are equal.</param>
/// <param name="Absent">What an absent value stands for in a comparison: no fee is a fee of 0.</param>
/// <param name="Material">A worse value counts for the substitution flag.</param>
/// <param name="Mandatory">A record without it is none.</param>
public sealed record ContractField(
    string Name, ContractFieldKind Kind, string Rule, IReadOnlyList<string>? Values = null, IReadOnlyList<string>? With = null, string? Absent = null, bool Material = false, bool Mandatory = false)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) } };

    /// <summary>All fields in the order of the form.</summary>
    public static IReadOnlyList<ContractField> All { get; } = Load();

    /// <summary>The field of this name, or null.</summary>
    public static ContractField? Find(string name) => ByName.GetValueOrDefault(name);

    private static Dictionary<string, ContractField> ByName => field ??= All.ToDictionary(f => f.Name, StringComparer.Ordinal);

    private static List<ContractField> Load()
    {
        using var stream = typeof(ContractField).Assembly.GetManifestResourceStream("contracts/fields.json") ?? throw new InvalidOperationException("The contract's fields are not in the assembly.");
        return JsonSerializer.Deserialize<List<ContractField>>(stream, Format)!;
    }
}
