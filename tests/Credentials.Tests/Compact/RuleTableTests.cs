using System.Text.Json.Nodes;
using Identity.TestKit;

namespace Identity.Credentials.Tests.Compact;

/// <summary>tests/vectors/compact/rules.json: every rule of docs/compact-proof.md has a vector, and every vector it names is there and says so.</summary>
public sealed class RuleTableTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Checkout.Root, "docs/compact-proof.md"));
    private static readonly JsonArray Rules = JsonNode.Parse(File.ReadAllText(Checkout.Vector("compact/rules.json")))!["rules"]!.AsArray();

    [Fact]
    public void Every_rule_of_the_page_has_a_vector()
    {
        var quotes = Rules.Select(r => (string)r!["rule"]!).ToList();
        Assert.All(quotes, quote => Assert.Contains(quote, Page, StringComparison.Ordinal));
        Assert.All(Clauses(), clause => Assert.True(quotes.Exists(q => clause.Contains(q, StringComparison.Ordinal)), clause));
    }

    [Fact]
    public void Every_vector_that_the_table_names_is_there_and_says_what_the_table_says()
    {
        var expected = new Dictionary<string, string>();
        foreach (var file in Directory.GetFiles(Checkout.Vector("compact"), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Where(f => f != "rules"))
        {
            foreach (var vector in VectorFile.Read(file))
                expected[file is "browser" or "edges" ? $"{file}/{vector["kind"]}/{vector["name"]}" : $"{file}/{vector["name"]}"] = (string)vector["expected"]!;
        }

        foreach (var rule in Rules)
        {
            var named = new[] { "accept", "refuse" }.SelectMany(list => rule![list]!.AsArray().Select(name => (Name: (string)name!, Said: list))).ToList();
            Assert.NotEmpty(named);
            foreach (var (name, said) in named) Assert.True(expected.GetValueOrDefault(name) == said, $"{rule!["rule"]}: {name} is {expected.GetValueOrDefault(name) ?? "absent"}, not {said}");
        }
    }

    /// <summary>What the page states one by one: what is refused of a text and of bytes, each line of the structure, each point of section 4, each stage and each limit.</summary>
    private static List<string> Clauses()
    {
        var clauses = new List<string>();
        clauses.AddRange(Between("Refused: another", "(section 8)").Split("; "));
        clauses.AddRange(Between("Refused wherever it stands:", "\n\n").Split("; "));
        clauses.AddRange(Lines(Between("```cddl", "```"), line => line.Contains(" = ", StringComparison.Ordinal)));
        clauses.AddRange(("\n" + Between("Further, and refused otherwise:", "`type` is the")).Split("\n- ").Skip(1));
        foreach (var table in new[] { "| signed | external data |", "| stage | looked at |", "| what | bytes |" }) clauses.AddRange(Lines(Between(table, "\n\n"), line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1));
        Assert.InRange(clauses.Count, 55, 200); // a page written otherwise must not leave the list empty
        return clauses;
    }

    private static IEnumerable<string> Lines(string text, Func<string, bool> wanted) => text.Split('\n').Where(wanted);

    private static string Between(string from, string to)
    {
        var start = Page.IndexOf(from, StringComparison.Ordinal);
        Assert.True(start >= 0, from);
        return Page[start..Page.IndexOf(to, start + from.Length, StringComparison.Ordinal)];
    }
}
