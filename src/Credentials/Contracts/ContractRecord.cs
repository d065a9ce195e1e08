using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Contracts;

/// <summary>
/// One version of an employment contract as its worker wrote it down: a flat object of strings, no name, no number of a document.
/// Its canonical form is JSON with the names in ordinal order and no white space (RFC 8785 for such an object).
/// </summary>
public sealed partial class ContractRecord
{
    /// <summary>Value of the member <c>format</c>.</summary>
    public const string Format = "identity-contract-1";

    /// <summary>Bytes of the salt.</summary>
    public const int SaltSize = 32;

    private const int MaxText = 120;
    private const int DigitsOfANumber = 6;
    private static readonly byte[] Domain = [.. "identity/contract/1"u8, 0];
    private readonly SortedDictionary<string, string> _terms;

    private ContractRecord(SortedDictionary<string, string> terms) => _terms = terms;

    /// <summary>All members by name.</summary>
    public IReadOnlyDictionary<string, string> Terms => _terms;

    /// <summary>The value of a member, or null.</summary>
    public string? this[string name] => _terms.GetValueOrDefault(name);

    /// <summary>The stages of a job, in their order: <c>offer origin arrival amended</c>.</summary>
    public static ImmutableArray<string> Stages { get; } = [.. ContractField.Find("stage")!.Values!];

    /// <summary>Orders records by their stage, then by the day on which the paper was given.</summary>
    public static Comparer<ContractRecord> InTime { get; } = Comparer<ContractRecord>.Create((one, other) =>
        Stages.IndexOf(one.Stage).CompareTo(Stages.IndexOf(other.Stage)) is var order and not 0 ? order : string.CompareOrdinal(one["given_on"], other["given_on"]));

    /// <summary>How far the job had come, one of <see cref="Stages"/>.</summary>
    public string Stage => _terms["stage"];

    /// <summary>Code of the workplace.</summary>
    public string Site => _terms["site"];

    /// <summary>The canonical form.</summary>
    public string Canonical
    {
        get
        {
            var text = new StringBuilder("{");
            foreach (var (name, value) in _terms)
            {
                if (text.Length > 1) text.Append(',');
                text.Append('"').Append(name).Append("\":\"").Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
            }
            return text.Append('}').ToString();
        }
    }

    /// <summary>
    /// What is anchored: SHA-256 of <c>identity/contract/1</c>, a zero byte, the salt, the thumbprint of the record's own key (RFC 7638) and the canonical form.
    /// Without the salt it says nothing; the key inside lets a consent be checked without any register.
    /// </summary>
    /// <param name="salt">32 random bytes.</param>
    /// <param name="key">The record's key, used for nothing else.</param>
    public byte[] Commitment(ReadOnlySpan<byte> salt, Jwk key)
    {
        if (salt.Length != SaltSize) throw new ArgumentException($"A salt has {SaltSize} bytes.", nameof(salt));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Domain);
        hash.AppendData(salt);
        hash.AppendData(key.Thumbprint());
        hash.AppendData(Encoding.UTF8.GetBytes(Canonical));
        return hash.GetHashAndReset();
    }

    /// <summary>The record as JSON.</summary>
    public JsonObject ToJson() => new(_terms.Select(t => KeyValuePair.Create(t.Key, (JsonNode?)t.Value)));

    /// <summary>Reads a record; false with a reason <c>CODE:member</c>, codes <c>unknown_member not_text wrong_value missing number_in_text</c>.</summary>
    public static bool TryRead(JsonObject? json, [NotNullWhen(true)] out ContractRecord? record, out string reason)
    {
        record = null;
        var terms = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, node) in json ?? [])
        {
            if (ContractField.Find(name) is not { } field) return Refuse("unknown_member", "a member", out reason);
            if (StrictJson.Text(node) is not { } value) return Refuse("not_text", name, out reason);
            if (!IsWellFormed(field, value, out var code)) return Refuse(code, name, out reason);
            terms[name] = value;
        }
        foreach (var field in ContractField.All.Where(f => f.Mandatory || f.Kind == ContractFieldKind.Fixed))
            if (!terms.ContainsKey(field.Name)) return Refuse("missing", field.Name, out reason);
        record = new ContractRecord(terms);
        reason = "";
        return true;
    }

    /// <summary>Makes a record from a form's values: texts are trimmed, empty ones left out, the format added.</summary>
    public static bool TryMake(IEnumerable<KeyValuePair<string, string>> values, [NotNullWhen(true)] out ContractRecord? record, out string reason)
    {
        var json = new JsonObject { ["format"] = Format };
        foreach (var (name, value) in values)
            if (Spaces().Replace(value, " ").Trim() is { Length: > 0 } text) json[name] = text.Normalize();
        return TryRead(json, out record, out reason);
    }

    private static bool IsWellFormed(ContractField field, string value, out string code)
    {
        code = "wrong_value";
        switch (field.Kind)
        {
            case ContractFieldKind.Fixed: return value == Format;
            case ContractFieldKind.Choice: return field.Values!.Contains(value);
            case ContractFieldKind.Date: return DateForm().IsMatch(value) && IsDay(value);
            case ContractFieldKind.Amount: return AmountForm().IsMatch(value);
            case ContractFieldKind.Currency: return CurrencyForm().IsMatch(value);
            case ContractFieldKind.Site: return SiteForm().IsMatch(value);
            default:
                if (value.Length is 0 or > MaxText || value[0] == ' ' || value[^1] == ' ') return false;
                var digits = 0;
                foreach (var rune in value.EnumerateRunes())
                {
                    if (rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) return false;
                    if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber) digits++;
                }
                code = "number_in_text";
                return digits < DigitsOfANumber;
        }
    }

    private static bool IsDay(string value) => DateOnly.TryParseExact(
        value.Length switch { 4 => value + "-01-01", 7 => value + "-01", _ => value }, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year >= 1900;

    private static bool Refuse(string code, string member, out string reason)
    {
        reason = $"{code}:{member}";
        return false;
    }

    [GeneratedRegex(@"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?\z")]
    private static partial Regex DateForm();

    [GeneratedRegex(@"^(0|[1-9][0-9]{0,8})(\.[0-9]{0,2}[1-9])?\z")]
    private static partial Regex AmountForm();

    [GeneratedRegex(@"^[A-Z]{3}\z")]
    private static partial Regex CurrencyForm();

    [GeneratedRegex(@"^[A-Z0-9](-?[A-Z0-9]){1,19}\z")]
    private static partial Regex SiteForm();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
