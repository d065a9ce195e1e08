using Identity.Ledger.Registry;

namespace Identity.Issuer.Deposits;

/// <summary>What the ledger says of the depositary of a closed organisation.</summary>
/// <param name="IsOurs">Whether the closing stands and this organisation is the one that was named last, and has accepted.</param>
/// <param name="HadAnother">Whether another one had accepted: what that one ended is not in the closed organisation's file.</param>
internal readonly record struct DepositTerm(bool IsOurs, bool HadAnother)
{
    /// <summary>Of the registry's events, in their order.</summary>
    /// <param name="events">All of them.</param>
    /// <param name="closed">Id of the closed organisation, 32 bytes.</param>
    /// <param name="depositary">Id of this organisation, 32 bytes.</param>
    public static DepositTerm Of(IReadOnlyList<RegistryEvent> events, byte[] closed, byte[] depositary)
    {
        byte[]? named = null;
        var (accepted, another) = (false, false);
        foreach (var act in events)
        {
            switch (act)
            {
                case RegistryEvent.OrganisationClosed at when Same(at.Organisation, closed):
                    (named, accepted) = (at.Depositary, false);
                    break;
                case RegistryEvent.ClosingUndone at when Same(at.Organisation, closed):
                    (named, accepted) = (null, false);
                    break;
                // Naming the same one once more confirms it, and ends no term.
                case RegistryEvent.DepositaryNamed at when Same(at.Organisation, closed):
                    (named, accepted) = (at.Depositary, accepted && named is not null && Same(named, at.Depositary));
                    break;
                case RegistryEvent.DepositAccepted at when Same(at.Organisation, closed):
                    (accepted, another) = (true, another || !Same(at.Depositary, depositary));
                    break;
            }
        }
        return new DepositTerm(accepted && named is not null && Same(named, depositary), another);
    }

    private static bool Same(byte[] one, byte[] other) => one.AsSpan().SequenceEqual(other);
}
