using System.Security.Cryptography;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Identity.Ledger.Exit;
using Microsoft.Data.Sqlite;

namespace Identity.Issuer.Exports;

/// <summary>What making an export came to.</summary>
internal abstract record ExportOutcome
{
    private ExportOutcome() { }

    /// <summary>The file is there.</summary>
    public sealed record Made(ExportContent Content) : ExportOutcome;

    /// <summary>There is none.</summary>
    /// <param name="Problem">A word of <c>export.problem.WORD</c>.</param>
    /// <param name="Reason">A sentence for whoever runs the service.</param>
    public sealed record NotMade(string Problem, string Reason) : ExportOutcome;
}

/// <summary>Makes the exit bundle of all that an organisation issued: brings a copy of the ledger up to date, gathers, checks, writes the file, and reads it again as whoever imports it would.</summary>
internal sealed class MakeExport(IServiceProvider services, ExportSettings settings, OwnLists lists, TimeProvider clock)
{
    // SQLITE_CORRUPT and SQLITE_NOTADB, https://www.sqlite.org/rescode.html
    private const int Corrupt = 11;
    private const int NoDatabase = 26;

    /// <summary>Makes the file of an export; repeated, it is made anew.</summary>
    public async Task<ExportOutcome> RunAsync(Organisation organisation, OrganisationExport export, CancellationToken ct)
    {
        settings.CreateFolder();
        try
        {
            return await OnceAsync(organisation, export, ct);
        }
        catch (SqliteException damaged) when (damaged.SqliteErrorCode is Corrupt or NoDatabase)
        {
            // The copy of the ledger: all that it holds can be had again.
            foreach (var part in new[] { "", "-wal", "-shm", "-journal" }) File.Delete(settings.Mirror + part);
            return await OnceAsync(organisation, export, ct);
        }
    }

    private async Task<ExportOutcome> OnceAsync(Organisation organisation, OrganisationExport export, CancellationToken ct)
    {
        var id = organisation.Profile.Id();
        using var mirror = ExitMirror.Open<IssuerDb>(services, settings.Mirror);
        if (await mirror.RefreshAsync(id, ct) is { } problem) return new ExportOutcome.NotMade(Word(mirror.State.Alarms.Contains("ledger") ? ExitGap.Alarm : ExitGap.NotRead), problem);
        var missingLogs = mirror.Logs.Count(log => log.Problem is not null && mirror.UsesLog(id, log.Origin, DateTimeOffset.MaxValue));
        var making = await new BundleMaker(mirror, clock).MakeAsync(id, null, settings.Validators, (_, stop) => lists.OfAsync(organisation, mirror, stop), ct);
        if (making is not BundleMaking.Made(var bundle, var holds, var missing)) return making is BundleMaking.NotMade(var gap, var why) ? new ExportOutcome.NotMade(Word(gap), why) : throw new InvalidOperationException();

        var path = settings.FileOf(export);
        bundle.Save(path);
        await using var file = File.OpenRead(path);
        // What a reader does not take is none: a file may be larger than is read.
        if (!ExitBundle.TryRead(file, out _, out var refused)) return new ExportOutcome.NotMade(Word(ExitGap.TooLarge), refused);
        file.Position = 0;
        var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct));
        return new ExportOutcome.Made(new ExportContent(
            file.Length, digest, holds.AsOf, (long)holds.Block, bundle.Ledger.State.Consensus is not null, holds.IsProven ? settings.Validators!.Name : null,
            bundle.Ledger.Receipts.Count, bundle.Ledger.Entries.Values.Sum(entries => (long)entries.Count), bundle.Lists.Count, missing, lists.Missing, missingLogs));
    }

    /// <summary>The word of a gap. Those that only the bundle of a credential can have do not come here.</summary>
    internal static string Word(ExitGap gap) => gap switch
    {
        ExitGap.NotRead => "not_read",
        ExitGap.Alarm => "alarm",
        ExitGap.Unknown => "unknown",
        ExitGap.TooLarge => "too_large",
        ExitGap.NoReceipt => "no_receipt",
        ExitGap.NoState => "no_state",
        ExitGap.Validators => "validators",
        ExitGap.DoesNotHold => "does_not_hold",
        _ => Fault,
    };

    /// <summary>Something failed inside the service.</summary>
    internal const string Fault = "fault";

    /// <summary>It took longer than is waited for.</summary>
    internal const string Slow = "slow";
}
