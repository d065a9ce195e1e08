namespace Identity.Credentials.Accreditation;

/// <summary>How an issuer comes to its right: the root authority first, the issuer's own accreditation last. Never empty.</summary>
public sealed record AccreditationChain(IReadOnlyList<AccreditationLink> Links)
{
    /// <summary>Links of the longest chain that is followed.</summary>
    public const int MaxLinks = 8;

    /// <summary>The issuer's own accreditation.</summary>
    public AccreditationLink Leaf => Links[^1];

    /// <summary>The first link that does not hold, the root first, and how; null where all hold.</summary>
    /// <param name="at">Null to leave the times aside.</param>
    /// <param name="facts">What was issued.</param>
    public (int Link, ScopeGap Gap)? GapFor(DateTimeOffset? at, ScopeFacts facts)
    {
        for (var place = 0; place < Links.Count; place++)
        {
            var needed = place == Links.Count - 1 ? AccreditationRight.Issue : AccreditationRight.Accredit;
            if (Links[place].GapFor(at, needed, facts) is { } gap) return (place, gap);
        }
        return null;
    }

    /// <summary>Some link is for other types: this chain is about something else.</summary>
    public bool IsForAnotherType(ScopeFacts facts) => Links.Any(link => link.Scope?.GapFor(facts) is { Reason: GapReason.Type });

    /// <summary>What some link limits and the credential does not show, in the order of <see cref="GapReason"/>.</summary>
    public IReadOnlyList<GapReason> NotShown(ScopeFacts facts) => [.. Links.SelectMany(link => link.Scope?.NotShown(facts) ?? []).Distinct().Order()];

    /// <summary>The holders' names, root first.</summary>
    public string Names() => string.Join(" → ", Links.Select(link => link.Holder.Name));
}
