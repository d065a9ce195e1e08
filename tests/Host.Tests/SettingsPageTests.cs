using System.Text.RegularExpressions;
using Identity.TestKit;

namespace Identity.Host.Tests;

/// <summary>docs/operations/settings.md has a row for every setting that a program reads, and none that nobody reads.</summary>
public sealed partial class SettingsPageTests
{
    // What is read under a name that the source puts together: the name as it stands there, and what it stands for.
    private static readonly Dictionary<string, string[]> Composed = new()
    {
        ["{section}:Request"] = ["Keys:Request", "Keys:Desk:Request"], ["{section}:Certificate"] = ["Keys:Certificate", "Keys:Desk:Certificate"], ["{section}:Challenge"] = ["Keys:Challenge", "Keys:Desk:Challenge"],
        ["Limits:{policy}"] = ["Limits:Secrets", "Limits:Work", "Limits:Fetches"],
    };

    private static readonly string[] Sources = [.. Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src"), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(File.ReadAllText)];

    private static readonly string All = string.Join('\n', Sources);

    [Fact]
    public void Every_setting_that_is_read_has_a_row_and_every_row_a_reader()
    {
        var rows = Rows().Matches(File.ReadAllText(Path.Combine(Checkout.Root, "docs", "operations", "settings.md"))).Select(m => m.Groups[1].Value).ToList();
        var read = Read();

        Assert.True(read.Count > 100, $"{read.Count} settings were found in the source: the search finds too little.");
        Assert.Equal(rows.Count, rows.Distinct().Count());
        Assert.Empty(read.Except(rows));
        Assert.Empty(rows.Where(row => !row.StartsWith("--", StringComparison.Ordinal)).Except(read));
        Assert.All(rows.Where(row => row.StartsWith("--", StringComparison.Ordinal)), option => Assert.Contains($"\"{option}\"", All, StringComparison.Ordinal));
    }

    private static HashSet<string> Read()
    {
        var read = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in Names().Matches(All).Select(m => m.Groups[1].Value))
        {
            if (Composed.TryGetValue(name, out var stands)) read.UnionWith(stands);
            else if (!name.EndsWith(":0", StringComparison.Ordinal)) read.Add(name);
        }
        read.UnionWith(Databases().Matches(All).Select(m => "ConnectionStrings:" + m.Groups[1].Value));
        foreach (Match bound in Bound().Matches(All))
            read.UnionWith(bound.Groups[2].Value == "string[]" ? [bound.Groups[1].Value + ":n"] : Members(bound.Groups[3].Value, bound.Groups[1].Value + (bound.Groups[2].Value.StartsWith("List", StringComparison.Ordinal) ? ":n" : "")));
        foreach (Match bound in Options().Matches(All)) read.UnionWith(Members(bound.Groups[1].Value, bound.Groups[2].Value));
        // A section whose children are read one by one, by names that follow in the same file.
        foreach (var source in Sources)
            foreach (Match section in Children().Matches(source))
            {
                var (path, item) = (section.Groups["path"].Value, section.Groups["item"].Success ? section.Groups["item"].Value : "section");
                var members = Regex.Matches(source, $@"\b{item}(?:\[|\.GetValue\(|\.GetSection\()""(\w+)""").Select(m => m.Groups[1].Value).ToList();
                if (section.Groups["reader"].Success) members.AddRange(Needed().Matches(source).Select(m => m.Groups[1].Value));
                read.UnionWith(members.Count == 0 ? [path + ":n"] : members.Select(member => $"{path}:n:{member}{(Regex.IsMatch(source, $@"{item}\.GetSection\(""{member}""\)\.Get<string\[\]>") ? ":n" : "")}"));
            }
        // Lists of addresses, read by one method for the names it is given.
        read.UnionWith(Addresses().Matches(All).Select(m => m.Groups[1].Value + ":n"));
        return read;
    }

    private static IEnumerable<string> Members(string type, string path)
    {
        var body = Regex.Match(All, $@"(?:class|record) {type}\b[^;{{]*\n\{{(.*?)\n\}}", RegexOptions.Singleline).Groups[1].Value;
        Assert.NotEmpty(body);
        foreach (Match member in Properties().Matches(body))
        {
            var (of, name) = (member.Groups[1].Value.TrimEnd('?'), member.Groups[2].Value);
            if (of.Contains("List<Uri>", StringComparison.Ordinal)) continue; // filled from the addresses above
            if (of.Contains("List<string>", StringComparison.Ordinal)) yield return $"{path}:{name}:n";
            else if (Regex.IsMatch(All, $@"class {of}\b")) foreach (var inner in Members(of, $"{path}:{name}")) yield return inner;
            else yield return $"{path}:{name}";
        }
    }

    [GeneratedRegex(@"^\| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Rows();

    // configuration["A:B"], …GetValue("A:B", …), …Required("A:B", …), also where the name is put together; and PublicUrl.
    [GeneratedRegex(@"(?:\b[cC]onfiguration\[|GetValue(?:<\w+>)?\(|\.Required\(|Build\(\)\[)\$?""([\w{}]+(?::[\w{}]+)+|PublicUrl)""")]
    private static partial Regex Names();

    [GeneratedRegex(@"GetConnectionString\(""(\w+)""\)")]
    private static partial Regex Databases();

    [GeneratedRegex(@"onfiguration\.GetSection\(""([\w:]+)""\)\.Get<((?:List<)?(\w+)>?(?:\[\])?)>\(\)")]
    private static partial Regex Bound();

    [GeneratedRegex(@"AddOptions<(\w+)>\(\)\.Bind\([^;]*GetSection\(""([\w:]+)""\)")]
    private static partial Regex Options();

    [GeneratedRegex(@"(?:foreach \(var (?<item>\w+) in )?[cC]onfiguration\.GetSection\(""(?<path>(?!Ledger:Nodes)[\w:]+)""\)\.GetChildren\(\)(?:\s*\.Select\((?:(?<item>\w+) =>|(?<reader>Read\w+)))?")]
    private static partial Regex Children();

    [GeneratedRegex(@"\bNeed\(""(\w+)""")]
    private static partial Regex Needed();

    [GeneratedRegex(@"= Addresses\(configuration, ""([\w:]+)""\)")]
    private static partial Regex Addresses();

    [GeneratedRegex(@"public (?:required )?([\w<>?]+) (\w+) \{ get;(?: set;| init;)? \}")]
    private static partial Regex Properties();
}
