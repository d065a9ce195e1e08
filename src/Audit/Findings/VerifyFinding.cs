using System.CommandLine;
using Identity.Credentials.Transparency;
using Identity.Ledger.Anchoring;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Audit.Findings;

/// <summary>The command <c>verify</c>: checks a finding without this service, against any node of the ledger or a root that the reader knows.</summary>
public static class VerifyFinding
{
    /// <summary>Exit code where nothing decides it: the ledger is out of reach, or knows too little.</summary>
    public const int CannotTell = 2;

    /// <summary>Exit code for a wrong call.</summary>
    public const int Usage = 3;

    /// <summary>Whether these arguments are for the command line rather than for the web app.</summary>
    public static bool Handles(string[] args) => args is ["verify", ..] or ["--help"] or ["-h"] or ["-?"];

    /// <summary>Runs the command line; returns the exit code: 0 proven, 1 not as anchored, 2 cannot tell, 3 wrong call.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken ct = default)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A finding that Audit wrote." };
        var rpc = new Option<string?>("--rpc") { Description = "JSON-RPC address of any node of the ledger." };
        var contract = new Option<string?>("--contract") { Description = "Address of the registry contract, from a source you trust." };
        var chain = new Option<ulong>("--chain-id") { Description = "The chain's id." };
        var roots = new Option<string[]>("--root") { Description = "A root that you have read on the chain yourself (64 hexadecimal digits); may be given more than once.", AllowMultipleArgumentsPerToken = true };
        var verify = new Command("verify", "Checks a finding. Exit codes: 0 proven, 1 not as anchored, 2 cannot tell, 3 wrong call.") { file, rpc, contract, chain, roots };
        var root = new RootCommand("Identity Audit. Without a command it serves the web app.") { verify };
        verify.SetAction(async (parsed, token) =>
        {
            var info = parsed.GetRequiredValue(file);
            if (!info.Exists || info.Length > FindingCheck.MaxBytes)
            {
                await error.WriteLineAsync($"The file {info.FullName} cannot be read, or is larger than {FindingCheck.MaxBytes / 1024} KB.");
                return Usage;
            }
            try
            {
                using var http = new HttpClient();
                var source = Source(parsed.GetValue(rpc), parsed.GetValue(contract), parsed.GetValue(chain), parsed.GetValue(roots) ?? [], http, token);
                var verdict = await FindingCheck.RunAsync(await File.ReadAllBytesAsync(info.FullName, token), source);
                foreach (var line in verdict.Lines) await output.WriteLineAsync(line);
                return verdict.ExitCode;
            }
            catch (Exception fault) when (fault is EvmException or HttpRequestException)
            {
                await error.WriteLineAsync($"The ledger could not be asked: {fault.Message}");
                return CannotTell;
            }
            catch (Exception fault) when (fault is ArgumentException or FormatException)
            {
                await error.WriteLineAsync(fault.Message);
                return Usage;
            }
        });
        var result = root.Parse(args);
        if (result.Errors.Count > 0)
        {
            foreach (var problem in result.Errors) await error.WriteLineAsync(problem.Message);
            await error.WriteLineAsync("Usage: verify FILE [--rpc URL --contract ADDRESS --chain-id N] [--root HEX]");
            return Usage;
        }
        return await result.InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, ct);
    }

    private static Func<Checkpoint, Task<KnownRoot?>> Source(string? rpc, string? contract, ulong chainId, string[] roots, HttpClient http, CancellationToken ct)
    {
        if (rpc is null)
        {
            // Roots that the reader typed: whatever is in the list is on the chain, whatever is not is not.
            var known = roots.Select(r => Convert.FromHexString(r.StartsWith("0x", StringComparison.Ordinal) ? r[2..] : r)).ToList();
            return checkpoint => Task.FromResult(known.Count == 0 ? null : new KnownRoot(known.FirstOrDefault(r => r.AsSpan().SequenceEqual(checkpoint.Root)), null, null));
        }
        if (contract is null || chainId == 0) throw new ArgumentException("--rpc needs --contract and --chain-id.");
        var registry = ChainSettings.Open(new ChainOptions { Rpc = rpc, ChainId = chainId, Contract = contract }, http, TimeProvider.System);
        IReadOnlyList<RegistryEvent>? events = null;
        return async checkpoint =>
        {
            var log = RegistryClient.LogId(checkpoint.Origin);
            if (await registry.FindLogAsync(log, ct) is not { } registered) return new KnownRoot(null, null, null);
            events ??= await registry.ReadEventsAsync(0, (await registry.Evm.HeadAsync(ct)).Number, ct);
            var anchored = events.OfType<RegistryEvent.Anchored>().FirstOrDefault(a => a.Size == checkpoint.Size && a.Log.AsSpan().SequenceEqual(log));
            return new KnownRoot(await registry.RootAtAsync(log, checkpoint.Size, ct), registered.Ed25519Key, anchored?.Place.BlockTime);
        };
    }
}
