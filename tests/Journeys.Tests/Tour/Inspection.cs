using Identity.Journeys.Tests.Browser;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Tour;

/// <summary>What is asked of every page in every language.</summary>
internal static class Inspection
{
    /// <summary>Fails with every fault of the page as it stands: axe in light and dark, sideways scroll at 200 % zoom, names, direction, motion.</summary>
    public static async Task FindsNothingAsync(IPage page, string where, string language, bool dark)
    {
        Assert.Equal(language, await page.EvaluateAsync<string>("document.documentElement.lang"));
        Assert.Equal(language == "ar" ? "rtl" : "ltr", await page.EvaluateAsync<string>("getComputedStyle(document.documentElement).direction"));

        await page.EmulateMediaAsync(new() { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light, ReducedMotion = ReducedMotion.Reduce });
        await Axe.FindsNothingAsync(page, $"{where}, {language}, {(dark ? "dark" : "light")}");

        // A window of 640 pixels at 200 % leaves 320 CSS pixels (WCAG 2.2, 1.4.4 and 1.4.10).
        var size = page.ViewportSize!;
        await page.SetViewportSizeAsync(320, 512);
        var faults = await page.EvaluateAsync<string[]>("""
            () => {
              const faults = [], root = document.documentElement;
              const wide = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > 321 || e.getBoundingClientRect().left < -1)
                .filter(e => !e.closest('.visually-hidden, .skip-link, svg') && e.getClientRects().length > 0 && getComputedStyle(e).clipPath === 'none');
              if (root.scrollWidth > root.clientWidth) faults.push(`scrolls sideways: ${root.scrollWidth} px in ${root.clientWidth}: ${wide.slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(' | ')}`);
              const moving = document.getAnimations().filter(a => a.effect?.getComputedTiming().duration > 20);
              if (moving.length) faults.push(`moves although motion is unwanted: ${moving.length}`);
              for (const control of document.querySelectorAll('button, a[href], input:not([type=hidden]), select, textarea, summary')) {
                if (control.getClientRects().length === 0) continue;
                const labelled = [...(control.labels ?? [])].map(l => l.textContent).join(' ');
                const referred = (control.getAttribute('aria-labelledby') ?? '').split(' ').map(id => document.getElementById(id)?.textContent ?? '').join(' ');
                const name = [control.getAttribute('aria-label'), referred, labelled, control.textContent, control.querySelector('img')?.alt].find(text => text?.trim());
                if (!name) faults.push(`has no name: ${control.outerHTML.slice(0, 120)}`);
              }
              return faults;
            }
            """);
        await page.SetViewportSizeAsync(size.Width, size.Height);
        Assert.True(faults.Length == 0, $"{where}, {language}: {string.Join("; ", faults)}");
    }
}
