using Microsoft.Extensions.Logging;

namespace Identity.Ledger.Anchoring;

/// <summary>Anchoring's messages. Said once per change.</summary>
internal static partial class Messages
{
    /// <summary>Information: a handful a minute at most.</summary>
    [LoggerMessage(EventId = 4201, Level = LogLevel.Information, Message = "The log's first {Size} entries are on the ledger (transaction {Transaction}).")]
    public static partial void Anchored(this ILogger logger, long size, string transaction);

    /// <summary>Warning: heals by itself, but new credentials cannot be verified until then.</summary>
    [LoggerMessage(EventId = 4202, Level = LogLevel.Warning, Message = "Anchoring waits: {Reason}")]
    public static partial void Waits(this ILogger logger, string reason);

    /// <summary>Critical: somebody has to act.</summary>
    [LoggerMessage(EventId = 4203, Level = LogLevel.Critical, Message = "Anchoring has stopped: {Reason}")]
    public static partial void Fault(this ILogger logger, string reason);

    /// <summary>Error: unexpected; the next attempt starts from what the chain says.</summary>
    [LoggerMessage(EventId = 4204, Level = LogLevel.Error, Message = "An attempt to anchor failed and is made again.")]
    public static partial void AnchoringFailed(this ILogger logger, Exception exception);

    /// <summary>Warning: heals by itself; receipts lack their proof until then.</summary>
    [LoggerMessage(EventId = 4205, Level = LogLevel.Warning, Message = "The proof of an anchor waits: {Reason}")]
    public static partial void ProofWaits(this ILogger logger, string reason);

    /// <summary>Error: unexpected; it is taken again.</summary>
    [LoggerMessage(EventId = 4206, Level = LogLevel.Error, Message = "Keeping the proof of an anchor failed and is tried again.")]
    public static partial void ProofFailed(this ILogger logger, Exception exception);
}
