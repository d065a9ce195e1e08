using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Host.Journey;
using Identity.Host.Seed;
using Identity.Hosting;
using Identity.Wallet.Holder;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>A school that is accredited by levels of its country's framework: what the page says of a certificate that states one.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class NationalLevelTests(Surroundings surroundings)
{
    [Theory]
    [InlineData("en", 360, 640)]
    [InlineData("ar", 360, 640)]
    [InlineData("en", 1280, 800)]
    [InlineData("ar", 1280, 800)]
    public async Task A_certificate_with_a_national_level_names_the_framework_and_one_beyond_it_says_how_far_the_school_may_go(string language, int width, int height)
    {
        var desk = new VerifierPage(await surroundings.OpenAsync(language, width, height, desk: true), surroundings);

        await CheckAsync(desk, language, await IssuedAsync(), "valid", "valid");
        await Assertions.Expect(desk["chain"]).ToContainTextAsync("XTQF 1–4");
        await Assertions.Expect(desk["not-shown"]).ToHaveCountAsync(0);
        await desk["chain-details"].Locator("summary").ClickAsync();
        await Assertions.Expect(desk["chain-link"].Last).ToContainTextAsync("XTQF 1–4");
        await Assertions.Expect(desk["claim-nqf_level"]).ToContainTextAsync("3");
        await LooksRightAsync(desk, $"a national level, {language}, {width}");

        await CheckAsync(desk, language, Beyond(), "not_valid", "issuer_not_entitled");
        await Assertions.Expect(desk["failure"]).ToHaveAttributeAsync("data-failure", "level");
        await Assertions.Expect(desk["failure"]).ToContainTextAsync("XTQF 1–4");
        await Assertions.Expect(desk["failure"]).ToContainTextAsync("XTQF 6");
        await LooksRightAsync(desk, $"a national level beyond, {language}, {width}");
        await desk.Page.Context.CloseAsync();
    }

    private static async Task CheckAsync(VerifierPage desk, string language, string credential, string outcome, string reason)
    {
        await desk.OpenAsync("/", language);
        await desk.PasteAsync(credential);
        await desk.ShowsVerdictAsync(outcome, reason);
    }

    private static async Task LooksRightAsync(VerifierPage desk, string what)
    {
        await Axe.FindsNothingAsync(desk.Page, what);
        Assert.Equal(0, await desk.Page.EvaluateAsync<int>("Math.max(0, document.documentElement.scrollWidth - innerWidth)"));
    }

    private async Task<string> IssuedAsync()
    {
        using var school = new Api(surroundings.Options.IssuerUrl, surroundings.Stack.Access.Single(a => a.Organisation == Cast.TradeSchool).ApiKey);
        var made = await school.PostAsync($"/api/{Cast.TradeSchool}/credentials", new JsonObject { ["type"] = "qualification", ["reference"] = $"B-{Guid.NewGuid().ToString("n")[..8]}", ["claims"] = Claims("3") }, CancellationToken.None);
        var offer = made["offer"]!;
        var offered = new Offered((string)made["id"]!, (string)offer["link"]!, (string)offer["txCode"]!, (string)offer["walletLink"]!);
        using var fetch = new OutboundFetch(Surroundings.Outbound);
        var received = Assert.IsType<Reception.Received>(await new ReceiveCredentials(fetch, TimeProvider.System).FromOfferAsync(offered.Link, offered.TxCode, 1, CancellationToken.None));
        await surroundings.AnchoredAsync(offered, Cast.TradeSchool);
        return received.Copies[0].SdJwt;
    }

    /// <summary>The service signs none like it; whoever has the school's key can. It stands in no log, and the level says more than that.</summary>
    private string Beyond()
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportFromPem(File.ReadAllText(surroundings.Options.Path("issuer", "keys", $"{Cast.TradeSchool}.signing.pem")));
        using var key = Es256Key.FromPkcs8(ecdsa.ExportPkcs8PrivateKey());
        var payload = Claims("6");
        payload["iss"] = $"{surroundings.Options.IssuerUrl}/{Cast.TradeSchool}";
        payload["vct"] = "urn:identity:qualification:1";
        payload["iat"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return SdJwtIssuer.Issue(new JsonObject { ["typ"] = SdJwtVc.Typ, ["kid"] = key.PublicKey.ThumbprintText() }, payload, [new("holder_name"), new("title"), new("nqf_level")], key, RandomNumberGenerator.Fill);
    }

    private static JsonObject Claims(string level) => new()
    {
        ["holder_name"] = "Amina Okoye-Reyes", ["title"] = "Certificate in Welding", ["kind"] = "trade-certificate", ["awarded_on"] = "2024-06-28", ["awarding_body"] = "Selin Bay Trade School",
        ["awarding_country"] = "XT", ["nqf_framework"] = "XTQF", ["nqf_edition"] = "2019", ["nqf_level"] = level, ["origin"] = "original",
    };
}
