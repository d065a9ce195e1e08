using System.Text.Json.Nodes;

namespace Identity.Interop.Tests;

/// <summary>A second, unrelated wallet: oauth4webapi, jose and @meeco/sd-jwt receive, @digitalbazaar/oid4-client presents.</summary>
[Collection(InteropTests.Name)]
public sealed class SecondStackTests(Product product)
{
    private const string Script = "second.mjs";

    [Theory]
    [InlineData("jwk", "ES256")]
    [InlineData("did:jwk", "ES256")]
    [InlineData("did:key", "ES256")]
    [InlineData("did:jwk", "EdDSA")]
    [InlineData("did:key", "EdDSA")]
    public async Task It_receives_under_each_kind_of_proof_and_presents_to_a_verifier_known_by_its_dns_name(string method, string alg)
    {
        var (link, txCode) = await product.OfferDiplomaAsync();
        var got = await Peer.DoAsync(Script, new JsonObject { ["do"] = "receive", ["offer"] = link, ["txCode"] = txCode, ["copies"] = 2, ["method"] = method, ["alg"] = alg });
        var held = got["held"]!.AsArray();
        await product.AnchoredAsync(held.Select(h => (string)h!["sdJwt"]!));

        using var question = await product.AskAsync(new JsonObject { ["template"] = "welder", ["flow"] = "cross_device" }, byDnsName: true);
        var sent = await Peer.DoAsync(Script, new JsonObject { ["do"] = "present", ["request"] = question.Link, ["held"] = held.DeepClone(), ["trusted"] = product.Authority });

        Assert.StartsWith("x509_san_dns:", (string)sent["clientId"]!);
        Assert.Equal("valid", (string)Assert.Single(await question.VerdictsAsync())["outcome"]!);
    }
}
