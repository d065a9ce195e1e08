using Identity.Journeys.Tests.Browser;
using Identity.Journeys.Tests.Tour;
using Identity.TestKit;

namespace Identity.Journeys.Tests;

/// <summary><c>screenshots [--out DIR] [--only wallet|verifier|console] [--lang LANGUAGE]</c>: pictures of every page. The tests run with <c>dotnet test</c>.</summary>
public static class Program
{
    /// <returns>0, or 3 for a wrong call.</returns>
    public static async Task<int> Main(string[] args)
    {
        if (args is not ["screenshots", ..])
        {
            await Console.Error.WriteLineAsync("screenshots [--out DIR] [--only wallet|verifier|console] [--lang LANGUAGE]");
            return 3;
        }
        string? Option(string name) => Array.IndexOf(args, name) is var i and > 0 && i + 1 < args.Length ? args[i + 1] : null;
        var surroundings = new Surroundings();
        await surroundings.InitializeAsync();
        try
        {
            await new Screenshots(surroundings, Path.GetFullPath(Option("--out") ?? Path.Combine(Checkout.Root, "artifacts", "screens"))).TakeAsync(Option("--only"), Option("--lang"));
        }
        finally
        {
            await surroundings.DisposeAsync();
        }
        return 0;
    }
}
