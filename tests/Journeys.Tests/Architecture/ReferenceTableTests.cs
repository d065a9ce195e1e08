using System.Xml.Linq;
using Identity.TestKit;

namespace Identity.Journeys.Tests.Architecture;

/// <summary>Who may know whom. Apps meet over HTTP, never by reference.</summary>
public sealed class ReferenceTableTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Credentials"] = [],                                      // formats and proofs: usable alone
        ["Hosting"] = [],                                          // what every web app shares, and nothing about credentials
        ["Ledger"] = ["Credentials", "Hosting"],                   // logs and chain, used inside the operator's process
        ["Issuer"] = ["Credentials", "Hosting", "Ledger"],
        ["Verifier"] = ["Credentials", "Hosting", "Ledger"],
        ["Audit"] = ["Credentials", "Hosting", "Ledger"],
        ["Wallet"] = ["Credentials", "Hosting"],                   // a holder needs no ledger of its own
        ["Witness"] = ["Credentials", "Hosting"],                  // run alone, by strangers to the operator
        ["Host"] = ["Audit", "Credentials", "Hosting", "Issuer", "Ledger", "Verifier", "Wallet"],
        ["web"] = [],
    };

    [Fact]
    public void Projects_reference_each_other_exactly_as_the_table_says()
    {
        var projects = Directory.GetFiles(Path.Combine(Checkout.Root, "src"), "*.csproj", SearchOption.AllDirectories);

        var actual = projects.ToDictionary(file => Path.GetFileNameWithoutExtension(file)!, References);

        Assert.Equal(Allowed.Keys.Order(), actual.Keys.Order());
        foreach (var (project, references) in actual) Assert.Equal(Allowed[project].Order(), references.Order());
    }

    [Fact]
    public void Only_one_project_runs_npm() =>
        Assert.Equal(["web.csproj"], Directory.GetFiles(Path.Combine(Checkout.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("npm ", StringComparison.Ordinal)).Select(file => Path.GetFileName(file)!));

    [Fact]
    public void The_library_of_formats_uses_no_hosting_database_or_network()
    {
        var sources = Directory.GetFiles(Path.Combine(Checkout.Root, "src", "Credentials"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}")).ToList();

        Assert.NotEmpty(sources);
        foreach (var source in sources)
        {
            var text = File.ReadAllText(source);
            foreach (var banned in new[] { "Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "System.Net.Http", "Microsoft.Extensions" })
                Assert.False(text.Contains(banned, StringComparison.Ordinal), $"{Path.GetFileName(source)} uses {banned}");
        }
    }

    // A reference for build order only carries no assembly and so no knowledge.
    private static string[] References(string project) =>
        [.. XDocument.Load(project).Descendants("ProjectReference")
            .Where(r => (string?)r.Attribute("ReferenceOutputAssembly") != "false")
            .Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!))];
}
