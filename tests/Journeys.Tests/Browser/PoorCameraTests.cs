using Identity.Credentials.Compact;
using Identity.Credentials.Cose;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>The densest code that a proof should need, before a poor camera in bad light, is read by the page's own decoders.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class PoorCameraTests(Surroundings surroundings)
{
    private const int TargetBytes = 620; // docs/compact-proof.md: what a live proof should stay within

    /// <summary>A phone whose own decoder is announced, and fails at every picture.</summary>
    private const string Broken = "window.BarcodeDetector = class { static getSupportedFormats = async () => ['qr_code']; detect = async () => { throw new DOMException('the service is not there', 'NotSupportedError'); }; };";

    [Fact]
    public async Task A_code_of_version_17_is_read_by_a_poor_camera_in_bad_light_also_where_the_phones_own_decoder_fails()
    {
        var desk = new VerifierPage(await surroundings.OpenAsync("en", 360, 640, desk: true), surroundings);
        foreach (var seed in new[] { 17, 1700 })
        {
            surroundings.DeskCamera.ShowNothing();
            if (seed == 1700) await desk.Page.AddInitScriptAsync(Broken);
            await desk.OpenAsync("/scan", "en");
            await Assertions.Expect(desk["challenge"]).ToBeVisibleAsync();
            var bytes = new byte[TargetBytes];
            new Random(seed).NextBytes(bytes);

            Assert.Equal(17, surroundings.DeskCamera.ShowPoorly(CompactPresentation.Prefix + Base45.Encode(bytes), seed));

            // That it was read shows in what is said of it: no proof at all.
            await desk.ShowsVerdictAsync("cannot_tell", "malformed");
        }
        surroundings.DeskCamera.ShowNothing();
        await desk.Page.Context.CloseAsync();
    }
}
