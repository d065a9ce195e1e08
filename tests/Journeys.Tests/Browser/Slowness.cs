using System.Globalization;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>Makes every browser profile as slow as <c>IDENTITY_TESTS_SLOW</c> says (see Tour/README.md), so that a test that does not wait for its screen fails on any machine.</summary>
internal static class Slowness
{
    private static readonly int Most = Number("IDENTITY_TESTS_SLOW", 0);
    private static readonly int Seed = Number("IDENTITY_TESTS_SEED", 1);
    private static int _profiles;

    // What the storage, the network and the address bar answer comes late, each by another time; the order within each stays.
    private const string Script = """
        (([most, seed]) => {
          const wait = () => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed / 2147483648 * most; };
          const late = (prototype, name) => {
            const { get, set } = Object.getOwnPropertyDescriptor(prototype, name);
            Object.defineProperty(prototype, name, { get, set(handler) { set.call(this, handler && (event => setTimeout(() => handler.call(this, event), wait()))); } });
          };
          late(IDBRequest.prototype, 'onsuccess');
          late(IDBTransaction.prototype, 'oncomplete');
          const send = globalThis.fetch;
          globalThis.fetch = async (...request) => { const answer = await send(...request); await new Promise(done => setTimeout(done, wait())); return answer; };
          const listen = globalThis.addEventListener;
          globalThis.addEventListener = (name, handler, options) => listen.call(globalThis, name, name === 'hashchange' ? event => setTimeout(() => handler(event), wait()) : handler, options);
        })
        """;

    public static async Task ApplyAsync(IBrowserContext context, bool desk)
    {
        if (Most == 0) return;
        var seed = (Seed * 1000) + Interlocked.Increment(ref _profiles);
        await context.AddInitScriptAsync($"{Script}([{Most}, {seed}])");
        var random = new Random(seed);
        // A phone's service worker answers by itself what a route would delay.
        if (desk) await context.RouteAsync("**/*", async route =>
        {
            int delay;
            lock (random) delay = random.Next(Most);
            await Task.Delay(delay);
            await route.FallbackAsync();
        });
    }

    private static int Number(string name, int absent) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : absent;
}
