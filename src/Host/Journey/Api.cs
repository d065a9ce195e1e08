using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Identity.Hosting;

namespace Identity.Host.Journey;

/// <summary>The journey speaks to the apps as anybody would: JSON over HTTP. The cookie jar makes it one browser session.</summary>
internal sealed class Api : IDisposable
{
    private readonly HttpClient _http;

    public Api(string baseUrl, string? apiKey = null, OwnServices? own = null)
    {
        _http = new HttpClient(Browser(own)) { BaseAddress = new Uri(baseUrl) };
        if (apiKey is not null) _http.DefaultRequestHeaders.Add("X-Api-Key", apiKey);
    }

    /// <summary>What a browser of this machine would do: cookies, and trust in the local authority where the services run under one.</summary>
    internal static SocketsHttpHandler Browser(OwnServices? own)
    {
        var handler = new SocketsHttpHandler { CookieContainer = new CookieContainer(), UseProxy = false };
        if (own is not null)
        {
            handler.SslOptions = own.Tls();
            handler.ConnectCallback = async (context, ct) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(own.Resolve(), context.DnsEndPoint.Port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            };
        }
        return handler;
    }

    public Task<JsonObject> GetAsync(string path, CancellationToken ct) => SendAsync(HttpMethod.Get, path, null, ct);

    public Task<JsonObject> PostAsync(string path, JsonObject body, CancellationToken ct) => SendAsync(HttpMethod.Post, path, body, ct);

    public void Dispose() => _http.Dispose();

    private async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await _http.SendAsync(request, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        if (!response.IsSuccessStatusCode) throw new JourneyException($"{method} {path} answered {(int)response.StatusCode}: {text}");
        return text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject();
    }
}

/// <summary>A step of the journey that could not be played to its end.</summary>
internal sealed class JourneyException(string message) : Exception(message);
