using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Hosting;
using Microsoft.Extensions.Options;

namespace Identity.Issuer.Recognition;

/// <summary>What the verifier says of a question.</summary>
public abstract record Answering
{
    private Answering() { }

    /// <summary>Nobody has answered yet.</summary>
    public sealed record Waiting : Answering;

    /// <summary>It ended without an answer: time over, refused, or forgotten by the verifier.</summary>
    public sealed record Ended : Answering;

    /// <summary>The verdict on the one credential that was shown, and where its status can be looked at again; null where it names no place.</summary>
    public sealed record Answered(JsonObject Verdict, StatusPlace? Status) : Answering;

    /// <summary>The verifier cannot be reached; nothing is known.</summary>
    public sealed record Unreachable(string Why) : Answering;
}

/// <summary>What is known of a qualification's status, and as of when the issuer's list said so; null where no list could be had.</summary>
public sealed record StatusLook(QualificationStatus Status, DateTimeOffset? AsOf);

/// <summary>
/// The verifier of the recognition body's own choice, over HTTP as any browser would use it. It is configured (<c>Recognition:Verifier</c>), never
/// named by anybody from outside.
/// </summary>
public sealed class VerifierClient(HttpClient http, IConfiguration configuration)
{
    private const string Cookie = "identity-verifier";
    private const int MaxAnswer = 512 * 1024;

    /// <summary>The verifier's address without a slash at the end, or null where none is configured.</summary>
    public string? Address { get; } = configuration["Recognition:Verifier"]?.TrimEnd('/');

    /// <summary>Asks for a qualification by the template <c>evaluation</c>; null with the reason where the verifier does not take the question.</summary>
    public async Task<(AskedQuestion? Question, string Why)> AskAsync(string language, CancellationToken ct)
    {
        if (Address is null) return (null, "Set Recognition:Verifier to the address of a verifier.");
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{Address}/api/requests")
            {
                Content = JsonContent.Create(new JsonObject { ["template"] = "evaluation", ["flow"] = "cross_device", ["language"] = language }),
            };
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            var answer = await BodyAsync(response, ct);
            var session = response.Headers.TryGetValues("Set-Cookie", out var cookies)
                ? cookies.Select(c => c.Split(';')[0]).FirstOrDefault(c => c.StartsWith(Cookie + "=", StringComparison.Ordinal))?[(Cookie.Length + 1)..] : null;
            if (!response.IsSuccessStatusCode || session is null) return (null, Text(answer, "detail") ?? $"The verifier answered {(int)response.StatusCode}.");
            if (Text(answer, "id") is not { } id || Text(answer, "link") is not { } link || !DateTimeOffset.TryParse(Text(answer, "expiresAt"), CultureInfo.InvariantCulture, out var expires))
                return (null, "The verifier's answer cannot be read.");
            var wallet = (answer["walletLinks"] as JsonArray)?.OfType<JsonObject>().Select(w => Text(w, "url")).FirstOrDefault();
            return (new AskedQuestion(id, session, link, wallet, expires), "");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return (null, $"The verifier at {Address} cannot be reached.");
        }
    }

    /// <summary>Asks what became of a question.</summary>
    public async Task<Answering> ReadAsync(AskedQuestion question, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{Address}/api/requests/{Uri.EscapeDataString(question.Id)}");
            request.Headers.Add("Cookie", $"{Cookie}={question.Session}");
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            if (response.StatusCode == System.Net.HttpStatusCode.NotFound) return new Answering.Ended();
            var answer = await BodyAsync(response, ct);
            if (!response.IsSuccessStatusCode) return new Answering.Unreachable($"The verifier answered {(int)response.StatusCode}.");
            return Text(answer, "state") switch
            {
                "answered" when (answer["verdicts"] as JsonArray) is [JsonObject only] && only["verdict"] is JsonObject verdict => new Answering.Answered(verdict, Place(only["status"])),
                "answered" or "expired" or "refused" => new Answering.Ended(),
                _ => new Answering.Waiting(),
            };
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return new Answering.Unreachable($"The verifier at {Address} cannot be reached.");
        }
    }

    /// <summary>Looks at a status again. Whatever goes wrong on the way is <see cref="QualificationStatus.Unknown"/>.</summary>
    public async Task<StatusLook> LookAsync(string issuer, StatusPlace place, CancellationToken ct)
    {
        var unknown = new StatusLook(QualificationStatus.Unknown, null);
        if (Address is null) return unknown;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{Address}/api/status")
            {
                Content = JsonContent.Create(new JsonObject { ["issuer"] = issuer, ["uri"] = place.Uri, ["index"] = place.Index }),
            };
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            if (!response.IsSuccessStatusCode) return unknown;
            var answer = await BodyAsync(response, ct);
            var status = Text(answer, "reason") switch
            {
                "valid" => QualificationStatus.InForce,
                "revoked" => QualificationStatus.Revoked,
                "suspended" => QualificationStatus.Suspended,
                _ => QualificationStatus.Unknown,
            };
            return DateTimeOffset.TryParse(Text(answer, "asOf"), CultureInfo.InvariantCulture, out var asOf) && status is not QualificationStatus.Unknown ? new StatusLook(status, asOf) : unknown;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return unknown;
        }
    }

    private static StatusPlace? Place(JsonNode? status) =>
        status is JsonObject place && Text(place, "uri") is { } uri && place["index"] is JsonValue number && number.TryGetValue<long>(out var index) ? new StatusPlace(uri, index) : null;

    private static async Task<JsonObject> BodyAsync(HttpResponseMessage response, CancellationToken ct)
    {
        await response.Content.LoadIntoBufferAsync(MaxAnswer, ct);
        var bytes = await response.Content.ReadAsByteArrayAsync(ct);
        return bytes.Length == 0 ? [] : JsonNode.Parse(bytes) as JsonObject ?? throw new JsonException("The answer is no object.");
    }

    private static string? Text(JsonObject json, string name) => json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

/// <summary>What the recognition pages and their API need.</summary>
internal static class RecognitionServices
{
    public static void AddRecognition(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<EvaluateQualification>();
        // The address is the operator's own setting, so that a verifier inside the house can be asked too.
        builder.Services.AddHttpClient<VerifierClient>(http => http.Timeout = TimeSpan.FromSeconds(10)).ConfigurePrimaryHttpMessageHandler(services =>
        {
            var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false };
            if (services.GetRequiredService<IOptions<OutboundOptions>>().Value.Own is not { } own) return handler;
            handler.SslOptions = own.Tls();
            handler.ConnectCallback = async (context, ct) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                if (own.Is(context.DnsEndPoint.Host)) await socket.ConnectAsync(own.Resolve(), context.DnsEndPoint.Port, ct);
                else await socket.ConnectAsync(context.DnsEndPoint, ct);
                return new NetworkStream(socket, ownsSocket: true);
            };
            return handler;
        });
    }
}
