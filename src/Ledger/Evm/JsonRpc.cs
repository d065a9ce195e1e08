using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Identity.Ledger.Evm;

/// <summary>A node's answer: a result, or an error with the data it carries.</summary>
internal sealed record RpcAnswer(JsonElement Result, int Code, string? Error, string? ErrorData)
{
    public bool IsError => Error is not null;

    /// <summary>Who answered.</summary>
    public Uri? From { get; init; }

    /// <summary>The error's text, cut off where a node says too much.</summary>
    public string ShortError => Error is { Length: > 200 } ? Error[..200] : Error ?? "";

    /// <summary>Nodes agree on the code -32000 and on no text; lower case, so that texts can be compared.</summary>
    public bool Says(params ReadOnlySpan<string> texts)
    {
        foreach (var text in texts) if (Error?.Contains(text, StringComparison.OrdinalIgnoreCase) == true) return true;
        return false;
    }
}

/// <summary>JSON-RPC 2.0 over HTTP: one request to one node, one answer.</summary>
internal sealed class JsonRpc(HttpClient http, TimeSpan timeLimit, TimeProvider clock)
{
    private const int MaxBytes = 32 * 1024 * 1024;

    private long _lastId;

    /// <summary>The node could not be asked, or did not answer in time: another node may, or the same one later.</summary>
    public static bool IsOutOfReach(Exception e, CancellationToken ct) =>
        !ct.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException;

    /// <exception cref="EvmException">The answer was none to this question.</exception>
    public async Task<RpcAnswer> AskAsync(Uri node, string method, JsonArray parameters, CancellationToken ct)
    {
        var id = Interlocked.Increment(ref _lastId);
        using var timeout = new CancellationTokenSource(timeLimit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        var body = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters.DeepClone() };
        using var request = new HttpRequestMessage(HttpMethod.Post, node) { Content = new StringContent(body.ToJsonString()) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
        if (response.StatusCode is HttpStatusCode.TooManyRequests || (int)response.StatusCode >= 500)
            throw new HttpRequestException($"HTTP {((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)}");
        if (response.Content.Headers.ContentLength > MaxBytes) throw Odd(method, "is too large");
        await using var stream = await response.Content.ReadAsStreamAsync(both.Token).ConfigureAwait(false);
        return Read(await ReadCappedAsync(stream, method, both.Token).ConfigureAwait(false), id, method);
    }

    private static async Task<byte[]> ReadCappedAsync(Stream stream, string method, CancellationToken ct)
    {
        using var copy = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
        {
            if (copy.Length + read > MaxBytes) throw Odd(method, "is too large");
            copy.Write(buffer, 0, read);
        }
        return copy.ToArray();
    }

    private static RpcAnswer Read(byte[] bytes, long id, string method)
    {
        var root = RpcRead.Json(bytes, method);
        if (root.ValueKind != JsonValueKind.Object) throw Odd(method, "is not an object");
        if (!root.TryGetProperty("id", out var answered) || answered.ValueKind != JsonValueKind.Number || !answered.TryGetInt64(out var number) || number != id)
            throw Odd(method, "belongs to another request");
        if (root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
        {
            var code = error.TryGetProperty("code", out var c) && c.ValueKind == JsonValueKind.Number && c.TryGetInt32(out var value) ? value : 0;
            return new RpcAnswer(default, code, Text(error, "message") ?? "", Text(error, "data"));
        }
        return root.TryGetProperty("result", out var result) ? new RpcAnswer(result, 0, null, null) : throw Odd(method, "has neither result nor error");
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static EvmException Odd(string method, string fault) => new($"The ledger node's answer to {method} {fault}.");
}
