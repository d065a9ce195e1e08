using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Identity.Credentials.Compact;
using Identity.Credentials.Verifiers;
using Identity.Hosting;
using Identity.Verifier.Policies;
using Identity.Verifier.Receipts;
using Identity.Verifier.Registration;
using Identity.Verifier.Sessions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Verifier.Scan;

/// <summary>What the screen asks: a template by name, or chosen claims of a type.</summary>
public sealed record ChallengeBody
{
    /// <summary>Name of a template.</summary>
    public string? Template { get; init; }

    /// <summary>Name or <c>vct</c> of a credential type whose claims are chosen.</summary>
    public string? Type { get; init; }

    /// <summary>Chosen claims that are needed.</summary>
    public IReadOnlyList<string>? Required { get; init; }

    /// <summary>Chosen claims that the holder may refuse.</summary>
    public IReadOnlyList<string>? Optional { get; init; }

    /// <summary>Why it is asked, shown to the holder; 1 to 80 characters. A template brings its own.</summary>
    public string? Purpose { get; init; }

    /// <summary>At a desk: the registered purpose.</summary>
    [JsonPropertyName("purpose_id")]
    public string? PurposeId { get; init; }

    /// <summary>Language of a template's purpose, <c>en</c> by default.</summary>
    public string? Language { get; init; }
}

/// <summary>A challenge ready to be shown.</summary>
/// <param name="Id">Secret: answers it, together with this browser's cookie.</param>
/// <param name="Text">The challenge as the QR carries it, <c>IDC:…</c>.</param>
/// <param name="Qr">The same as SVG.</param>
/// <param name="ExpiresAt">When it can no longer be answered.</param>
/// <param name="ExpiresIn">Seconds until then, for whoever has another time of day.</param>
public sealed record CreatedChallenge(string Id, string Text, string Qr, DateTimeOffset ExpiresAt, int ExpiresIn);

/// <summary>Makes a signed challenge for the screen; the phone answers with a QR.</summary>
public static class CreateChallenge
{
    /// <summary>Maps <c>POST /api/challenges</c> for the public page and <c>POST /api/desk/challenges</c> for a registered desk.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/api/challenges", OnPublicPage).RequireRateLimiting(Limits.Work).WithMetadata(new BodyLimit(16 * 1024))
            .WithName("CreateChallenge").WithTags("Scan").WithSummary("Makes a signed challenge to show as a QR, by the questions of the public page only.")
            .ProducesProblem(400).ProducesProblem(403).ProducesProblem(413).ProducesProblem(429).ProducesProblem(503);
        app.MapPost("/api/desk/challenges", AtDesk).RequireRateLimiting(Limits.Work).WithMetadata(new BodyLimit(16 * 1024))
            .WithName("CreateDeskChallenge").WithTags("Desk").WithSummary("Makes a challenge in the name of the registered verifier, within one of its purposes.")
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(413).ProducesProblem(429).ProducesProblem(503);
    }

    private static Results<Created<CreatedChallenge>, ProblemHttpResult> OnPublicPage(
        ChallengeBody body, HttpContext http, ChallengeStore store, AskingIdentities identities, VerifierSettings settings, TimeProvider clock) =>
        Refused.OnPublicPage(body.Template, body.Type is not null) is { } refused ? refused : Create(body, identities.PublicPage, null, http, store, settings, clock);

    private static Results<Created<CreatedChallenge>, ProblemHttpResult> AtDesk(
        ChallengeBody body, HttpContext http, ChallengeStore store, AskingIdentities identities, DeskOperators operators, OwnRegistration own, VerifierSettings settings, TimeProvider clock)
    {
        if (DeskEndpoints.Enter(http, identities, operators, out var problem) is not { } desk) return problem!;
        return Refused.AtDesk(own.Find(desk)?.Registration, body.PurposeId, out var purpose) is { } refused ? refused : Create(body, desk, purpose, http, store, settings, clock);
    }

    private static Results<Created<CreatedChallenge>, ProblemHttpResult> Create(
        ChallengeBody body, AskingIdentity asker, VerifierPurpose? purpose, HttpContext http, ChallengeStore store, VerifierSettings settings, TimeProvider clock)
    {
        if (!TryAsk(body, purpose, out var question, out var reason) || !TryKeys(question.Credentials[0], out var required, out var optional, out reason))
            return TypedResults.Problem(reason, statusCode: 400, title: "This cannot be asked by QR");

        var asked = question.Credentials[0];
        if (purpose is not null && asked.Required.Concat(asked.Optional).FirstOrDefault(claim => !purpose.Covers(asked.Type.Vct, claim)) is { } beyond) return Refused.Beyond(purpose, $"{beyond} of {asked.Type.Vct}");
        var now = clock.GetUtcNow();
        CompactChallenge compact;
        try
        {
            compact = CompactChallenge.Create(RandomNumberGenerator.GetBytes(16), now.ToUnixTimeSeconds(), asked.Type.Vct, required, optional, question.Purpose, asker.Name, asker.Keys.Challenge, purpose?.Id ?? question.Template);
        }
        catch (ArgumentException)
        {
            return TypedResults.Problem("The question is too long for a QR. Ask for fewer claims, or shorten the purpose.", statusCode: 400, title: "This cannot be asked by QR");
        }

        var challenge = new Challenge(compact, asked, Inquiry.Of(asker, question.Purpose, asked), question.Template, BrowserSession.Ensure(http), clock.GetTimestamp());
        if (!store.TryAdd(challenge)) return TypedResults.Problem("Too many challenges are open. Try again in a minute.", statusCode: 503, title: "Busy");
        return TypedResults.Created($"/api/challenges/{challenge.Id}", new CreatedChallenge(challenge.Id, compact.Text, QrImage.Svg(compact.Text), now + settings.ChallengeLifetime, (int)settings.ChallengeLifetime.TotalSeconds));
    }

    private static bool TryAsk(ChallengeBody body, VerifierPurpose? purpose, [NotNullWhen(true)] out Question? question, out string reason)
    {
        question = null;
        reason = "";
        if (body.Template is not null == body.Type is not null) reason = "Give either template or type.";
        else if (body.Type is not null) return Question.TryChoose(body.Type, body.Required, body.Optional, body.Purpose ?? Question.Shorten(purpose?.TextFor(body.Language ?? "en")), out question, out reason);
        else if (Template.Find(body.Template) is not { } template) reason = "There is no template of this name.";
        else if (template.Credentials.Count != 1) reason = "This question needs several credentials and cannot be asked by one QR.";
        else question = template.Ask(body.Language ?? "en");
        return question is not null;
    }

    // A claim without a place in the QR cannot be required there; an optional one is simply not asked.
    internal static bool TryKeys(AskedCredential asked, out int[] required, out int[] optional, out string reason)
    {
        required = [.. asked.Required.Select(name => asked.Type.Claim(name)!).Where(claim => claim.Qr is not null).Select(claim => claim.Key)];
        optional = [.. asked.Optional.Select(name => asked.Type.Claim(name)!).Where(claim => claim.Qr is not null).Select(claim => claim.Key)];
        var missing = asked.Required.FirstOrDefault(name => asked.Type.Claim(name)!.Qr is null);
        reason = missing is null ? "" : $"The claim {missing} is not carried by QR codes. Ask for it online.";
        return missing is null;
    }
}
