using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Identity.Credentials.Dcql;
using Identity.Credentials.Jose;
using Identity.Credentials.Verifiers;
using Identity.Hosting;
using Identity.Verifier.Policies;
using Identity.Verifier.Registration;
using Identity.Verifier.Sessions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Verifier.Presentations;

/// <summary>What to ask: a template by name, or chosen claims of a type, or a DCQL query; exactly one of the three.</summary>
public sealed record RequestBody
{
    /// <summary>Name of a template.</summary>
    public string? Template { get; init; }

    /// <summary>Name or <c>vct</c> of a credential type whose claims are chosen.</summary>
    public string? Type { get; init; }

    /// <summary>Chosen claims that are needed.</summary>
    public IReadOnlyList<string>? Required { get; init; }

    /// <summary>Chosen claims that the holder may refuse; at most four.</summary>
    public IReadOnlyList<string>? Optional { get; init; }

    /// <summary>A DCQL query (OpenID4VP 1.0, section 6) for <c>dc+sd-jwt</c> credentials.</summary>
    [JsonPropertyName("dcql_query"), JsonConverter(typeof(StrictObject))]
    public JsonObject? DcqlQuery { get; init; }

    /// <summary>Why it is asked, shown to the holder; 1 to 80 characters. A template brings its own.</summary>
    public string? Purpose { get; init; }

    /// <summary>Where the wallet is.</summary>
    public Flow Flow { get; init; } = Flow.CrossDevice;

    /// <summary><c>direct_post.jwt</c> (default, encrypted) or <c>direct_post</c>.</summary>
    [JsonPropertyName("response_mode")]
    public string? ResponseMode { get; init; }

    /// <summary>At a desk: the registered purpose, which the wallet shows in the holder's language and whose claims are the most that can be asked.</summary>
    [JsonPropertyName("purpose_id")]
    public string? PurposeId { get; init; }

    /// <summary>Language of a template's purpose, <c>en</c> by default.</summary>
    public string? Language { get; init; }
}

/// <summary>A request ready to be shown.</summary>
/// <param name="Id">Secret transaction id: asks for the result, together with this browser's cookie.</param>
/// <param name="RequestUri">Where wallets fetch the signed request; absent where the link carries the whole request.</param>
/// <param name="ClientId">How the verifier names itself.</param>
/// <param name="Link"><c>openid4vp://</c> link for an installed wallet.</param>
/// <param name="WalletLinks">Links that open a wallet on the web.</param>
/// <param name="Qr">The link as a QR code, SVG.</param>
/// <param name="ExpiresAt">When it can no longer be answered.</param>
public sealed record CreatedRequest(string Id, string? RequestUri, string ClientId, string Link, IReadOnlyList<WalletLink> WalletLinks, string Qr, DateTimeOffset ExpiresAt);

/// <summary>Asks for a proof: makes the request that a wallet will fetch.</summary>
public static class CreateRequest
{
    /// <summary>Maps <c>POST /api/requests</c> for the public page and <c>POST /api/desk/requests</c> for a registered desk.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/api/requests", OnPublicPage).RequireRateLimiting(Limits.Work).WithMetadata(new BodyLimit(32 * 1024))
            .WithName("CreateRequest").WithTags("Requests").WithSummary("Asks for a proof by link or QR (OpenID4VP 1.0), by the questions of the public page only.")
            .ProducesProblem(400).ProducesProblem(403).ProducesProblem(413).ProducesProblem(429).ProducesProblem(503);
        app.MapPost("/api/desk/requests", AtDesk).RequireRateLimiting(Limits.Work).WithMetadata(new BodyLimit(32 * 1024))
            .WithName("CreateDeskRequest").WithTags("Desk").WithSummary("Asks in the name of the registered verifier, within one of its purposes.")
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(413).ProducesProblem(429).ProducesProblem(503);
    }

    private static Results<Created<CreatedRequest>, ProblemHttpResult> OnPublicPage(
        RequestBody body, HttpContext http, PresentationStore store, RequestObject requests, AskingIdentities identities, VerifierSettings settings, TimeProvider clock) =>
        Refused.OnPublicPage(body.Template, body.Type is not null || body.DcqlQuery is not null) is { } refused ? refused : Create(body, identities.PublicPage, null, http, store, requests, settings, clock);

    private static Results<Created<CreatedRequest>, ProblemHttpResult> AtDesk(
        RequestBody body, HttpContext http, PresentationStore store, RequestObject requests, AskingIdentities identities, DeskOperators operators, OwnRegistration own, VerifierSettings settings, TimeProvider clock)
    {
        if (DeskEndpoints.Enter(http, identities, operators, out var problem) is not { } desk) return problem!;
        return Refused.AtDesk(own.Find(desk)?.Registration, body.PurposeId, out var purpose) is { } refused ? refused : Create(body, desk, purpose, http, store, requests, settings, clock);
    }

    private static Results<Created<CreatedRequest>, ProblemHttpResult> Create(
        RequestBody body, AskingIdentity asker, VerifierPurpose? purpose, HttpContext http, PresentationStore store, RequestObject requests, VerifierSettings settings, TimeProvider clock)
    {
        if (!TryAsk(body, purpose, out var question, out var dcql, out var reason)) return Refuse(reason);
        if (!DcqlQuery.TryParse(dcql, out var query, out reason)) return Refuse($"dcql_query: {reason}");
        if (purpose is not null && OwnRegistration.Beyond(purpose, query) is { } beyond) return Refused.Beyond(purpose, beyond);
        if (!TryMode(body.ResponseMode, out var mode)) return Refuse("response_mode is direct_post.jwt or direct_post.");

        var presentation = new Presentation(asker, question, dcql, query, body.Flow, mode, BrowserSession.Ensure(http), clock.GetTimestamp(), clock.GetUtcNow() + settings.RequestLifetime);
        var parameters = requests.LinkQuery(presentation);
        var link = $"openid4vp://?{parameters}";
        if (link.Length > QrImage.MaxBytes)
        {
            presentation.Dispose();
            return Refuse("The question is too long for a QR code. Ask for less, or sign requests (Verifier:ClientId).");
        }
        if (!store.TryAdd(presentation))
        {
            presentation.Dispose();
            return TypedResults.Problem("Too many requests are open. Try again in a minute.", statusCode: 503, title: "Busy");
        }

        return TypedResults.Created($"/api/requests/{presentation.TransactionId}", new CreatedRequest(
            presentation.TransactionId,
            requests.IsSigned ? requests.RequestUri(presentation) : null,
            requests.ClientId(presentation),
            link,
            [.. settings.Wallets.Select(wallet => wallet with { Url = $"{new Uri(wallet.Url).AbsoluteUri}#present?{parameters}" })],
            QrImage.Svg(link),
            presentation.ExpiresAt));
    }

    private static bool TryAsk(RequestBody body, VerifierPurpose? purpose, [NotNullWhen(true)] out Question? question, [NotNullWhen(true)] out JsonObject? dcql, out string reason)
    {
        question = null;
        dcql = null;
        reason = "";
        // At a desk the registered words stand in where none of its own are given.
        var words = body.Purpose ?? Question.Shorten(purpose?.TextFor(body.Language ?? "en"));
        if (new[] { body.Template is not null, body.Type is not null, body.DcqlQuery is not null }.Count(given => given) != 1)
            reason = "Give exactly one of template, type and dcql_query.";
        else if (body.DcqlQuery is not null && !Question.IsPurpose(words))
            reason = $"The purpose must say in 1 to {Question.MaxPurpose} characters why this is asked.";
        else if (body.DcqlQuery is not null)
            question = new Question(null, words!, []);
        else if (body.Type is not null)
            Question.TryChoose(body.Type, body.Required, body.Optional, words, out question, out reason);
        else if (Template.Find(body.Template) is { } template)
            question = template.Ask(body.Language ?? "en");
        else
            reason = "There is no template of this name.";
        if (question is null) return false;
        if (purpose is not null) question = question with { PurposeId = purpose.Id };
        dcql = body.DcqlQuery ?? question.ToDcql();
        return true;
    }

    private static bool TryMode(string? text, out ResponseMode mode)
    {
        mode = text == "direct_post" ? ResponseMode.DirectPost : ResponseMode.DirectPostJwt;
        return text is null or "direct_post" or "direct_post.jwt";
    }

    private static ProblemHttpResult Refuse(string reason) => TypedResults.Problem(reason, statusCode: 400, title: "This cannot be asked");
}
