using System.Threading.Channels;
using Identity.Credentials.Types;
using Identity.Credentials.Verdicts;
using Identity.Verifier.Data;
using Microsoft.EntityFrameworkCore;

namespace Identity.Verifier.Results;

/// <summary>The way a credential came.</summary>
public enum Way
{
    /// <summary>A file or pasted text.</summary>
    File,
    /// <summary>An answer to a request, over the network.</summary>
    Online,
    /// <summary>An answer to a challenge, by camera.</summary>
    Scan,
}

/// <summary>
/// Keeps verdicts and reasons, many rows in one transaction, off the path of the answer. A crash loses what was given in the last
/// moments; a verdict is never withheld because its record could not be written.
/// </summary>
public sealed partial class VerdictRecorder(IDbContextFactory<VerifierDb> databases, TimeProvider clock, ILogger<VerdictRecorder> log) : BackgroundService
{
    private readonly Channel<VerdictRow> _waiting = Channel.CreateBounded<VerdictRow>(new BoundedChannelOptions(10_000) { SingleReader = true });

    /// <summary>Notes a verdict. Never waits.</summary>
    public void Record(Verdict verdict, Way way, string? template)
    {
        var kept = _waiting.Writer.TryWrite(new VerdictRow
        {
            At = clock.GetUtcNow().ToMicros(),
            Way = SnakeCase.Of(way),
            Template = template,
            Type = TypeDefinition.Find(verdict.Facts.Type)?.Vct, // an unknown type is text by a stranger
            Issuer = verdict.Facts.Issuer?.Issuer,
            Outcome = SnakeCase.Of(verdict.Outcome),
            Reason = SnakeCase.Of(verdict.Reason),
            Binding = SnakeCase.Of(verdict.Binding),
        });
        if (!kept) LogDropped(log);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Ends when the channel is completed, not at the stop signal: what waits is still written.
        using var closing = stoppingToken.Register(() => _waiting.Writer.TryComplete());
        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var rows = new List<VerdictRow>();
            while (rows.Count < 1000 && _waiting.Reader.TryRead(out var row)) rows.Add(row);
            try
            {
                await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
                db.Verdicts.AddRange(rows);
                await db.SaveChangesAsync(CancellationToken.None);
            }
            catch (Exception fault) when (fault is DbUpdateException or System.Data.Common.DbException)
            {
                LogLost(log, rows.Count, fault);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A verdict was given and not recorded: too many are waiting to be written")]
    private static partial void LogDropped(ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} verdicts were given and could not be recorded")]
    private static partial void LogLost(ILogger log, int count, Exception fault);
}
