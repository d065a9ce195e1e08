using System.Runtime.CompilerServices;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;

namespace Identity.Credentials.Verdicts;

/// <summary>Finds the registered key that signed a status list.</summary>
public static class StatusSigner
{
    /// <summary>
    /// The key of <c>kid</c> (a thumbprint) or of the <c>x5c</c> leaf, if it is registered, neither known stolen nor retired before the list was signed, and its signature
    /// holds. Of one organisation only where <paramref name="organisation"/> names it: somebody else may have registered the same key. Once the depositary of a closed
    /// organisation has accepted, its keys sign that organisation's lists, too.
    /// </summary>
    public static KeyRecord? Find(StatusListToken token, ITrustView trust, byte[]? organisation = null) =>
        Find(token, trust, organisation, (key, closing) => closing is { AcceptedAt: not null, Depositary: { } depositary } && depositary.Id.AsSpan().SequenceEqual(key.Organisation) && closing.IsInCharge(key.Organisation, token.IssuedAt));

    /// <summary>
    /// Whether what the list ended has ended for good: it is final, or was signed by whoever could sign it at its time, also by a depositary whose time is over. For what it calls in force such a list counts
    /// for nothing.
    /// </summary>
    public static bool Ends(StatusListToken token, ITrustView trust, byte[] organisation) =>
        IsFinal(token, trust, trust.Closing(organisation)) || Find(token, trust, organisation, (key, closing) => closing?.IsInCharge(key.Organisation, token.IssuedAt) == true) is not null;

    private static KeyRecord? Find(StatusListToken token, ITrustView trust, byte[]? organisation, Func<KeyRecord, ClosingRecord?, bool> isDepositary)
    {
        if (Thumbprint(token.Jws) is not { } thumbprint) return null;
        foreach (var record in trust.FindKeys(thumbprint))
        {
            if (organisation is not null && !record.Organisation.AsSpan().SequenceEqual(organisation) && !isDepositary(record, trust.Closing(organisation))) continue;
            var key = record.EndedBy(trust.Closing(record.Organisation));
            if (key.EndedAt is { } end && (key.Reason != KeyEndReason.Retired || token.IssuedAt >= end)) continue; // a thief writes any date
            if (IsSignedBy(key.Key, token)) return key;
        }
        return null;
    }

    /// <summary>
    /// The last word of an organisation that was closed: named in its closing statement, and anchored in a log that it records in. What it ended has ended for ever, whatever becomes of the key that signed it;
    /// for what is in force it counts until somebody takes over (<see cref="ClosingRecord.IsTakenOver"/>).
    /// </summary>
    public static bool IsFinal(StatusListToken token, ITrustView trust, ClosingRecord? closing)
    {
        if (closing is null || !closing.FinalLists.Any(list => list.Uri == token.Uri)) return false;
        var entry = Entries.GetValue(token, signed => Entry.OfJwt(signed.Jws.Compact));
        return closing.FinalLists.Any(list => list.Uri == token.Uri && list.Entry.AsSpan().SequenceEqual(entry))
            && trust.FindAnchor(entry, closing.Organisation) is not null;
    }

    private static readonly ConditionalWeakTable<StatusListToken, byte[]> Entries = [];

    // A list is held for minutes and looked into for every credential: its signature stays what it was, whatever becomes of the key.
    private static bool IsSignedBy(Jwk jwk, StatusListToken token)
    {
        if (Signers.TryGetValue(token, out var signer) && signer.SameKey(jwk)) return true;
        if (ImportedKeys.Find(jwk) is not { } key || !token.Jws.Verify(key)) return false;
        Signers.AddOrUpdate(token, jwk);
        return true;
    }

    private static readonly ConditionalWeakTable<StatusListToken, Jwk> Signers = [];

    private static byte[]? Thumbprint(Jws jws) => Base64Url.TryDecode(jws.KeyId, out var kid) && kid.Length == 32 ? kid : Leaf.Of(jws)?.Key.Thumbprint();
}
