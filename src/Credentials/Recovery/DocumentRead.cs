using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Recovery;

/// <summary>What a desk read on a person's document. Names that identify a person: sealed where they are kept, hashed where they travel.</summary>
/// <param name="Names">Canonical forms (<see cref="DocumentName"/>), any of which may stand in a record; none where the document has no Latin letters.</param>
/// <param name="Birth">YYYY, YYYY-MM or YYYY-MM-DD, as far as the document says it; null where it does not.</param>
public sealed partial record DocumentRead(IReadOnlyList<string> Names, string? Birth)
{
    /// <summary>Reads what was typed. Other names (a middle name beside the code lines, a name before marriage) make further forms: with them, and with them for the family name.</summary>
    /// <param name="family">Family name, or nothing.</param>
    /// <param name="given">Given names, or nothing.</param>
    /// <param name="other">Other names on the document, or nothing.</param>
    /// <param name="birth">YYYY, YYYY-MM, YYYY-MM-DD or nothing.</param>
    /// <param name="read">What was read.</param>
    /// <returns>False where a name has no Latin form, or the date has none of these forms; whether there is such a day: <see cref="IsBirth"/>.</returns>
    public static bool TryRead(string? family, string? given, string? other, string? birth, out DocumentRead read)
    {
        read = new DocumentRead([], string.IsNullOrWhiteSpace(birth) ? null : birth.Trim());
        List<string?[]> forms = [[family, given]];
        if (!string.IsNullOrWhiteSpace(other)) forms.Add([family, given, other]);
        if (!string.IsNullOrWhiteSpace(other) && !string.IsNullOrWhiteSpace(given)) forms.Add([given, other]);
        forms.RemoveAll(form => form.All(string.IsNullOrWhiteSpace));
        var names = forms.ConvertAll(form => DocumentName.Canonical(form));
        if (names.Contains(null) || (read.Birth is not null && !Date().IsMatch(read.Birth))) return false;
        read = read with { Names = [.. names.Select(name => name!).Distinct()] };
        return true;
    }

    /// <summary>Whether somebody can have been born then: a day, month or year of the calendar, from 1900 on, and not after today.</summary>
    /// <param name="birth">YYYY, YYYY-MM or YYYY-MM-DD.</param>
    /// <param name="today">The day of the calendar.</param>
    public static bool IsBirth(string birth, DateOnly today) =>
        Date().IsMatch(birth) && DateOnly.TryParseExact(birth + "0001-01-01"[birth.Length..], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first)
        && first.Year >= 1900 && first <= today;

    /// <summary>Hashes of it under a new random key.</summary>
    public DocumentHashes Hash()
    {
        var key = RandomNumberGenerator.GetBytes(DocumentHashes.KeyLength);
        return new DocumentHashes(key, [.. Names.Select(name => (IReadOnlyList<string>)[.. DocumentHashes.CutsOf(Birth).Select(date => DocumentHashes.Hash(key, date, name))])]);
    }

    [GeneratedRegex(@"^(1[89]|20)[0-9]{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?\z")]
    private static partial Regex Date();
}

/// <summary>Whether a record is of the person whose document a desk read.</summary>
public enum DocumentVerdict
{
    /// <summary>The same names, and the same date of birth as far as both have one.</summary>
    Same,

    /// <summary>Other names or another date.</summary>
    Differs,

    /// <summary>There is no Latin name on one of the two sides.</summary>
    CannotTell,
}

/// <summary>
/// What an attestation says of a document: HMAC-SHA-256 under a key of its own, over date of birth, line feed, canonical name. Who does not know the name learns nothing
/// without trying names; who knows it can try dates.
/// </summary>
/// <param name="Key">32 random bytes, other ones in each attestation.</param>
/// <param name="Names">For each form of the names one hash without a date, then with the year, with year and month, with the day, as far as the document says it.</param>
public sealed record DocumentHashes(byte[] Key, IReadOnlyList<IReadOnlyList<string>> Names)
{
    /// <summary>Bytes of a key.</summary>
    public const int KeyLength = 32;

    private const int MostForms = 3, MostDates = 4, HashLength = 43;

    /// <summary>Compares with a record: any of its names, and its date of birth cut to what both have. A record without a date is compared by its name alone.</summary>
    /// <param name="names">Canonical forms of the names in the record.</param>
    /// <param name="birth">Its date of birth, or null.</param>
    public DocumentVerdict Compare(IReadOnlyCollection<string> names, string? birth)
    {
        if (Names.Count == 0 || names.Count == 0) return DocumentVerdict.CannotTell;
        var cuts = CutsOf(birth);
        return Names.Any(form => Math.Min(form.Count, cuts.Count) - 1 is var last && names.Any(name => form[last] == Hash(Key, cuts[last], name))) ? DocumentVerdict.Same : DocumentVerdict.Differs;
    }

    /// <summary>As an attestation carries it: <c>key</c> and <c>names</c>, an array of arrays of hashes.</summary>
    public JsonObject ToJson() => new()
    {
        ["key"] = Base64Url.Encode(Key), ["names"] = new JsonArray([.. Names.Select(form => (JsonNode)new JsonArray([.. form.Select(hash => (JsonNode)JsonValue.Create(hash))]))]),
    };

    /// <summary>Reads it; null where it is none.</summary>
    public static DocumentHashes? Read(JsonNode? json)
    {
        if (json is not JsonObject said || said["key"] is not { } text || !Base64Url.TryDecode(StrictJson.Text(text), out var key) || key.Length != KeyLength || said["names"] is not JsonArray { Count: <= MostForms } forms) return null;
        List<IReadOnlyList<string>> names = [];
        foreach (var form in forms)
        {
            if (form is not JsonArray { Count: >= 1 and <= MostDates } hashes) return null;
            var read = hashes.Select(hash => hash is null ? null : StrictJson.Text(hash)).ToList();
            if (read.Exists(hash => hash?.Length != HashLength)) return null;
            names.Add([.. read.Select(hash => hash!)]);
        }
        return new DocumentHashes(key, names);
    }

    internal static string Hash(byte[] key, string date, string name) => Base64Url.Encode(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{date}\n{name}")));

    // Nothing, the year, the month, the day: as far as the date goes.
    internal static IReadOnlyList<string> CutsOf(string? date) => [.. new[] { 0, 4, 7, 10 }.Where(length => length <= (date?.Length ?? 0)).Select(length => (date ?? "")[..length])];
}
