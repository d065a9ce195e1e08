using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Identity.Wallet.Tests.Desk;

/// <summary>A verifier that asks over the network (OpenID4VP 1.0) and keeps what it was sent.</summary>
internal sealed class AskingVerifier : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Es256Key _key;
    private readonly X509Certificate2 _certificate;

    private AskingVerifier(Es256Key key)
    {
        _key = key;
        _certificate = new CertificateRequest("CN=Verifier", key.Raw, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(90));
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapPost("/request", async (HttpRequest http) => Results.Text(Sign((await http.ReadFormAsync())["wallet_nonce"]!), "application/oauth-authz-req+jwt"));
        _app.MapPost("/response", async (HttpRequest http) =>
        {
            Sent.Add((await http.ReadFormAsync())["vp_token"]!);
            return Takes ? Results.Json(new JsonObject()) : Results.Json(new JsonObject { ["error"] = "invalid_request" }, statusCode: 400);
        });
    }

    /// <summary>Every vp_token that came.</summary>
    public List<string> Sent { get; } = [];

    /// <summary>Whether it takes what comes.</summary>
    public bool Takes { get; set; } = true;

    /// <summary>Names of claims of a qualification that it asks for.</summary>
    public string[] Asks { get; set; } = ["title"];

    /// <summary>Runs before a request is handed out.</summary>
    public Func<Task> Meanwhile { get; set; } = () => Task.CompletedTask;

    public string Link => $"openid4vp://?client_id={Uri.EscapeDataString(ClientId)}&request_uri={Uri.EscapeDataString(Address + "/request")}&request_uri_method=post";

    private string ClientId => "x509_hash:" + X5c.Hash(_certificate);

    private string Address => _app.Urls.Single();

    public static async Task<AskingVerifier> StartAsync(Es256Key key)
    {
        var verifier = new AskingVerifier(key);
        await verifier._app.StartAsync();
        return verifier;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _certificate.Dispose();
    }

    private string Sign(string walletNonce)
    {
        Meanwhile().GetAwaiter().GetResult();
        return Jws.Sign(new JsonObject { ["typ"] = "oauth-authz-req+jwt", ["x5c"] = X5c.ToJson([_certificate]) }, new JsonObject
        {
            ["client_id"] = ClientId, ["aud"] = "https://self-issued.me/v2", ["response_type"] = "vp_token", ["response_mode"] = "direct_post", ["response_uri"] = Address + "/response",
            ["nonce"] = "n-0123456789abcdef0123456789", ["state"] = "s-1", ["wallet_nonce"] = walletNonce,
            ["dcql_query"] = new JsonObject
            {
                ["credentials"] = new JsonArray(new JsonObject
                {
                    ["id"] = "diploma", ["format"] = "dc+sd-jwt", ["meta"] = new JsonObject { ["vct_values"] = new JsonArray("urn:identity:qualification:1") },
                    ["claims"] = new JsonArray([.. Asks.Select(claim => new JsonObject { ["path"] = new JsonArray(claim) })]),
                }),
            },
            ["client_metadata"] = new JsonObject { ["client_name"] = "Ministry of Everything" }, // what it calls itself counts for nothing
            ["verifier_info"] = new JsonArray(new JsonObject { ["format"] = "identity-registration", ["data"] = new JsonObject { ["purpose"] = "welder" } }),
        }, _key);
    }
}
