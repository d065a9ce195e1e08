using System.CommandLine;
using Identity.Credentials.Transparency;

namespace Identity.Verifier.CommandLine;

/// <summary><c>verify-evidence FILE</c>: checks, asking nobody, whether a file proves that a log told two stories.</summary>
public static class EvidenceCommand
{
    /// <summary>Whether these arguments are for this command.</summary>
    public static bool Handles(string[] args) => args is ["verify-evidence", ..];

    /// <summary>Runs it; 0 where the file proves a fork by the key that stands in it, 1 where it proves nothing, 3 for a wrong call.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "Evidence of a fork, as a witness or a verifier keeps it." };
        var command = new Command("verify-evidence", "Checks evidence that a log told two stories. Exit codes: 0 proven, 1 proves nothing, 3 wrong call.") { file };
        command.SetAction(async (parsed, token) =>
        {
            var info = parsed.GetRequiredValue(file);
            if (!info.Exists || info.Length > ForkEvidence.MaxBytes)
            {
                await error.WriteLineAsync($"The file {info.FullName} cannot be read, or is larger than {ForkEvidence.MaxBytes / 1024} KB.");
                return VerifyCommand.Usage;
            }
            if (!ForkEvidence.TryParse(await File.ReadAllTextAsync(info.FullName, token), out var evidence))
            {
                await output.WriteLineAsync("PROVES NOTHING: the file is not evidence of the format identity-fork-evidence/1.");
                return VerifyCommand.NotValid;
            }
            if (!evidence.Holds(out var reason))
            {
                await output.WriteLineAsync($"PROVES NOTHING: {reason}");
                return VerifyCommand.NotValid;
            }
            Checkpoint.TryParse(evidence.First, out var first, out _);
            Checkpoint.TryParse(evidence.Second, out var second, out _);
            await output.WriteLineAsync("PROVEN: this key signed two trees of which neither continues the other.");
            await output.WriteLineAsync($"log: {VerdictText.Clean(evidence.Origin)}");
            await output.WriteLineAsync($"key: {VerdictText.Clean(evidence.Key)} (compare it with the ledger's: the file cannot say whose it is)");
            foreach (var one in new[] { first!, second! }) await output.WriteLineAsync($"signed: {one.Size} entries, root {Convert.ToHexStringLower(one.Root)}");
            await output.WriteLineAsync($"found: {VerdictText.Clean(evidence.FoundAt)} by {VerdictText.Clean(evidence.FoundBy)}, as they say");
            return VerifyCommand.Valid;
        });
        var result = new RootCommand { command }.Parse(args);
        foreach (var problem in result.Errors) await error.WriteLineAsync(problem.Message);
        return result.Errors.Count > 0 ? VerifyCommand.Usage : await result.InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
    }
}
