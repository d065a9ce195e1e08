using System.Net;
using System.Text.Json.Nodes;

namespace Identity.Verifier.Tests.World;

/// <summary>A verifier, an accredited college, a ministry, one browser and one wallet.</summary>
public sealed class Scene : IAsyncDisposable
{
    public static readonly JsonObject Diploma = new()
    {
        ["holder_name"] = "Amina Okoye-Reyes", ["title"] = "Welding diploma", ["kind"] = "diploma", ["occupation"] = "7212", ["level_eqf"] = 4, ["awarded_on"] = "2024-06-30",
        ["awarding_body"] = "Port Selin Technical College", ["awarding_country"] = "XA", ["origin"] = "original",
    };

    public static readonly JsonObject Person = new()
    {
        ["full_name"] = "Amina OKOYE-REYES", ["birth_date"] = "1996-03-12", ["age_over_18"] = true, ["document_number_end"] = "4T71",
        ["assurance"] = "document-checked", ["issuing_country"] = "XA",
    };

    public required TestVerifier Verifier { get; init; }

    public required TestIssuer College { get; init; }

    public required TestIssuer Ministry { get; init; }

    public required HttpClient Browser { get; init; }

    public required TestWallet Wallet { get; init; }

    public FakeClock Clock => Verifier.Clock;

    public static async Task<Scene> OpenAsync(params string[] settings)
    {
        var verifier = await TestVerifier.StartAsync(settings);
        var browser = verifier.Browser();
        browser.DefaultRequestHeaders.Add("X-Api-Key", verifier.OperatorKey);
        return new Scene
        {
            Verifier = verifier,
            College = await TestIssuer.StartAsync(verifier.Clock, verifier.Ledger, "Port Selin Technical College", true, "urn:identity:qualification:1"),
            Ministry = await TestIssuer.StartAsync(verifier.Clock, verifier.Ledger, "Talmara Ministry of Interior", true, "urn:identity:person:1"),
            Browser = browser,
            Wallet = new TestWallet(verifier.Browser()),
        };
    }

    /// <summary>The browser asks, the wallet fetches: the created request and the request object.</summary>
    public async Task<(JsonObject Created, JsonObject Request)> AskAsync(JsonObject body)
    {
        var atDesk = !body.ContainsKey("template");
        if (atDesk) body["purpose_id"] ??= "all";
        var created = await Browser.PostJsonAsync(atDesk ? "/api/desk/requests" : "/api/requests", body, HttpStatusCode.Created);
        return (created, await Wallet.FetchAsync(created["requestUri"]!.GetValue<string>()));
    }

    public Task<(JsonObject Created, JsonObject Request)> AskAsync(string template, string flow = "cross_device") =>
        AskAsync(new JsonObject { ["template"] = template, ["flow"] = flow });

    /// <summary>What the browser sees now.</summary>
    public async Task<JsonObject> ResultAsync(JsonObject created, string? responseCode = null)
    {
        var response = await Browser.GetAsync($"/api/requests/{created["id"]}{(responseCode is null ? "" : $"?response_code={responseCode}")}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.JsonAsync();
    }

    /// <summary>The diploma shown as the template asks.</summary>
    public string Show(TestCredential credential, JsonObject request, params string[] claims) =>
        credential.Present(request["client_id"]!.GetValue<string>(), request["nonce"]!.GetValue<string>(), Clock.Now, claims.Length > 0 ? claims : ["holder_name", "title", "kind", "awarded_on"]);

    /// <summary>Asks by the diploma template, answers with one presentation, returns the one verdict.</summary>
    public async Task<JsonObject> VerdictAsync(TestCredential credential, Func<JsonObject, string>? present = null, string template = "diploma", string id = "qualification")
    {
        var (created, request) = await AskAsync(template);
        var answer = await Wallet.AnswerAsync(request, Token(id, present is null ? Show(credential, request) : present(request)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var result = await ResultAsync(created);
        Assert.Equal("answered", result["state"]!.GetValue<string>());
        return (JsonObject)result["verdicts"]![0]!["verdict"]!;
    }

    public static JsonObject Token(string id, params string[] presentations) => new() { [id] = new JsonArray([.. presentations.Select(p => (JsonNode)p)]) };

    public static void Is(string outcome, string reason, JsonObject verdict)
    {
        Assert.True(outcome == verdict["outcome"]?.GetValue<string>() && reason == verdict["reason"]?.GetValue<string>(), verdict.ToJsonString());
    }

    public async ValueTask DisposeAsync()
    {
        await College.DisposeAsync();
        await Ministry.DisposeAsync();
        await Verifier.DisposeAsync();
    }
}
