using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Identity.Credentials.Recovery;

/// <summary>
/// The canonical form in which the names on a document and those in a record are compared (docs/recovery.md, section 6): capitals A to Z after the table for Latin letters of
/// ICAO Doc 9303-3, section 6, with what states write in two ways made one, and the words sorted. Order, case, diacritics, hyphens and apostrophes make no difference;
/// a name more or less does. Other scripts are not transliterated: each has several ways.
/// </summary>
public static partial class DocumentName
{
    // Letters that Unicode does not take apart. Those that ICAO writes with two letters of which the second is left out below stand here with both.
    private static readonly Dictionary<char, string> Letters = new()
    {
        ['Æ'] = "AE", ['Ø'] = "OE", ['Œ'] = "OE", ['ß'] = "SS", ['ẞ'] = "SS", ['Þ'] = "TH", ['Ð'] = "D", ['Đ'] = "D", ['Ł'] = "L", ['Ħ'] = "H", ['ı'] = "I", ['ĸ'] = "Q", ['Ŋ'] = "N", ['Ŧ'] = "T",
        ['Ə'] = "E", ['Ɓ'] = "B", ['Ɗ'] = "D", ['Ƙ'] = "K", ['Ƴ'] = "Y", ['Ɛ'] = "E", ['Ɔ'] = "O",
    };

    /// <summary>The canonical form of one person's names, all of them together; null where there is none, or a letter of another script, or a digit.</summary>
    /// <param name="names">Parts in any order; null and empty ones count for nothing.</param>
    public static string? Canonical(params IEnumerable<string?> names)
    {
        var text = new StringBuilder();
        foreach (var rune in string.Join(' ', names.Select(name => name?.Trim()).Where(name => !string.IsNullOrEmpty(name))).Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            var kind = Rune.GetUnicodeCategory(rune);
            var capital = rune.IsBmp ? char.ToUpperInvariant((char)rune.Value) : '\0';
            if (char.IsAsciiLetterUpper(capital)) text.Append(capital);
            else if (Letters.TryGetValue(capital, out var letters)) text.Append(letters);
            // Accents, and marks that ICAO leaves out without a gap: apostrophes of every kind, full stops.
            else if (kind is UnicodeCategory.NonSpacingMark or UnicodeCategory.Format or UnicodeCategory.ModifierLetter || rune.Value is '\'' or '’' or '‘' or '`' or '´' or '.') continue;
            else if (Rune.IsLetterOrDigit(rune) || kind is UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark) return null;
            else text.Append(' ');
        }
        var words = text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Fold).Order(StringComparer.Ordinal).ToList();
        return words.Count == 0 ? null : string.Join(' ', words);
    }

    // Ä is AE or A, Å is AA or A, Ñ is NXX or N, Ü is UE, UXX or U: one state prints one, another the other.
    private static string Fold(string word) => LongA().Replace(SilentE().Replace(word.Replace("NXX", "N", StringComparison.Ordinal).Replace("UXX", "U", StringComparison.Ordinal), ""), "A");

    [GeneratedRegex("(?<=[AOU])E+")]
    private static partial Regex SilentE();

    [GeneratedRegex("A+")]
    private static partial Regex LongA();
}
