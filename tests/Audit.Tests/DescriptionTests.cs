using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.TestKit;

namespace Identity.Audit.Tests;

public sealed class DescriptionTests(AuditFixture audit) : IClassFixture<AuditFixture>
{
    [Fact]
    public async Task The_openapi_document_is_the_one_in_git()
    {
        var served = JsonNode.Parse(await audit.Http.GetStringAsync("/openapi/v1.json"))!;
        var file = Path.Combine(Checkout.Root, "src", "Audit", "openapi.json");
        var text = served.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";

        // Run with IDENTITY_WRITE_OPENAPI=1 to accept a change that was meant.
        if (Environment.GetEnvironmentVariable("IDENTITY_WRITE_OPENAPI") == "1") await File.WriteAllTextAsync(file, text);

        Assert.NotEmpty(served["paths"]!.AsObject());
        Assert.Equal((await File.ReadAllTextAsync(file)).ReplaceLineEndings("\n"), text);
    }
}
