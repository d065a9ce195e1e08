using Identity.Credentials.Verdicts;
using Identity.Ledger.Mirror;

namespace Identity.Verifier.Trust;

/// <summary>The mirror of chain and logs as the ledger half of a trust view; it knows no status lists.</summary>
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
    public IReadOnlyList<AccreditationRecord> Accreditations(byte[] organisationId) => mirror.Accreditations(organisationId);

    /// <inheritdoc/>
    public AnchorEvidence? FindEntry(byte[] entry) => mirror.FindEntry(entry);

    /// <inheritdoc/>
    public StatusSnapshot? FindStatus(string uri) => null;
}
