using Identity.Journeys.Tests.Browser;

namespace Identity.Journeys.Tests.Tour;

/// <summary>Every tour: each is the work of somebody, from the first page to the result, in any language.</summary>
internal static class Tours
{
    public static readonly IReadOnlyDictionary<string, Func<Surroundings, string, Stop, Task>> All = new Dictionary<string, Func<Surroundings, string, Stop, Task>>(StringComparer.Ordinal)
    {
        ["wallet"] = WalletTour.PlayAsync,
        ["verifier"] = VerifierTour.PlayAsync,
        ["console"] = ConsoleTour.PlayAsync,
        ["files-keys"] = FilesAndKeysTour.PlayAsync,
        ["recognition"] = RecognitionTour.PlayAsync,
        ["audit"] = AuditTour.PlayAsync,
        ["desk"] = DeskTour.PlayAsync,
        ["lost-phone"] = LostPhoneTour.PlayAsync,
    };
}
