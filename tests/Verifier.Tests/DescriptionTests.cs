using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.TestKit;
using Identity.Verifier.Tests.World;

namespace Identity.Verifier.Tests;

public class DescriptionTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>To renew the file after a wanted change: run this test with RENEW_OPENAPI=1, look at the difference, commit.</summary>
    [Fact]
    public async Task The_committed_description_is_what_the_app_serves()
    {
        await using var verifier = await TestVerifier.StartAsync();
        using var browser = verifier.Browser();
        var served = JsonNode.Parse(await browser.GetStringAsync("/openapi/v1.json"))!.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n";
        var file = Path.Combine(Checkout.Root, "src", "Verifier", "openapi.json");

        if (Environment.GetEnvironmentVariable("RENEW_OPENAPI") == "1") await File.WriteAllTextAsync(file, served);

        Assert.Equal(await File.ReadAllTextAsync(file), served);
        var paths = ((JsonObject)JsonNode.Parse(served)!["paths"]!).Select(path => path.Key).Order();
        Assert.Equal(
            ["/api/challenges", "/api/challenges/{id}/answer", "/api/check", "/api/desk", "/api/desk/challenges", "/api/desk/requests", "/api/desk/session", "/api/exit/{entry}", "/api/offline-questions", "/api/offline-receipts", "/api/requests", "/api/requests/{id}", "/api/status", "/api/templates", "/api/time-rule", "/mirror", "/mirror/alarms", "/mirror/logs/{id}/anchors", "/mirror/logs/{id}/checkpoint", "/mirror/logs/{id}/counts", "/mirror/logs/{id}/tile/{path}", "/mirror/organisations", "/mirror/organisations/{id}", "/mirror/receipt/{entry}", "/mirror/scopes/{id}", "/mirror/status", "/receipts/{digest}", "/requests/{requestId}", "/responses/{requestId}", "/trust/pack", "/trust/pack/{from}", "/trust/pack/info", "/trust/verifiers"],
            paths);
    }
}
