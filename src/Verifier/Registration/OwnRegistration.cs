using Identity.Credentials.Dcql;
using Identity.Credentials.Verdicts;
using Identity.Credentials.Verifiers;
using Identity.Ledger.Mirror;
using Identity.Ledger.Registry;

namespace Identity.Verifier.Registration;

/// <summary>Where registrations are looked up: the mirror of the ledger.</summary>
/// <param name="All">Registrations in their order, ended ones too, with the name of the authority.</param>
/// <param name="Find">Those that name a key (thumbprint).</param>
public sealed record RegistrationSource(Func<IReadOnlyList<(VerifierRegistration Registration, string Authority)>> All, Func<string, IReadOnlyList<(VerifierRegistration Registration, string Authority)>> Find)
{
    /// <summary>Over the mirror.</summary>
    public static RegistrationSource Of(LedgerMirror mirror) => new(() => Named(mirror.Verifiers()), key => Named(mirror.FindVerifiers(key)));

    private static IReadOnlyList<(VerifierRegistration, string)> Named(IReadOnlyList<(VerifierRegistration Registration, OrganisationRecord? Authority)> found) =>
        [.. found.Select(one => (one.Registration, one.Authority?.Name ?? ""))];
}

/// <summary>What the ledger says about this service's own identities, and what may be asked under them.</summary>
public sealed class OwnRegistration(RegistrationSource source, TimeProvider clock)
{
    /// <summary>The registration in force of the identity, with the name of the authority; null while there is none. Both of its keys must stand in it.</summary>
    public (VerifierRegistration Registration, string Authority)? Find(AskingIdentity identity)
    {
        var now = clock.GetUtcNow();
        foreach (var found in source.Find(identity.RequestKey))
            if (found.Registration.Covers(now) && found.Registration.Profile.Keys.Contains(identity.ChallengeKey)) return found;
        return null;
    }

    /// <summary>The first claim of a query that a purpose does not cover, in words; null when it covers all.</summary>
    public static string? Beyond(VerifierPurpose purpose, DcqlQuery query)
    {
        foreach (var credential in query.Credentials)
        {
            if (credential.VctValues.Count == 0) return "any card";
            foreach (var type in credential.VctValues)
            {
                if (!purpose.Asks.Any(ask => ask.Type == type)) return type;
                foreach (var claim in credential.Claims)
                    if (claim.Path.Segments[0] is not string name || !purpose.Covers(type, name)) return $"{claim.Path.Segments[0]} of {type}";
            }
        }
        return null;
    }
}
