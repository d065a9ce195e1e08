using Identity.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Verifier.Registration;

/// <summary>An operator's key.</summary>
/// <param name="Key">As the command <c>desk-key</c> showed it.</param>
public sealed record DeskSignIn(string? Key);

/// <summary>The registered desk as its page shows it.</summary>
/// <param name="Operator">Who is signed in.</param>
/// <param name="Name">As registered; the setting's name while there is no registration.</param>
/// <param name="Registered">Whether a registration is in force. Wallets refuse the desk while it is not.</param>
/// <param name="Authority">Who registered it.</param>
/// <param name="Until">When the registration ends.</param>
/// <param name="Purposes">What may be asked.</param>
public sealed record DeskView(string Operator, string Name, bool Registered, string? Authority, DateTimeOffset? Until, IReadOnlyList<DeskPurpose> Purposes);

/// <summary>A purpose with its words per language and the claims of each type.</summary>
public sealed record DeskPurpose(string Id, IReadOnlyDictionary<string, string> Text, IReadOnlyDictionary<string, IReadOnlyList<string>> Asks);

/// <summary>Signing in to the desk and what it may ask.</summary>
public static class DeskEndpoints
{
    /// <summary>Maps <c>POST</c> and <c>DELETE /api/desk/session</c> and <c>GET /api/desk</c>.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/api/desk/session", SignIn).RequireRateLimiting(Limits.Secrets).WithMetadata(new BodyLimit(4 * 1024))
            .WithName("SignInToDesk").WithTags("Desk").WithSummary("Signs an operator of the registered verifier in, with a cookie for eight hours.")
            .ProducesProblem(401).ProducesProblem(404).ProducesProblem(429);
        app.MapDelete("/api/desk/session", (HttpContext http) => { DeskOperators.SignOut(http); return TypedResults.NoContent(); })
            .WithName("SignOutOfDesk").WithTags("Desk").WithSummary("Signs this browser out.");
        app.MapGet("/api/desk", Get).WithName("GetDesk").WithTags("Desk").WithSummary("The registration of the desk and what it may ask.")
            .ProducesProblem(401).ProducesProblem(404);
    }

    /// <summary>The desk's identity for a signed-in operator; else the problem that says why not.</summary>
    internal static AskingIdentity? Enter(HttpContext http, AskingIdentities identities, DeskOperators operators, out ProblemHttpResult? problem) =>
        Enter(http, identities, operators, out _, out problem);

    private static AskingIdentity? Enter(HttpContext http, AskingIdentities identities, DeskOperators operators, out string? name, out ProblemHttpResult? problem)
    {
        name = operators.Find(http);
        problem = identities.Desk is null ? NoDesk() : name is null ? NotSignedIn() : null;
        return problem is null ? identities.Desk : null;
    }

    private static Results<NoContent, ProblemHttpResult> SignIn(DeskSignIn body, HttpContext http, AskingIdentities identities, DeskOperators operators)
    {
        if (identities.Desk is null) return NoDesk();
        return operators.SignIn(http, body.Key?.Trim()) ? TypedResults.NoContent() : NotSignedIn();
    }

    private static Results<Ok<DeskView>, ProblemHttpResult> Get(HttpContext http, AskingIdentities identities, DeskOperators operators, OwnRegistration own)
    {
        if (Enter(http, identities, operators, out var name, out var problem) is not { } desk) return problem!;
        var found = own.Find(desk);
        return TypedResults.Ok(new DeskView(name!, found?.Registration.Profile.Name ?? desk.Name, found is not null, found?.Authority, found?.Registration.Until,
            [.. found?.Registration.Profile.Purposes.Select(purpose => new DeskPurpose(purpose.Id, purpose.Text, purpose.Asks.ToDictionary(ask => ask.Type, ask => ask.Claims))) ?? []]));
    }

    private static ProblemHttpResult NoDesk() => TypedResults.Problem("This service has no desk of a registered verifier (Verifier:Desk:Name).", statusCode: 404, title: "No desk");

    private static ProblemHttpResult NotSignedIn() => TypedResults.Problem("Give the key of an operator of this desk.", statusCode: 401, title: "Not signed in");
}
