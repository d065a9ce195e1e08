using System.Diagnostics;
using Identity.Hosting;
using Identity.Issuer.Authorization;
using Identity.Issuer.Bulk;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Benchmarks.Issuing;

/// <summary><c>collect-5</c>: a wallet collects five copies of one credential; one transaction for each, as at the credential endpoint after its checks.</summary>
internal sealed class CollectFive : IBenchmark
{
    public string Name => "collect-5";

    public async Task<IReadOnlyList<Result>> RunAsync(bool quick)
    {
        await using var workshop = await Workshop.OpenAsync();
        var raw = Measure.PerSecond(quick, workshop.SignRaw);
        var wallets = Measure.Of(1000, 200, quick);
        var now = TimeProvider.System.GetUtcNow();
        IReadOnlyList<BulkIssued> prepared;
        List<AccessToken> tokens;
        await using (var scope = workshop.Scope())
        {
            var db = scope.ServiceProvider.GetRequiredService<IssuerDb>();
            await using var transaction = await db.Database.BeginExclusiveAsync(workshop.Organisation.Slug, CancellationToken.None);
            prepared = (await scope.ServiceProvider.GetRequiredService<IssueMany>().RunAsync(
                workshop.Organisation, Workshop.Type, [.. Enumerable.Range(0, wallets).Select(i => new BulkItem($"C-{i}", Workshop.Claims(i), null))], Actor.Staff(1, Identity.Issuer.Data.StaffRoles.Clerk), null, now, CancellationToken.None))!;
            tokens = [.. prepared.Select((one, i) => new AccessToken
            {
                Hash = BitConverter.GetBytes(i), Organisation = workshop.Organisation.Slug, OfferId = one.OfferId, CredentialId = one.CredentialId, ExpiresAt = now.AddMinutes(10), Family = "benchmark",
            })];
            db.AddRange(tokens);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }
        var keys = Workshop.HolderKeys(5 * wallets);
        var request = new CredentialRequest(Workshop.Type, Configurations.SdJwtFormat, Configurations.SdJwt(Workshop.Type.Name), [], null);

        var clock = Stopwatch.StartNew();
        for (var i = 0; i < wallets; i++)
        {
            await using var scope = workshop.Scope();
            var outcome = await scope.ServiceProvider.GetRequiredService<IssueCopies>().RunAsync(workshop.Organisation, tokens[i], request, new CheckedProofs(keys[(5 * i)..(5 * i + 5)], []), CancellationToken.None);
            if (outcome is not Collection.Handed) throw new InvalidOperationException("A wallet was refused.");
        }
        await workshop.LogAsync();
        var rate = 5 * wallets / clock.Elapsed.TotalSeconds;
        return [new Result(Name, rate, "credentials/s", rate / raw, "raw ES256 signing, one thread")];
    }
}
