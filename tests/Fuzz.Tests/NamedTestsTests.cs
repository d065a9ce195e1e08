using System.Text.RegularExpressions;
using Identity.TestKit;

namespace Identity.Fuzz.Tests;

/// <summary>Documents that name the test which shows what they say; a test that was renamed or lost is noticed here.</summary>
public sealed partial class NamedTestsTests
{
    private static readonly string[] Lines = Table("attacks.md");

    [Theory]
    [InlineData("attacks.md", 180)]
    [InlineData("threat-model.md", 56)]
    [InlineData("operations/faults.md", 20)]
    public void Every_test_that_a_document_names_exists(string document, int atLeast)
    {
        var tests = AllTests();
        var named = Table(document).SelectMany(row => TestName().Matches(Tests(row))).Select(m => m.Groups[1].Value).ToHashSet();

        Assert.True(named.Count >= atLeast, $"{named.Count} names");
        Assert.Empty(named.Except(tests));
    }

    [Theory]
    [InlineData("threat-model.md", "| stolen or abused |")]
    [InlineData("operations/faults.md", "| fault |")]
    public void Every_row_names_a_test(string document, string head)
    {
        var rows = Table(document).SkipWhile(row => !row.StartsWith(head, StringComparison.Ordinal)).Skip(2).TakeWhile(row => row.Length > 0).ToList();

        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Matches(TestName(), Tests(row)));
    }

    [Fact]
    public void Every_attack_has_its_row_and_either_a_test_or_a_reason()
    {
        var rows = Lines.Select(l => Row().Match(l)).Where(m => m.Success).ToDictionary(m => int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), m => m.Value);

        Assert.Equal(Enumerable.Range(1, 149), rows.Keys.Order());
        foreach (var (number, row) in rows) Assert.True(TestName().IsMatch(Tests(row)) || Tests(row).Contains("Not built", StringComparison.Ordinal), $"{number} has neither test nor reason");
    }

    private static string Tests(string row) => row.Length == 0 ? "" : row.Split('|')[^2];

    // The rows of its tables, with the empty lines that end them.
    private static string[] Table(string document) => [.. File.ReadAllLines(Path.Combine([Checkout.Root, "docs", .. document.Split('/')])).Select(l => l.StartsWith('|') ? l : "")];

    private static HashSet<string> AllTests()
    {
        var cs = Directory.GetFiles(Path.Combine(Checkout.Root, "tests"), "*.cs", SearchOption.AllDirectories).SelectMany(f => Method().Matches(File.ReadAllText(f)));
        var ts = Directory.GetFiles(Path.Combine(Checkout.Root, "src"), "*.test.ts", SearchOption.AllDirectories).Where(f => !f.Contains("node_modules", StringComparison.Ordinal)).SelectMany(f => Titled().Matches(File.ReadAllText(f)));
        return [.. cs.Concat(ts).Select(m => m.Groups[1].Value)];
    }

    // Names of C# tests, and of TypeScript tests as they stand in quotes.
    [GeneratedRegex("`([^`]{12,})`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex Method();

    [GeneratedRegex(@"\b(?:test|it)\(\s*['""](.+?)['""],")]
    private static partial Regex Titled();

    [GeneratedRegex(@"^\| (\d+) \|.*$")]
    private static partial Regex Row();
}
