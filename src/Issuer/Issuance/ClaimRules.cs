using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Identity.Credentials.Types;

namespace Identity.Issuer.Issuance;

/// <summary>Checks claims against their type before anything is stored or signed. Messages name the field and say what to enter.</summary>
public static partial class ClaimRules
{
    private const int MaxItems = 20, MaxMarks = 6;

    /// <summary>The claims with surrounding white space removed, or an error per claim.</summary>
    /// <param name="type">The type.</param>
    /// <param name="claims">The claims as received.</param>
    /// <param name="today">The date of the request (UTC); a birth cannot lie after it.</param>
    /// <param name="accepted">A new object in the order of the type; null when there are errors.</param>
    public static IReadOnlyDictionary<string, string[]> Check(TypeDefinition type, JsonObject claims, DateOnly today, out JsonObject? accepted)
    {
        var errors = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        var result = new JsonObject();
        // RFC 9901, 4.1: an issuer never signs claims that look like its own machinery.
        foreach (var (name, _) in claims)
        {
            if (name is "_sd" or "..." or "_sd_alg") errors[name] = ["This name is reserved."];
            else if (type.Claim(name) is not { } known) errors[name] = [$"The type {type.Name} has no claim of this name."];
            else if (known.Derived is not null) errors[name] = ["This claim is worked out from others and cannot be given."];
        }
        foreach (var claim in type.Claims.Where(c => c.Derived is null))
        {
            if (!claims.TryGetPropertyValue(claim.Name, out var value) || value is null)
            {
                if (claims.ContainsKey(claim.Name)) errors[claim.Name] = ["Leave the claim out instead of giving null."];
                else if (claim.IsNeeded(claims)) errors[claim.Name] = [$"{claim.Label("en")} is needed."];
                continue;
            }
            if (!TryRead(claim, value, out var clean, out var problem)) errors[claim.Name] = [problem];
            else result[claim.Name] = clean;
        }
        foreach (var group in type.AtLeastOneOf.Where(group => !group.Any(claims.ContainsKey)))
            errors[group[0]] = [$"Give at least one of: {string.Join(", ", group.Select(name => type.Claim(name)?.Label("en") ?? name))}."];
        foreach (var claim in type.Claims.Where(c => c.Derived is "age-over-18" && !errors.ContainsKey("birth_date")))
            if (result["birth_date"]?.GetValue<string>() is { } birth && PartialDate.Parse(birth).First > today)
                errors["birth_date"] = ["A date of birth cannot lie in the future."];
        foreach (var claim in type.Claims.Where(c => !IsInOrder(c, claims)))
            errors[claim.Name] = [$"{claim.Label("en")} ({claims[claim.Name]}) lies before {type.Claim(claim.NotBefore!)!.Label("en")} ({claims[claim.NotBefore!]}). Correct one of the two."];

        accepted = errors.Count == 0 ? result : null;
        return errors;
    }

    /// <summary>False where a date lies before the one that the type names in <see cref="ClaimDefinition.NotBefore"/>, whatever is unknown of both.</summary>
    public static bool IsInOrder(ClaimDefinition claim, JsonObject claims) =>
        Date(claims, claim.Name) is not { } late || Date(claims, claim.NotBefore) is not { } early || late.Last >= early.First;

    private static PartialDate? Date(JsonObject claims, string? name) =>
        name is not null && claims[name] is { } value && String(value) is { } text && PartialDate.TryParse(text, out var date) ? date : null;

    private static bool TryRead(ClaimDefinition claim, JsonNode value, out JsonNode? clean, out string problem)
    {
        (clean, problem) = (null, "");
        switch (claim.Kind)
        {
            case ClaimKind.Text:
                if (!TryText(value, claim.MaxLength, out var text, out problem)) return false;
                clean = text;
                return true;
            case ClaimKind.Texts:
                return TryList(value, (JsonNode item, out string itemProblem) => TryText(item, claim.MaxLength, out var t, out itemProblem) ? t : null, out clean, out problem);
            case ClaimKind.Country:
                problem = "Give a country as two capital letters (ISO 3166-1).";
                if (String(value) is not { } country || !Countries.IsCode(country) || Countries.IsNone(country)) return false;
                clean = country;
                return true;
            case ClaimKind.Countries:
                if (!TryList(value, Nationality, out clean, out problem)) return false;
                problem = "QS (stateless) and QU (unknown) stand alone.";
                return clean!.AsArray() is { Count: 1 } || clean.AsArray().All(c => !Countries.IsNone(c!.GetValue<string>()));
            case ClaimKind.Boolean:
                problem = "Give true or false.";
                if (value.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False)) return false;
                clean = value.GetValueKind() is JsonValueKind.True;
                return true;
            case ClaimKind.Integer:
                return TryInteger(value, 0, 1_000_000, "a whole number from 0 to 1,000,000", out clean, out problem);
            case ClaimKind.Year:
                return TryInteger(value, 1850, 2200, "a year of four digits", out clean, out problem);
            case ClaimKind.Date:
                problem = "Give a date as YYYY-MM-DD.";
                if (String(value) is not { } date || !PartialDate.TryParse(date, out var whole) || !whole.IsWhole) return false;
                clean = date;
                return true;
            case ClaimKind.PartialDate:
                problem = "Give a date as YYYY-MM-DD, or only YYYY-MM or YYYY where no more is known.";
                if (String(value) is not { } partial || !PartialDate.TryParse(partial, out _)) return false;
                clean = partial;
                return true;
            case ClaimKind.Enum:
                problem = $"Give one of: {string.Join(", ", claim.Values?.Keys ?? [])}.";
                if (String(value) is not { } code || claim.Values?.ContainsKey(code) != true) return false;
                clean = code;
                return true;
            case ClaimKind.Uri:
                problem = "Give a full https address.";
                if (String(value) is not { Length: <= 300 } address || !Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps) return false;
                clean = address;
                return true;
            default:
                throw new InvalidOperationException($"Claim kind {claim.Kind} has no rule.");
        }
    }

    private delegate string? ReadItem(JsonNode item, out string problem);

    private static bool TryList(JsonNode value, ReadItem read, out JsonNode? clean, out string problem)
    {
        (clean, problem) = (null, $"Give a list of 1 to {MaxItems} different entries.");
        if (value is not JsonArray { Count: > 0 and <= MaxItems } items) return false;
        var list = new List<string>();
        foreach (var item in items)
        {
            if (item is null) return false;
            if (read(item, out var itemProblem) is not { } text)
            {
                problem = itemProblem;
                return false;
            }
            if (list.Contains(text)) return false;
            list.Add(text);
        }
        clean = new JsonArray([.. list.Select(t => (JsonNode)JsonValue.Create(t))]);
        return true;
    }

    private static bool TryText(JsonNode value, int maxLength, out string text, out string problem)
    {
        text = String(value)?.Trim() ?? "";
        problem = text.Length == 0 ? "Give a text."
            : new StringInfo(text).LengthInTextElements > maxLength || text.Length > 4 * maxLength ? $"Give at most {maxLength} characters."
            : !IsPlain(text) ? "The text holds a character that cannot be shown safely (control character, direction override or invisible character)."
            : IsStacked(text) ? $"More than {MaxMarks} accents or vowel signs stand on one letter, which no script writes."
            : "";
        return problem.Length == 0;
    }

    // Marks without end cover what stands above and below: a name could hide another line of the page. No script needs more than these on one letter: Hebrew
    // with points and accents four, Arabic three, Tibetan and Burmese four or five.
    private static bool IsStacked(string text)
    {
        var marks = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            // What joins letters and is not seen is no new letter.
            if (category is UnicodeCategory.Format) continue;
            marks = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? marks + 1 : 0;
            if (marks > MaxMarks) return true;
        }
        return false;
    }

    // Direction overrides could make a name read as another, and what is not seen could make two names of one; controls break lists and
    // terminals. The joiners U+200C and U+200D stay: Persian, Sinhala and other scripts write with them.
    private static bool IsPlain(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsControl(c) || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u2028' or '\u2029') return false;
            if (c is '\u00AD' or '\u200B' or '\u200E' or '\u200F' or (>= '\u2060' and <= '\u2065') or '\uFEFF') return false;
            if (!char.IsSurrogate(c)) continue;
            if (!char.IsHighSurrogate(c) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) return false;
            i++;
        }
        return true;
    }

    private static string? Nationality(JsonNode value, out string problem)
    {
        problem = "Give a country as two capital letters (ISO 3166-1), or QS for stateless, QU for unknown.";
        return String(value) is { } code && Countries.IsCode(code) ? code : null;
    }

    private static bool TryInteger(JsonNode value, int from, int to, string meaning, out JsonNode? clean, out string problem)
    {
        (clean, problem) = (null, $"Give {meaning}.");
        if (value.GetValueKind() is not JsonValueKind.Number || !int.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return false;
        if (number < from || number > to) return false;
        clean = number;
        return true;
    }

    private static string? String(JsonNode value) => value.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : null;
}

/// <summary>A date of which perhaps only the year or the month is known.</summary>
/// <param name="First">The earliest day it can be.</param>
/// <param name="Last">The latest day it can be.</param>
public readonly partial record struct PartialDate(DateOnly First, DateOnly Last)
{
    /// <summary>The day is known.</summary>
    public bool IsWhole => First == Last;

    /// <summary>Reads <c>YYYY</c>, <c>YYYY-MM</c> or <c>YYYY-MM-DD</c>, years 1850 to 2200.</summary>
    public static bool TryParse(string text, out PartialDate date)
    {
        date = default;
        if (Shape().Match(text) is not { Success: true } match) return false;
        var year = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        if (year is < 1850 or > 2200) return false;
        if (!match.Groups[2].Success)
        {
            date = new(new DateOnly(year, 1, 1), new DateOnly(year, 12, 31));
            return true;
        }
        var month = int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
        if (month is < 1 or > 12) return false;
        var days = DateTime.DaysInMonth(year, month);
        if (!match.Groups[3].Success)
        {
            date = new(new DateOnly(year, month, 1), new DateOnly(year, month, days));
            return true;
        }
        var day = int.Parse(match.Groups[3].ValueSpan, CultureInfo.InvariantCulture);
        if (day < 1 || day > days) return false;
        date = new(new DateOnly(year, month, day), new DateOnly(year, month, day));
        return true;
    }

    /// <summary>Reads a text that was checked before.</summary>
    public static PartialDate Parse(string text) => TryParse(text, out var date) ? date : throw new FormatException("Not a date of the kind YYYY, YYYY-MM or YYYY-MM-DD.");

    [GeneratedRegex(@"^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
