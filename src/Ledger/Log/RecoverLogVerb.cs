using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Ledger.Log;

/// <summary><c>log-recover --from ADDRESS</c> of every service that keeps a log: brings back the entries that a database put back from a backup has lost, from whoever serves the log's <c>checkpoint</c> and <c>tile/…</c>.</summary>
public static class RecoverLogVerb
{
    /// <summary>Runs it while the service is stopped; 0 when the database holds all that the other one has, 1 where nothing was changed.</summary>
    /// <param name="address">Where the log is served.</param>
    /// <param name="output">What was done, and what is left to people.</param>
    /// <param name="withServices">Gives the services of an app with <see cref="LedgerLogServices.AddLedgerLog"/> that is not started.</param>
    /// <param name="check">Throws where the database is not up to date.</param>
    /// <param name="within">What else is changed in the same transaction.</param>
    /// <param name="lost">What no hash brings back, a line for each kind of record.</param>
    /// <exception cref="InvalidOperationException">The address is none.</exception>
    public static async Task<int> RunAsync<TDb>(
        string address, TextWriter output, Func<Func<IServiceProvider, Task>, Task> withServices, Func<TDb, Task> check, Func<IServiceProvider, TDb, Task> within, IReadOnlyList<string> lost) where TDb : DbContext
    {
        if (!Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var from) || !from.Scheme.StartsWith("http", StringComparison.Ordinal))
            throw new InvalidOperationException("Give the address under which somebody serves the log: log-recover --from https://verifier.example/mirror/logs/ID");
        var step = (RecoveryStep)new RecoveryStep.Refused("Nothing was done.");
        await withServices(async services =>
        {
            var db = services.GetRequiredService<TDb>();
            await check(db);
            step = await services.GetRequiredService<OperatorLog<TDb>>().Recovery.RunAsync(db, from, () => within(services, db), CancellationToken.None);
        });
        switch (step)
        {
            case RecoveryStep.Recovered(var first, var size):
                await output.WriteLineAsync($"The log has {size} entries again; {size - first} of them came back as hashes.");
                await output.WriteLineAsync("Lost are the records of the hours in between, and cannot be had from anybody:");
                foreach (var line in lost) await output.WriteLineAsync(line);
                return 0;
            case RecoveryStep.Whole(var size):
                await output.WriteLineAsync($"Nothing is missing: the database holds the {size} entries that the other one has.");
                return 0;
            default:
                await output.WriteLineAsync($"Nothing was changed. {((RecoveryStep.Refused)step).Reason}");
                return 1;
        }
    }
}
