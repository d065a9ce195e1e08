using Identity.Credentials.Verdicts;

namespace Identity.Ledger.Exit;

/// <summary>Why a bundle cannot be made.</summary>
public enum ExitGap
{
    /// <summary>This is an archive itself.</summary>
    Archive,
    /// <summary>The chain has not been read yet.</summary>
    NotRead,
    /// <summary>The copy of the ledger, or a log that it needs, is in alarm.</summary>
    Alarm,
    /// <summary>The ledger's copy holds no such entry or organisation, or none that belong together.</summary>
    Unknown,
    /// <summary>Too many record in the entry's log: whose it is has to be named.</summary>
    Ambiguous,
    /// <summary>The entry is in a log, and no anchor covers it yet.</summary>
    NotAnchored,
    /// <summary>The ledger has more of the organisation, and of those above it, than one bundle proves.</summary>
    TooLarge,
    /// <summary>Nobody gives a receipt with a proof of the ledger's state.</summary>
    NoReceipt,
    /// <summary>The ledger's node gives no state.</summary>
    NoState,
    /// <summary>The trusted validators are not those who seal by now.</summary>
    Validators,
    /// <summary>What was collected does not hold.</summary>
    DoesNotHold,
}

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
    public sealed record NotReady(ExitGap Gap, string Reason) : ExitGathering;
}
