using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Identity.Credentials.Dcql;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Verifier.Policies;
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
    /// <summary>Maps <c>POST /api/requests</c>.</summary>
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/api/requests", Handle).RequireRateLimiting(Limits.Work).WithMetadata(new BodyLimit(32 * 1024))
            .WithName("CreateRequest").WithTags("Requests").WithSummary("Asks for a proof by link or QR (OpenID4VP 1.0).")
            .ProducesProblem(400).ProducesProblem(413).ProducesProblem(429).ProducesProblem(503);

    private static Results<Created<CreatedRequest>, ProblemHttpResult> Handle(
        RequestBody body, HttpContext http, PresentationStore store, RequestObject requests, VerifierSettings settings, TimeProvider clock)
    {
        if (!TryAsk(body, out var question, out var dcql, out var reason)) return Refuse(reason);
        if (!DcqlQuery.TryParse(dcql, out var query, out reason)) return Refuse($"dcql_query: {reason}");
        if (!TryMode(body.ResponseMode, out var mode)) return Refuse("response_mode is direct_post.jwt or direct_post.");

        var presentation = new Presentation(question, dcql, query, body.Flow, mode, BrowserSession.Ensure(http), clock.GetTimestamp(), clock.GetUtcNow() + settings.RequestLifetime);
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

    private static bool TryAsk(RequestBody body, [NotNullWhen(true)] out Question? question, [NotNullWhen(true)] out JsonObject? dcql, out string reason)
    {
        question = null;
        dcql = null;
        reason = "";
        if (new[] { body.Template is not null, body.Type is not null, body.DcqlQuery is not null }.Count(given => given) != 1)
            reason = "Give exactly one of template, type and dcql_query.";
        else if (body.DcqlQuery is not null && !Question.IsPurpose(body.Purpose))
            reason = $"The purpose must say in 1 to {Question.MaxPurpose} characters why this is asked.";
        else if (body.DcqlQuery is not null)
            question = new Question(null, body.Purpose!, []);
        else if (body.Type is not null)
            Question.TryChoose(body.Type, body.Required, body.Optional, body.Purpose, out question, out reason);
        else if (Template.Find(body.Template) is { } template)
            question = template.Ask(body.Language ?? "en");
        else
            reason = "There is no template of this name.";
        if (question is null) return false;
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
