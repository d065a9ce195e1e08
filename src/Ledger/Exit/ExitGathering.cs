using Identity.Credentials.Verdicts;

namespace Identity.Ledger.Exit;

/// <summary>What collecting a bundle's half of the ledger came to.</summary>
public abstract record ExitGathering
{
    private ExitGathering() { }

    /// <summary>It is all there.</summary>
    /// <param name="Ledger">What was collected.</param>
    /// <param name="Subjects">Whose it is.</param>
    /// <param name="Missing">How many anchors have no receipt with a proof: their entries count from the next anchor on that has one.</param>
    public sealed record Ready(ExitLedger Ledger, IReadOnlyList<OrganisationRecord> Subjects, int Missing) : ExitGathering;

    /// <summary>Something that it needs cannot be had.</summary>
    public sealed record NotReady(string Reason) : ExitGathering;
}
