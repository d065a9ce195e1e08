using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Identity.Hosting;
using Identity.Ledger.Mirror;
using Identity.Ledger.Mirror.Serving;
using Identity.Ledger.Registry;
using Identity.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Identity.Ledger.Tests.Mirror;

/// <summary>A mirror served over real HTTP on loopback.</summary>
public sealed class MirrorSite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private MirrorSite(WebApplication app, Uri address)
    {
        _app = app;
        Address = address;
        Http = new HttpClient { BaseAddress = new Uri(address, "mirror/") };
    }

    /// <summary>As other mirrors name it in their settings.</summary>
    public Uri Address { get; }

    public HttpClient Http { get; }

    public static async Task<MirrorSite> ServeAsync(LedgerMirror mirror)
    {
        var address = new Uri($"http://localhost:{Ports.Free()}/");
        var builder = WebApplication.CreateBuilder().AddIdentityHosting("mirrorsite", []);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.ToString());
        builder.Services.AddSingleton(mirror); // the test's own, which the site does not dispose of
        var app = builder.Build();
        app.UseIdentityHosting();
        app.MapMirror();
        await app.StartAsync();
        return new MirrorSite(app, address);
    }

    /// <summary>The address of a log's part, for example <c>logs/…/checkpoint</c>.</summary>
    public static string Of(string origin, string part) => $"logs/{Convert.ToHexStringLower(RegistryClient.LogId(origin))}/{part}";

    public async Task<JsonNode> JsonAsync(string path) => (await Http.GetFromJsonAsync<JsonNode>(path))!;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
