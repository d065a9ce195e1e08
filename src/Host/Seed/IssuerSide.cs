using Identity.Issuer.Data;
using Identity.Issuer.Keys;
using Identity.Issuer.Organisations;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Host.Seed;

/// <summary>What the Host takes from the running Issuer: public profiles and accounts for the ledger, and the demonstration's access.</summary>
internal static class IssuerSide
{
    public static IReadOnlyList<(OrganisationProfile Profile, Address Account)> Organisations(IServiceProvider services) =>
        [.. services.GetRequiredService<OrganisationDirectory>().All.Select(o => (o.Profile, o.Account.Address))];

    /// <summary>The organisation that registers verifiers, with its account, and the thumbprints of the keys that may sign its list: all it has had, but stolen ones.</summary>
    public static (OrganisationProfile Profile, IEvmSigner Account, IReadOnlyList<string> Signers) Authority(IServiceProvider services)
    {
        var authority = services.GetRequiredService<OrganisationDirectory>().Find(Cast.Interior)!;
        using var scope = services.CreateScope();
        var keys = scope.ServiceProvider.GetRequiredService<IssuerDb>().SigningKeys.Where(key => key.Organisation == authority.Slug).Select(key => new { key.Thumbprint, Stolen = key.End == KeyEnd.Compromised }).ToList();
        var stolen = keys.Where(key => key.Stolen).Select(key => key.Thumbprint);
        return (authority.Profile, authority.Account, [.. keys.Select(key => key.Thumbprint).Append(authority.FirstKey.Id).Distinct().Except(stolen)]);
    }

    /// <summary>Thumbprints (32 bytes) of the keys that sign now; the first key of an organisation that has not looked at the ledger yet.</summary>
    public static IReadOnlyList<byte[]> SigningKeys(IServiceProvider services)
    {
        using var scope = services.CreateScope();
        var rows = scope.ServiceProvider.GetRequiredService<IssuerDb>().SigningKeys.ToList();
        var first = services.GetRequiredService<OrganisationDirectory>().All.Where(o => rows.TrueForAll(row => row.Organisation != o.Slug)).Select(o => o.FirstKey.Signer.PublicKey);
        return [.. rows.Where(row => row.Signs).Select(KeyRing.Public).Concat(first).Select(key => key.Thumbprint())];
    }

    public static IReadOnlyList<DemonstrationAccess> Access(IServiceProvider services) => services.GetRequiredService<IssuerSeed>().Access;
}
