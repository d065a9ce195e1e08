using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Ledger.Exit;
using Identity.Verifier.CommandLine;

namespace Identity.Verifier.Tests.Exit;

/// <summary>The commands as somebody types them, and bundles as somebody tampers with them.</summary>
internal static class ExitCommands
{
    public static async Task<(int Code, string Told)> ExportAsync(params string[] words)
    {
        using var told = new StringWriter();
        return (await ExitBundleCommand.RunAsync(["exit-bundle", .. words], told, told), told.ToString());
    }

    public static async Task<(int Code, string Told)> ImportAsync(params string[] words)
    {
        using var told = new StringWriter();
        return (await ImportCommand.RunAsync(["import", .. words], told, told), told.ToString());
    }

    /// <summary>Exit code and verdict of a credential by a data folder.</summary>
    public static async Task<(int Code, JsonObject Verdict)> VerifyAsync(string credential, string data)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, credential);
            using var told = new StringWriter();
            using var error = new StringWriter();
            var code = await VerifyCommand.RunAsync(["verify", file, "--data", data, "--json"], told, error, TextReader.Null);
            return (code, JsonNode.Parse(told.ToString())?.AsObject() ?? throw new InvalidOperationException(error.ToString()));
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Outcome, reason, and each check's result: what two verdicts must have in common. How old the data are is told apart, and an archive has the list at hand that a living verifier fetches only where it matters.</summary>
    public static string Of(JsonObject verdict) =>
        $"{verdict["outcome"]} {verdict["reason"]} {string.Join(' ', verdict["checks"]!.AsArray().Where(check => check!["name"]!.GetValue<string>() is not ("data_age" or "status")).Select(check => $"{check!["name"]}={check["result"]}"))}";

    public static Dictionary<string, byte[]> Read(string file)
    {
        using var zip = ZipFile.OpenRead(file);
        return zip.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using var body = entry.Open();
            using var content = new MemoryStream();
            body.CopyTo(content);
            return content.ToArray();
        });
    }

    /// <summary>Writes members as a file; the manifest names them as they are now, unless told otherwise.</summary>
    public static void Write(string file, Dictionary<string, byte[]> members, bool withManifest = true)
    {
        if (withManifest && members.TryGetValue(ExitFile.Manifest, out var text))
        {
            var manifest = JsonNode.Parse(text)!;
            manifest["files"] = new JsonObject(members.Where(m => m.Key != ExitFile.Manifest).Select(m => KeyValuePair.Create(m.Key, (JsonNode?)ExitFile.Digest(m.Value))));
            members[ExitFile.Manifest] = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        }
        Pack(file, members.Select(member => (member.Key, member.Value)));
    }

    public static void Pack(string file, IEnumerable<(string Name, byte[] Content)> members)
    {
        File.Delete(file);
        using var zip = ZipFile.Open(file, ZipArchiveMode.Create);
        foreach (var (name, content) in members)
        {
            using var body = zip.CreateEntry(name).Open();
            body.Write(content);
        }
    }
}
