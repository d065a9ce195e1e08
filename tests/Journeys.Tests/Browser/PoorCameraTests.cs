using Identity.Credentials.Compact;
using Identity.Credentials.Cose;
using Identity.Tests.Shared;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>
/// The densest code that a proof should need, before a poor camera in bad light, is read by the page's own decoders within three seconds. A clock on the wall would measure what
/// else the machine does; counted are the pictures that the page looked at, each with the pause after it, and the processor time of the thread that looked. On a machine with
/// nothing else to do the sum is what passes between the first picture and the code. By the clock, decoders loaded on the way, it stands in docs/performance.md as <c>read-poor-camera</c>.
/// </summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class PoorCameraTests(Surroundings surroundings)
{
    private const int TargetBytes = 620; // docs/compact-proof.md: what a live proof should stay within
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(90); // src/web/lib/scan.ts: between two pictures
    private static readonly TimeSpan Target = TimeSpan.FromSeconds(3);

    /// <summary>A phone whose own decoder is announced, and fails at every picture.</summary>
    private const string Broken = "window.BarcodeDetector = class { static getSupportedFormats = async () => ['qr_code']; detect = async () => { throw new DOMException('the service is not there', 'NotSupportedError'); }; };";

    /// <summary>Counts the pictures of the camera that are looked at, and says in the page when one is that both decoders see.</summary>
    private const string Count = """
        window.pictures = 0;
        let ready = false;
        const draw = CanvasRenderingContext2D.prototype.drawImage;
        CanvasRenderingContext2D.prototype.drawImage = function (source, ...more) {
          if (source instanceof HTMLVideoElement) {
            pictures++;
            if (ready) document.documentElement.dataset.looks = 'well';
          }
          return draw.call(this, source, ...more);
        };
        for (const name of ['instantiate', 'instantiateStreaming']) {
          const make = WebAssembly[name];
          WebAssembly[name] = async (...given) => { const made = await make.apply(WebAssembly, given); ready = true; return made; };
        }
        """;

    [Fact]
    public async Task A_code_of_version_17_is_read_by_a_poor_camera_in_bad_light_within_three_seconds_also_where_the_phones_own_decoder_fails()
    {
        var desk = new VerifierPage(await surroundings.OpenAsync("en", 360, 640, desk: true), surroundings);
        await desk.Page.AddInitScriptAsync(Count);
        var processor = await desk.Page.Context.NewCDPSessionAsync(desk.Page);
        await processor.SendAsync("Performance.enable");
        foreach (var seed in new[] { 17, 1700 })
        {
            if (seed == 1700) await desk.Page.AddInitScriptAsync(Broken);
            var bytes = new byte[TargetBytes];
            new Random(seed).NextBytes(bytes);
            var poor = FakeCamera.Poorly(CompactPresentation.Prefix + Base45.Encode(bytes), seed);
            Assert.Equal(17, poor.Version);
            surroundings.DeskCamera.ShowNothing();
            await desk.OpenAsync("/scan", "en");
            await Assertions.Expect(desk["challenge"]).ToBeVisibleAsync();
            await Assertions.Expect(desk.Page.Locator("html")).ToHaveAttributeAsync("data-looks", "well");
            var (pictures, time) = (await desk.Page.EvaluateAsync<int>("pictures"), await ThreadTimeAsync(processor));

            surroundings.DeskCamera.Show(poor);

            // That it was read shows in what is said of it: no proof at all.
            await desk.ShowsVerdictAsync("cannot_tell", "malformed");
            pictures = await desk.Page.EvaluateAsync<int>("pictures") - pictures;
            time = await ThreadTimeAsync(processor) - time;
            Assert.True((pictures * Pause) + time <= Target, $"{pictures} pictures, {time.TotalMilliseconds:0} ms of processor time.");
        }
        surroundings.DeskCamera.ShowNothing();
        await desk.Page.Context.CloseAsync();
    }

    private static async Task<TimeSpan> ThreadTimeAsync(ICDPSession page)
    {
        var metrics = (await page.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics").EnumerateArray();
        return TimeSpan.FromSeconds(metrics.Single(metric => metric.GetProperty("name").GetString() == "ThreadTime").GetProperty("value").GetDouble());
    }
}
