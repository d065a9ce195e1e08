using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Issuer.Issuance;
using Identity.Issuer.Recognition;

namespace Identity.Issuer.Bulk;

/// <summary>Something wrong in a row.</summary>
/// <param name="Column">From 1; 0 for the whole row.</param>
/// <param name="Field">Name of the column, or empty.</param>
/// <param name="Code">Ends a text key <c>bulk.error.…</c>.</param>
/// <param name="Detail">What the text needs; never a value of the row.</param>
public sealed record RowProblem(int Column, string Field, string Code, string Detail = "");

/// <summary>A row that is right.</summary>
public sealed record CheckedRow(string Reference, JsonObject Claims, Jwk? Holder);

/// <summary>
/// What a row must be: the rules of the form (<see cref="ClaimCheck"/>), and in front of them a look for what spreadsheets do to
/// values on the way, so that the person learns what happened and not only that something is wrong.
/// </summary>
public sealed partial class BulkRules
{
    /// <summary>The column of the organisation's own file number.</summary>
    public const string Reference = "reference";

    /// <summary>The column of the holder's public key, for holders whose key is known beforehand. May be left out.</summary>
    public const string HolderKey = "holder_key";

    private static readonly HashSet<string> SpreadsheetErrors = ["#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"];

    private readonly TypeDefinition _type;
    private readonly IReadOnlyList<string> _columns;
    private readonly Dictionary<string, int> _at = new(StringComparer.Ordinal);

    private BulkRules(TypeDefinition type, IReadOnlyList<string> columns)
    {
        (_type, _columns) = (type, columns);
        for (var i = 0; i < columns.Count; i++) _at[columns[i]] = i;
    }

    /// <summary>The names of all columns a file of this type may have, in the order of the template.</summary>
    public static IReadOnlyList<string> Columns(TypeDefinition type) => [Reference, .. Claims(type).Select(c => c.Name), HolderKey];

    // What ties a statement to a qualification that was shown comes from a case alone.
    private static IEnumerable<ClaimDefinition> Claims(TypeDefinition type) => type.Claims.Where(c => c.Derived is null && !StatementRules.IsTie(type, c.Name));

    /// <summary>Reads the header. A column may be named by the claim's name or by its label in any language.</summary>
    public static BulkRules? Header(TypeDefinition type, IReadOnlyList<string> fields, out IReadOnlyList<RowProblem> problems)
    {
        var found = new List<RowProblem>();
        var names = new List<string>();
        // Columns without any name at the right end come from cells that were once filled.
        var width = fields.Count;
        while (width > 0 && string.IsNullOrWhiteSpace(fields[width - 1])) width--;
        for (var i = 0; i < width; i++)
        {
            var name = Name(type, fields[i].Trim());
            if (name is null) found.Add(new RowProblem(i + 1, "", "unknown_column", string.Join(", ", Columns(type))));
            else if (names.Contains(name)) found.Add(new RowProblem(i + 1, name, "twice_column"));
            names.Add(name ?? $"?{i}");
        }
        foreach (var needed in Columns(type).Where(c => c == Reference || type.Claim(c)?.Mandatory == true).Where(c => !names.Contains(c)))
            found.Add(new RowProblem(0, needed, "missing_column"));
        problems = found;
        return found.Count == 0 ? new BulkRules(type, names) : null;
    }

    /// <summary>A row of an explanation below the header, as the template has one: it is passed over.</summary>
    public static bool IsExplanation(IReadOnlyList<string> fields) => fields[0].TrimStart().StartsWith('#') && !SpreadsheetErrors.Contains(fields[0].Trim());

    /// <summary>Checks a row; null where something is wrong.</summary>
    public CheckedRow? Check(IReadOnlyList<string> fields, DateTimeOffset now, out IReadOnlyList<RowProblem> problems)
    {
        var found = new List<RowProblem>();
        problems = found;
        // Fewer or more cells than the header: one separator too many has moved every value behind it.
        if (fields.Count < _columns.Count || fields.Skip(_columns.Count).Any(f => !string.IsNullOrWhiteSpace(f)))
        {
            found.Add(new RowProblem(0, "", "width", string.Create(CultureInfo.InvariantCulture, $"{_columns.Count}")));
            return null;
        }

        var reference = ClaimCheck.Reference(fields[_at[Reference]]);
        if (Damage(null, fields[_at[Reference]]) is { } damaged) found.Add(At(Reference, damaged));
        else if (reference is null) found.Add(At(Reference, Reference));

        var damage = new HashSet<string>();
        var claims = ClaimForm.Read(_type, name =>
        {
            if (!_at.TryGetValue(name, out var column)) return null;
            var claim = _type.Claim(name)!;
            if (Damage(claim, fields[column]) is not { } code) return Typed(claim, fields[column]);
            damage.Add(name);
            found.Add(At(name, code));
            return null;
        });
        var holder = Holder(fields, found);
        var errors = ClaimCheck.Run(_type, claims, now, out var accepted);
        foreach (var name in errors.Keys.Where(name => !damage.Contains(name)))
        {
            var (code, detail) = Explain(name, claims);
            if (code != "one_of" || !_type.AtLeastOneOf.Any(g => g[0] == name && g.Any(damage.Contains))) found.Add(At(name, code, detail));
        }
        return found.Count == 0 && accepted is not null ? new CheckedRow(reference!, accepted, holder) : null;
    }

    private RowProblem At(string name, string code, string detail = "") => new(_at.TryGetValue(name, out var column) ? column + 1 : 0, name, code, detail);

    private static string? Name(TypeDefinition type, string header)
    {
        if (header.Equals(Reference, StringComparison.OrdinalIgnoreCase)) return Reference;
        if (header.Equals(HolderKey, StringComparison.OrdinalIgnoreCase)) return HolderKey;
        var claims = Claims(type).ToList();
        return (claims.Find(c => c.Name.Equals(header, StringComparison.OrdinalIgnoreCase))
            ?? claims.Find(c => c.Display.Values.Any(label => label.Equals(header, StringComparison.OrdinalIgnoreCase))))?.Name;
    }

    /// <summary>What a spreadsheet has done to a value, or null.</summary>
    private static string? Damage(ClaimDefinition? claim, string value)
    {
        var text = value.Trim();
        if (text.Length == 0) return null;
        if (text.Contains('\uFFFD') || TwiceEncoded().IsMatch(text)) return "mojibake";
        if (SpreadsheetErrors.Contains(text)) return "formula_error";
        if (text.Length > 2 && text.All(c => c == '#')) return "hashes";
        if (claim?.Kind is ClaimKind.Date or ClaimKind.PartialDate)
        {
            if (OtherDate().IsMatch(text)) return "date_reordered";
            if (text.Length == 5 && text.All(char.IsAsciiDigit)) return "date_serial";
        }
        if (claim?.Kind is null or ClaimKind.Text or ClaimKind.Enum or ClaimKind.Integer && Scientific().IsMatch(text)) return "scientific";
        if (claim?.Kind is ClaimKind.Enum && claim.Values?.ContainsKey(text) == false && claim.Values.ContainsKey("0" + text)) return "leading_zero";
        return null;
    }

    /// <summary>A value as the form would send it: codes for the words that stand in the lists of the form.</summary>
    private static string Typed(ClaimDefinition claim, string value)
    {
        var text = value.Trim();
        return claim.Kind switch
        {
            ClaimKind.Boolean when text.ToLowerInvariant() is "true" or "yes" or "1" => "true",
            ClaimKind.Boolean when text.ToLowerInvariant() is "false" or "no" or "0" => "false",
            ClaimKind.Enum when claim.Values?.ContainsKey(text) == false =>
                claim.Values.FirstOrDefault(v => v.Value.Values.Any(label => label.Equals(text, StringComparison.OrdinalIgnoreCase))).Key ?? text,
            ClaimKind.Texts => text.Replace('|', '\n'),
            _ => text,
        };
    }

    private (string Code, string Detail) Explain(string name, JsonObject claims)
    {
        if (StatementRules.Check(_type, claims).ContainsKey(name)) return ("statement_" + name, "");
        var claim = _type.Claim(name)!;
        if (claims[name] is not { } value)
        {
            if (claim.IsNeeded(claims)) return ("needed", "");
            return _type.AtLeastOneOf.FirstOrDefault(g => g[0] == name) is { } group ? ("one_of", string.Join(", ", group)) : ("one_of", string.Join(", ", _type.QrClaims.Where(c => c.Derived is null).Select(c => c.Name)));
        }
        var text = value.ToString().Trim();
        return claim.Kind switch
        {
            _ when ClaimRules.Check(_type, claims, DateOnly.MaxValue, out _).Keys.All(k => k != name) => (claim.Name == "birth_date" ? "future" : "qr_long", ""),
            _ when !ClaimRules.IsInOrder(claim, claims) => ("order", claim.NotBefore!),
            ClaimKind.Text or ClaimKind.Texts => (text.Length > claim.MaxLength ? "long" : "characters", string.Create(CultureInfo.InvariantCulture, $"{claim.MaxLength}")),
            ClaimKind.PartialDate => ("partial_date", ""),
            ClaimKind.Enum => ("enum", string.Join(", ", claim.Values?.Keys ?? [])),
            _ => (claim.Kind.ToString().ToLowerInvariant(), ""),
        };
    }

    private Jwk? Holder(IReadOnlyList<string> fields, List<RowProblem> found)
    {
        if (!_at.TryGetValue(HolderKey, out var column) || fields[column].Trim() is not { Length: > 0 } text) return null;
        if (StrictJson.TryParseObject(System.Text.Encoding.UTF8.GetBytes(text), out var json, out _) && Jwk.TryParse(json, out var key, out _) && key is { Kty: "EC" }) return key;
        found.Add(At(HolderKey, HolderKey));
        return null;
    }

    // UTF-8 that was read as Windows-1252 and stored again: Ã© for é, Ø£ for an Arabic letter.
    [GeneratedRegex("[\u00C3\u00C2\u00D8\u00D9\u00D0\u00D1][\u0080-\u00BF]")]
    private static partial Regex TwiceEncoded();

    [GeneratedRegex(@"^[0-9]{1,2}[./-][0-9]{1,2}[./-]([0-9]{2}|[0-9]{4})( .*)?\z|^[0-9]{4}[./][0-9]{1,2}[./][0-9]{1,2}\z|^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ].*\z")]
    private static partial Regex OtherDate();

    [GeneratedRegex(@"^[0-9]([.,][0-9]+)?E[+]?[0-9]{1,3}\z")]
    private static partial Regex Scientific();
}
