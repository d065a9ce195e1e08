using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Registry;

namespace Identity.Host.Seed;

/// <summary>What the Host takes from the running Issuer: public profiles and accounts for the ledger, and the demonstration's access.</summary>
internal static class IssuerSide
{
    public static SeedLedger Read(IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        using var log = LogKeyFile.Load(configuration["Log:SigningKeyFile"]!);
        using var account = EvmAccount.LoadFile(configuration["Ledger:OperatorKeyFile"]!);
        var organisations = services.GetRequiredService<OrganisationDirectory>().All.Select(o => (o.Profile, o.Account.Address)).ToList();
        return new SeedLedger(organisations, $"{configuration.PublicUrl().Authority}/log", account.Address, log.PublicBytes);
    }

    /// <summary>The organisation that registers verifiers, with its account, and the thumbprint of the key that signs its list.</summary>
    public static (OrganisationProfile Profile, EvmAccount Account, string Signer) Authority(IServiceProvider services)
    {
        var authority = services.GetRequiredService<OrganisationDirectory>().Find(Cast.Interior)!;
        return (authority.Profile, authority.Account, authority.KeyId);
    }

    public static IReadOnlyList<DemonstrationAccess> Access(IServiceProvider services) => services.GetRequiredService<IssuerSeed>().Access;
}
