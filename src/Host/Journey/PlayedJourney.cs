using System.Text.Json;

namespace Identity.Host.Journey;

/// <summary>One step of a journey as it came out.</summary>
internal sealed record PlayedStep(string What, string Outcome, string? Link);

/// <summary>
/// The journey plays once in a data folder: each play leaves diplomas behind, and one of them is revoked. Later starts show what it left.
/// </summary>
internal sealed class PlayedJourney(DemonstrationOptions options)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private string File => options.Path("journey.json");

    /// <summary>The steps of the journey that was played here, or null. A damaged file is as good as none.</summary>
    public async Task<IReadOnlyList<PlayedStep>?> FindAsync(CancellationToken ct)
    {
        if (!System.IO.File.Exists(File)) return null;
        try
        {
            return JsonSerializer.Deserialize<List<PlayedStep>>(await System.IO.File.ReadAllTextAsync(File, ct), Format);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps the steps of a journey that came out as it should.</summary>
    public Task KeepAsync(IReadOnlyList<PlayedStep> steps, CancellationToken ct) => System.IO.File.WriteAllTextAsync(File, JsonSerializer.Serialize(steps, Format), ct);
}
