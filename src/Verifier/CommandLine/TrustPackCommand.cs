using System.CommandLine;
using Identity.Hosting;
using Identity.Ledger.Mirror;
using Identity.Verifier.Status;
using Identity.Verifier.Trust;

namespace Identity.Verifier.CommandLine;

/// <summary><c>trust-pack FILE</c>: writes a signed trust pack from a Verifier's data, for a scanner that takes it from a file.</summary>
public static class TrustPackCommand
{
    /// <summary>Whether these arguments are for this command.</summary>
    public static bool Handles(string[] args) => args is ["trust-pack", ..];

    /// <summary>Runs it; 0 when a pack was written, 2 where the data at hand do not allow one, 3 for a wrong call.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, Action<IServiceCollection>? adjust = null, CancellationToken ct = default)
    {
        var file = new Argument<string>("FILE") { Description = "Where the pack is written." };
        var data = new Option<string?>("--data") { Description = "Data folder of a Verifier: its copy of the ledger, its status lists and, where Keys:Pack names no other, its key of trust packs." };
        var command = new Command("trust-pack", "Writes a signed trust pack. Exit codes: 0 written, 2 the data do not allow one, 3 wrong call.") { file, data };
        command.SetAction(async (parsed, token) =>
        {
            try
            {
                await using var session = await VerifySession.OpenAsync(parsed.GetValue(data), null, null, null, adjust, token);
                if (session.Note is { } note) await error.WriteLineAsync(note);
                return await WriteAsync(parsed.GetValue(file)!, parsed.GetValue(data), session, output, error);
            }
            catch (SettingMissingException missing)
            {
                await error.WriteLineAsync(missing.Message);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
            {
                await error.WriteLineAsync($"{parsed.GetValue(file)} cannot be written.");
            }
            return VerifyCommand.Usage;
        });
        var result = new RootCommand { command }.Parse(args);
        foreach (var problem in result.Errors) await error.WriteLineAsync(problem.Message);
        return result.Errors.Count > 0 ? VerifyCommand.Usage : await result.InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, ct);
    }

    private static async Task<int> WriteAsync(string file, string? data, VerifySession session, TextWriter output, TextWriter error)
    {
        var (configuration, clock) = (session.Get<IConfiguration>(), session.Get<TimeProvider>());
        var folder = data ?? configuration["Data:Folder"]!;
        var own = Path.Combine(folder, "keys", "pack.pem");
        var options = PackOptions.Read(new ConfigurationBuilder().AddInMemoryCollection([new("Keys:Pack", configuration["Keys:Pack"] ?? (File.Exists(own) ? own : null))]).Build(), folder, development: false);
        var source = session.TryGet<PackSource>() ?? PackSource.Of(session.Get<LedgerMirror>());
        var store = new PackStore(options, clock);
        var maker = new PackMaker(options, source, session.Get<StatusCache>(), store, clock);
        var register = source.Read(options.MaxEntries);
        var problem = "The ledger has not been read.";
        if (register is null || maker.Content(register, clock.GetUtcNow(), out problem) is not { } content)
        {
            await error.WriteLineAsync(problem);
            return VerifyCommand.CannotTell;
        }
        // Above every version that the service has made; what it makes later is above this one by the clock.
        var pack = maker.Sign(content, register, store.NextVersion());
        await File.WriteAllBytesAsync(file, pack.Encode());
        await output.WriteLineAsync($"Version {pack.Statement.Version}, good until {pack.Statement.GoodUntil:u}, signed by {pack.Statement.Signer.ThumbprintText()}");
        return VerifyCommand.Valid;
    }
}
