using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Hosting;

namespace Identity.Wallet.Holder;

/// <summary>JSON over the outbound guard: every answer is parsed strictly and every refusal keeps its protocol code.</summary>
internal sealed class HolderJson(OutboundFetch fetch)
{
    private const int MaxBytes = 1024 * 1024;

    public async Task<(JsonObject? Json, HolderRefusal? Refusal)> GetAsync(string uri, CancellationToken ct) =>
        Read(Uri.TryCreate(uri, UriKind.Absolute, out var address)
            ? await fetch.GetAsync(address, "application/json", MaxBytes, ct)
            : new FetchResult.Refused("The address is not absolute."));

    public async Task<(JsonObject? Json, HolderRefusal? Refusal)> PostAsync(string uri, JsonObject body, string? bearer, CancellationToken ct)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return await PostAsync(uri, content, bearer, ct);
    }

    public async Task<(JsonObject? Json, HolderRefusal? Refusal)> PostFormAsync(string uri, IEnumerable<KeyValuePair<string, string>> form, CancellationToken ct)
    {
        using var content = new FormUrlEncodedContent(form);
        return await PostAsync(uri, content, null, ct);
    }

    private async Task<(JsonObject? Json, HolderRefusal? Refusal)> PostAsync(string uri, HttpContent content, string? bearer, CancellationToken ct) =>
        Read(Uri.TryCreate(uri, UriKind.Absolute, out var address)
            ? await fetch.PostAsync(address, content, "application/json", MaxBytes, ct, bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer))
            : new FetchResult.Refused("The address is not absolute."));

    public static (JsonObject? Json, HolderRefusal? Refusal) Read(FetchResult result)
    {
        if (result is FetchResult.Refused refused) return (null, new HolderRefusal("unreachable", refused.Reason));
        var answer = (FetchResult.Answer)result;
        if (answer.IsSuccess && answer.Body.Length == 0) return ([], null);
        var parsed = StrictJson.TryParseObject(answer.Body, out var json, out var reason);
        if (answer.IsSuccess) return parsed ? (json, null) : (null, new HolderRefusal("malformed", reason));
        var code = StrictJson.Text(json?["error"]) ?? $"http_{answer.Status}";
        return (null, new HolderRefusal(code, StrictJson.Text(json?["error_description"]) ?? StrictJson.Text(json?["detail"]) ?? $"The server answered {answer.Status}."));
    }
}

/// <summary>Why a step of the holder did not happen: the protocol's error code where there is one, and a sentence.</summary>
public sealed record HolderRefusal(string Code, string Reason);
