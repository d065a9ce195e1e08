using Microsoft.Extensions.Logging;

namespace Identity.Ledger.Mirror;

/// <summary>The mirror's messages. Said once per change.</summary>
internal static partial class Messages
{
    /// <summary>Warning: verdicts go on with what is known and say how old it is.</summary>
    [LoggerMessage(EventId = 4301, Level = LogLevel.Warning, Message = "The ledger's mirror is not ready: {Reason}")]
    public static partial void NotReady(this ILogger logger, string reason);

    /// <summary>Critical: an operator lied, or its database was put back; people's credentials are affected.</summary>
    [LoggerMessage(EventId = 4302, Level = LogLevel.Critical, Message = "ALARM: the log {Origin} is not trusted any more. {Reason}")]
    public static partial void Alarm(this ILogger logger, string origin, string reason);

    /// <summary>Error: unexpected; the next look starts from what was saved.</summary>
    [LoggerMessage(EventId = 4303, Level = LogLevel.Error, Message = "A look at the ledger failed and is made again.")]
    public static partial void LookFailed(this ILogger logger, Exception exception);
}
