using Identity.Credentials.Accreditation;
using Identity.Credentials.Verdicts;

namespace Identity.Ledger.Mirror;

/// <summary>The mirror of chain and logs as the ledger half of a trust view; it knows no status lists, unless it is an archive.</summary>
public sealed class MirrorView(LedgerMirror mirror) : ITrustView
{
    /// <inheritdoc/>
    public MirrorState State => mirror.State;

    /// <inheritdoc/>
    public OrganisationRecord? FindOrganisationByIssuer(string iss) => mirror.FindOrganisationByIssuer(iss);

    /// <inheritdoc/>
    public OrganisationRecord? FindOrganisation(byte[] id) => mirror.FindOrganisation(id);

    /// <inheritdoc/>
    public IReadOnlyList<KeyRecord> FindKeys(ReadOnlySpan<byte> thumbprintPrefix) => mirror.FindKeys(thumbprintPrefix);

    /// <inheritdoc/>
    public IReadOnlyList<AccreditationChain> Chains(byte[] organisationId) => mirror.Chains(organisationId);

    /// <inheritdoc/>
    public ClosingRecord? Closing(byte[] organisationId) => mirror.Closing(organisationId);

    /// <inheritdoc/>
    public bool UsesLog(byte[] organisationId, string origin, DateTimeOffset at) => mirror.UsesLog(organisationId, origin, at);

    /// <inheritdoc/>
    public AnchorEvidence? FindEntry(byte[] entry, byte[]? organisationId = null) => mirror.FindEntry(entry, organisationId);

    /// <inheritdoc/>
    public StatusSnapshot? FindStatus(string uri) => mirror.FindStatus(uri);

    /// <inheritdoc/>
    public ArchiveFacts? Archive(byte[]? organisationId) => mirror.Archive(organisationId);
}
