using System.CommandLine;
using System.Globalization;
using Identity.Credentials.Jose;
using Identity.Credentials.Receipts;
using Identity.Credentials.Types;
using Identity.Credentials.Verifiers;
using Identity.Hosting;
using Identity.Ledger.Mirror;
using Identity.Verifier.Registration;
using Identity.Verifier.Trust;

namespace Identity.Verifier.CommandLine;

/// <summary>
/// <c>verify-receipt FILE</c>: says years later who checked what and when, and, with the credential at hand, whether it was this one. Of a file with more than one receipt, or of
/// a wallet's evidence, a line each (<see cref="ReceiptFile"/>). A receipt of the ledger is told by its content and checked without any service (<see cref="LedgerReceiptCommand"/>).
/// </summary>
public static class ReceiptCommand
{
    /// <summary>Whether these arguments are for this command.</summary>
    public static bool Handles(string[] args) => args is ["verify-receipt", ..];

    /// <summary>Runs it; 0 where the receipt holds, 1 where it does not or is about another credential, 2 where the ledger could not be read, 3 for a wrong call.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, Action<IServiceCollection>? adjust = null, CancellationToken ct = default)
    {
        var file = new Argument<string>("FILE") { Description = "A receipt of a check, a file with one in each line, or what a wallet saved of a showing; or a receipt of the ledger." };
        var shownFile = new Argument<string?>("CREDENTIAL") { Description = "The same as --credential.", Arity = ArgumentArity.ZeroOrOne };
        var validators = new Option<string?>("--validators") { Description = "For a receipt of the ledger: the validators that you trust, as \"ledger pin\" of the host writes them." };
        var credential = new Option<string?>("--credential") { Description = "The credential of the person, as a file: SD-JWT VC, compact proof, paper, or what was shown." };
        var data = new Option<string?>("--data") { Description = "Data folder of a Verifier: its copy of the ledger." };
        var rpc = new Option<string?>("--rpc") { Description = "JSON-RPC address of a ledger node." };
        var contract = new Option<string?>("--contract") { Description = "Address of the registry contract." };
        var chain = new Option<string?>("--chain-id") { Description = "The chain's id." };
        var command = new Command("verify-receipt", "Checks receipts. Exit codes: 0 all hold, 1 one does not or none is about the credential, 2 cannot tell, 3 wrong call.") { file, shownFile, credential, validators, data, rpc, contract, chain };
        command.SetAction(async (parsed, token) =>
        {
            try
            {
                if (parsed.GetValue(credential) is not null && parsed.GetValue(shownFile) is not null) throw new ArgumentException("The credential is given twice: as CREDENTIAL and as --credential. Give one.");
                var text = await File.ReadAllTextAsync(parsed.GetValue(file)!, token);
                var shown = (parsed.GetValue(credential) ?? parsed.GetValue(shownFile)) is { } path ? await File.ReadAllTextAsync(path, token) : null;
                if (LedgerReceiptCommand.Handles(text)) return await LedgerReceiptCommand.RunAsync(text, shown, parsed.GetValue(validators), output, error);
                await using var session = await VerifySession.OpenAsync(parsed.GetValue(data), parsed.GetValue(rpc), parsed.GetValue(contract), parsed.GetValue(chain), adjust, token);
                if (session.Note is { } note) await error.WriteLineAsync(note);
                return ReceiptFile.TryRead(text, out var receipts) ? await receipts.TellAsync(shown, session, output) : await TellAsync(text, shown, session, output);
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

    private static async Task<int> TellAsync(string text, string? shown, VerifySession session, TextWriter output)
    {
        if (!CheckReceipt.TryRead(text, out var receipt, out var key, out var reason))
        {
            await output.WriteLineAsync($"NOT A RECEIPT: {VerdictText.Clean(reason)}");
            return VerifyCommand.NotValid;
        }

        var thumbprint = key.ThumbprintText();
        var found = WhoseKey(session, thumbprint, receipt.IssuedAt);
        var copy = CopyOf(shown, receipt.Presentation, receipt.Entry);
        var stale = found is null && session.Note is not null;
        await output.WriteLineAsync(found is null ? stale ? "CANNOT TELL" : "NOT A GENUINE RECEIPT" : copy is Copy.Another ? "ANOTHER CREDENTIAL" : "GENUINE RECEIPT");
        foreach (var (name, value) in Lines(receipt, thumbprint, found, copy)) await output.WriteLineAsync($"{name}: {VerdictText.Clean(value)}");
        if (session.Get<LedgerSource>().View.FindEntry(receipt.Entry) is { } anchor)
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"recorded: {anchor.Log} #{anchor.Index}{(anchor.AnchoredAt is { } at ? $", anchored {at:u}" : ", not anchored yet")}"));
        return stale ? VerifyCommand.CannotTell : found is null || copy is Copy.Another ? VerifyCommand.NotValid : VerifyCommand.Valid;
    }

    /// <summary>Whose key it was when it signed, by the ledger; a registration that ended since says what it said then. Null where nobody had registered it.</summary>
    internal static (VerifierProfile Profile, string Authority)? WhoseKey(VerifySession session, string thumbprint, DateTimeOffset then)
    {
        var source = session.TryGet<RegistrationSource>() ?? RegistrationSource.Of(session.Get<LedgerMirror>());
        return source.Find(thumbprint).Where(f => f.Registration.Covers(then)).Select(f => ((VerifierProfile, string)?)(f.Registration.Profile, f.Authority)).FirstOrDefault();
    }

    private static IEnumerable<(string Name, string Value)> Lines(CheckReceipt receipt, string thumbprint, (VerifierProfile Profile, string Authority)? found, Copy copy)
    {
        yield return ("checked by", found is var (profile, authority) && found is not null
            ? $"{profile.Name} ({profile.Country}){(profile.Demonstration ? " DEMONSTRATION" : "")}{(profile.PublicPage ? ", a page that anybody may use" : "")}, registered by {authority}"
            : $"nobody whom the ledger knows at that time (key {thumbprint})");
        yield return ("service", receipt.Verifier);
        yield return ("checked at", $"{receipt.CheckedAt:u}{(receipt.Told is null ? "" : " by the scanner's clock")}");
        yield return ("signed at", $"{receipt.IssuedAt:u}");
        if (receipt.Purpose is { } purpose) yield return ("purpose", purpose);
        if (receipt.Type is { } type) yield return ("type", TypeDefinition.Find(type)?.DisplayFor("en").Name ?? type);
        yield return ("asked", Names(receipt.Asked));
        yield return ("shown", Names(receipt.Shown));
        yield return ("verdict then", Verdict(receipt.Outcome, receipt.Reason));
        if (receipt.Told is { } told) yield return ("told without a network", Verdict(told.Outcome, told.Reason));
        yield return ("binding", receipt.Binding);
        yield return ("data", $"ledger {Age(receipt.LedgerAge)}, status {Age(receipt.StatusAge)}");
        yield return ("credential", copy switch
        {
            Copy.TheAnswer => "the given text is what was checked, byte for byte",
            Copy.TheCopy => "the given credential is the very copy that was checked",
            Copy.Another => "the given credential is another one",
            _ => $"not given; its entry is {Base64Url.Encode(receipt.Entry)}",
        });
    }

    internal static Copy CopyOf(string? shown, byte[]? presentation, byte[] entry) =>
        shown is null ? Copy.NotGiven : presentation is not null && CheckReceipt.DigestOf(shown).AsSpan().SequenceEqual(presentation) ? Copy.TheAnswer
        : ShownText.EntryOf(shown) is { } found && found.AsSpan().SequenceEqual(entry) ? Copy.TheCopy : Copy.Another;

    /// <summary>What whoever checked found; that the receipt is genuine says nothing of it.</summary>
    internal static string Verdict(string outcome, string reason) => $"{outcome.Replace('_', ' ').ToUpperInvariant()} ({reason})";

    internal static string Names(IReadOnlyList<string> names) => names.Count == 0 ? "–" : string.Join(", ", names);

    private static string Age(long? seconds) => seconds is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known} s old") : "none";

    internal enum Copy { NotGiven, TheAnswer, TheCopy, Another }
}
