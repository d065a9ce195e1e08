using Identity.Credentials.Accreditation;
using Identity.Credentials.Verdicts;
using Identity.Verifier.Status;

namespace Identity.Verifier.Trust;

/// <summary>The ledger half of what is known: the mirror of chain and logs, which knows no status lists, unless it is an archive.</summary>
public sealed record LedgerSource(ITrustView View);

/// <summary>All that a verdict rests on, from local data only: the mirror of the ledger and the cache of status lists.</summary>
public sealed class TrustView(LedgerSource ledger, StatusCache status) : ITrustView
{
    /// <inheritdoc/>
    public MirrorState State => ledger.View.State;

    /// <inheritdoc/>
    public OrganisationRecord? FindOrganisationByIssuer(string iss) => ledger.View.FindOrganisationByIssuer(iss);

    /// <inheritdoc/>
    public OrganisationRecord? FindOrganisation(byte[] id) => ledger.View.FindOrganisation(id);

    /// <inheritdoc/>
    public IReadOnlyList<KeyRecord> FindKeys(ReadOnlySpan<byte> thumbprintPrefix) => ledger.View.FindKeys(thumbprintPrefix);

    /// <inheritdoc/>
    public IReadOnlyList<AccreditationChain> Chains(byte[] organisationId) => ledger.View.Chains(organisationId);

    /// <inheritdoc/>
    public ClosingRecord? Closing(byte[] organisationId) => ledger.View.Closing(organisationId);

    /// <inheritdoc/>
    public bool UsesLog(byte[] organisationId, string origin, DateTimeOffset at) => ledger.View.UsesLog(organisationId, origin, at);

    /// <inheritdoc/>
    public AnchorEvidence? FindEntry(byte[] entry, byte[]? organisationId = null) => ledger.View.FindEntry(entry, organisationId);

    /// <inheritdoc/>
    public StatusSnapshot? FindStatus(string uri) => ledger.View.FindStatus(uri) ?? status.Find(uri);

    /// <inheritdoc/>
    public ArchiveFacts? Archive(byte[]? organisationId) => ledger.View.Archive(organisationId);
}
