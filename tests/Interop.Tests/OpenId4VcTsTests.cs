using System.Text.Json.Nodes;

namespace Identity.Interop.Tests;

/// <summary>A wallet of @openid4vc, @sd-jwt and dcql receives from the issuer and presents to the verifier.</summary>
[Collection(InteropTests.Name)]
public sealed class OpenId4VcTsTests(Product product)
{
    private const string Script = "openid4vc.mjs";

    [Fact]
    public async Task It_receives_a_batch_and_presents_it_encrypted()
    {
        var got = await ReceiveAsync(new JsonObject { ["copies"] = 3 });
        var held = got["held"]!.AsArray();
        Assert.Equal(3, held.Select(h => (string)h!["sdJwt"]!).Distinct().Count());
        Assert.Equal("Diploma in Welding", (string)held[0]!["claims"]!["title"]!);

        var verdict = await PresentAsync(held, new JsonObject { ["template"] = "welder", ["flow"] = "cross_device" });

        Assert.Equal("valid", (string)verdict["outcome"]!);
        Assert.Equal("online_key_binding", (string)verdict["binding"]!);
    }

    [Fact]
    public async Task It_receives_over_dpop()
    {
        var got = await ReceiveAsync(new JsonObject { ["copies"] = 1, ["dpop"] = true });

        Assert.Equal("DPoP", (string)got["tokenType"]!);
    }

    [Fact]
    public async Task It_receives_under_an_ed25519_key_and_tells_the_issuer_that_it_has_it()
    {
        var got = await ReceiveAsync(new JsonObject { ["copies"] = 1, ["alg"] = "EdDSA", ["notify"] = true });

        var verdict = await PresentAsync(got["held"]!.AsArray(), new JsonObject { ["template"] = "diploma", ["flow"] = "cross_device" });

        Assert.Equal("valid", (string)verdict["outcome"]!);
    }

    private async Task<JsonObject> ReceiveAsync(JsonObject how)
    {
        var (link, txCode) = await product.OfferDiplomaAsync();
        how["do"] = "receive";
        how["offer"] = link;
        how["txCode"] = txCode;
        var got = await Peer.DoAsync(Script, how);
        await product.AnchoredAsync(got["held"]!.AsArray().Select(h => (string)h!["sdJwt"]!));
        return got;
    }

    private async Task<JsonObject> PresentAsync(JsonArray held, JsonObject request)
    {
        using var question = await product.AskAsync(request);
        var sent = await Peer.DoAsync(Script, new JsonObject { ["do"] = "present", ["request"] = question.Link, ["held"] = held.DeepClone() });
        Assert.Equal(200, (int)sent["status"]!);
        return Assert.Single(await question.VerdictsAsync());
    }
}
