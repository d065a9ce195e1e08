using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Host.Embedded;
using Identity.Hosting;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Registry;

namespace Identity.Host.Seed;

/// <summary>What the local chain must hold for the demonstration. Every step looks first, so running it again changes nothing.</summary>
/// <param name="Organisations">Profiles and accounts of the issuers.</param>
/// <param name="Logs">Those of the services that keep one.</param>
internal sealed record SeedLedger(IReadOnlyList<(OrganisationProfile Profile, Address Account)> Organisations, IReadOnlyList<SeededLog> Logs)
{
    private static readonly DateTimeOffset Beginning = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public async Task WriteAsync(RegistryClient registry, LedgerAccounts accounts, CancellationToken ct)
    {
        await RegisterAsync(registry, accounts, Cast.Accreditor, accounts.Accreditor.Address, OrganisationRoles.Accreditor, ct);
        foreach (var (profile, account) in Organisations) await RegisterAsync(registry, accounts, profile, account, Cast.RolesOf(profile.Name), ct);

        foreach (var log in Logs)
        {
            if (await registry.FindLogAsync(RegistryClient.LogId(log.Origin), ct) is null)
                (await registry.RegisterLogAsync(accounts.Governor, log.Origin, log.Operator, log.Key, ct)).Require();
        }

        await AccreditAsync(registry, accounts, ct);
    }

    private static async Task RegisterAsync(RegistryClient registry, LedgerAccounts accounts, OrganisationProfile profile, Address account, OrganisationRoles roles, CancellationToken ct)
    {
        if (await registry.FindOrganisationAsync(profile.Id(), ct) is null)
            (await registry.RegisterOrganisationAsync(accounts.Governor, profile, account, roles, ct)).Require();
    }

    /// <summary>
    /// The key of trust packs, under an organisation that may issue nothing: whoever stole it could sign packs, and no credential. A data folder with another key of
    /// before keeps both.
    /// </summary>
    public static async Task RegisterPackKeyAsync(RegistryClient registry, EvmAccount account, Jwk key, CancellationToken ct)
    {
        if (await registry.FindKeyAsync(key.Thumbprint(), ct) is null)
            (await registry.AddKeyAsync(account, Cast.Accreditor.Id(), key.Thumbprint(), Beginning, key.XBytes(), key.YBytes(), ct)).Require();
    }

    private async Task AccreditAsync(RegistryClient registry, LedgerAccounts accounts, CancellationToken ct)
    {
        var accreditor = Cast.Accreditor.Id();
        var head = await registry.Evm.HeadAsync(ct);
        var granted = (await registry.ReadEventsAsync(0, head.Number, ct)).OfType<RegistryEvent.AccreditationGranted>().ToList();
        // One root authority: it may entitle to whatever there is.
        var root = granted.Find(g => g.Parent is null && g.Holder.AsSpan().SequenceEqual(accreditor))?.Number
            ?? Number(await registry.AdmitRootAsync(accounts.Governor, accreditor, AccreditationRight.Accredit, new Scope(null), Beginning, null, ct));
        foreach (var (profile, _) in Organisations)
        {
            var (id, scope) = (profile.Id(), Cast.Issuers.Single(m => m.Name == profile.Name).Accredited);
            if (!granted.Exists(g => g.Holder.AsSpan().SequenceEqual(id) && g.Scope == scope.Canonical()))
                (await registry.GrantAsync(accounts.Accreditor, root, id, AccreditationRight.Issue, scope, Cast.AccreditedSince, null, ct)).Require();
        }

        static ulong Number(RegistryWrite write)
        {
            write.Require();
            return ((RegistryEvent.AccreditationGranted)((RegistryWrite.Done)write).Event).Number;
        }
    }
}

/// <summary>A log with the account that anchors it and the Ed25519 key of its checkpoints.</summary>
internal sealed record SeededLog(string Origin, Address Operator, byte[] Key)
{
    /// <summary>The log of a running service.</summary>
    public static SeededLog Of(IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        using var key = LogKeyFile.Load(configuration["Log:SigningKeyFile"]!);
        using var account = EvmAccount.LoadFile(configuration["Ledger:OperatorKeyFile"]!);
        return new SeededLog($"{configuration.PublicUrl().Authority}/log", account.Address, key.PublicBytes);
    }
}
