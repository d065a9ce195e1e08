using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Identity.Wallet.Mandates;

/// <summary>
/// Two things that everybody knows, in every language of the wallet: a person says them in one, and a desk can type them in another. Order counts. They end a mandate and help to
/// open it; alone they open nothing.
/// </summary>
/// <param name="First">Place in the list.</param>
/// <param name="Second">Place in the list.</param>
public readonly record struct MandateWords(int First, int Second)
{
    private static readonly string[] Languages = ["en", "ar", "fr", "es", "fil", "id", "sw", "ur", "hi", "ne", "bn", "si", "ta", "my", "am"];
    private static readonly string[][] List = Load();
    private static readonly Dictionary<string, HashSet<int>> Places = Index();

    /// <summary>How many there are.</summary>
    public static int Count => List.Length;

    /// <summary>All of a language, in alphabetical order, each with what it is called in another.</summary>
    public static IEnumerable<(string Word, string Meaning)> In(string language, string meaning) =>
        List.Select(row => (Shown(row[Column(language)]), Shown(row[Column(meaning)]))).OrderBy(one => one.Item1, StringComparer.Create(CultureInfo.GetCultureInfo(language), ignoreCase: true));

    /// <summary>Two by chance.</summary>
    public static MandateWords New() => new(RandomNumberGenerator.GetInt32(List.Length), RandomNumberGenerator.GetInt32(List.Length));

    /// <summary>Reads what somebody typed in any of the languages, accents or not. Where a word means two things in two languages, the page's language decides.</summary>
    public static bool TryRead(string? first, string? second, string language, out MandateWords words)
    {
        var (a, b) = (Place(first, language), Place(second, language));
        words = new(a ?? 0, b ?? 0);
        return a is not null && b is not null;
    }

    /// <summary>As the person hears them.</summary>
    public (string First, string Second) Say(string language) => (Shown(List[First][Column(language)]), Shown(List[Second][Column(language)]));

    /// <summary>Not the words: they end a mandate.</summary>
    public override string ToString() => "two words";

    private static int? Place(string? text, string language)
    {
        if (text is null or { Length: > 60 } || !Places.TryGetValue(Fold(text), out var places)) return null;
        var column = Column(language);
        var own = places.Where(place => Fold(List[place][column]) == Fold(text)).ToList();
        return own.Count == 1 ? own[0] : places.Count == 1 ? places.Single() : null;
    }

    // A language without a column hears English.
    private static int Column(string language) => Math.Max(0, Array.IndexOf(Languages, language));

    private static string Shown(string word) => word.Replace('-', ' ');

    /// <summary>Small letters without accents, points, hyphens and the hamza that people leave out; letters that sound and look alike as one. Vowel signs of the scripts of South Asia and Burma stay: they are no accents.</summary>
    internal static string Fold(string text)
    {
        var folded = new StringBuilder();
        foreach (var c in text.Trim().ToLowerInvariant().Replace("œ", "oe", StringComparison.Ordinal).Normalize(NormalizationForm.FormD))
            if (char.IsLetter(c) || IsVowelSign(c)) folded.Append(Alike(c));
        return folded.ToString();
    }

    // Devanagari to Myanmar, less the dot below (nukta), which many do not type.
    private static bool IsVowelSign(char c) =>
        c is >= '\u0900' and <= '\u109F' and not ('\u093C' or '\u09BC') && char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static char Alike(char c) => c switch
    {
        'ى' or 'ی' => 'ي', 'ة' or 'ہ' => 'ه', 'ک' => 'ك',
        // Ethiopic has several letters for one sound, each in eight orders.
        >= '\u1210' and <= '\u1217' => Alike((char)(c - 0x10)), >= '\u1280' and <= '\u1287' => Alike((char)(c - 0x80)),
        >= '\u1220' and <= '\u1227' => (char)(c + 0x10), >= '\u12D0' and <= '\u12D7' => Alike((char)(c - 0x30)), >= '\u1340' and <= '\u1347' => (char)(c - 8),
        '\u1203' => '\u1200', '\u12A3' => '\u12A0',
        _ => c,
    };

    private static Dictionary<string, HashSet<int>> Index()
    {
        var places = new Dictionary<string, HashSet<int>>(StringComparer.Ordinal);
        for (var place = 0; place < List.Length; place++)
            foreach (var word in List[place])
                (places.TryGetValue(Fold(word), out var at) ? at : places[Fold(word)] = []).Add(place);
        return places;
    }

    private static string[][] Load()
    {
        using var reader = new StreamReader(typeof(MandateWords).Assembly.GetManifestResourceStream("mandates/words.txt")!);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))];
    }
}
