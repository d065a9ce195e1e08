using System.CommandLine;
using Identity.Ledger.Exit;

namespace Identity.Verifier.CommandLine;

/// <summary><c>import FILE --data DIR --validators FILE</c>: checks an exit bundle, asking nobody, and fills an archive's folder with it, all of it or nothing.</summary>
public static class ImportCommand
{
    /// <summary>Whether these arguments are for this command.</summary>
    public static bool Handles(string[] args) => args is ["import", ..];

    /// <summary>Runs it; 0 when it was imported, 1 where the bundle does not hold, 2 where the validators at hand cannot tell, 3 for a wrong call.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken ct = default)
    {
        var file = new Argument<string>("FILE") { Description = "The exit bundle." };
        var data = new Option<string>("--data") { Description = "The archive's folder: a new one, or one that other bundles were imported into.", Required = true };
        var validators = new Option<string?>("--validators") { Description = "The validators that you trust, as \"ledger pin\" of the host writes them." };
        var unproven = new Option<bool>("--unproven") { Description = "Believes whoever made the bundle, where no validators prove it." };
        var command = new Command("import", "Imports an exit bundle. Exit codes: 0 imported, 1 it does not hold, 2 cannot tell, 3 wrong call.") { file, data, validators, unproven };
        command.SetAction(async (parsed, token) =>
        {
            try
            {
                var trusted = parsed.GetValue(validators) is { } named ? await ExitBundleCommand.ValidatorsAsync(named, token) : null;
                if (trusted is null != parsed.GetValue(unproven)) throw new ArgumentException("Name the validators that you trust with --validators; or, to believe whoever made the bundle, say --unproven.");
                await using var stream = File.OpenRead(parsed.GetValue(file)!);
                if (!ExitBundle.TryRead(stream, out var bundle, out var reason)) return await RefuseAsync(reason, output);
                var ruling = BundleCheck.Run(bundle, trusted, out var lists, token);
                if (ruling is ExitRuling.CannotTell open)
                {
                    await output.WriteLineAsync($"CANNOT TELL: {VerdictText.Clean(open.Reason)}. Nothing was imported.");
                    return VerifyCommand.CannotTell;
                }
                if (ruling is not ExitRuling.Holds holds) return await RefuseAsync(((ExitRuling.Refused)ruling).Reason, output);
                if (ArchiveFolder.Import(parsed.GetValue(data)!, bundle.Ledger, holds, lists) is { } contradiction) return await RefuseAsync(contradiction, output);
                await output.WriteLineAsync($"IMPORTED: as of {holds.AsOf:u} (block {holds.Block}), {bundle.Ledger.Receipts.Count} receipts, {bundle.Ledger.Entries.Values.Sum(log => log.Count)} entries, {lists.Count} status lists.");
                await output.WriteLineAsync(holds.IsProven ? VerdictText.Clean($"Proven against the validators of {trusted!.Name}.") : "Not proven against validators: believed as its maker's word.");
                return VerifyCommand.Valid;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                await error.WriteLineAsync(fault.Message);
                return VerifyCommand.Usage;
            }
        });
        var result = new RootCommand { command }.Parse(args);
        foreach (var problem in result.Errors) await error.WriteLineAsync(problem.Message);
        return result.Errors.Count > 0 ? VerifyCommand.Usage : await result.InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, ct);
    }

    private static async Task<int> RefuseAsync(string reason, TextWriter output)
    {
        await output.WriteLineAsync($"REFUSED: {VerdictText.Clean(reason)}. Nothing was imported.");
        return VerifyCommand.NotValid;
    }
}
