using Microsoft.Extensions.Logging;

namespace Identity.Ledger.Witnessing;

/// <summary>The messages of feeding witnesses. Said once per change.</summary>
internal static partial class Messages
{
    /// <summary>Warning: readers that want this witness wait for it.</summary>
    [LoggerMessage(EventId = 4401, Level = LogLevel.Warning, Message = "A witness has not cosigned: {Reason}")]
    public static partial void NotCosigned(this ILogger logger, string reason);

    /// <summary>Error: it is ours, not the witness's; tried again.</summary>
    [LoggerMessage(EventId = 4403, Level = LogLevel.Error, Message = "Feeding a witness failed and will be tried again")]
    public static partial void FeedingFailed(this ILogger logger, Exception fault);

    /// <summary>Critical: this database and what was published differ, or somebody says so who lies.</summary>
    [LoggerMessage(EventId = 4402, Level = LogLevel.Critical, Message = "{Reason}. Either the database is an old copy, or this witness is wrong: where chain and others agree with the database, take it out of Log:Witnesses.")]
    public static partial void Contradicted(this ILogger logger, string reason);
}
