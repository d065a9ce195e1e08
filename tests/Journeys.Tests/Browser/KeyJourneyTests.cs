using System.Diagnostics;
using System.Text.Json.Nodes;
using Identity.Host.Journey;
using Identity.Host.Seed;
using Identity.Hosting;
using Identity.Wallet.Holder;
using Microsoft.Extensions.Options;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>A signing key is changed, and later called stolen, at the console; the verifier judges on the real ledger.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class KeyJourneyTests(Surroundings surroundings)
{
    [Fact]
    public async Task Old_credentials_outlive_a_change_of_keys_and_those_of_a_stolen_key_fall()
    {
        using var verifier = new Api(surroundings.Options.VerifierUrl);
        var page = await surroundings.SignedInAsync(Cast.Shipyard, "en", 1280, 800, "admin");
        var first = await IssueAsync("K-1");
        await VerdictAsync(verifier, first, "valid");

        await page.GetByTestId("keys").ClickAsync();
        await Assertions.Expect(page.GetByTestId("key")).ToHaveCountAsync(1);
        await Axe.FindsNothingAsync(page, "console, keys");
        await page.GetByTestId("rotate").ClickAsync();
        await Assertions.Expect(page.GetByTestId("error-word")).ToBeVisibleAsync();
        await page.GetByTestId("word").FillAsync(Cast.Shipyard);
        await page.GetByTestId("rotate").ClickAsync();
        await StatesAsync(page, "signs", "retired");
        await Assertions.Expect(page.GetByTestId("signed").Last).Not.ToHaveTextAsync("0");
        await Axe.FindsNothingAsync(page, "console, keys after a change");

        var second = await IssueAsync("K-2");
        Assert.NotEqual(KeyOf(first), KeyOf(second));
        await VerdictAsync(verifier, second, "valid");
        await VerdictAsync(verifier, first, "valid");
        using var http = new HttpClient();
        var published = JsonNode.Parse(await http.GetStringAsync($"{surroundings.Options.IssuerUrl}/.well-known/jwt-vc-issuer/{Cast.Shipyard}"))!["jwks"]!["keys"]!.AsArray().Select(k => (string?)k!["kid"]).ToList();
        Assert.Equal([KeyOf(second), KeyOf(first)], published);

        // The thief may have had the second key from its beginning.
        await page.GetByTestId("key").First.GetByTestId("stolen").ClickAsync();
        await page.GetByTestId("since").FillAsync(Surroundings.InField(DateTimeOffset.UtcNow.AddYears(1)));
        await page.GetByTestId("show").ClickAsync();
        await Assertions.Expect(page.GetByTestId("error-since")).ToBeVisibleAsync();
        await page.GetByTestId("since").FillAsync(Surroundings.InField(IssuedAfter));
        await page.GetByTestId("show").ClickAsync();
        await Assertions.Expect(page.GetByTestId("count")).ToContainTextAsync("1");
        await Axe.FindsNothingAsync(page, "console, stolen key");
        await page.GetByTestId("word").FillAsync(Cast.Shipyard);
        await page.GetByTestId("end").ClickAsync();
        await StatesAsync(page, "signs", "stolen", "retired");

        await VerdictAsync(verifier, second, "key_not_valid_then");
        var third = await IssueAsync("K-3");
        await VerdictAsync(verifier, third, "valid");
        await VerdictAsync(verifier, first, "valid");
        published = [.. JsonNode.Parse(await http.GetStringAsync($"{surroundings.Options.IssuerUrl}/.well-known/jwt-vc-issuer/{Cast.Shipyard}"))!["jwks"]!["keys"]!.AsArray().Select(k => (string?)k!["kid"])];
        Assert.DoesNotContain(KeyOf(second), published);
    }

    private DateTimeOffset IssuedAfter { get; set; }

    private async Task<string> IssueAsync(string reference)
    {
        IssuedAfter = DateTimeOffset.UtcNow.AddSeconds(-1);
        var outbound = Options.Create(new OutboundOptions { AllowLoopback = true, Timeout = TimeSpan.FromMinutes(1) });
        using var fetch = new OutboundFetch(outbound);
        using var issuer = new Api(surroundings.Options.IssuerUrl, surroundings.Stack.Access.Single(a => a.Organisation == Cast.Shipyard).ApiKey);
        var claims = new JsonObject
        {
            ["holder_name"] = "Amina Okoye-Reyes", ["job_title"] = "Welder", ["from"] = "2021-03", ["employer"] = "Harbour Yard", ["employer_country"] = "XN",
        };
        var made = await issuer.PostAsync($"/api/{Cast.Shipyard}/credentials", new JsonObject { ["type"] = "employment-reference", ["reference"] = reference, ["claims"] = claims }, CancellationToken.None);
        var received = await new ReceiveCredentials(fetch, TimeProvider.System).FromOfferAsync((string)made["offer"]!["link"]!, (string?)made["offer"]!["txCode"], 1, CancellationToken.None);
        return Assert.IsType<Reception.Received>(received).Copies[0].SdJwt;
    }

    private static async Task VerdictAsync(Api verifier, string credential, string reason)
    {
        var last = "";
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(250))
        {
            last = (string?)(await verifier.PostAsync("/api/check", new JsonObject { ["credential"] = credential }, CancellationToken.None))["reason"] ?? "";
            if (last == reason) return;
            // A new key is never judged as one that nobody knows.
            if (reason == "valid") Assert.Contains(last, (string[])["not_anchored", "stale_data"]);
        }
        Assert.Equal(reason, last);
    }

    private static async Task StatesAsync(IPage page, params string[] states)
    {
        var keys = page.GetByTestId("key");
        await Assertions.Expect(keys).ToHaveCountAsync(states.Length);
        for (var i = 0; i < states.Length; i++) await Assertions.Expect(keys.Nth(i)).ToHaveAttributeAsync("data-state", states[i], new() { Timeout = 90_000 });
    }

    private static string KeyOf(string credential)
    {
        Credentials.Jose.Jws.TryParse(credential.Split('~')[0], out var jws, out _);
        return jws!.KeyId!;
    }
}
