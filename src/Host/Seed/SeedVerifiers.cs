using Identity.Credentials.Jose;
using Identity.Credentials.Verifiers;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Identity.Verifier.Registration;

namespace Identity.Host.Seed;

/// <summary>The verifiers that the demonstration's authority registers. Every step looks first, so running it again changes nothing.</summary>
/// <param name="Authority">The organisation that registers them.</param>
/// <param name="Account">Its account.</param>
/// <param name="Profiles">What it vouches for.</param>
internal sealed record SeedVerifiers(OrganisationProfile Authority, IEvmSigner Account, IReadOnlyList<VerifierProfile> Profiles)
{
    private const int MostTries = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>The public page and Harbour Yard's desk with the keys of the running Verifier, and an agency with a key that only the journey uses.</summary>
    public static SeedVerifiers Of((OrganisationProfile Profile, IEvmSigner Account, IReadOnlyList<string> Signers) authority, AskingIdentities identities, string url, Es256Key agency) => new(authority.Profile, authority.Account,
    [
        Cast.PublicPage(Keys(identities.PublicPage), url), Cast.HarbourYard(Keys(identities.Desk!), url), Cast.Sunline([agency.PublicKey.ThumbprintText()]),
    ]);

    /// <summary>The authority's own service writes with the same account: where its transaction took our turn, this looks again.</summary>
    public async Task WriteAsync(RegistryClient registry, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await WriteMissingAsync(registry, ct);
                return;
            }
            catch (EvmException e) when (e.Passing && tries < MostTries)
            {
                await Task.Delay(Pause, ct);
            }
        }
    }

    private async Task WriteMissingAsync(RegistryClient registry, CancellationToken ct)
    {
        var now = TimeProvider.System.GetUtcNow();
        var register = new VerifierRegister();
        var head = await registry.Evm.HeadAsync(ct);
        foreach (var registryEvent in await registry.ReadEventsAsync(0, head.Number, ct)) register.Apply(registryEvent);
        var inForce = register.InForce(Authority.Id(), now.AddDays(1)).Select(registration => Convert.ToHexString(registration.Id)).ToHashSet();
        foreach (var profile in Profiles.Where(profile => !inForce.Contains(Convert.ToHexString(profile.Id()))))
            (await registry.RegisterVerifierAsync(Account, Authority.Id(), profile, now.AddYears(1), ct)).Require();
    }

    private static string[] Keys(AskingIdentity identity) => [identity.RequestKey, identity.ChallengeKey];
}
