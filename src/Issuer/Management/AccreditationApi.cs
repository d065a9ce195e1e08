using System.ComponentModel;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Accreditations;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Issuer.Management;

/// <summary>One accreditation as the ledger has it.</summary>
public sealed record AccreditationView(
    ulong Number, ulong? Under,
    [property: Description("Id of the organisation that holds it, 64 hexadecimal digits.")] string Holder, string HolderName,
    [property: Description("issue, accredit, or both.")] IReadOnlyList<string> Right,
    [property: Description("The scope; absent members set no limit."), JsonConverter(typeof(StrictObject))] JsonObject? Scope,
    [property: Description("SHA-256 of the scope’s canonical JSON, which is served at /{organisation}/scopes/{scopeId}.")] string ScopeId,
    DateTimeOffset From, DateTimeOffset? Until, DateTimeOffset? WithdrawnAt, DateTimeOffset GrantedAt, ulong Block, string Transaction);

/// <summary>A chain of accreditations, the root authority first.</summary>
public sealed record ChainView([property: Description("Every link holds now.")] bool InForce, IReadOnlyList<AccreditationView> Links);

/// <summary>A grant or withdrawal that was asked for.</summary>
public sealed record AccreditationActView(
    string Id, AccreditationActKind Kind, AccreditationActState State,
    [property: Description("Of a grant the accreditation above it, of a withdrawal the one that ends.")] long Number,
    [property: Description("Of a grant that is done: its number.")] long? Granted,
    DateTimeOffset From, DateTimeOffset AskedAt, string? Transaction, [property: Description("Why it waits, or why the ledger refuses it.")] string? Waiting);

/// <summary>What the ledger says of an organisation's accreditations, and what is on its way there.</summary>
public sealed record AccreditationsView(IReadOnlyList<ChainView> Held, IReadOnlyList<AccreditationView> Granted, IReadOnlyList<AccreditationActView> Asked);

/// <summary>A grant.</summary>
public sealed record GrantBody(
    [property: Description("The organisation’s short name, as in the path: says that this is meant.")] string? Word,
    [property: Description("Id of the organisation that is entitled, 64 hexadecimal digits.")] string? Holder,
    [property: Description("Number of the accreditation of your own under which this stands.")] ulong Under,
    [property: Description("issue, accredit, or both.")] IReadOnlyList<string>? Right,
    [property: Description("The scope: types (vct), kinds, eqf [from, to], nqf {framework: [from, to]}, fields (ISCED-F), occupations (ISCO-08), jurisdictions, on_behalf_of, label {language: text}; v is 1."), JsonConverter(typeof(StrictObject))] JsonObject Scope,
    [property: Description("From when; now where left out.")] DateTimeOffset? From = null,
    [property: Description("The first moment it no longer holds; no end where left out.")] DateTimeOffset? Until = null);

/// <summary>A withdrawal.</summary>
public sealed record WithdrawalBody(
    [property: Description("The organisation’s short name, as in the path: says that this is meant.")] string? Word,
    [property: Description("Why, 3 to 500 characters; kept in the organisation’s records, not on the ledger.")] string? Reason,
    [property: Description("From when it does not hold any more; now where left out, never earlier.")] DateTimeOffset? At = null);

/// <summary>Accreditations for an organisation's own software; the same acts as the console's.</summary>
internal static class AccreditationApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/{org}/accreditations").AddEndpointFilter<ApiKeyFilter>().RequireRateLimiting(Limits.Work).DisableAntiforgery().WithTags("Accreditations")
            .ProducesProblem(401).ProducesProblem(403).ProducesProblem(503);
        api.MapGet("", ListAsync).WithMetadata(new NeedsRole(StaffRoles.Admin | StaffRoles.Auditor)).WithName("ListAccreditations").WithSummary("Shows the organisation’s chains of accreditations as the ledger has them, what it granted, and what is on its way.");
        api.MapPost("", GrantAsync).WithMetadata(new NeedsRole(StaffRoles.Admin)).WithName("GrantAccreditation").WithSummary("Entitles another organisation; written to the ledger in a moment.").ProducesValidationProblem();
        api.MapPost("/{number}/withdrawal", WithdrawAsync).WithMetadata(new Closing.StaysOpen()).WithMetadata(new NeedsRole(StaffRoles.Admin)).WithName("WithdrawAccreditation").WithSummary("Takes back what the organisation granted, from now or later on; what was recorded before stays good.").ProducesValidationProblem().ProducesProblem(404);
    }

    private static async Task<Results<Ok<AccreditationsView>, ProblemHttpResult>> ListAsync(string org, HttpContext http, AskAccreditation ask, ChainRecord record, TimeProvider clock, CancellationToken ct)
    {
        if (await record.TryReadAsync(ct) is not { } events) return NoLedger();
        var (tree, id, organisation) = (new ChainTree(events), http.Caller().Organisation.Profile.Id(), http.Caller().Organisation);
        return TypedResults.Ok(new AccreditationsView(
            [.. tree.HeldBy(id).Select(l => new ChainView(tree.InForce(l.Number, clock.GetUtcNow()), [.. tree.ChainOf(l.Number).Select(View)]))],
            [.. tree.GrantedBy(id).Select(View)], [.. (await ask.ListAsync(organisation, ct)).Select(View)]));
    }

    private static async Task<Results<Accepted<AccreditationActView>, ValidationProblem, ProblemHttpResult>> GrantAsync(string org, GrantBody body, HttpContext http, AskAccreditation ask, CancellationToken ct)
    {
        if (OrganisationApi.NotMeant(http, body.Word) is { } problem) return problem;
        var right = AccreditationRight.None;
        foreach (var word in body.Right ?? [])
        {
            if (word is not ("issue" or "accredit")) return Invalid("right", "issue, accredit, or both");
            right |= word == "issue" ? AccreditationRight.Issue : AccreditationRight.Accredit;
        }
        if (!Scope.TryParse(CanonicalJson.Write(body.Scope ?? []), out var scope, out var reason)) return Invalid("scope", $"The scope cannot be used: {reason}.");
        return Answer(await ask.GrantAsync(http.Caller().Organisation, new Wish(body.Holder, body.Under, right, scope, body.From?.ToUniversalTime(), body.Until?.ToUniversalTime()), http.Caller().Actor, trial: false, ct));
    }

    private static async Task<Results<Accepted<AccreditationActView>, ValidationProblem, ProblemHttpResult>> WithdrawAsync(string org, ulong number, WithdrawalBody body, HttpContext http, AskAccreditation ask, CancellationToken ct) =>
        OrganisationApi.NotMeant(http, body.Word) is { } problem ? problem
        : Answer(await ask.WithdrawAsync(http.Caller().Organisation, number, body.At?.ToUniversalTime(), body.Reason, http.Caller().Actor, ct));

    private static Results<Accepted<AccreditationActView>, ValidationProblem, ProblemHttpResult> Answer(AccreditationAsked asked) => asked switch
    {
        AccreditationAsked.Begun begun => TypedResults.Accepted((string?)null, View(begun.Act)),
        AccreditationAsked.Refused refused => Invalid(refused.Field, refused.Reason),
        AccreditationAsked.NotFound => TypedResults.Problem("The organisation granted no accreditation of this number.", statusCode: 404, title: "No such accreditation"),
        _ => NoLedger(),
    };

    private static ValidationProblem Invalid(string field, string reason) => TypedResults.ValidationProblem(new Dictionary<string, string[]> { [field] = [reason] }, "Nothing was written.");

    /// <summary>What nobody could read is not absent: try again.</summary>
    internal static ProblemHttpResult NoLedger() => TypedResults.Problem("The ledger cannot be read now. Try again in a few minutes.", statusCode: 503, title: "Ledger not reachable");

    private static AccreditationActView View(AccreditationAct act) => new(act.Id, act.Kind, act.State, act.Number, act.Granted, act.From, act.AskedAt, act.Transaction, act.Waiting);

    private static AccreditationView View(ChainLink link) => new(
        link.Number, link.Parent, Convert.ToHexStringLower(link.Holder), link.HolderName, [.. Words(link.Right)], link.Scope?.ToJson(), Convert.ToHexStringLower(link.ScopeId), link.From, link.Until, link.WithdrawnAt,
        link.Place.BlockTime, link.Place.Block, link.Place.Transaction);

    private static IEnumerable<string> Words(AccreditationRight right)
    {
        if (right.HasFlag(AccreditationRight.Issue)) yield return "issue";
        if (right.HasFlag(AccreditationRight.Accredit)) yield return "accredit";
    }
}
