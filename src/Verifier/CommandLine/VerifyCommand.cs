using System.CommandLine;
using Identity.Credentials.Verdicts;
using Identity.Hosting;
using Identity.Verifier.Results;

namespace Identity.Verifier.CommandLine;

/// <summary><c>verify FILE</c>: checks a credential in a file and says so by its exit code.</summary>
public static class VerifyCommand
{
    /// <summary>Exit code for a valid credential.</summary>
    public const int Valid = 0;

    /// <summary>Exit code for a credential that is not valid.</summary>
    public const int NotValid = 1;

    /// <summary>Exit code where the data at hand do not decide it.</summary>
    public const int CannotTell = 2;

    /// <summary>Exit code for a wrong call: an unknown option, a file that cannot be read, a setting that is missing.</summary>
    public const int Usage = 3;

    private const int MaxBytes = 256 * 1024;

    /// <summary>Whether these arguments are for the command line rather than for the web app.</summary>
    public static bool Handles(string[] args) => args is ["verify", ..];

    /// <summary>Runs the command line; returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, TextReader input, Action<IServiceCollection>? adjust = null, TimeProvider? time = null, CancellationToken ct = default)
    {
        var clock = time ?? TimeProvider.System;
        var file = new Argument<string>("FILE") { Description = "A text file with an SD-JWT VC, a compact proof (IDP:…) or a paper (IDD:…); - reads standard input." };
        var json = new Option<bool>("--json") { Description = "Print the verdict as JSON, as the API gives it." };
        var data = new Option<string?>("--data") { Description = "Data folder of a Verifier: its copy of the ledger is used, and brought up to date where the ledger can be reached." };
        var rpc = new Option<string?>("--rpc") { Description = "JSON-RPC address of a ledger node." };
        var contract = new Option<string?>("--contract") { Description = "Address of the registry contract." };
        var chain = new Option<string?>("--chain-id") { Description = "The chain's id." };
        var pack = new Option<string?>("--pack") { Description = "A trust pack: the file is judged by it alone, without a network and without a data folder. Needs --signer." };
        var signer = new Option<string?>("--signer") { Description = "Thumbprint of the key that may sign the pack." };
        var language = new Option<string>("--lang") { Description = $"Language of the words ({string.Join(", ", Strings.AllLanguages)}).", DefaultValueFactory = _ => "en" };
        var verify = new Command("verify", "Checks a credential in a file. Exit codes: 0 valid, 1 not valid, 2 cannot tell, 3 wrong call.") { file, json, data, rpc, contract, chain, pack, signer, language };
        var root = new RootCommand("Identity Verifier. Without a command it serves the web app.") { verify };

        verify.SetAction(async (parsed, token) =>
        {
            if (await ReadAsync(parsed.GetValue(file)!, input, token) is not { } text)
            {
                await error.WriteLineAsync($"The file {parsed.GetValue(file)} cannot be read, or is larger than {MaxBytes / 1024} KB.");
                return Usage;
            }
            try
            {
                if (parsed.GetValue(pack) is { } packFile)
                {
                    if (!PackCheck.TryOpen(packFile, parsed.GetValue(signer), clock.GetUtcNow(), out var trust, out var problem))
                    {
                        await error.WriteLineAsync(problem);
                        return Usage;
                    }
                    return await TellAsync(PackCheck.Judge(text.Trim(), trust, clock.GetUtcNow()), parsed.GetValue(json), parsed.GetValue(language)!, output);
                }
                await using var session = await VerifySession.OpenAsync(parsed.GetValue(data), parsed.GetValue(rpc), parsed.GetValue(contract), parsed.GetValue(chain), adjust, token);
                if (session.Note is { } note) await error.WriteLineAsync(note);
                return await TellAsync(await session.CheckAsync(text.Trim(), token), parsed.GetValue(json), parsed.GetValue(language)!, output);
            }
            catch (SettingMissingException missing)
            {
                await error.WriteLineAsync($"{missing.Message}. Or name a Verifier's data folder with --data.");
                return Usage;
            }
        });

        var result = root.Parse(args);
        if (result.Errors.Count > 0)
        {
            foreach (var problem in result.Errors) await error.WriteLineAsync(problem.Message);
            await error.WriteLineAsync($"Usage: verify FILE [--json] [--data DIR] [--rpc URL --contract ADDRESS --chain-id N] [--pack PACK --signer THUMBPRINT] [--lang {string.Join('|', Strings.AllLanguages)}]");
            return Usage;
        }
        return await result.InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, ct);
    }

    private static async Task<int> TellAsync(VerdictView verdict, bool json, string language, TextWriter output)
    {
        await output.WriteLineAsync(json ? VerdictText.Json(verdict) : VerdictText.Plain(verdict, Strings.For(language)));
        return verdict.Outcome switch { Outcome.Valid => Valid, Outcome.NotValid => NotValid, _ => CannotTell };
    }

    private static async Task<string?> ReadAsync(string file, TextReader input, CancellationToken ct)
    {
        try
        {
            if (file == "-")
            {
                var buffer = new char[MaxBytes + 1];
                var read = await input.ReadBlockAsync(buffer, ct);
                return read <= MaxBytes ? new string(buffer, 0, read) : null;
            }
            return new FileInfo(file).Length <= MaxBytes ? await File.ReadAllTextAsync(file, ct) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
