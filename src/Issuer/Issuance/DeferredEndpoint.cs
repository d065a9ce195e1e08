using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Organisations;

namespace Identity.Issuer.Issuance;

/// <summary>The deferred credential endpoint (OpenID4VCI 1.0, 9). The answer is encrypted as this request says, whatever the first one said.</summary>
internal static class DeferredEndpoint
{
    private const int MaxLength = 200;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/{org}/deferred-credential", HandleAsync).RequireCors(Cors.Open).RequireRateLimiting(Limits.Work).DisableAntiforgery().ExcludeFromDescription();

    private static async Task<IResult> HandleAsync(string org, HttpContext http, OrganisationDirectory organisations, ProtectedRequest reader, CollectDeferred collect, CancellationToken ct)
    {
        if (organisations.Find(org) is not { } organisation) return Results.Problem(statusCode: 404, title: "No such organisation");
        var read = await reader.ReadAsync(http, organisation, "deferred-credential", "invalid_credential_request", mayBeEncrypted: true, ct);
        if (read is not Sent.Good(var token, var json, var encrypted)) return ((Sent.Bad)read).Answer;
        var encryption = MessageEncryption.Read(json, encrypted, out var error);
        if (error is not null) return CredentialEndpoint.Error(error);
        if (StrictJson.Text(json["transaction_id"]) is not { Length: > 0 and <= MaxLength } transaction)
            return CredentialEndpoint.Error(RequestError.Malformed("transaction_id is missing or not a text."));
        return CredentialEndpoint.Answer(await collect.RunAsync(organisation, token, transaction, ct), encryption);
    }
}
