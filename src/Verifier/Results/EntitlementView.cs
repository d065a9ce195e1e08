using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Verdicts;

namespace Identity.Verifier.Results;

/// <summary>Who entitled the issuer, as of when the credential was recorded.</summary>
/// <param name="Entitled">Every link held and covers what was shown.</param>
/// <param name="Chain">The root authority first, the issuer last; empty where the issuer was never accredited.</param>
/// <param name="NotShown">What a link limits and the credential does not show, so that it was not compared.</param>
/// <param name="Failure">Which link does not hold, and how; absent where all do.</param>
public sealed record EntitlementView(bool Entitled, IReadOnlyList<LinkOfChainView> Chain, IReadOnlyList<GapReason> NotShown, FailureView? Failure)
{
    internal static EntitlementView? Of(Verdict verdict) => Of(verdict.Entitlement, verdict.Facts.Issuer?.Name);

    internal static EntitlementView? Of(EntitlementRuling? ruling, string? issuer) => ruling switch
    {
        EntitlementRuling.Entitled(var chain, var notShown) => new(true, Links(chain), notShown, null),
        EntitlementRuling.Not not => new(false, Links(not.Chain), [], FailureView.Of(not, issuer)),
        _ => null,
    };

    private static IReadOnlyList<LinkOfChainView> Links(AccreditationChain? chain) => [.. (chain?.Links ?? []).Select(LinkOfChainView.Of)];
}

/// <summary>One accreditation of a chain.</summary>
/// <param name="Number">In the contract.</param>
/// <param name="Name">Of its holder, as registered.</param>
/// <param name="Id">Of its holder, hexadecimal.</param>
/// <param name="Country">Of its holder.</param>
/// <param name="Contact">Where to ask there, if registered.</param>
/// <param name="Right"><c>issue</c>, <c>accredit</c>.</param>
/// <param name="Scope">For what (docs/registry.md); absent where it cannot be read.</param>
/// <param name="ScopeId">SHA-256 of its text, hexadecimal.</param>
/// <param name="From">As stated by whoever granted it.</param>
/// <param name="Until">Absent where it has no end.</param>
/// <param name="WithdrawnAt">Absent where it was not withdrawn.</param>
/// <param name="GrantedAt">Time of its block: no effect earlier.</param>
public sealed record LinkOfChainView(
    ulong Number, string Name, string Id, string Country, string? Contact, IReadOnlyList<string> Right, JsonObject? Scope, string ScopeId, DateTime From, DateTime? Until, DateTime? WithdrawnAt, DateTime GrantedAt)
{
    internal static LinkOfChainView Of(AccreditationLink link) => new(link.Number, link.Holder.Name, Convert.ToHexStringLower(link.Holder.Id), link.Holder.Country, link.Holder.Contact,
        [.. AccreditationLink.Names(link.Right)], link.Scope?.ToJson(), Convert.ToHexStringLower(link.ScopeId()),
        Utc.Seconds(link.From)!.Value, Utc.Seconds(link.Until), Utc.Seconds(link.WithdrawnAt), Utc.Seconds(link.GrantedAt)!.Value);
}

/// <summary>Why the issuer was not entitled.</summary>
/// <param name="Link">Place in the chain, 0 for the root authority; absent where there is no chain.</param>
/// <param name="Organisation">Holder of that accreditation; the issuer where there is none.</param>
/// <param name="Reason">How it does not hold.</param>
/// <param name="Stated">What the credential states; absent where there is nothing to name.</param>
/// <param name="Allowed">What the accreditation allows, or for times the moment that made the difference.</param>
/// <param name="At">When the credential was recorded; absent where no time would help.</param>
public sealed record FailureView(int? Link, string? Organisation, GapReason Reason, string? Stated, string? Allowed, DateTime? At)
{
    internal static FailureView Of(EntitlementRuling.Not not, string? issuer) => new(not.Chain is null ? null : not.Link,
        not.Chain is { } chain ? chain.Links[not.Link].Holder.Name : issuer, not.Gap.Reason, not.Gap.Stated, not.Gap.Allowed, Utc.Seconds(not.At));
}

/// <summary>How the issuer was closed.</summary>
/// <param name="At">When.</param>
/// <param name="Depositary">Who takes over; absent where nobody was named.</param>
/// <param name="AcceptedAt">When it accepted; absent while it has not.</param>
/// <param name="AsOf">Day of the final list that the status rests on.</param>
/// <param name="Final">The status rests on the issuer's final list, which counts for ever.</param>
public sealed record ClosingView(DateTime At, DepositaryView? Depositary, DateTime? AcceptedAt, DateTime? AsOf, bool Final)
{
    internal static ClosingView Of(ClosingFacts closing) => new(Utc.Seconds(closing.At)!.Value, closing.Depositary is { } name ? new DepositaryView(name, closing.Contact) : null,
        Utc.Seconds(closing.AcceptedAt), Utc.Seconds(closing.AsOf), closing.AsOf is not null);
}

/// <summary>Whoever takes over from a closed organisation, as registered.</summary>
public sealed record DepositaryView(string Name, string? Contact);

/// <summary>In whose place the credential says it was issued.</summary>
/// <param name="Original">Id of the organisation, hexadecimal, as the credential states it.</param>
/// <param name="Name">As registered; absent where the register has none of this id.</param>
/// <param name="ClosedAt">When it was closed; absent while it is not.</param>
/// <param name="Entitled">The issuer is its depositary, has accepted, and is accredited to issue in its place.</param>
public sealed record ReissuedView(string Original, string? Name, DateTime? ClosedAt, bool Entitled);
