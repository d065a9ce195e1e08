using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Host.Journey;
using Identity.Hosting;
using Identity.Wallet.Holder;
using Microsoft.Extensions.Options;

namespace Identity.Interop.Tests;

/// <summary>The holder of the browser and the holder in C#: each against the product, and each with what the other received.</summary>
[Collection(InteropTests.Name)]
public sealed class HoldersTests(Product product)
{
    private static readonly IOptions<OutboundOptions> Outbound = Options.Create(new OutboundOptions { AllowLoopback = true, Timeout = TimeSpan.FromMinutes(1) });

    [Fact]
    public async Task The_browsers_holder_receives_presents_and_answers_a_challenge()
    {
        var held = await BrowserReceivesAsync(2);

        await BrowserPresentsAsync(held);
        await AnswerAsync(async (challenge, claims) => (string)(await BrowserAsync(new JsonObject
        {
            ["do"] = "answerQr", ["challenge"] = challenge, ["held"] = held[1]!.DeepClone(), ["claims"] = new JsonArray([.. claims.Select(c => (JsonNode)c)]),
        }))["proof"]!);
    }

    [Fact]
    public async Task What_the_browsers_holder_received_the_holder_in_CSharp_presents()
    {
        var copies = (await BrowserReceivesAsync(2)).Select(h => Import(h!.AsObject())).ToList();

        await CSharpPresentsAsync(copies);
        await AnswerAsync((challenge, claims) => Task.FromResult(PresentCredentials.AnswerChallenge(challenge, copies[1], claims).Answer!));
    }

    [Fact]
    public async Task What_the_holder_in_CSharp_received_the_browsers_holder_presents()
    {
        var (link, txCode) = await product.OfferDiplomaAsync();
        using var fetch = new OutboundFetch(Outbound);
        var received = Assert.IsType<Reception.Received>(await new ReceiveCredentials(fetch, TimeProvider.System).FromOfferAsync(link, txCode, 2, default));
        await product.AnchoredAsync(received.Copies.Select(c => c.SdJwt));

        await CSharpPresentsAsync(received.Copies);
        await BrowserPresentsAsync(new JsonArray([.. received.Copies.Select(Export)]));
    }

    private async Task BrowserPresentsAsync(JsonArray held)
    {
        using var question = await product.AskAsync(Welder());
        await BrowserAsync(new JsonObject { ["do"] = "present", ["request"] = question.Link, ["held"] = held.DeepClone() });
        Assert.Equal("valid", (string)Assert.Single(await question.VerdictsAsync())["outcome"]!);
    }

    private async Task CSharpPresentsAsync(IReadOnlyList<CredentialCopy> copies)
    {
        using var fetch = new OutboundFetch(Outbound);
        var present = new PresentCredentials(fetch, Outbound, TimeProvider.System);
        using var question = await product.AskAsync(Welder());
        var (consent, refusal) = await present.ReviewAsync(question.Link, copies, default);
        Assert.True(consent is not null, refusal?.ToString());
        Assert.IsType<Presented.Sent>(await present.AnswerAsync(consent, copies, default));
        Assert.Equal("valid", (string)Assert.Single(await question.VerdictsAsync())["outcome"]!);
    }

    /// <summary>A compact form that anybody received answers a challenge of the verifier.</summary>
    internal static Task AnswersChallengeAsync(Product product, JsonNode compact, JsonObject key, string sdJwt)
    {
        var copy = Import(new JsonObject { ["compact"] = compact.DeepClone(), ["key"] = key.DeepClone(), ["sdJwt"] = sdJwt });
        return AnswerAsync(product, (challenge, claims) => Task.FromResult(PresentCredentials.AnswerChallenge(challenge, copy, claims).Answer!));
    }

    private Task AnswerAsync(Func<string, IReadOnlyList<int>, Task<string>> answer) => AnswerAsync(product, answer);

    private static async Task AnswerAsync(Product product, Func<string, IReadOnlyList<int>, Task<string>> answer)
    {
        using var desk = new Api(product.Options.VerifierUrl);
        var asked = await desk.PostAsync("/api/challenges", new JsonObject { ["template"] = "diploma" }, default);
        var text = (string)asked["text"]!;
        Assert.True(CompactChallenge.TryParse(text, out var challenge, out var reason), reason);
        var proof = await answer(text, [.. challenge.Required]);
        var verdict = await desk.PostAsync($"/api/challenges/{asked["id"]}/answer", new JsonObject { ["proof"] = proof }, default);
        Assert.True((string)verdict["outcome"]! == "valid", verdict.ToString());
    }

    private async Task<JsonArray> BrowserReceivesAsync(int copies)
    {
        var (link, txCode) = await product.OfferDiplomaAsync();
        var got = await BrowserAsync(new JsonObject { ["do"] = "receive", ["offer"] = link, ["txCode"] = txCode, ["copies"] = copies });
        var held = got["held"]!.AsArray();
        await product.AnchoredAsync(held.Select(h => (string)h!["sdJwt"]!), held.Select(h => (string)h!["compact"]!));
        return held;
    }

    private static Task<JsonObject> BrowserAsync(JsonObject question) => Peer.DoAsync("ours.mjs", question);

    private static JsonObject Welder() => new() { ["template"] = "welder", ["flow"] = "cross_device" };

    private static CredentialCopy Import(JsonObject held)
    {
        var key = Es256Key.Create();
        key.Raw.ImportParameters(new()
        {
            Curve = System.Security.Cryptography.ECCurve.NamedCurves.nistP256,
            D = Bytes(held["key"]!["d"]), Q = new() { X = Bytes(held["key"]!["x"]), Y = Bytes(held["key"]!["y"]) },
        });
        using var imported = key;
        var own = Es256Key.FromPkcs8(imported.ToPkcs8());
        Assert.True(CompactCredential.TryDecode(Bytes(held["compact"]), out var compact, out var reason), reason);
        var sdJwt = (string)held["sdJwt"]!;
        Assert.True(Credentials.SdJwt.SdJwtDocument.TryParse(sdJwt, out var document, out reason), reason);
        return new CredentialCopy((string)document.Jwt.Payload["iss"]!, (string)document.Jwt.Payload["vct"]!, own, sdJwt, own.PublicKey, compact);
    }

    internal static JsonObject Export(CredentialCopy copy)
    {
        var key = copy.Key.PublicKey.ToJson();
        key["d"] = Base64Url.Encode(((Es256Key)copy.Key).Raw.ExportParameters(true).D!);
        return new JsonObject { ["sdJwt"] = copy.SdJwt, ["compact"] = Base64Url.Encode(copy.Compact!.Encode()), ["key"] = key };
    }

    private static byte[] Bytes(JsonNode? text) => Base64Url.TryDecode((string?)text, out var bytes) ? bytes : throw new FormatException();
}
