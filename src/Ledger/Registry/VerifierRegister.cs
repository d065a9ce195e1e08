using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Verifiers;

namespace Identity.Ledger.Registry;

/// <summary>An authority's word for a verifier.</summary>
/// <param name="Number">Its number in the contract.</param>
/// <param name="Id">SHA-256 of the canonical profile.</param>
/// <param name="Profile">What is vouched for.</param>
/// <param name="Authority">Id of the organisation that vouches.</param>
/// <param name="From">Time of the block that holds it: it has no effect earlier.</param>
/// <param name="Until">The first second it no longer holds.</param>
/// <param name="WithdrawnAt">Time of the block that took it back.</param>
public sealed record VerifierRegistration(ulong Number, byte[] Id, VerifierProfile Profile, byte[] Authority, DateTimeOffset From, DateTimeOffset Until, DateTimeOffset? WithdrawnAt)
{
    /// <summary>Whether it was in force at a time.</summary>
    public bool Covers(DateTimeOffset at) => at >= From && at < Until && (WithdrawnAt is null || at < WithdrawnAt);
}

/// <summary>
/// Who may ask people for what, replayed from the chain's events in their order. A registration whose profile is not what its id says,
/// or that is in no canonical form, is as if it had not been. Not safe for several threads.
/// </summary>
public sealed class VerifierRegister
{
    private readonly SortedDictionary<ulong, VerifierRegistration> _all = [];

    /// <summary>Every registration in the order they were made, ended ones too.</summary>
    public IEnumerable<VerifierRegistration> All => _all.Values;

    /// <summary>Takes in an event; those about other things are passed over.</summary>
    public void Apply(RegistryEvent registryEvent)
    {
        switch (registryEvent)
        {
            case RegistryEvent.VerifierRegistered registered:
                if (!SHA256.HashData(Encoding.UTF8.GetBytes(registered.Profile)).AsSpan().SequenceEqual(registered.Verifier)) return;
                if (!VerifierProfile.TryParse(registered.Profile, out var profile, out _)) return;
                _all.TryAdd(registered.Number, new(registered.Number, registered.Verifier, profile, registered.Authority, registered.Place.BlockTime, registered.Until, null));
                break;
            case RegistryEvent.VerifierWithdrawn withdrawn:
                if (_all.TryGetValue(withdrawn.Number, out var known)) _all[withdrawn.Number] = known with { WithdrawnAt = known.WithdrawnAt ?? withdrawn.Place.BlockTime };
                break;
        }
    }

    /// <summary>What an authority vouches for at a time, first registered first: of two with one key the first counts.</summary>
    public IReadOnlyList<VerifierRegistration> InForce(byte[] authority, DateTimeOffset at) =>
        [.. All.Where(registration => registration.Covers(at) && registration.Authority.AsSpan().SequenceEqual(authority))];

    /// <summary>Every registration, of whatever authority, that names the key (thumbprint, base64url).</summary>
    public IReadOnlyList<VerifierRegistration> Find(string keyThumbprint) => [.. All.Where(registration => registration.Profile.Keys.Contains(keyThumbprint))];
}
