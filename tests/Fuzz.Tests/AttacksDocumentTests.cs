using System.Text.RegularExpressions;
using Identity.TestKit;

namespace Identity.Fuzz.Tests;

/// <summary>docs/attacks.md names a test for each attack; a test that was renamed or lost is noticed here.</summary>
public sealed partial class AttacksDocumentTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Checkout.Root, "docs", "attacks.md"));

    [Fact]
    public void Every_test_that_the_document_names_exists()
    {
        var sources = Sources();
        var named = Lines.Where(l => l.StartsWith('|')).SelectMany(l => TestName().Matches(Tests(l))).Select(m => m.Groups[1].Value).ToHashSet();

        Assert.True(named.Count > 100, $"{named.Count} names");
        Assert.All(named, name => Assert.Contains(name, sources, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_attack_has_its_row_and_either_a_test_or_a_reason()
    {
        var rows = Lines.Select(l => Row().Match(l)).Where(m => m.Success).ToDictionary(m => int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), m => m.Value);

        Assert.Equal(Enumerable.Range(1, 105), rows.Keys.Order());
        foreach (var (number, row) in rows) Assert.True(TestName().IsMatch(Tests(row)) || Tests(row).Contains("Not built", StringComparison.Ordinal), $"{number} has neither test nor reason");
    }

    private static string Tests(string row) => row.Split('|')[^2];

    private static string Sources()
    {
        var files = Directory.GetFiles(Path.Combine(Checkout.Root, "tests"), "*.cs", SearchOption.AllDirectories).Concat(Directory.GetFiles(Path.Combine(Checkout.Root, "src"), "*.test.ts", SearchOption.AllDirectories))
            .Where(f => !f.Contains("node_modules", StringComparison.Ordinal) && !f.EndsWith(nameof(AttacksDocumentTests) + ".cs", StringComparison.Ordinal));
        return string.Concat(files.Select(File.ReadAllText));
    }

    // Names of C# tests, and of TypeScript tests as they stand in quotes.
    [GeneratedRegex("`([^`]{12,})`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"^\| (\d+) \|.*$")]
    private static partial Regex Row();
}
