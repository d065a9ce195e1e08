using System.Text.Json.Nodes;
using Identity.Audit.Keys;
using Identity.Credentials;
using Identity.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Audit.Engagements;

/// <summary>A workplace as workers read it.</summary>
internal sealed record SiteAnswer(string Code, string Name);

/// <summary>Who asks workers, for what.</summary>
/// <param name="Id">Its address, which a consent names.</param>
/// <param name="Auditor">Name of the organisation, as this service states it.</param>
/// <param name="Purpose">What for.</param>
/// <param name="Sites">Which workplaces.</param>
/// <param name="Until">RFC 3339: the latest end of a consent.</param>
/// <param name="Key">JWK to encrypt to; its thumbprint stands in the link that the worker was given.</param>
/// <param name="Demonstration">The organisation is fictional.</param>
internal sealed record EngagementAnswer(string Id, string Auditor, string Purpose, IReadOnlyList<SiteAnswer> Sites, string Until, JsonObject Key, bool Demonstration);

/// <summary>What a wallet reads before its owner decides.</summary>
internal static class EngagementEndpoint
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/api/engagements/{slug}", Handle).RequireCors(Cors.Open).WithSummary("Who asks, for what, until when, and the key to encrypt to.");

    private static Results<Ok<EngagementAnswer>, ProblemHttpResult> Handle(string slug, AuditSettings settings, EngagementKeys keys, TimeProvider clock)
    {
        if (settings.FindEngagement(slug) is not { } engagement) return Refusal.EngagementUnknown.ToProblem();
        if (engagement.Until <= clock.GetUtcNow()) return Refusal.EngagementOver.ToProblem();
        var auditor = settings.FindOrganisation(engagement.Organisation)!;
        return TypedResults.Ok(new EngagementAnswer(
            settings.AddressOf(engagement), auditor.Name, engagement.Purpose, [.. engagement.Sites.Select(code => new SiteAnswer(code, settings.FindSite(code)!.Name))],
            engagement.Until.ToRfc3339(), keys.Public(engagement).ToJson(), auditor.Demonstration));
    }

    /// <summary>The link that auditors hand out: it names the key, so that what answers at the address cannot name another.</summary>
    public static string Link(AuditSettings settings, EngagementKeys keys, Engagement engagement) =>
        $"{settings.WalletUrl}/#engagement?at={Uri.EscapeDataString(settings.AddressOf(engagement))}&key={keys.Public(engagement).Kid}";

    /// <summary>The link of a code.</summary>
    public static string CodeLink(AuditSettings settings, string code) =>
        $"{settings.WalletUrl}/#contract?at={Uri.EscapeDataString(settings.PublicUrl)}&code={code}";
}
