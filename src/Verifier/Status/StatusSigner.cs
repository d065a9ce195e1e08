using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Credentials.Verdicts;

namespace Identity.Verifier.Status;

/// <summary>Finds the registered key that signed a status list.</summary>
public static class StatusSigner
{
    /// <summary>
    /// The key of <c>kid</c> (a thumbprint) or of the <c>x5c</c> leaf, if it is registered, neither known stolen nor retired before the list was signed, and its signature
    /// holds. Of one organisation only where <paramref name="organisation"/> names it: somebody else may have registered the same key.
    /// </summary>
    public static KeyRecord? Find(StatusListToken token, ITrustView ledger, byte[]? organisation = null)
    {
        byte[]? thumbprint = null;
        if (Base64Url.TryDecode(token.Jws.KeyId, out var kid) && kid.Length == 32) thumbprint = kid;
        else if (X5c.TryParse(token.Jws.Header["x5c"], out var chain, out _) && X5c.TryLeafKey(chain[0], out var leaf)) thumbprint = leaf.Thumbprint();
        if (thumbprint is null) return null;
        foreach (var record in ledger.FindKeys(thumbprint))
        {
            if (organisation is not null && !record.Organisation.AsSpan().SequenceEqual(organisation)) continue;
            if (record.EndedAt is { } end && (record.Reason != KeyEndReason.Retired || token.IssuedAt >= end)) continue; // a thief writes any date
            if (!VerificationKey.TryImport(record.Key, out var key, out _)) continue;
            using (key) if (token.Jws.Verify(key)) return record;
        }
        return null;
    }
}
