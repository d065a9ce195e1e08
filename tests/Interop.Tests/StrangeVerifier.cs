using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Identity.Interop.Tests;

/// <summary>A verifier of public npm packages, at addresses of its own on this machine. What it asks, signs and reads is theirs; only the sockets are here.</summary>
internal sealed class StrangeVerifier : IAsyncDisposable
{
    private const string Script = "verifier.mjs";
    private readonly WebApplication _app;
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"identity-strange-verifier-{Guid.NewGuid():n}");
    private JsonNode? _kept;

    private StrangeVerifier()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapPost("/request", async (HttpRequest request) =>
        {
            var nonce = (string?)(await request.ReadFormAsync())["wallet_nonce"];
            WalletNonces.Add(nonce);
            var signed = await Peer.AskAsync(Script, new JsonObject { ["do"] = "serve", ["kept"] = _kept!.DeepClone(), ["walletNonce"] = Echoes ? nonce : "another" });
            return Results.Text((string)signed["jwt"]!, "application/oauth-authz-req+jwt");
        });
        _app.MapPost("/response", async (HttpRequest request) =>
        {
            Answers.Add(new JsonObject((await request.ReadFormAsync()).Select(field => KeyValuePair.Create(field.Key, (JsonNode?)(string?)field.Value))));
            return Results.Text("{}", "application/json");
        });
    }

    /// <summary>What wallets sent with a POST to the request's address.</summary>
    public ConcurrentBag<string?> WalletNonces { get; } = [];

    /// <summary>The forms that came.</summary>
    public ConcurrentBag<JsonObject> Answers { get; } = [];

    /// <summary>It gives the wallet's nonce back, as it must.</summary>
    public bool Echoes { get; set; } = true;

    public static async Task<StrangeVerifier> StartAsync()
    {
        var verifier = new StrangeVerifier();
        await verifier._app.StartAsync();
        return verifier;
    }

    /// <summary>Asks; gives the link for the wallet.</summary>
    public async Task<string> AskAsync(JsonObject query, bool encrypted, JsonObject? more = null)
    {
        CertifiedVerifier.Write(_folder, "localhost");
        var url = _app.Urls.Single();
        var asked = await Peer.DoAsync(Script, new JsonObject
        {
            ["do"] = "ask", ["query"] = query.DeepClone(), ["encrypted"] = encrypted, ["more"] = more?.DeepClone() ?? new JsonObject(),
            ["keyPem"] = File.ReadAllText(Path.Combine(_folder, "r.pem")), ["chainPem"] = File.ReadAllText(Path.Combine(_folder, "c.pem")),
            ["requestUri"] = $"{url}/request", ["responseUri"] = $"{url}/response",
        });
        _kept = asked["kept"];
        return (string)asked["link"]!;
    }

    /// <summary>Reads the one answer that came.</summary>
    public Task<JsonObject> ReadAsync() => Peer.DoAsync(Script, new JsonObject { ["do"] = "check", ["kept"] = _kept!.DeepClone(), ["form"] = Assert.Single(Answers).DeepClone() });

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }
}
