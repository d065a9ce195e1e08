namespace Identity.Ledger.Mirror;

/// <summary>What the chain and the logs say, checked and kept in memory: every answer is local.</summary>
public sealed class LedgerMirror;
