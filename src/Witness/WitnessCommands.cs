using System.CommandLine;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Hosting;

namespace Identity.Witness;

/// <summary><c>witness serve</c> and <c>witness key</c>: all that somebody needs who watches logs that are not theirs.</summary>
public static class WitnessCommands
{
    /// <summary>Exit code for a wrong call, or a folder or file that cannot be used.</summary>
    public const int Usage = 3;

    /// <summary>Runs the command line; 0 when done, 3 for a wrong call.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken ct = default)
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "Folder of the witness: its key, what it has seen of each log, and evidence. Nobody else's, and backed up never: an old copy of it forgets.", Required = true };
        var name = new Option<string>("--name") { Description = "The witness's name, for example witness.union.example: no space, no plus. It stands beside each cosignature.", Required = true };
        var logs = new Option<FileInfo>("--logs") { Description = "Text file, a line for each log: its origin, a space, its verifier key. Read again when it changes.", Required = true };
        var urls = new Option<string>("--urls") { Description = "Where to listen.", DefaultValueFactory = _ => "http://127.0.0.1:5020" };
        var key = new Command("key", "Prints the witness's verifier key, which logs and verifiers put into their settings; makes the key where there is none.") { data, name };
        var serve = new Command("serve", "Cosigns checkpoints of the logs it knows, as long as each only grows (C2SP tlog-witness).") { data, name, logs, urls };
        serve.TreatUnmatchedTokensAsErrors = false; // the rest are settings, for example --Limits:Work=600
        key.SetAction(async parsed =>
        {
            using var held = LoadKey(parsed.GetRequiredValue(data).FullName);
            await output.WriteLineAsync(VKey.Of(parsed.GetRequiredValue(name), NoteKeyType.CosignatureV1, held).ToString());
        });
        serve.SetAction(async (parsed, token) =>
        {
            var folder = parsed.GetRequiredValue(data).FullName;
            var options = new WitnessOptions(folder, parsed.GetRequiredValue(name), parsed.GetRequiredValue(logs).FullName);
            await using var app = WitnessApp.Build(options, [$"--urls={parsed.GetValue(urls)}", .. parsed.UnmatchedTokens]);
            await app.StartAsync(token);
            await output.WriteLineAsync($"{app.Services.GetRequiredService<CosignCheckpoints>().Key} on {string.Join(' ', app.Urls)}");
            await output.FlushAsync(token);
            await app.WaitForShutdownAsync(token);
        });
        var result = new RootCommand("A witness: watches that transparency logs tell everybody the same story.") { serve, key }.Parse(args);
        foreach (var problem in result.Errors) await error.WriteLineAsync(problem.Message);
        if (result.Errors.Count > 0) return Usage;
        try
        {
            return await result.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, ct);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidOperationException or ArgumentException)
        {
            await error.WriteLineAsync(fault.Message);
            return Usage;
        }
    }

    /// <summary>The witness's key; made at the first call.</summary>
    internal static Ed25519Key LoadKey(string folder)
    {
        var file = Path.Combine(PrivateFiles.CreateFolder(folder).FullName, "witness.pem");
        if (!File.Exists(file))
        {
            using var made = Ed25519Key.Create();
            DurableFile.Write(file, Ed25519Pem.Write(made));
        }
        return Ed25519Pem.TryRead(File.ReadAllText(file), out var key) ? key : throw new InvalidOperationException($"{file} holds no Ed25519 private key (PKCS #8, PEM).");
    }
}
