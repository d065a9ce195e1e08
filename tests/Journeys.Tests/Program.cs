using Identity.Hosting;
using Identity.Journeys.Tests.Browser;
using Identity.Journeys.Tests.Tour;
using Identity.TestKit;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests;

/// <summary>
/// <c>screenshots [--out DIR] [--blank]</c>: pictures of every page, as it is or without its letters; <c>inspect</c>: every page in every language, with axe. Both take <c>--only TOUR</c> and <c>--lang LANGUAGE</c>.
/// The tests run with <c>dotnet test</c>.
/// </summary>
public static class Program
{
    /// <returns>0, 1 where a page has a fault, or 3 for a wrong call.</returns>
    public static async Task<int> Main(string[] args)
    {
        if (args is not ["screenshots" or "inspect", ..])
        {
            await Console.Error.WriteLineAsync($"screenshots [--out DIR] [--blank] | inspect [--only {string.Join('|', Tours.All.Keys)}] [--lang {string.Join('|', Strings.AllLanguages)}]");
            return 3;
        }
        string? Option(string name) => Array.IndexOf(args, name) is var i and > 0 && i + 1 < args.Length ? args[i + 1] : null;
        var surroundings = new Surroundings();
        await surroundings.InitializeAsync();
        try
        {
            if (args[0] == "inspect") return await InspectAsync(surroundings, Option("--only"), Option("--lang"));
            await new Screenshots(surroundings, Path.GetFullPath(Option("--out") ?? Path.Combine(Checkout.Root, "artifacts", "screens")), args.Contains("--blank")).TakeAsync(Option("--only"), Option("--lang"));
            return 0;
        }
        finally
        {
            await surroundings.DisposeAsync();
        }
    }

    private static async Task<int> InspectAsync(Surroundings surroundings, string? only, string? onlyLanguage)
    {
        var clean = true;
        foreach (var tour in Tours.All.Keys.Where(t => only is null || t == only))
            foreach (var language in onlyLanguage is null ? Strings.Languages : [onlyLanguage])
            {
                var inspection = new Inspection(language);
                var end = "the end";
                try
                {
                    await inspection.TourAsync(surroundings, tour, Depth.Everything);
                }
                catch (PlaywrightException e)
                {
                    end = e.Message; // the other tours are looked at all the same
                }
                Console.WriteLine($"{tour}, {language}: {inspection.Seen.Count} pages in {inspection.Clock.Elapsed.TotalSeconds:0} s to {end}; {inspection.Faults.Count} faults");
                foreach (var fault in inspection.Faults) Console.WriteLine($"  {fault}");
                clean &= inspection.Faults.Count == 0 && end == "the end";
            }
        return clean ? 0 : 1;
    }
}
