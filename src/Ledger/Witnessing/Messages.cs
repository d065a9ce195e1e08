using Microsoft.Extensions.Logging;

namespace Identity.Ledger.Witnessing;

/// <summary>The messages of feeding witnesses. Said once per change.</summary>
internal static partial class Messages
{
    /// <summary>Warning: readers that want this witness wait for it.</summary>
    [LoggerMessage(EventId = 4401, Level = LogLevel.Warning, Message = "A witness has not cosigned: {Reason}")]
    public static partial void NotCosigned(this ILogger logger, string reason);

    /// <summary>Critical: this database and what was published differ.</summary>
    [LoggerMessage(EventId = 4402, Level = LogLevel.Critical, Message = "{Reason}. Is the database an old copy?")]
    public static partial void Contradicted(this ILogger logger, string reason);
}
