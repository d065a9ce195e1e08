using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Identity.Wallet.Mandates;

/// <summary>
/// Two things that everybody knows, in four languages: a person says them in one, and a desk can type them in another. Order counts. They end a mandate and help to
/// open it; alone they open nothing.
/// </summary>
/// <param name="First">Place in the list.</param>
/// <param name="Second">Place in the list.</param>
public readonly record struct MandateWords(int First, int Second)
{
    private static readonly string[] Languages = ["en", "ar", "fr", "es"];
    private static readonly string[][] List = Load();
    private static readonly Dictionary<string, HashSet<int>> Places = Index();

    /// <summary>How many there are.</summary>
    public static int Count => List.Length;

    /// <summary>All of a language, in alphabetical order.</summary>
    public static IEnumerable<string> In(string language) => List.Select(row => Shown(row[Column(language)])).Order(StringComparer.Create(CultureInfo.GetCultureInfo(language), ignoreCase: true));

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

    /// <summary>Small letters without accents, points, hyphens and the hamza that people leave out.</summary>
    internal static string Fold(string text)
    {
        var folded = new StringBuilder();
        foreach (var c in text.Trim().ToLowerInvariant().Replace("œ", "oe", StringComparison.Ordinal).Normalize(NormalizationForm.FormD))
        {
            if (!char.IsLetter(c)) continue;
            folded.Append(c switch { 'ى' => 'ي', 'ة' => 'ه', _ => c });
        }
        return folded.ToString();
    }

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
