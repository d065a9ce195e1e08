using System.Text.Json.Nodes;
using Identity.Hosting;
using Identity.Issuer.Authorization;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Issuance;

/// <summary>The credential endpoint (OpenID4VCI 1.0, 8).</summary>
internal static class CredentialEndpoint
{
    public const int MaxBody = 64 * 1024;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/{org}/credential", HandleAsync).RequireCors(Cors.Open).RequireRateLimiting(Limits.Work).DisableAntiforgery().ExcludeFromDescription();

    private static async Task<IResult> HandleAsync(
        string org, HttpContext http, OrganisationDirectory organisations, ProtectedRequest reader, IssuerDb db, Nonces nonces, IssueCopies issue, TimeProvider clock, CancellationToken ct)
    {
        if (organisations.Find(org) is not { } organisation) return Results.Problem(statusCode: 404, title: "No such organisation");
        var read = await reader.ReadAsync(http, organisation, "credential", "invalid_credential_request", mayBeEncrypted: true, ct);
        if (read is not Sent.Good(var token, var json, var encrypted)) return ((Sent.Bad)read).Answer;
        if (CredentialRequest.Read(json, encrypted, organisation, token, out var error) is not { } request) return Error(error!);
        var expected = new ProofExpectation(organisation, request.Format, token.ClientId, clock.GetUtcNow());
        if (ProofCheck.Run(request.Proofs, expected, nonces, out error) is not { } proofs) return Error(error!);

        // 8.3.1.1: a token that does not reach this credential is a fault of the token.
        var type = await db.Credentials.Where(c => c.Id == token.CredentialId).Select(c => c.Type).SingleAsync(ct);
        if (type != request.Type.Name || !token.Covers(request.ConfigurationId)) return AccessCheck.Forbidden(http, token);
        return Answer(await issue.RunAsync(organisation, token, request, proofs, ct), request.Encryption);
    }

    /// <summary>The answer of 8.3 and 9.2.</summary>
    public static IResult Answer(Collection collection, ResponseEncryption? encryption) => collection switch
    {
        Collection.Handed handed => MessageEncryption.Answer(200, new JsonObject
        {
            ["credentials"] = new JsonArray([.. handed.Credentials.Select(c => new JsonObject { ["credential"] = c })]),
            ["notification_id"] = handed.NotificationId,
        }, encryption),
        Collection.Deferred deferred => MessageEncryption.Answer(202, new JsonObject
        {
            ["transaction_id"] = deferred.TransactionId, ["interval"] = (int)DeferredIssue.Interval.TotalSeconds,
        }, encryption),
        Collection.Refused refused => Error(refused.Error),
        _ => throw new InvalidOperationException("A request is answered, deferred or refused."),
    };

    /// <summary>An error of 8.3.1.2: JSON, never encrypted.</summary>
    public static IResult Error(RequestError error) =>
        OAuthForm.Json(400, new JsonObject { ["error"] = error.Code, ["error_description"] = ErrorText.Ascii(error.Description) });
}
