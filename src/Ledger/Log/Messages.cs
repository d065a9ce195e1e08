using Microsoft.Extensions.Logging;

namespace Identity.Ledger.Log;

/// <summary>The log's messages. Said once per change, not once per second.</summary>
internal static partial class Messages
{
    /// <summary>Debug: one a second in a busy log.</summary>
    [LoggerMessage(EventId = 4101, Level = LogLevel.Debug, Message = "{Entries} entries joined the log; its checkpoint counts {Size}.")]
    public static partial void Signed(this ILogger logger, long entries, long size);

    /// <summary>Critical: entries wait until somebody acts.</summary>
    [LoggerMessage(EventId = 4102, Level = LogLevel.Critical, Message = "The log has stopped: {Fault}")]
    public static partial void Halted(this ILogger logger, string fault);

    /// <summary>Warning: entries wait until somebody can be asked what they have of the log.</summary>
    [LoggerMessage(EventId = 4105, Level = LogLevel.Warning, Message = "The log waits before its first signature since the start: {Reason}")]
    public static partial void Waits(this ILogger logger, string reason);

    /// <summary>Error: the next round tries again, but somebody should look when it stays.</summary>
    [LoggerMessage(EventId = 4103, Level = LogLevel.Error, Message = "A round of the log failed and is tried again.")]
    public static partial void RoundFailed(this ILogger logger, Exception exception);

    /// <summary>Warning: another process waits a few seconds longer, nothing else.</summary>
    [LoggerMessage(EventId = 4104, Level = LogLevel.Warning, Message = "The log's lease could not be given back.")]
    public static partial void LeaseKept(this ILogger logger, Exception exception);
}
