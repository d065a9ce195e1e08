using System.Text.Json;
using System.Text.Json.Nodes;

namespace Identity.Verifier.CommandLine;

/// <summary>
/// A note in the data folder of which ledger its mirror follows, so that the command line needs nothing but the folder. Public
/// facts only: no key, no password.
/// </summary>
internal static class LedgerCoordinates
{
    private const string FileName = "ledger.json";
    private static readonly string[] Kept = ["Ledger:Rpc", "Ledger:Contract", "Ledger:ChainId", "Ledger:FinalityDepth", "Ledger:Genesis", "Ledger:Agree", "Outbound:AllowLoopback", "Mirror:Development"];
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    public static string PathIn(string dataFolder) => Path.Combine(dataFolder, FileName);

    public static void Write(string dataFolder, IConfiguration configuration)
    {
        // A node's address may carry a password in its user part: then the note leaves it out.
        var json = new JsonObject();
        foreach (var key in Kept.Concat(configuration.GetSection("Ledger:Nodes").GetChildren().Select(node => node.Path)))
            if (configuration[key] is { Length: > 0 } value && !(Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0))
                json[key] = value;
        var part = $"{PathIn(dataFolder)}.{Environment.ProcessId}.part";
        File.WriteAllText(part, json.ToJsonString(Format) + "\n");
        File.Move(part, PathIn(dataFolder), overwrite: true);
    }
}
