using System.CommandLine;
using Identity.Credentials.Receipts;
using Identity.Hosting;
using Identity.Ledger.Exit;
using Identity.Ledger.Mirror;
using Identity.Ledger.Proofs;
using Identity.Verifier.Exit;
using Identity.Verifier.Results;
using Identity.Verifier.Status;

namespace Identity.Verifier.CommandLine;

/// <summary><c>exit-bundle</c>: writes, from a Verifier's data, the file by which a credential or all of an organisation still verifies when no server is left.</summary>
public static class ExitBundleCommand
{
    /// <summary>Whether these arguments are for this command.</summary>
    public static bool Handles(string[] args) => args is ["exit-bundle", ..];

    /// <summary>Runs it; 0 when a bundle was written, 2 where the data at hand do not allow one, 3 for a wrong call.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, Action<IServiceCollection>? adjust = null, CancellationToken ct = default)
    {
        var organisation = new Option<string?>("--organisation") { Description = "Id of the organisation, 64 hexadecimal digits: everything that it issued. Beside --entry: who issued that." };
        var entry = new Option<string?>("--entry") { Description = "Entry of one credential in its log, 64 hexadecimal digits." };
        var credential = new Option<string?>("--credential") { Description = "One credential, as a file. Nothing of it but its entry gets into the bundle." };
        var data = new Option<string?>("--data") { Description = "Data folder of a Verifier: its copy of the ledger and its status lists." };
        var validators = new Option<string?>("--validators") { Description = "The validators that you trust, as \"ledger pin\" of the host writes them: the bundle is checked against them before it is written." };
        var file = new Option<string>("--out") { Description = "Where the bundle is written.", Required = true };
        var command = new Command("exit-bundle", "Writes an exit bundle. Exit codes: 0 written, 2 the data do not allow one, 3 wrong call.") { organisation, entry, credential, data, validators, file };
        command.SetAction(async (parsed, token) =>
        {
            try
            {
                var wanted = new Wanted(Id(parsed.GetValue(organisation)), Id(parsed.GetValue(entry)), parsed.GetValue(credential) is { } path ? await File.ReadAllTextAsync(path, token) : null);
                if ((wanted.Text is null ? 0 : 1) + (wanted.Entry is null ? 0 : 1) > 1 || (wanted is { Text: null, Entry: null, Organisation: null })) throw new ArgumentException("Name one of --organisation, --entry and --credential.");
                var trusted = parsed.GetValue(validators) is { } named ? await ValidatorsAsync(named, token) : null;
                await using var session = await VerifySession.OpenAsync(parsed.GetValue(data), null, null, null, adjust, token);
                if (session.Note is { } note) await error.WriteLineAsync(note);
                return await WriteAsync(wanted, trusted, parsed.GetValue(file)!, session, output, error, token);
            }
            catch (SettingMissingException missing)
            {
                await error.WriteLineAsync($"{missing.Message}. Or name a Verifier's data folder with --data.");
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                await error.WriteLineAsync(fault.Message);
            }
            return VerifyCommand.Usage;
        });
        var result = new RootCommand { command }.Parse(args);
        foreach (var problem in result.Errors) await error.WriteLineAsync(problem.Message);
        return result.Errors.Count > 0 ? VerifyCommand.Usage : await result.InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, ct);
    }

    /// <summary>Reads a file of validators.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    internal static async Task<ValidatorFile> ValidatorsAsync(string path, CancellationToken ct) =>
        ValidatorFile.TryParse(await File.ReadAllTextAsync(path, ct), out var trusted, out var reason) ? trusted : throw new ArgumentException($"{path}: {reason}.");

    private static async Task<int> WriteAsync(Wanted wanted, ValidatorFile? trusted, string file, VerifySession session, TextWriter output, TextWriter error, CancellationToken ct)
    {
        var mirror = session.Get<LedgerMirror>();
        var (organisation, entry, list) = (wanted.Organisation, wanted.Entry, (string?)null);
        if (wanted.Text is { } text)
        {
            var facts = (await session.Get<Examiner>().FileAsync(text.Trim(), ct)).Verdict.Facts;
            entry = ShownText.EntryOf(text);
            organisation = facts.Issuer is { } issuer ? mirror.FindOrganisationByIssuer(issuer.Issuer)?.Id : null;
            list = facts.StatusUri;
            if (entry is null || organisation is null) return await RefuseAsync(entry is null ? "The credential is unreadable, or its claims are not those that were signed." : "The register does not know who issued the credential.");
        }
        var making = await session.Get<BundleMaker>().MakeAsync(organisation, entry, trusted, BundleLists.Asked(session.Get<StatusCache>(), mirror, list), ct);
        if (making is not BundleMaking.Made(var bundle, var holds, var missing)) return await RefuseAsync(((BundleMaking.NotMade)making).Reason);
        bundle.Save(file);
        await output.WriteLineAsync($"Written: {file}, as of {holds.AsOf:u} (block {holds.Block}), {bundle.Ledger.Receipts.Count} receipts, {bundle.Ledger.Entries.Values.Sum(log => log.Count)} entries, {bundle.Lists.Count} status lists.");
        if (missing > 0) await error.WriteLineAsync($"{missing} anchors have no receipt with a proof, and are left out; what they cover counts from the next anchor on that has one.");
        if (bundle.Lists.Count == 0) await error.WriteLineAsync("No status list could be had: whether something was revoked, the bundle cannot say.");
        await output.WriteLineAsync(holds.IsProven ? $"Proven against the validators of {VerdictText.Clean(trusted!.Name)}."
            : bundle.Ledger.State.Consensus is null ? "Nobody seals the blocks of this chain, it is for development: whoever reads the bundle has to believe its maker." : "Not checked against validators: name those that you trust with --validators.");
        return VerifyCommand.Valid;

        async Task<int> RefuseAsync(string reason)
        {
            await error.WriteLineAsync(reason);
            return VerifyCommand.CannotTell;
        }
    }

    private static byte[]? Id(string? text) => text is null ? null : text.Length == 64 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : throw new ArgumentException($"{text} is not 64 hexadecimal digits.");

    private sealed record Wanted(byte[]? Organisation, byte[]? Entry, string? Text);
}
