using System.Text.RegularExpressions;
using Identity.TestKit;

namespace Identity.Hosting.Tests;

/// <summary>A page that asks for a text which nobody wrote shows its key.</summary>
public sealed partial class PageTextsTests
{
    [Theory, InlineData("Issuer/Console", "issuer", "approval.file.do"), InlineData("Audit/Desk", "audit", "Desk["), InlineData("Wallet/Desk", "desk", "Desk[")]
    public void Every_text_that_a_page_for_staff_asks_for_exists(string folder, string area, string known)
    {
        var pages = string.Join('\n', Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src", folder), "*.cshtml*", SearchOption.AllDirectories).Select(File.ReadAllText));
        var keys = OfArea().Matches(pages).Select(m => $"{area}.{m.Groups[1].Value}").Concat(OfAnyArea().Matches(pages).Select(m => m.Groups[1].Value)).Distinct().ToList();

        Assert.Contains(known, pages);
        Assert.True(keys.Count > 30, $"{keys.Count} keys");
        Assert.DoesNotContain(keys, key => Strings.For("en").Find(key) is null);
    }

    // Desk["key"], Desk.Format("key", …): a key of the page's own area. What is put together while the page is drawn is not seen here.
    [GeneratedRegex("""[Dd]esk(?:\[|\.Format\()"([a-z0-9_.-]+)"[\],)]""")]
    private static partial Regex OfArea();

    // Desk.T["area.key"], Desk.Fill("area.key", …).
    [GeneratedRegex("""[Dd]esk(?:\.T\[|\.T\.Format\(|\.Fill\()"([a-z0-9_.-]+)"[\],)]""")]
    private static partial Regex OfAnyArea();
}
