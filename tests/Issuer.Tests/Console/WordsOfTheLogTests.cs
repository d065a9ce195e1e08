using System.Text.RegularExpressions;
using Identity.Hosting;
using Identity.TestKit;

namespace Identity.Issuer.Tests.Console;

public sealed partial class WordsOfTheLogTests
{
    [Fact]
    public void Every_act_that_is_logged_has_words_in_every_language()
    {
        var acts = Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src", "Issuer"), "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => Logged().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)).Concat(["wallet_accepted", "wallet_failed", "wallet_deleted", "revocation_asked", "revocation_refused", "suspension_asked", "suspension_refused"]).Distinct().ToList();

        Assert.Contains("case-read", acts);
        Assert.Contains("bulk_paused", acts);
        foreach (var language in Strings.Languages)
            Assert.Empty(acts.Where(act => Strings.For(language).Find($"issuer.access.{act}") is null).Select(act => $"{act}, {language}"));
    }

    // db.Log(…, actor, "act", …), db.Record(…, actor, "act", …) and the methods of the same work that call them: the first text is the act.
    [GeneratedRegex("""\b(?:Log|Record|LogAsync|ChangeAsync|StepAsync)\([^";]*"([a-z_-]+)" *[,)]""")]
    private static partial Regex Logged();
}
