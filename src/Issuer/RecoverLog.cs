using Identity.Credentials.StatusList;
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
    private const int SmallestList = 128; // of a list that gives nothing

    /// <summary>Runs it while the service is stopped; 0 when the database holds all that the other one has, 1 where nothing was changed.</summary>
    public static Task<int> RunAsync(string address, TextWriter output, Func<Func<IServiceProvider, Task>, Task> withServices) => RecoverLogVerb.RunAsync<IssuerDb>(
        address, output, withServices, db => PrepareDatabase.CheckAsync(db), (services, db) => CloseListsAsync(db, services.GetRequiredService<OrganisationDirectory>().All.Select(o => o.Slug)),
        [
            "- who received what: credentials issued then stay valid and verify, but the console does not know them and cannot revoke them; issue them again where they must be governable",
            "- revocations, suspensions and their lifting of those hours: do them again NOW, before the service starts; its next status lists say what the database says",
            "- changes of keys, staff, and the access log of those hours",
            "Status lists that exist give no index any more; new ones are begun.",
        ]);

    /// <summary>No index of a list that exists, or may exist since the lost hours (<see cref="StatusListNumbers.MaxGap"/>), is given again; also where the backup knows no list of an organisation yet.</summary>
    internal static async Task CloseListsAsync(IssuerDb db, IEnumerable<string> organisations)
    {
        await db.StatusLists.ExecuteUpdateAsync(lists => lists.SetProperty(l => l.Taken, l => l.Size));
        var last = await db.StatusLists.GroupBy(l => l.Organisation).Select(g => new { g.Key, Number = g.Max(l => l.Number) }).ToDictionaryAsync(g => g.Key, g => g.Number);
        db.StatusLists.AddRange(organisations.Union(last.Keys).Select(o => new StatusListRow { Organisation = o, Number = last.GetValueOrDefault(o) + StatusListNumbers.MaxGap, Size = SmallestList, Taken = SmallestList }));
        await db.SaveChangesAsync();
    }
}
