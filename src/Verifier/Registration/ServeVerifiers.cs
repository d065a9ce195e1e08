using Identity.Hosting;
using Identity.Verifier.Trust;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Verifier.Registration;

/// <summary>One registration of a verifier, ended ones too: by whom a key was vouched for, and when.</summary>
/// <param name="Name">As the authority registered it.</param>
/// <param name="Country">Two capital letters.</param>
/// <param name="Demonstration">It is fictional.</param>
/// <param name="Keys">Thumbprints (RFC 7638) of the keys that sign its questions and receipts.</param>
/// <param name="Authority">Name of the organisation that registered it; empty where the ledger does not know it.</param>
/// <param name="From">From then on.</param>
/// <param name="Until">The first second it no longer holds, withdrawn or run out.</param>
public sealed record RegisteredVerifier(string Name, string Country, bool Demonstration, IReadOnlyList<string> Keys, string Authority, DateTime From, DateTime Until);

/// <summary>The register of verifiers as this service read it from the ledger.</summary>
/// <param name="ReadAt">When the ledger was last read: of what came later it says nothing.</param>
/// <param name="Verifiers">In the order they were registered: of two with one key the first counts.</param>
public sealed record VerifierRegisterView(DateTime ReadAt, IReadOnlyList<RegisteredVerifier> Verifiers);

/// <summary>Hands the register of verifiers to whoever reads receipts on a device: all of it, so that nobody learns whose receipt is read. Public and the same for everybody.</summary>
public static class ServeVerifiers
{
    /// <summary>Maps <c>GET /trust/verifiers</c>.</summary>
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/trust/verifiers", Handle).RequireCors(Cors.Open).RequireRateLimiting(Limits.Work)
            .WithName("GetVerifiers").WithTags("Trust pack").WithSummary("Every registration of a verifier on the ledger, ended ones too: whose key signed a receipt.")
            .ProducesProblem(429).ProducesProblem(503);

    private static Results<Ok<VerifierRegisterView>, ProblemHttpResult> Handle(HttpContext http, RegistrationSource source, LedgerSource ledger)
    {
        if (ledger.View.State.HeadTime is not { } head)
        {
            http.Response.Headers.RetryAfter = "10";
            return TypedResults.Problem("Ask again in a few seconds.", statusCode: 503, title: "The ledger has not been read yet");
        }
        http.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Ok(new VerifierRegisterView(head.UtcDateTime, [.. source.All().Select(found => View(found.Registration, found.Authority))]));
    }

    internal static RegisteredVerifier View(Ledger.Registry.VerifierRegistration registration, string authority)
    {
        var profile = registration.Profile;
        var until = registration.WithdrawnAt is { } withdrawn && withdrawn < registration.Until ? withdrawn : registration.Until;
        return new RegisteredVerifier(profile.Name, profile.Country, profile.Demonstration, profile.Keys, authority, registration.From.UtcDateTime, until.UtcDateTime);
    }
}
