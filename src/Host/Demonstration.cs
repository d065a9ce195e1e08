using Identity.Host.Journey;

namespace Identity.Host;

/// <summary>Starts everything in one process, seeds it, plays the journey and stays up or ends.</summary>
internal static class Demonstration
{
    /// <returns>0 when all went well, 1 when a step of the journey came out otherwise or the start was refused.</returns>
    public static async Task<int> RunAsync(DemonstrationOptions options, bool stayUp, CancellationToken ct)
    {
        var screen = new Screen(Console.Out);
        try
        {
            options.Check();
            await using var stack = await Stack.StartAsync(options, screen, ct);
            var played = await new PlayJourney(options, stack.Access, screen).RunAsync(ct);
            if (!stayUp) return played ? 0 : 1;
            screen.Welcome(options, stack);
            await Task.Delay(Timeout.Infinite, ct).ContinueWith(_ => { }, TaskScheduler.Default);
            screen.Line("Stopping…");
            return 0;
        }
        catch (StartException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return 1;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return stayUp ? 0 : 1;
        }
    }
}
