using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Issuer.Authorization;
using Identity.Issuer.Organisations;

namespace Identity.Issuer.Issuance;

/// <summary>What was sent to an endpoint that an access token opens.</summary>
internal abstract record Sent
{
    private Sent() { }

    /// <summary>A good token and a JSON object.</summary>
    public sealed record Good(AccessToken Token, JsonObject Json, bool Encrypted) : Sent;

    /// <summary>The answer that says what is wrong.</summary>
    public sealed record Bad(IResult Answer) : Sent;
}

/// <summary>Reads such a request: the token, then the body, encrypted or not.</summary>
internal sealed class ProtectedRequest(AccessCheck access, MessageEncryption encryption)
{
    /// <summary>Reads; <paramref name="malformed"/> is the error code of this endpoint for a body that is no JSON object.</summary>
    public async Task<Sent> ReadAsync(HttpContext http, Organisation organisation, string endpoint, string malformed, bool mayBeEncrypted, CancellationToken ct)
    {
        var answer = await access.RunAsync(http, organisation, endpoint, ct);
        if (answer is not Access.Granted(var token)) return new Sent.Bad(((Access.Refused)answer).Answer);

        var encrypted = mayBeEncrypted && IsEncrypted(http.Request.ContentType);
        if (!encrypted && !http.Request.HasJsonContentType()) return Bad(malformed, mayBeEncrypted ? "Send application/json, or application/jwt for an encrypted request." : "Send application/json.");
        if (await ReadAsync(http.Request, ct) is not { } bytes) return Bad(malformed, "The request is too large.");
        if (encryption.Open(organisation, bytes, encrypted, out var error) is not { } body) return Bad(error!.Code, error.Description);
        return StrictJson.TryParseObject(body, out var json, out var reason) ? new Sent.Good(token, json, encrypted) : Bad(malformed, $"The body must be a JSON object: {reason}.");
    }

    private static Sent.Bad Bad(string code, string description) => new(CredentialEndpoint.Error(new RequestError(code, description)));

    private static bool IsEncrypted(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && string.Equals(type.MediaType, MessageEncryption.MediaType, StringComparison.OrdinalIgnoreCase);

    private static async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > CredentialEndpoint.MaxBody) return null;
        using var body = new MemoryStream();
        var buffer = new byte[8 * 1024];
        for (int read; (read = await request.Body.ReadAsync(buffer, ct)) > 0;)
        {
            if (body.Length + read > CredentialEndpoint.MaxBody) return null;
            body.Write(buffer, 0, read);
        }
        return body.ToArray();
    }
}
