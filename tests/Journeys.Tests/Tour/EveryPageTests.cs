using System.Text.RegularExpressions;
using Identity.Hosting;
using Identity.Journeys.Tests.Browser;
using Identity.TestKit;

namespace Identity.Journeys.Tests.Tour;

/// <summary>Every role does its work in every language, and each page on the way can be read by everybody.</summary>
[Collection(TourTests.Name), Trait("Category", "Browser")]
public sealed class EveryPageTests(Surroundings surroundings)
{
    // Nothing is looked at twice that another language shows; the command "inspect" does so all the same.
    private static Depth DepthIn(string language) => language == "en" ? Depth.Everything : language == "ar" ? Depth.Direction : Depth.Words;

    // Two at a time, each pair of lanes about as long as the other.
    private static readonly string[][] Lanes = [["wallet", "audit", "recognition", "desk"], ["verifier", "console", "files-keys", "lost-phone"]];

    public static TheoryData<string> Languages() => [.. Strings.Languages];

    [Theory, MemberData(nameof(Languages))]
    public async Task Every_role_does_its_work_and_every_page_can_be_read_by_everybody(string language)
    {
        var tours = Tours.All.Keys.ToDictionary(tour => tour, _ => new Inspection(language));
        Assert.Equal(tours.Keys.Order(), Lanes.SelectMany(lane => lane).Order());
        await Task.WhenAll(Lanes.Select(async lane =>
        {
            foreach (var tour in lane) await tours[tour].TourAsync(surroundings, tour, DepthIn(language));
        }));
        var faults = tours.SelectMany(tour => tour.Value.Faults.Select(fault => $"{tour.Key}: {fault}")).ToList();
        Assert.True(faults.Count == 0, $"In {language}:\n{string.Join("\n", faults)}");
        Assert.Empty(Promised().Except(tours["wallet"].Seen).Except(tours["audit"].Seen));
    }

    // Of the languages that only holders and whoever checks have: one of long words without spaces between them, and one from right to left.
    internal static readonly string[] Further = ["my", "ur"];

    public static TheoryData<string> FurtherLanguages() => [.. Further];

    [Theory, MemberData(nameof(FurtherLanguages))]
    public async Task The_wallet_and_the_pages_for_checking_can_be_read_in_further_languages(string language)
    {
        var tours = new[] { "wallet", "verifier" }.ToDictionary(tour => tour, _ => new Inspection(language));
        await Task.WhenAll(tours.Select(tour => tour.Value.TourAsync(surroundings, tour.Key, Depth.Words)));
        var faults = tours.SelectMany(tour => tour.Value.Faults.Select(fault => $"{tour.Key}: {fault}")).ToList();
        Assert.True(faults.Count == 0, $"In {language}:\n{string.Join("\n", faults)}");
    }

    // The wallet's page contract lists its screens; those that pass by in a moment, and the one for browsers that cannot, are left out.
    private static IEnumerable<string> Promised()
    {
        var contract = File.ReadAllText(Path.Combine(Checkout.Root, "src", "Wallet", "app", "README.md"));
        var names = Regex.Match(contract, "`main` carries `screen-NAME`: `([a-z_\\s-]+)`").Groups[1].Value;
        return names.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Except(["busy", "progress", "insecure"]);
    }
}

/// <summary>The tours have surroundings of their own and run beside the browser tests, which mostly wait.</summary>
[CollectionDefinition(Name)]
public sealed class TourTests : ICollectionFixture<Surroundings>
{
    public const string Name = "tours";
}
