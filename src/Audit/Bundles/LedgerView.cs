using Identity.Credentials.Verdicts;
using Identity.Ledger.Mirror;

namespace Identity.Audit.Bundles;

/// <summary>What the ledger says of an entry, from a copy that is checked against the chain.</summary>
public interface ILedgerView
{
    /// <summary>Where the entry lies; null when no registered log is known to hold it.</summary>
    AnchorEvidence? FindEntry(byte[] entry);
}

internal sealed class MirroredLedger(LedgerMirror mirror) : ILedgerView
{
    public AnchorEvidence? FindEntry(byte[] entry) => mirror.FindEntry(entry);
}
