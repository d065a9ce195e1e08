using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Identity.Credentials.SdJwt;

namespace Identity.Interop.Tests;

/// <summary>
/// The authorization code flow by wallets that are not ours, and by the browser's holder: pushed request, PKCE, the organisation's page answered as a
/// browser would, <c>iss</c>, tokens bound to a key; also while the credential waits for a second person.
/// </summary>
[Collection(InteropTests.Name)]
public sealed class CodeFlowTests(Product product)
{
    private const string OpenId4VcTs = "openid4vc.mjs", Second = "second.mjs", Ours = "ours.mjs", Redirect = "https://strange-wallet.example/back?from=page";

    [Theory, InlineData(OpenId4VcTs), InlineData(Second), InlineData(Ours)]
    public async Task It_leads_to_the_organisations_page_and_presents_what_comes_of_it(string wallet)
    {
        var (link, txCode) = await product.OfferDiplomaAsync();
        var kept = await BeginAsync(wallet, link);
        var back = await HolderBrowser.AnswerAsync((string)kept["page"]!, txCode);

        var got = await FinishAsync(wallet, kept, back, new JsonObject { ["notify"] = wallet != Ours });

        Assert.Equal("DPoP", (string)got["tokenType"]!, ignoreCase: true);
        await PresentsAsync(wallet, got["held"]!.AsArray());
    }

    [Theory, InlineData(OpenId4VcTs), InlineData(Second), InlineData(Ours)]
    public async Task Attack_the_answer_of_another_issuer_is_not_used_and_a_wrong_verifier_gets_nothing(string wallet)
    {
        var (link, txCode) = await product.OfferDiplomaAsync();
        var kept = await BeginAsync(wallet, link);
        var back = await HolderBrowser.AnswerAsync((string)kept["page"]!, txCode);

        var mixedUp = await RefusedAsync(wallet, kept, Changed(back, "iss=[^&]*", "iss=https%3A%2F%2Fevil.example"));
        Assert.Contains(wallet == Ours ? "page_other_issuer" : "iss", mixedUp);
        var unnamed = await RefusedAsync(wallet, kept, Changed(back, "[&?]iss=[^&]*", ""));
        Assert.Contains(wallet == Ours ? "page_other_issuer" : "iss", unnamed);
        var others = await RefusedAsync(wallet, kept, Changed(back, "state=[^&]*", "state=other"));
        Assert.Contains(wallet == Ours ? "page_unknown" : "state", others);
        var wrong = await RefusedAsync(wallet, kept, back, new JsonObject { ["verifier"] = new string('v', 43) });
        Assert.Contains(wallet == Ours ? "page_late" : "invalid_grant", wrong);

        // Neither wallet nor issuer has used the code up: it is still good for whoever has the verifier, once.
        Assert.Single((await FinishAsync(wallet, kept, back))["held"]!.AsArray());
        Assert.Contains(wallet == Ours ? "page_late" : "invalid_grant", await RefusedAsync(wallet, kept, back));
    }

    [Theory, InlineData(OpenId4VcTs), InlineData(Second)]
    public async Task A_no_on_the_page_reaches_the_wallet(string wallet)
    {
        var kept = await BeginAsync(wallet, (await product.OfferDiplomaAsync()).Link);

        var back = await HolderBrowser.AnswerAsync((string)kept["page"]!, null);

        Assert.Contains("access_denied", await RefusedAsync(wallet, kept, back));
    }

    [Theory, InlineData(OpenId4VcTs, null), InlineData(Second, null), InlineData(Second, "A128GCM"), InlineData(Second, "A256GCM"), InlineData(Ours, null)]
    public async Task It_waits_for_a_second_person_and_comes_back_with_a_refresh_token(string wallet, string? encrypt)
    {
        var (id, link, txCode) = await product.OfferPersonInWaitingAsync();
        var kept = await BeginAsync(wallet, link);
        var back = await HolderBrowser.AnswerAsync((string)kept["page"]!, txCode);
        var waiting = await FinishAsync(wallet, kept, back, new JsonObject { ["notify"] = true, ["encrypt"] = encrypt });
        Assert.NotNull((string?)waiting["refreshToken"]);

        waiting = await AskAgainAsync(wallet, waiting);
        await product.ApprovePersonAsync(id);
        var got = await AskAgainAsync(wallet, waiting);

        var held = Assert.Single(got["held"]!.AsArray())!;
        Assert.True(SdJwtVc.TryParse((string)held["sdJwt"]!, out var credential, out var reason), reason);
        Assert.Equal("Amina Okoye-Reyes", (string)credential.Claims["full_name"]!);
        var history = await product.HistoryAsync(id);
        Assert.True(history.Contains("deferred") && history.Contains("collected") && (wallet == Ours || history.Contains("wallet_accepted")), string.Join(' ', history));
    }

    [Fact]
    public async Task Both_forms_come_in_one_flow_by_credential_identifiers_encrypted_and_the_compact_one_answers_a_challenge()
    {
        var (link, txCode) = await product.OfferDiplomaAsync();
        var kept = await BeginAsync(Second, link);
        var back = await HolderBrowser.AnswerAsync((string)kept["page"]!, txCode);

        var got = await FinishAsync(Second, kept, back, new JsonObject { ["copies"] = 3, ["encrypt"] = "A256GCM", ["notify"] = true });

        var held = got["held"]!.AsArray();
        Assert.Equal(3, held.Count);
        await product.AnchoredAsync(held.Select(h => (string)h!["sdJwt"]!), held.Select(h => (string)h!["compact"]!));
        foreach (var one in held.Take(2)) await HoldersTests.AnswersChallengeAsync(product, one!["compact"]!, one["key"]!["privateJwk"]!.AsObject(), (string)one["sdJwt"]!);
    }

    private async Task<JsonObject> BeginAsync(string wallet, string link)
    {
        // Redirect addresses belong to the wallet; ours is known to the issuer by its own.
        var (client, redirect) = wallet == Ours ? (product.Options.WalletUrl, product.Options.WalletUrl + "/") : ("https://strange-wallet.example", Redirect);
        return await Peer.DoAsync(wallet, new JsonObject { ["do"] = "begin", ["offer"] = link, ["clientId"] = client, ["redirectUri"] = redirect });
    }

    private static async Task<JsonObject> FinishAsync(string wallet, JsonObject begun, string back, JsonObject? more = null)
    {
        var got = await TryFinishAsync(wallet, begun, back, more);
        Assert.True(got["refused"] is null, (string?)got["refused"]);
        return got;
    }

    private static async Task<string> RefusedAsync(string wallet, JsonObject begun, string back, JsonObject? more = null)
    {
        var got = await TryFinishAsync(wallet, begun, back, more);
        return (string?)got["refused"] ?? throw new InvalidOperationException($"Accepted: {got}");
    }

    private static Task<JsonObject> TryFinishAsync(string wallet, JsonObject begun, string back, JsonObject? more)
    {
        var question = more?.DeepClone().AsObject() ?? [];
        question["do"] = "finish";
        question["kept"] = begun["kept"]!.DeepClone();
        question["back"] = back;
        question["copies"] ??= 1;
        return Peer.AskAsync(wallet, question);
    }

    private static Task<JsonObject> AskAgainAsync(string wallet, JsonObject waiting) =>
        Peer.DoAsync(wallet, new JsonObject { ["do"] = "askAgain", ["waiting"] = waiting["waiting"]!.DeepClone() });

    private async Task PresentsAsync(string wallet, JsonArray held)
    {
        await product.AnchoredAsync(held.Select(h => (string)h!["sdJwt"]!));
        using var question = await product.AskAsync(new JsonObject { ["template"] = "welder", ["flow"] = "cross_device" }, byDnsName: wallet == Second);
        await Peer.DoAsync(wallet, new JsonObject { ["do"] = "present", ["request"] = question.Link, ["held"] = held.DeepClone(), ["trusted"] = product.Authority });
        Assert.Equal("valid", (string)Assert.Single(await question.VerdictsAsync())["outcome"]!);
    }

    private static string Changed(string text, string pattern, string by)
    {
        var changed = Regex.Replace(text, pattern, by);
        Assert.NotEqual(text, changed);
        return changed;
    }
}
