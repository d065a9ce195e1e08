using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Identity.Hosting;

/// <summary>Limits of what the product fetches by URL. Section <c>Outbound</c>.</summary>
public sealed class OutboundOptions
{
    /// <summary>Allows http and https to loopback addresses: one machine, development and tests only.</summary>
    public bool AllowLoopback { get; set; }

    /// <summary>Whole time for one fetch, name resolution included.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The product's own services on a local network; absent otherwise.</summary>
    public OwnServices? Own { get; set; }
}

/// <summary>The outcome of a fetch: an answer, or a refusal with its reason. A refusal is an expected result, not a fault.</summary>
public abstract record FetchResult
{
    private FetchResult() { }

    /// <summary>The server answered with any status.</summary>
    public sealed record Answer(int Status, string? ContentType, byte[] Body, string? ETag) : FetchResult
    {
        /// <summary>True for a 2xx status.</summary>
        public bool IsSuccess => Status is >= 200 and < 300;

        /// <summary>The nonce for the next DPoP proof (RFC 9449, 8), or null.</summary>
        public string? DpopNonce { get; init; }
    }

    /// <summary>Nothing usable came back; <paramref name="Reason"/> is a short sentence without the body.</summary>
    public sealed record Refused(string Reason) : FetchResult;
}

/// <summary>
/// The one door through which the product fetches a URL that it did not choose itself: https only, the resolved address is
/// filtered and then connected to (so that a second resolution cannot change it), no redirects, capped size and time.
/// </summary>
public sealed class OutboundFetch : IDisposable
{
    private readonly OutboundOptions _options;
    private readonly HttpClient _http;

    /// <summary>Creates the guard from its options.</summary>
    public OutboundFetch(IOptions<OutboundOptions> options)
    {
        _options = options.Value;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxResponseHeadersLength = 32,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = ConnectAsync,
        };
        if (_options.Own is { } own) handler.SslOptions = own.Tls();
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Finds the addresses of a host; tests play a name server that changes its mind.</summary>
    internal Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>GET with an optional <c>If-None-Match</c>.</summary>
    public Task<FetchResult> GetAsync(Uri uri, string accept, int maxBytes, CancellationToken ct, string? ifNoneMatch = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.Accept.ParseAdd(accept);
        if (ifNoneMatch is not null) request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        return SendAsync(request, maxBytes, ct);
    }

    /// <summary>POST of a body that the caller made, with a DPoP proof where there is one.</summary>
    public Task<FetchResult> PostAsync(Uri uri, HttpContent body, string accept, int maxBytes, CancellationToken ct, AuthenticationHeaderValue? authorization = null, string? dpop = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = body };
        request.Headers.Accept.ParseAdd(accept);
        request.Headers.Authorization = authorization;
        if (dpop is not null) request.Headers.TryAddWithoutValidation("DPoP", dpop);
        return SendAsync(request, maxBytes, ct);
    }

    /// <summary>Whether the scheme and the literal host may be fetched at all; the resolved address is checked again on connecting.</summary>
    public bool IsAllowed(Uri uri, out string reason)
    {
        reason = "";
        if (!uri.IsAbsoluteUri) reason = "The address is not absolute.";
        else if (uri.UserInfo.Length > 0) reason = "The address carries a user name.";
        else if (uri.Scheme == Uri.UriSchemeHttps) return true;
        else if (uri.Scheme == Uri.UriSchemeHttp && _options.AllowLoopback && uri.IsLoopback) return true;
        else reason = "Only https addresses are fetched.";
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<FetchResult> SendAsync(HttpRequestMessage request, int maxBytes, CancellationToken ct)
    {
        using (request)
        {
            if (!IsAllowed(request.RequestUri!, out var reason)) return new FetchResult.Refused(reason);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(_options.Timeout);
            try
            {
                using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
                if ((int)response.StatusCode is >= 300 and < 400 and not 304) return new FetchResult.Refused("The server redirects, which is not followed.");
                var body = await ReadAsync(response, maxBytes, limit.Token);
                return body is null
                    ? new FetchResult.Refused($"The answer is larger than {maxBytes} bytes.")
                    : new FetchResult.Answer((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, body, response.Headers.ETag?.ToString())
                    {
                        DpopNonce = response.Headers.TryGetValues("DPoP-Nonce", out var nonces) ? nonces.FirstOrDefault() : null,
                    };
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return new FetchResult.Refused($"No answer within {_options.Timeout.TotalSeconds:0} seconds.");
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
            {
                return new FetchResult.Refused(e.InnerException is AddressRefusedException refused ? refused.Message : "The server could not be reached.");
            }
        }
    }

    private static async Task<byte[]?> ReadAsync(HttpResponseMessage response, int maxBytes, CancellationToken ct)
    {
        if (response.Content.Headers.ContentLength > maxBytes) return null;
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, ct)) > 0;)
        {
            if (body.Length + read > maxBytes) return null;
            body.Write(buffer, 0, read);
        }
        return body.ToArray();
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        // Once: what is filtered here is what is connected to.
        var allowed = _options.Own is { } own && own.Is(context.DnsEndPoint.Host)
            ? [own.Resolve()]
            : (await Resolve(context.DnsEndPoint.Host, ct)).Where(IsPublicOrAllowed).ToArray();
        if (allowed.Length == 0) throw new AddressRefusedException();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsPublicOrAllowed(IPAddress address) => IPAddress.IsLoopback(Unmap(address)) ? _options.AllowLoopback : IsPublic(address);

    /// <summary>False for addresses that are loopback, private, link-local, shared, multicast, documentation or otherwise not of the public Internet, mapped forms included (RFC 6890).</summary>
    public static bool IsPublic(IPAddress address)
    {
        address = Unmap(address);
        if (IPAddress.IsLoopback(address)) return false;
        var b = address.GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return !(b[0] is 0 or 10 or 127 or >= 224
                || (b[0] == 100 && b[1] is >= 64 and < 128)
                || (b[0] == 169 && b[1] == 254)
                || (b[0] == 172 && b[1] is >= 16 and < 32)
                || (b[0] == 192 && b[1] == 168)
                || (b[0] == 192 && b[1] == 0 && b[2] is 0 or 2)
                || (b[0] == 192 && b[1] == 88 && b[2] == 99)
                || (b[0] == 198 && b[1] is 18 or 19)
                || (b[0] == 198 && b[1] == 51 && b[2] == 100)
                || (b[0] == 203 && b[1] == 0 && b[2] == 113));
        // Global unicast only (2000::/3, so no NAT64 and no mapped form), without documentation, 6to4, and 2001::/23, where Teredo embeds other addresses.
        return (b[0] & 0xE0) == 0x20
            && !(b[0] == 0x20 && b[1] == 0x02)
            && !(b[0] == 0x20 && b[1] == 0x01 && (b[2] & 0xFE) == 0)
            && !(b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8)
            && !(b[0] == 0x3f && b[1] == 0xFF && b[2] < 0x10);
    }

    private static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private sealed class AddressRefusedException() : IOException("The address is not on the public Internet.");
}
