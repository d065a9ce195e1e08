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
            using var own = options.Take();
            options.Check();
            await using var stack = await Stack.StartAsync(options, screen, ct);
            if (!stayUp) return await PlayAsync(options, stack, screen, ct) ? 0 : 1;
            screen.Welcome(options, stack);
            if (await new PlayedJourney(options).FindAsync(ct) is { } before) screen.Played(before);
            else await PlayAsync(options, stack, screen, ct);
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

    private static async Task<bool> PlayAsync(DemonstrationOptions options, Stack stack, Screen screen, CancellationToken ct)
    {
        var journey = new PlayJourney(options, stack, screen);
        var audit = new PlayAudit(options, stack.AuditAccess, stack.AuditIsNew, stack.Contract, screen);
        var asExpected = await journey.RunAsync(ct);
        asExpected &= await audit.RunAsync(ct);
        if (asExpected) await new PlayedJourney(options).KeepAsync([.. journey.Steps.Played, .. audit.Steps.Played], ct);
        return asExpected;
    }
}
