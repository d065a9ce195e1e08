namespace Identity.Witness;

/// <summary>The witness's messages.</summary>
internal static partial class Messages
{
    /// <summary>Critical: a log lied, and here is the proof.</summary>
    [LoggerMessage(EventId = 7101, Level = LogLevel.Critical, Message = "FORK: {Origin} signed a tree of {Known} entries and one of {Shown} that does not continue it. Both stand at /evidence; tell those who rely on the log.")]
    public static partial void Fork(this ILogger logger, string origin, long known, long shown);

    /// <summary>Warning: somebody sent a proof that does not hold; that alone says nothing about the log.</summary>
    [LoggerMessage(EventId = 7102, Level = LogLevel.Warning, Message = "A proof for {Origin} from {Known} to {Shown} entries does not hold.")]
    public static partial void BadProof(this ILogger logger, string origin, long known, long shown);

    /// <summary>Critical: somebody has to act.</summary>
    [LoggerMessage(EventId = 7103, Level = LogLevel.Critical, Message = "{Reason}")]
    public static partial void Damaged(this ILogger logger, string reason);

    /// <summary>Error: the logs known so far go on to be watched.</summary>
    [LoggerMessage(EventId = 7104, Level = LogLevel.Error, Message = "The file of logs was changed and cannot be read; the logs known before are watched as before. {Problem}")]
    public static partial void LogsNotRead(this ILogger logger, string problem);
}
