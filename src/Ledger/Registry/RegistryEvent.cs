using Identity.Credentials.Accreditation;
using Identity.Ledger.Evm;

namespace Identity.Ledger.Registry;

/// <summary>Where on the chain something was written, and when its block says it was.</summary>
public sealed record EventPlace(ulong Block, string BlockHash, string Transaction, ulong LogIndex, DateTimeOffset BlockTime);

/// <summary>One line of the registry's record, in chain order.</summary>
public abstract record RegistryEvent(EventPlace Place)
{
    /// <summary>An organisation exists; its id is the SHA-256 of the profile's UTF-8.</summary>
    public sealed record OrganisationRegistered(EventPlace Place, byte[] Id, Address Account, OrganisationRoles Roles, string Profile) : RegistryEvent(Place);

    /// <summary>An organisation has another account, or other roles.</summary>
    public sealed record OrganisationChanged(EventPlace Place, byte[] Id, Address Account, OrganisationRoles Roles) : RegistryEvent(Place);

    /// <summary>Whoever stands above the accreditation with this number supervises its holder.</summary>
    public sealed record SupervisionChanged(EventPlace Place, byte[] Id, ulong Supervisor) : RegistryEvent(Place);

    /// <summary>
    /// An organisation is entitled under the accreditation <paramref name="Parent"/>, or as a root authority where that is null; no end when <paramref name="Until"/>
    /// is null. The contract has seen that <paramref name="ScopeId"/> is the SHA-256 of <paramref name="Scope"/>, not what it says.
    /// </summary>
    public sealed record AccreditationGranted(
        EventPlace Place, ulong Number, byte[] Holder, ulong? Parent, AccreditationRight Right, byte[] ScopeId, DateTimeOffset From, DateTimeOffset? Until, string Scope) : RegistryEvent(Place);

    /// <summary>It does not hold from a time on; a later event for the same number has an earlier time.</summary>
    public sealed record AccreditationWithdrawn(EventPlace Place, ulong Number, DateTimeOffset At) : RegistryEvent(Place);

    /// <summary>A signing key (P-256 point) of an organisation. The contract does not check that the thumbprint is the point's: the reader must.</summary>
    public sealed record KeyAdded(EventPlace Place, byte[] Organisation, byte[] Thumbprint, DateTimeOffset From, byte[] X, byte[] Y) : RegistryEvent(Place);

    /// <summary>A key ended; again only at an earlier time, or as compromised after it was retired.</summary>
    public sealed record KeyEnded(EventPlace Place, byte[] Organisation, byte[] Thumbprint, DateTimeOffset EndedAt, KeyEnding Reason) : RegistryEvent(Place);

    /// <summary>A transparency log; its id is the SHA-256 of the origin.</summary>
    public sealed record LogRegistered(EventPlace Place, byte[] Log, Address Operator, byte[] Ed25519Key, string Origin) : RegistryEvent(Place);

    /// <summary>A log has another operator, or another key for checkpoints of more than <paramref name="FromSize"/> entries.</summary>
    public sealed record LogChanged(EventPlace Place, byte[] Log, Address Operator, byte[] Ed25519Key, long FromSize) : RegistryEvent(Place);

    /// <summary>An organisation records what it issues in this log, from this block on.</summary>
    public sealed record LogUsed(EventPlace Place, byte[] Organisation, byte[] Log) : RegistryEvent(Place);

    /// <summary>An authority vouches for a verifier from this block on; its id is the SHA-256 of the profile's UTF-8.</summary>
    public sealed record VerifierRegistered(EventPlace Place, ulong Number, byte[] Verifier, byte[] Authority, DateTimeOffset Until, string Profile) : RegistryEvent(Place);

    /// <summary>The authority takes it back from this block on.</summary>
    public sealed record VerifierWithdrawn(EventPlace Place, ulong Number) : RegistryEvent(Place);

    /// <summary>An organisation issues nothing from this block on; the text names its final status lists. Zeros where no depositary is named.</summary>
    public sealed record OrganisationClosed(EventPlace Place, byte[] Organisation, byte[] Depositary, byte[] StatementId, string Statement) : RegistryEvent(Place);

    /// <summary>The closing is as if it had not been.</summary>
    public sealed record ClosingUndone(EventPlace Place, byte[] Organisation) : RegistryEvent(Place);

    /// <summary>Somebody else shall take over from a closed organisation.</summary>
    public sealed record DepositaryNamed(EventPlace Place, byte[] Organisation, byte[] Depositary) : RegistryEvent(Place);

    /// <summary>The depositary takes over, from this block on.</summary>
    public sealed record DepositAccepted(EventPlace Place, byte[] Organisation, byte[] Depositary) : RegistryEvent(Place);

    /// <summary>The operator put a checkpoint's root on the chain.</summary>
    public sealed record Anchored(EventPlace Place, byte[] Log, long Size, byte[] Root) : RegistryEvent(Place)
    {
        /// <summary>The time is that of a later block that proves it, in an archive: it may have been anchored before.</summary>
        public bool IsLate { get; init; }
    }
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
    /// <summary>Takes over the status lists of closed organisations, and issues again in their place.</summary>
    Depositary = 16,
}

/// <summary>Why a key ended.</summary>
public enum KeyEnding
{
    /// <summary>Replaced in good order: older signatures stay good.</summary>
    Retired = 1,
    /// <summary>In foreign hands since the stated time.</summary>
    Compromised = 2,
}
