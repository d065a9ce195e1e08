using System.Text.RegularExpressions;
using Identity.TestKit;

namespace Identity.Host.Tests;

/// <summary>What a program can do is said by its --help: a verb that is in the code and not there is found by nobody.</summary>
public sealed class HelpTests
{
    [Fact]
    public void The_issuers_help_has_every_verb()
    {
        var text = Source("Issuer", "Commands.cs");
        var verbs = Regex.Matches(text, @"case \[""([a-z-]+)""").Select(m => m.Groups[1].Value).Distinct().Where(verb => verb[0] != '-').ToList();

        Assert.True(verbs.Count >= 6);
        Assert.All(verbs, verb => Assert.Matches($@"\n\s+{verb} .*  \w", text));
    }

    [Fact]
    public void The_verifiers_help_has_every_verb()
    {
        var help = Source("Verifier", "CommandLine", "Help.cs");
        var verbs = Directory.GetFiles(Path.Combine(Checkout.Root, "src", "Verifier", "CommandLine"), "*.cs").SelectMany(file => Regex.Matches(File.ReadAllText(file), @"args is \[""([a-z-]+)"", \.\.\]").Select(m => m.Groups[1].Value)).ToList();

        Assert.True(verbs.Count >= 5);
        Assert.All(verbs, verb => Assert.Matches($@"\n\s+{verb} .*  \w", help));
    }

    private static string Source(params string[] path) => File.ReadAllText(Path.Combine([Checkout.Root, "src", .. path]));
}
