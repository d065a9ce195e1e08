using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Identity.Hosting;
using Identity.Journeys.Tests.Browser;
using Identity.TestKit;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Tour;

/// <summary>
/// Looks at one page as people do who read another language, enlarge the text or listen: language and direction, texts that were not translated, everything in
/// sight at 360 px, on a phone and a desktop zoomed to 200 %, pictures and a voice for whoever does not read; and, where asked, axe.
/// </summary>
internal sealed partial class Inspection
{
    // Width and height in CSS pixels: a small phone and the same at 200 % zoom, where words are in the way; then a desktop at 200 % and a desktop.
    private static readonly (string Name, int Width, int Height)[] Views = [("phone", 360, 640), ("phone at 200 %", 180, 320), ("desktop at 200 %", 640, 400), ("desktop", 1280, 800)];
    private const int Narrow = 2;

    private static readonly string Look = File.ReadAllText(Path.Combine(Checkout.Root, "tests", "Journeys.Tests", "Tour", "look.js"));

    // Of each language that only holders and whoever checks have: what stands in the place of every English text, whole or between two values. Two of them have tours of their own.
    private static readonly Lazy<string> Others = new(() => JsonSerializer.Serialize(Strings.AllLanguages.Except(Strings.Languages).Except(EveryPageTests.Further).ToDictionary(tag => tag, InPlace)));

    private readonly string _language;
    private readonly string[] _foreign;
    private readonly HashSet<string> _faults = [];

    /// <summary>For pages in a language.</summary>
    public Inspection(string language)
    {
        _language = language;
        var own = Strings.For(language);
        var words = own.Keys.Select(own.Find).ToHashSet(StringComparer.Ordinal);
        // English sentences and words that nobody writes so in this language.
        _foreign = language == "en" ? [] : [.. Strings.For("en").Keys.Where(key => own.Find(key) != Strings.For("en").Find(key)).Select(key => Strings.For("en").Find(key)!).Where(text => !words.Contains(text)).Distinct()];
    }

    /// <summary>The names of the stops, in order.</summary>
    public List<string> Seen { get; } = [];

    /// <summary>What is wrong: stop, view, what, and the element.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>Since the beginning of the tour.</summary>
    public Stopwatch Clock { get; } = Stopwatch.StartNew();

    /// <summary>Takes a tour and looks at each of its pages.</summary>
    public Task TourAsync(Surroundings surroundings, string tour, Depth depth) =>
        Tours.All[tour](surroundings, _language, (page, name) => LookAsync(page, name, DiffersInWordsAlone(name) ? Depth.Words : depth));

    private static Dictionary<string, string> InPlace(string language)
    {
        var (english, own, found) = (Strings.For("en"), Strings.For(language), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var key in own.Keys)
            if (english.Find(key) is { } text)
            {
                var (from, to) = (Place.Split(text), Place.Split(own.Find(key)!));
                Put(string.Join("{}", from), string.Join("{}", to));
                if (from.Length > 1 && from.Length == to.Length) foreach (var (part, other) in from.Zip(to)) Put(part.Trim(), other.Trim());
            }
        return found;

        // The longest, where one English text has several.
        void Put(string text, string other)
        {
            if (text.Length > 0 && (!found.TryGetValue(text, out var before) || before.Length < other.Length)) found[text] = other;
        }
    }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Place { get; }

    // Verdicts: one of each tone is enough.
    private static bool DiffersInWordsAlone(string stop) =>
        stop.StartsWith("verdict-", StringComparison.Ordinal) && stop is not ("verdict-valid" or "verdict-evidence" or "verdict-altered" or "verdict-revoked" or "verdict-stale_data");

    // Keeps what is wrong, and leaves the page a phone's.
    private async Task LookAsync(IPage page, string name, Depth depth)
    {
        Seen.Add(name);
        await Axe.LoadedAsync(page);
        // Arabic in the dark: between the two, axe sees every page in either scheme.
        await page.EmulateMediaAsync(new() { ColorScheme = _language == "ar" ? ColorScheme.Dark : ColorScheme.Light, ReducedMotion = ReducedMotion.Reduce });
        foreach (var (view, width, height) in depth is Depth.Everything ? Views : Views[..Narrow])
        {
            await page.SetViewportSizeAsync(width, height);
            var words = view == "phone";
            var found = await page.EvaluateAsync<string[]>(Look, new { language = _language, direction = CultureInfo.GetCultureInfo(_language).TextInfo.IsRightToLeft ? "rtl" : "ltr", words, foreign = words ? _foreign : [], others = words && depth is Depth.Everything && _language == "en" ? Others.Value : null });
            _faults.UnionWith(found.Select(fault => $"{name}, {view}: {fault}"));
        }
        if (depth is not Depth.Words)
        {
            // Tall enough that nothing is half hidden by scrolling.
            await page.SetViewportSizeAsync(360, 2400);
            _faults.UnionWith((await Axe.RunAsync(page)).Select(fault => $"{name}, axe: {fault}"));
        }
        await page.SetViewportSizeAsync(360, 640);
    }
}

/// <summary>How far pages are looked at.</summary>
internal enum Depth
{
    /// <summary>What differs from language to language: words, and whether there is room for them.</summary>
    Words,

    /// <summary>Also by axe: what differs with the direction.</summary>
    Direction,

    /// <summary>Also on desktops.</summary>
    Everything,
}
