using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Types;
using Identity.Credentials.Verdicts;
using Identity.Issuer.Organisations;
using Identity.Ledger.Registry;

namespace Identity.Issuer.Accreditations;

/// <summary>Where what is to be issued goes beyond the organisation's own accreditations.</summary>
/// <param name="Field">The claim that states too much, or <c>type</c>.</param>
/// <param name="Number">Number of the accreditation that falls short, the one nearest to it.</param>
/// <param name="Holder">Whose accreditation that is: the organisation's own, or one above it.</param>
/// <param name="Reason">In what.</param>
/// <param name="Allowed">What it allows: codes, a range, or a moment; null where there is nothing to name.</param>
public sealed record BeyondScope(string Field, ulong Number, string Holder, GapReason Reason, string? Allowed)
{
    /// <summary>A sentence that names link and limit.</summary>
    public string Sentence => $"Accreditation {Number} of {Holder} does not cover this ({Credentials.Verdicts.Reasons.Name(Reason)}){(Allowed is null ? "" : $"; it allows {Allowed}")}. Nobody would accept what is signed beyond it.";
}

/// <summary>
/// Looks, before anything is signed, whether the organisation may issue it: by the very rule that verifiers judge by, on the ledger as this service last read it, some seconds ago. Where nothing was
/// read yet, or nobody accredited the organisation at all, it has no scope of its own to go beyond and nothing is refused here: issuing goes on without a ledger.
/// </summary>
public sealed class OwnScope(ChainRecord record, TimeProvider clock)
{
    private Tuple<IReadOnlyList<RegistryEvent>, AccreditationTree>? _built;

    /// <summary>How it goes beyond; null where it does not, or where nobody can tell.</summary>
    /// <param name="organisation">Who issues.</param>
    /// <param name="type">What.</param>
    /// <param name="claims">The claims as they will be signed.</param>
    public BeyondScope? GapFor(Organisation organisation, TypeDefinition type, JsonObject claims)
    {
        if (organisation.IgnoresScope || Tree().Chains(organisation.Profile.Id()) is not { Count: > 0 } chains) return null;
        var facts = ScopeFacts.Of(type, claims, namesPlace: true);
        if (TimeRule.JudgeEntitlement(chains, facts, Now(), closing: null, registerIsFresh: true) is not EntitlementRuling.Not { Chain: { } chain } not) return null;
        var isNational = not.Gap.Reason is GapReason.Level && not.Gap.Stated == facts.National;
        var field = type.Scope.Where(fact => ScopeFacts.ReasonOf(fact.Value) == not.Gap.Reason && (!isNational || fact.Value is ScopeFact.NqfLevel) && claims.ContainsKey(fact.Key)).Select(fact => fact.Key).FirstOrDefault() ?? "type";
        return new BeyondScope(field, chain.Links[not.Link].Number, chain.Links[not.Link].Holder.Name, not.Gap.Reason, not.Gap.Allowed);
    }

    /// <summary>
    /// Why the organisation may not issue this in the place of a closed one, in a sentence; null where it may. Stricter than <see cref="GapFor"/>: an accreditation must name the closed organisation, and what nobody
    /// read is none.
    /// </summary>
    /// <param name="organisation">Who would issue.</param>
    /// <param name="closed">Id of the closed organisation, lower-case hexadecimal.</param>
    /// <param name="type">What.</param>
    /// <param name="claims">The claims as they will be signed.</param>
    public string? WhyNotInPlaceOf(Organisation organisation, string closed, TypeDefinition type, JsonObject claims)
    {
        var naming = Tree().Chains(organisation.Profile.Id()).Where(chain => chain.Links[^1].Scope?.OnBehalfOf?.Contains(closed) == true).ToList();
        if (naming.Count == 0) return "No accreditation of this organisation names the closed one. Whoever accredits it must name it under “in place of” (on_behalf_of).";
        return TimeRule.JudgeEntitlement(naming, ScopeFacts.Of(type, claims), Now(), closing: null, registerIsFresh: true) is EntitlementRuling.Not { Chain: { } chain } not
            ? $"Accreditation {chain.Links[not.Link].Number} of {chain.Links[not.Link].Holder.Name}, which names the closed organisation, does not cover this ({not.Gap.Reason.ToString().ToLowerInvariant()}){(not.Gap.Allowed is null ? "" : $"; it allows {not.Gap.Allowed}")}."
            : null;
    }

    // The chain's clock may go before ours: what it has just granted holds.
    private DateTimeOffset Now() => record.Known is [.., var last] && last.Place.BlockTime > clock.GetUtcNow() ? last.Place.BlockTime : clock.GetUtcNow();

    // Built once for each reading of the ledger; two at once build the same.
    private AccreditationTree Tree()
    {
        var events = record.Known;
        if (_built is { } built && ReferenceEquals(built.Item1, events)) return built.Item2;
        var (from, tree) = (new ChainTree(events), new AccreditationTree());
        foreach (var granted in events.OfType<RegistryEvent.AccreditationGranted>())
        {
            var link = from.Find(granted.Number)!;
            tree.TryAdd(new AccreditationLink(
                link.Number, link.Parent, new OrganisationRecord(link.Holder, "", link.HolderName, "", false, null), link.Right, link.Text, link.From, link.Until, link.WithdrawnAt, link.Place.BlockTime));
        }
        _built = Tuple.Create(events, tree);
        return tree;
    }
}
