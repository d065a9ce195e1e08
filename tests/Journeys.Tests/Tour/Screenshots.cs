using System.Text;
using Identity.Hosting;
using Identity.Journeys.Tests.Browser;
using Identity.TestKit;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Tour;

/// <summary>Pictures of every page in every language, on a phone and a desktop, light and dark, and an overview of them.</summary>
internal sealed class Screenshots(Surroundings surroundings, string folder, bool blank = false)
{
    /// <summary>Puts a block in the place of every letter.</summary>
    internal static readonly string Blank = File.ReadAllText(Path.Combine(Checkout.Root, "tests", "Journeys.Tests", "Tour", "blank.js"));

    private readonly List<(string App, string Name, string Language)> _taken = [];

    /// <summary>Takes all pictures of the wanted tours and languages, then writes <c>index.html</c>.</summary>
    public async Task TakeAsync(string? only, string? onlyLanguage)
    {
        Directory.CreateDirectory(folder);
        foreach (var (app, play) in Tours.All.Where(t => only is null || t.Key == only))
            foreach (var language in onlyLanguage is null ? Strings.Languages : [onlyLanguage])
            {
                await play(surroundings, language, (page, name) => SnapAsync(page, app, name, language));
                Console.WriteLine($"{app}, {language}: {_taken.Count(t => t.App == app && t.Language == language)} pages");
            }
        await File.WriteAllTextAsync(Path.Combine(folder, "index.html"), Overview());
        Console.WriteLine($"Open {Path.Combine(folder, "index.html")}");
    }

    private async Task SnapAsync(IPage page, string app, string name, string language)
    {
        await Axe.LoadedAsync(page);
        if (blank) await page.EvaluateAsync(Blank);
        foreach (var (variant, width, height, scheme) in new[] { ("phone", 360, 640, ColorScheme.Light), ("dark", 360, 640, ColorScheme.Dark), ("desktop", 1280, 800, ColorScheme.Light) })
        {
            await page.SetViewportSizeAsync(width, height);
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, FileOf(app, name, language, variant)), FullPage = true, Animations = ScreenshotAnimations.Disabled });
        }
        await page.SetViewportSizeAsync(360, 640);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        if (blank) await page.EvaluateAsync("unblank()");
        _taken.Add((app, name, language));
    }

    private static string FileOf(string app, string name, string language, string variant) => $"{app}-{name}-{language}-{variant}.png";

    private string Overview()
    {
        var html = new StringBuilder("<!doctype html><meta charset=\"utf-8\"><title>Every page</title><style>body{font:1rem sans-serif}section{display:flex;gap:.5rem;overflow:auto}figure{margin:0}img{inline-size:11rem;border:1px solid #999}.desktop{inline-size:24rem}</style><h1>Every page</h1>");
        foreach (var page in _taken.GroupBy(t => (t.App, t.Name)))
        {
            html.Append($"<h2>{page.Key.App}: {page.Key.Name}</h2><section>");
            foreach (var (app, name, language) in page)
                foreach (var variant in new[] { "phone", "dark", "desktop" })
                    html.Append($"<figure><a href=\"{FileOf(app, name, language, variant)}\"><img class=\"{variant}\" loading=\"lazy\" alt=\"{app}, {name}, {language}, {variant}\" src=\"{FileOf(app, name, language, variant)}\"></a><figcaption>{language}, {variant}</figcaption></figure>");
            html.Append("</section>");
        }
        return html.ToString();
    }
}
