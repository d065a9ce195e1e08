using System.Text.Json.Nodes;
using Identity.Hosting;
using Identity.Wallet.Holder;
using Microsoft.Extensions.Options;

namespace Identity.Interop.Tests;

/// <summary>Questions for several credentials and <c>credential_sets</c> (OpenID4VP 1.0, 6.2): ours answered by a strange wallet, a strange verifier's by our two holders.</summary>
[Collection(InteropTests.Name)]
public sealed class SeveralCredentialsTests(Product product)
{
    private const string Qualification = "urn:identity:qualification:1", Training = "urn:identity:training:1";
    private static readonly IOptions<OutboundOptions> Outbound = Options.Create(new OutboundOptions { AllowLoopback = true, Timeout = TimeSpan.FromMinutes(1) });

    // Either of two diplomas, a second one beside it, and one that nobody need have.
    private static readonly JsonObject DeskQuery = JsonNode.Parse($$"""
        { "credentials": [
            { "id": "nurse", "format": "dc+sd-jwt", "meta": { "vct_values": ["{{Qualification}}"] }, "claims": [{ "path": ["title"] }, { "path": ["occupation"], "values": ["2221"] }] },
            { "id": "welder", "format": "dc+sd-jwt", "meta": { "vct_values": ["{{Qualification}}"] }, "claims": [{ "path": ["holder_name"] }, { "path": ["title"] }, { "path": ["occupation"], "values": ["7212"] }] },
            { "id": "aid", "format": "dc+sd-jwt", "meta": { "vct_values": ["{{Qualification}}"] }, "claims": [{ "path": ["holder_name"] }, { "path": ["title"], "values": ["Certificate in First Aid"] }] },
            { "id": "other", "format": "dc+sd-jwt", "meta": { "vct_values": ["{{Qualification}}"] }, "claims": [{ "path": ["title"], "values": ["Master of the Sea"] }] } ],
          "credential_sets": [ { "options": [["nurse", "aid"], ["welder", "aid"]] }, { "options": [["other"]], "required": false } ] }
        """)!.AsObject();

    // Of two types, with an alternative that comes first and cannot be answered.
    private static readonly JsonObject StrangeQuery = JsonNode.Parse($$"""
        { "credentials": [
            { "id": "nurse", "format": "dc+sd-jwt", "meta": { "vct_values": ["{{Qualification}}"] }, "claims": [{ "path": ["occupation"], "values": ["2221"] }] },
            { "id": "welder", "format": "dc+sd-jwt", "meta": { "vct_values": ["{{Qualification}}"] }, "claims": [{ "path": ["title"] }, { "path": ["occupation"], "values": ["7212"] }] },
            { "id": "safety", "format": "dc+sd-jwt", "meta": { "vct_values": ["{{Training}}"] }, "claims": [{ "path": ["title"] }, { "path": ["topic"], "values": ["safety"] }] },
            { "id": "person", "format": "dc+sd-jwt", "meta": { "vct_values": ["urn:identity:person:1"] }, "claims": [{ "path": ["age_over_18"] }] } ],
          "credential_sets": [ { "options": [["nurse"], ["welder", "safety"]] }, { "options": [["person"]], "required": false } ] }
        """)!.AsObject();

    [Fact]
    public async Task Our_verifiers_question_with_alternatives_is_answered_by_a_strange_wallet_each_credential_with_its_verdict()
    {
        var held = new JsonArray([.. (await StrangersAsync(Product.Diploma())).Concat(await StrangersAsync(FirstAid())).Select(h => h!.DeepClone())]);
        using var question = await product.AskAtDeskAsync(DeskQuery, "welder");

        await Peer.DoAsync("openid4vc.mjs", new JsonObject { ["do"] = "present", ["request"] = question.Link, ["held"] = held.DeepClone() });

        var credentials = (await question.ResultAsync())["verdicts"]!.AsArray();
        Assert.Equal(["aid", "welder"], credentials.Select(c => (string)c!["id"]!).Order());
        Assert.All(credentials, c => Assert.Equal("valid", (string)c!["verdict"]!["outcome"]!));
    }

    [Fact]
    public async Task Attack_an_answer_that_leaves_out_a_credential_of_every_alternative_is_not_valid()
    {
        var held = await StrangersAsync(Product.Diploma());
        using var question = await product.AskAtDeskAsync(DeskQuery, "welder");

        await Peer.DoAsync("openid4vc.mjs", new JsonObject { ["do"] = "present", ["request"] = question.Link, ["held"] = held.DeepClone(), ["only"] = new JsonArray("welder") });

        Assert.NotEqual("valid", (string)Assert.Single(await question.VerdictsAsync())["outcome"]!);
    }

    [Theory, InlineData("browser", true), InlineData("browser", false), InlineData("csharp", true), InlineData("csharp", false)]
    public async Task A_strange_verifiers_question_with_alternatives_is_answered_by_our_holders_with_what_was_asked_alone(string holder, bool encrypted)
    {
        await using var verifier = await StrangeVerifier.StartAsync();
        var copies = await OursAsync();

        Assert.Null(await AnswerAsync(holder, await verifier.AskAsync(StrangeQuery, encrypted), copies));

        Assert.True(Assert.Single(verifier.WalletNonces) is { Length: >= 22 });
        var read = await verifier.ReadAsync();
        Assert.True((bool)read["canBeSatisfied"]!);
        Assert.Equal(encrypted, (bool)read["encrypted"]!);
        Assert.Equal(["safety", "welder"], read["presentations"]!.AsObject().Select(p => p.Key).Order());
        var welder = Assert.Single(read["presentations"]!["welder"]!.AsArray())!.AsObject();
        Assert.Equal("Diploma in Welding", (string)welder["title"]!);
        Assert.False(welder.ContainsKey("holder_name"));
    }

    [Theory, InlineData("browser", "transaction_data"), InlineData("csharp", "invalid_transaction_data")]
    public async Task Attack_a_transaction_that_our_holders_do_not_know_gets_no_answer(string holder, string code)
    {
        await using var verifier = await StrangeVerifier.StartAsync();
        var transaction = Credentials.Jose.Base64Url.Encode("""{"type":"payment","credential_ids":["welder"],"amount":"900"}"""u8);

        var refused = await AnswerAsync(holder, await verifier.AskAsync(StrangeQuery, true, new JsonObject { ["transaction_data"] = new JsonArray(transaction) }), await OursAsync());

        Assert.Contains(code, refused);
        Assert.Empty(verifier.Answers);
    }

    [Theory, InlineData("browser", "nonce_mismatch"), InlineData("csharp", "invalid_request")]
    public async Task Attack_a_request_that_was_made_for_another_wallet_gets_no_answer(string holder, string code)
    {
        await using var verifier = await StrangeVerifier.StartAsync();
        verifier.Echoes = false;

        var refused = await AnswerAsync(holder, await verifier.AskAsync(StrangeQuery, true), await OursAsync());

        Assert.Contains(code, refused);
        Assert.Empty(verifier.Answers);
    }

    private static JsonObject FirstAid()
    {
        var claims = Product.Diploma();
        claims["title"] = "Certificate in First Aid";
        claims.Remove("occupation");
        return claims;
    }

    private static JsonObject Safety() => new()
    {
        ["holder_name"] = "Amina Okoye-Reyes", ["title"] = "Safety on Board", ["topic"] = "safety", ["completed_on"] = "2025-02-01", ["provider"] = "Port Selin Technical College", ["provider_country"] = "XT",
    };

    private async Task<JsonArray> StrangersAsync(JsonObject claims)
    {
        var (link, txCode) = await product.OfferAsync("qualification", claims);
        var got = await Peer.DoAsync("openid4vc.mjs", new JsonObject { ["do"] = "receive", ["offer"] = link, ["txCode"] = txCode, ["copies"] = 1 });
        var held = got["held"]!.AsArray();
        await product.AnchoredAsync(held.Select(h => (string)h!["sdJwt"]!));
        return held;
    }

    private async Task<IReadOnlyList<CredentialCopy>> OursAsync()
    {
        using var fetch = new OutboundFetch(Outbound);
        var copies = new List<CredentialCopy>();
        foreach (var (type, claims) in new[] { ("qualification", Product.Diploma()), ("training", Safety()) })
        {
            var (link, txCode) = await product.OfferAsync(type, claims);
            copies.AddRange(Assert.IsType<Reception.Received>(await new ReceiveCredentials(fetch, TimeProvider.System).FromOfferAsync(link, txCode, 1, default)).Copies);
        }
        return copies;
    }

    /// <summary>The refusal's code, or null where the answer went out.</summary>
    private static async Task<string?> AnswerAsync(string holder, string link, IReadOnlyList<CredentialCopy> copies)
    {
        if (holder == "browser")
            return (string?)(await Peer.AskAsync("ours.mjs", new JsonObject { ["do"] = "present", ["request"] = link, ["held"] = new JsonArray([.. copies.Select(HoldersTests.Export)]) }))["refused"];
        using var fetch = new OutboundFetch(Outbound);
        var present = new PresentCredentials(fetch, Outbound, TimeProvider.System);
        var (consent, refusal) = await present.ReviewAsync(link, copies, default);
        if (consent is null) return refusal!.Code;
        return await present.AnswerAsync(consent, copies, default) is Presented.Refused refused ? refused.Why.Code : null;
    }
}
