using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Identity.Hosting;

/// <summary>
/// The texts of all pages in one language, from the files that the browser code reads too (<c>src/web/strings/AREA.LANG.json</c>).
/// A key is <c>area.key</c>. A missing text falls back to English, then to the key itself, so that a page never breaks.
/// </summary>
public sealed class Strings
{
    private static readonly FrozenDictionary<string, Strings> ByLanguage = Load();
    private readonly FrozenDictionary<string, string> _texts;

    private Strings(string language, Dictionary<string, string> texts)
    {
        Language = language;
        _texts = texts.ToFrozenDictionary(StringComparer.Ordinal);
        var culture = (CultureInfo)CultureInfo.GetCultureInfo(language).Clone();
        culture.DateTimeFormat.Calendar = new GregorianCalendar();
        Culture = CultureInfo.ReadOnly(culture);
    }

    /// <summary>Every language that has texts: those of the wallet, of the pages for checking and of verdicts. In the order of <see cref="Languages"/>.</summary>
    public static IReadOnlyList<string> AllLanguages { get; } = [.. ByLanguage.Keys.OrderBy(l => l == "en" ? 0 : ByLanguage[l].Direction == "ltr" ? 1 : 2).ThenBy(l => l, StringComparer.Ordinal)];

    /// <summary>The languages that have the texts of every area, staff's pages too, in the order in which they are offered: English, the others in Latin letters, then the rest.</summary>
    public static IReadOnlyList<string> Languages { get; } = [.. AllLanguages.Where(language => Areas(language).IsSupersetOf(Areas("en")))];

    /// <summary>BCP 47 tag of this language.</summary>
    public string Language { get; }

    /// <summary>How this language writes numbers, days and months, in the Gregorian calendar: dates are those of the paper.</summary>
    public CultureInfo Culture { get; }

    /// <summary>Writing direction, <c>ltr</c> or <c>rtl</c>.</summary>
    public string Direction => Culture.TextInfo.IsRightToLeft ? "rtl" : "ltr";

    /// <summary>All keys that have a text in this language.</summary>
    public IEnumerable<string> Keys => _texts.Keys;

    /// <summary>The text of <c>area.key</c>.</summary>
    public string this[string key] => Find(key) ?? ByLanguage["en"].Find(key) ?? key;

    /// <summary>The text with <c>{name}</c> places filled.</summary>
    public string Format(string key, params (string Name, object? Value)[] values)
    {
        var text = this[key];
        foreach (var (name, value) in values) text = text.Replace("{" + name + "}", Convert.ToString(value, CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return text;
    }

    /// <summary>The text in this language alone, or null.</summary>
    public string? Find(string key) => _texts.GetValueOrDefault(key);

    /// <summary>The texts of a language, or the English ones.</summary>
    public static Strings For(string? language) => language is not null && ByLanguage.TryGetValue(language, out var strings) ? strings : ByLanguage["en"];

    /// <summary>The languages that have the texts of one area, in the order of <see cref="AllLanguages"/>.</summary>
    public static IReadOnlyList<string> LanguagesOf(string area) => [.. AllLanguages.Where(language => Areas(language).Contains(area))];

    /// <summary>
    /// The language of a request: <c>?lang</c>, else the cookie <c>lang</c>, else Accept-Language, else English. Of <paramref name="languages"/>, else of
    /// <see cref="Languages"/>.
    /// </summary>
    public static Strings Pick(HttpContext http, IReadOnlyList<string>? languages = null)
    {
        languages ??= Languages;
        foreach (var wish in new[] { http.Request.Query["lang"].ToString(), http.Request.Cookies["lang"] ?? "" })
            if (languages.Contains(wish)) return For(wish);
        var accepted = http.Request.GetTypedHeaders().AcceptLanguage
            .OrderByDescending(a => a.Quality ?? 1)
            .Select(a => a.Value.Value?.Split('-')[0] ?? "")
            .FirstOrDefault(languages.Contains);
        return For(accepted);
    }

    private static HashSet<string> Areas(string language) => [.. ByLanguage[language].Keys.Select(key => key[..key.IndexOf('.', StringComparison.Ordinal)])];

    private static FrozenDictionary<string, Strings> Load()
    {
        var assembly = typeof(Strings).Assembly;
        var texts = new Dictionary<string, Dictionary<string, string>>();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith("strings/", StringComparison.Ordinal)))
        {
            var parts = Path.GetFileNameWithoutExtension(name).Split('.');
            var (area, language) = (parts[0], parts[1]);
            using var stream = assembly.GetManifestResourceStream(name)!;
            var into = texts.TryGetValue(language, out var known) ? known : texts[language] = [];
            foreach (var (key, text) in JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!) into[$"{area}.{key}"] = text;
        }
        return texts.ToFrozenDictionary(pair => pair.Key, pair => new Strings(pair.Key, pair.Value), StringComparer.Ordinal);
    }
}
