using Identity.Hosting;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>The printed sheet and card in every language: nothing is cut off or lies over something else, and each sign has a letter.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class PaperScriptsTests(Surroundings surroundings)
{
    // A name of two scripts, and what fonts with the letters of a language are called.
    private static readonly Dictionary<string, (string Name, string Fonts)> Scripts = new()
    {
        ["ar"] = ("أمينة أوكويي-رييس", "Arabic|Naskh|Kufi|DejaVu"), ["ur"] = ("امینہ اوکوئے رئیس", "Arabic|Naskh|Nastaliq|Kufi|DejaVu"), ["hi"] = ("अमीना ओकोये-रेयेस", "Devanagari"),
        ["ne"] = ("अमिना ओकोय-रेयस", "Devanagari"), ["bn"] = ("আমিনা ওকোয়ে-রেয়েস", "Bengali"), ["si"] = ("අමීනා ඔකෝයේ-රෙයෙස්", "Sinhala"), ["ta"] = ("அமீனா ஓகோயே-ரேயஸ்", "Tamil"),
        ["my"] = ("အမီနာ အိုကိုယီ-ရေးယက်စ်", "Myanmar|Padauk"), ["am"] = ("አሚና ኦኮዬ-ሬየስ", "Ethiopic|Abyssinica"),
    };

    [Fact]
    public async Task A_sheet_and_a_card_are_whole_and_have_every_letter_in_every_language()
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = await WalletPage.WithCardAsync(surroundings, offered, 800, 1000);
        await phone.Page.EvaluateAsync("() => { window.print = () => {}; }");
        foreach (var language in Strings.AllLanguages)
        {
            await phone.GoAsync("#/settings/language");
            await phone.OnScreenAsync("language");
            await phone[$"language-{language}"].CheckAsync();
            await Assertions.Expect(phone.Page.Locator("html")).ToHaveAttributeAsync("lang", language);
            await phone.ToCardAsync();
            await phone["paper"].ClickAsync();
            await phone.OnScreenAsync("paper");
            await phone.Page.EvaluateAsync("document.fonts.ready.then(() => true)");
            await phone.Page.EvaluateAsync("name => { if (name) for (const bdi of document.querySelectorAll('[data-testid=paper-holder_name_native] dd bdi, .paper-name:nth-of-type(n+4) bdi')) bdi.textContent = name; }", Scripts.GetValueOrDefault(language).Name);
            await phone.Page.EvaluateAsync(Longer);
            await phone.Page.EvaluateAsync("() => { delete document.documentElement.dataset.print; }");
            await phone.Page.EmulateMediaAsync(new() { Media = Media.Print });

            var trouble = await phone.Page.EvaluateAsync<string[]>(Trouble);
            Assert.True(trouble.Length == 0, $"{language}: {string.Join("; ", trouble)}");
            foreach (var (form, pages) in new[] { ("page", 1), ("card", 2) })
            {
                await phone.Page.EvaluateAsync("form => { document.documentElement.dataset.print = form; }", form);
                var pdf = await phone.Page.PdfAsync(new() { PreferCSSPageSize = true, PrintBackground = true });
                if (Environment.GetEnvironmentVariable("IDENTITY_PAPERS") is { Length: > 0 } folder) await File.WriteAllBytesAsync(Path.Combine(folder, $"{language}-{form}.pdf"), pdf);
                var printed = PrintedPdf.Read(pdf);
                Assert.True(printed.Glyphs > 100, $"{language}, {form}: {printed.Glyphs} signs");
                Assert.True(printed.Missing == 0, $"{language}, {form}: {printed.Missing} of {printed.Glyphs} signs are boxes; {string.Join(", ", printed.Fonts)}");
                Assert.True(pages == printed.Pages, $"{language}, {form}: {printed.Pages} pages");
                if (Scripts.TryGetValue(language, out var script)) Assert.Contains(printed.Fonts, font => script.Fonts.Split('|').Any(one => font.Contains(one, StringComparison.OrdinalIgnoreCase)));
            }
            await phone.Page.EmulateMediaAsync(new() { Media = Media.Screen });
        }
        await phone.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_sign_that_no_font_has_is_found()
    {
        var page = await surroundings.OpenAsync("en", 800, 600);
        await page.SetContentAsync("<p>name \U0010FFFD</p>");

        var printed = PrintedPdf.Read(await page.PdfAsync());

        Assert.Equal(1, printed.Missing);
        await page.Context.CloseAsync();
    }

    // An organisation and an address as long as they are elsewhere.
    private const string Longer = """
        () => {
          const walker = document.createTreeWalker(document.querySelector('.paper'), NodeFilter.SHOW_TEXT);
          for (let node; (node = walker.nextNode());) node.data = node.data.replace('Port Selin Technical College', 'Talmara Ministry of Education and Skills').replace(/(http:\/\/)?localhost:\d+(?!\S*\/)/, 'check.credentials.talmara.example');
        }
        """;

    // What is cut off, sticks out of its place, lies over its neighbour or is smaller than people can read; and codes that are too small or have no margin.
    private const string Trouble = """
        () => {
          const wrong = [], mm = 96 / 25.4, paper = document.querySelector('.paper');
          for (const face of paper.querySelectorAll('.paper-face, .paper-page')) {
            if (face.scrollHeight > face.clientHeight + 1 || face.scrollWidth > face.clientWidth + 1) wrong.push(`${face.className} is cut off: ${face.scrollWidth}x${face.scrollHeight} in ${face.clientWidth}x${face.clientHeight}`);
            const edge = face.getBoundingClientRect();
            for (const one of face.querySelectorAll('h2, h3, p, dt, dd, li, figure')) {
              const box = one.getBoundingClientRect();
              if (box.left < edge.left - 1 || box.right > edge.right + 1 || box.bottom > edge.bottom + 1) wrong.push(`${one.textContent} sticks out`);
            }
            const lines = [...face.querySelectorAll('h2, h3, p, dl > div, li, figure')].filter(one => !one.querySelector('p, li'));
            for (const [i, a] of lines.entries()) for (const b of lines.slice(i + 1)) {
              const [x, y] = [a.getBoundingClientRect(), b.getBoundingClientRect()];
              if (x.left < y.right - 1 && y.left < x.right - 1 && x.top < y.bottom - 1 && y.top < x.bottom - 1) wrong.push(`${a.textContent} lies over ${b.textContent}`);
            }
          }
          // Printers and PDF cut what stands on the very edge.
          for (const one of paper.querySelectorAll('.paper-page :is(.paper-mark, .paper-compare, .paper-ended)')) {
            const [box, edge] = [one.getBoundingClientRect(), paper.querySelector('.paper-page').getBoundingClientRect()];
            if (box.left < edge.left + 1 || box.right > edge.right - 1) wrong.push(`${one.textContent} stands on the edge`);
          }
          for (const text of paper.querySelectorAll('p, dt, dd, li, h2, h3')) if (parseFloat(getComputedStyle(text).fontSize) < 6 * 96 / 72 - 0.1) wrong.push(`${text.textContent} is ${getComputedStyle(text).fontSize}`);
          for (const code of paper.querySelectorAll('figure > svg')) {
            const modules = code.viewBox.baseVal.width, dark = code.querySelector('path').getBBox();
            if (code.getBoundingClientRect().width / modules < 0.5 * mm) wrong.push(`a module of ${(code.getBoundingClientRect().width / modules / mm).toFixed(2)} mm`);
            if (dark.x < 4 || dark.y < 4 || dark.x + dark.width > modules - 4) wrong.push('no quiet zone');
          }
          return wrong;
        }
        """;
}
