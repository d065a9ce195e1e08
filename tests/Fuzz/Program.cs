using System.Globalization;
using System.Text.Json;
using Identity.Fuzz.Engine;
using Identity.Fuzz.Targets;

// dotnet run -c Release --project tests/Fuzz -- [--target NAME] [--inputs 1000000] [--seed N] [--json FILE] [--replay BASE64] [--list] [--emit]
string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

if (args.Contains("--list"))
{
    foreach (var target in Targets.All) Console.WriteLine(target.Name);
    return 0;
}
var chosen = Option("--target") is { } wanted ? Targets.All.Where(t => wanted.Split(',').Contains(t.Name)).ToList() : [.. Targets.All];
if (chosen.Count == 0)
{
    Console.Error.WriteLine("There is no target of this name; --list names them.");
    return 2;
}
if (Option("--replay") is { } base64)
{
    var finding = Storm.Replay(chosen[0], Convert.FromBase64String(base64));
    Console.WriteLine(finding?.ToString() ?? "nothing wrong");
    return finding is null ? 0 : 1;
}

var inputs = long.Parse(Option("--inputs") ?? "1000000", CultureInfo.InvariantCulture);
var seed = ulong.Parse(Option("--seed") ?? "20261122", CultureInfo.InvariantCulture);
if (args.Contains("--emit"))
{
    Emission.Write(Console.Out, seed, inputs);
    return 0;
}
Console.WriteLine($"seed {seed}, {inputs} inputs for each of {chosen.Count} targets");
var reports = new List<Report>();
foreach (var target in chosen)
{
    var report = new Storm(seed, inputs, TimeSpan.FromSeconds(30)).Run(target);
    reports.Add(report);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{report.Target,-22} {report.Inputs,9} inputs {report.Inputs / Math.Max(report.Seconds, 1e-9),9:0}/s  accepted {report.Accepted,8}  most {report.MostBytes / 1024,6} KiB  slowest {report.SlowestMs,7:0.0} ms  {(report.Findings.Count == 0 ? "ok" : $"{report.Findings.Count} FINDINGS")}"));
    foreach (var finding in report.Findings) Console.WriteLine(finding);
    if (Option("--json") is { } file) File.WriteAllText(file, JsonSerializer.Serialize(reports, Shape.Json)); // after each: a long run may be cut short
}
return reports.Any(r => r.Findings.Count > 0) ? 1 : 0;

/// <summary>How the figures are written.</summary>
internal static class Shape
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };
}
