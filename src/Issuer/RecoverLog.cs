using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Identity.Issuer.Status;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer;

/// <summary>
/// <c>log-recover --from ADDRESS</c>: after the database was put back from a backup. The log's missing entries come back as hashes, and no status list that exists gives an index any more, since what it gave
/// out in the lost hours is not known.
/// </summary>
internal static class RecoverLog
{
    /// <summary>New lists begin this far above the last known one: those in between may exist, made in the lost hours.</summary>
    internal const int Gap = 1000;

    private const int SmallestList = 128; // of a list that gives nothing

    /// <summary>Runs it while the service is stopped; 0 when the database holds all that the other one has, 1 where nothing was changed.</summary>
    public static async Task<int> RunAsync(string address, TextWriter output, Func<Func<IServiceProvider, Task>, Task> withServices)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var from)) throw new InvalidOperationException("Give the address under which somebody serves the log: log-recover --from https://verifier.example/mirror/logs/ID");
        var step = (RecoveryStep)new RecoveryStep.Refused("Nothing was done.");
        await withServices(async services =>
        {
            await PrepareDatabase.CheckAsync(services.GetRequiredService<IssuerDb>());
            step = await services.RecoverLogAsync<IssuerDb>(from, db => CloseListsAsync(db, services.GetRequiredService<OrganisationDirectory>().All.Select(o => o.Slug)));
        });
        switch (step)
        {
            case RecoveryStep.Recovered(var first, var size):
                await output.WriteLineAsync($"The log has {size} entries again; {size - first} of them came back as hashes.");
                await output.WriteLineAsync("Lost are the records of the hours in between, and cannot be had from anybody:");
                await output.WriteLineAsync("- who received what: credentials issued then stay valid and verify, but the console does not know them and cannot revoke them; issue them again where they must be governable");
                await output.WriteLineAsync("- revocations, suspensions and their lifting of those hours: do them again NOW, before the service starts; its next status lists say what the database says");
                await output.WriteLineAsync("- changes of keys, staff, and the access log of those hours");
                await output.WriteLineAsync("Status lists that exist give no index any more; new ones are begun.");
                return 0;
            case RecoveryStep.Whole(var size):
                await output.WriteLineAsync($"Nothing is missing: the database holds the {size} entries that the other one has.");
                return 0;
            default:
                await output.WriteLineAsync($"Nothing was changed. {((RecoveryStep.Refused)step).Reason}");
                return 1;
        }
    }

    /// <summary>No index of a list that exists, or may exist, is given again; also where the backup knows no list of an organisation yet.</summary>
    internal static async Task CloseListsAsync(IssuerDb db, IEnumerable<string> organisations)
    {
        await db.StatusLists.ExecuteUpdateAsync(lists => lists.SetProperty(l => l.Taken, l => l.Size));
        var last = await db.StatusLists.GroupBy(l => l.Organisation).Select(g => new { g.Key, Number = g.Max(l => l.Number) }).ToDictionaryAsync(g => g.Key, g => g.Number);
        db.StatusLists.AddRange(organisations.Union(last.Keys).Select(o => new StatusListRow { Organisation = o, Number = last.GetValueOrDefault(o) + Gap, Size = SmallestList, Taken = SmallestList }));
        await db.SaveChangesAsync();
    }
}
