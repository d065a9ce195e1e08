using Identity.Ledger.Evm;

namespace Identity.Ledger.Registry;

/// <summary>Where on the chain something was written, and when its block says it was.</summary>
public sealed record EventPlace(ulong Block, string BlockHash, string Transaction, ulong LogIndex, DateTimeOffset BlockTime);

/// <summary>One line of the registry's record, in chain order.</summary>
public abstract record RegistryEvent(EventPlace Place)
{
    /// <summary>An organisation exists; its id is the SHA-256 of the profile's UTF-8.</summary>
    public sealed record OrganisationRegistered(EventPlace Place, byte[] Id, Address Account, OrganisationRoles Roles, string Profile) : RegistryEvent(Place);

    /// <summary>An accreditor entitles an organisation to issue a type; no end when <paramref name="Until"/> is null.</summary>
    public sealed record AccreditationGranted(
        EventPlace Place, ulong Number, byte[] Organisation, byte[] Accreditor, string CredentialType, DateTimeOffset From, DateTimeOffset? Until) : RegistryEvent(Place);

    /// <summary>The accreditor takes it back from a time on.</summary>
    public sealed record AccreditationWithdrawn(EventPlace Place, ulong Number, DateTimeOffset At) : RegistryEvent(Place);

    /// <summary>A signing key (P-256 point) of an organisation. The contract does not check that the thumbprint is the point's: the reader must.</summary>
    public sealed record KeyAdded(EventPlace Place, byte[] Organisation, byte[] Thumbprint, DateTimeOffset From, byte[] X, byte[] Y) : RegistryEvent(Place);

    /// <summary>A key ended; a retired key may end again as compromised.</summary>
    public sealed record KeyEnded(EventPlace Place, byte[] Organisation, byte[] Thumbprint, DateTimeOffset EndedAt, KeyEnding Reason) : RegistryEvent(Place);

    /// <summary>A transparency log; its id is the SHA-256 of the origin.</summary>
    public sealed record LogRegistered(EventPlace Place, byte[] Log, Address Operator, byte[] Ed25519Key, string Origin) : RegistryEvent(Place);

    /// <summary>An authority vouches for a verifier from this block on; its id is the SHA-256 of the profile's UTF-8.</summary>
    public sealed record VerifierRegistered(EventPlace Place, ulong Number, byte[] Verifier, byte[] Authority, DateTimeOffset Until, string Profile) : RegistryEvent(Place);

    /// <summary>The authority takes it back from this block on.</summary>
    public sealed record VerifierWithdrawn(EventPlace Place, ulong Number) : RegistryEvent(Place);

    /// <summary>The operator put a checkpoint's root on the chain.</summary>
    public sealed record Anchored(EventPlace Place, byte[] Log, long Size, byte[] Root) : RegistryEvent(Place);
}

/// <summary>What an organisation may do.</summary>
[Flags]
public enum OrganisationRoles
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Signs credentials.</summary>
    Issuer = 1,
    /// <summary>Says who may issue what.</summary>
    Accreditor = 2,
    /// <summary>Runs a transparency log.</summary>
    LogOperator = 4,
    /// <summary>Says who may ask people for what.</summary>
    VerifierAuthority = 8,
}

/// <summary>Why a key ended.</summary>
public enum KeyEnding
{
    /// <summary>Replaced in good order: older signatures stay good.</summary>
    Retired = 1,
    /// <summary>In foreign hands since the stated time.</summary>
    Compromised = 2,
}
