using System.Collections.Concurrent;
using System.Globalization;
using Identity.Hosting;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>Phones whose fonts lack a script, by a Chromium that knows one font alone.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class LettersTests(Surroundings surroundings) : IAsyncLifetime
{
    // Comes with fontconfig itself; it has Latin, Cyrillic, Greek, Hebrew and Arabic letters.
    private const string Font = "DejaVuSans.ttf";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"identity-fonts-{Guid.NewGuid():n}");
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(_folder);
        var font = new[] { "/usr/share/fonts", "/usr/local/share/fonts" }.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, Font, SearchOption.AllDirectories)).FirstOrDefault();
        Assert.True(font is not null, $"{Font} is not installed (Debian: fonts-dejavu-core).");
        File.Copy(font, Path.Combine(_folder, Font));
        var settings = Path.Combine(_folder, "fonts.conf");
        await File.WriteAllTextAsync(settings, $"<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"fonts.dtd\"><fontconfig><dir>{_folder}</dir><cachedir>{_folder}/cache</cachedir></fontconfig>");
        _browser = await surroundings.LaunchPhoneWithFontsAsync(settings);
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("ne", "devanagari"), InlineData("am", "ethiopic"), InlineData("my", "myanmar")]
    public async Task A_phone_without_a_script_fetches_that_block_alone_and_draws_every_letter_of_its_texts(string language, string block)
    {
        var (page, fetched) = await OpenAsync(language);
        await page.WaitForFunctionAsync("() => [...document.fonts].some(font => font.status === 'loaded')");

        Assert.StartsWith($"letters-{block}-", Assert.Single(fetched), StringComparison.Ordinal);
        var texts = Strings.For(language);
        var letters = texts.Keys.SelectMany(key => texts[key]).Where(sign => char.GetUnicodeCategory(sign) is UnicodeCategory.OtherLetter).Distinct().ToList();
        Assert.True(letters.Count > 20);
        Assert.Equal("", await BoxesAsync(page, string.Concat(letters)));
        await page.CloseAsync();
    }

    [Theory, InlineData("ar"), InlineData("en")]
    public async Task A_phone_that_has_the_letters_fetches_none(string language)
    {
        var (page, fetched) = await OpenAsync(language);
        await page.EvaluateAsync("document.fonts.ready");

        Assert.Empty(fetched);
        Assert.Equal(0, await page.EvaluateAsync<int>("document.fonts.size"));
        await page.CloseAsync();
    }

    private async Task<(IPage Page, ConcurrentQueue<string> Fetched)> OpenAsync(string language)
    {
        var context = await _browser!.NewContextAsync(new() { Locale = language, ServiceWorkers = ServiceWorkerPolicy.Block });
        var page = await context.NewPageAsync();
        var fetched = new ConcurrentQueue<string>();
        page.Request += (_, request) =>
        {
            if (request.Url.Contains("letters-", StringComparison.Ordinal)) fetched.Enqueue(request.Url[(request.Url.LastIndexOf('/') + 1)..]);
        };
        await page.GotoAsync(surroundings.Options.WalletUrl);
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("lang", language);
        await Assertions.Expect(page.GetByTestId("screen-welcome")).ToBeVisibleAsync();
        return (page, fetched);
    }

    // Those signs that the page's own fonts draw as they draw one that no font has.
    private static Task<string> BoxesAsync(IPage page, string signs) => page.EvaluateAsync<string>("""
        signs => {
          const draw = sign => {
            const canvas = Object.assign(document.createElement('canvas'), { width: 80, height: 80 }), context = canvas.getContext('2d');
            context.font = `40px ${getComputedStyle(document.body).fontFamily}`;
            context.fillText(sign, 10, 60);
            return canvas.toDataURL();
          };
          const box = draw('\u{10fffd}');
          return [...signs].filter(sign => draw(sign) === box).join('');
        }
        """, signs);
}
