using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Credentials.Verdicts;

namespace Identity.Verifier.Status;

/// <summary>Finds the registered key that signed a status list.</summary>
public static class StatusSigner
{
    /// <summary>The key of <c>kid</c> (a thumbprint) or of the <c>x5c</c> leaf, if it is registered, not known stolen, and its signature holds.</summary>
    public static KeyRecord? Find(StatusListToken token, ITrustView ledger)
    {
        byte[]? thumbprint = null;
        if (Base64Url.TryDecode(token.Jws.KeyId, out var kid) && kid.Length == 32) thumbprint = kid;
        else if (X5c.TryParse(token.Jws.Header["x5c"], out var chain, out _) && X5c.TryLeafKey(chain[0], out var leaf)) thumbprint = leaf.Thumbprint();
        if (thumbprint is null) return null;
        foreach (var record in ledger.FindKeys(thumbprint))
        {
            if (record.Reason == KeyEndReason.Compromised || !VerificationKey.TryImport(record.Key, out var key, out _)) continue;
            using (key) if (token.Jws.Verify(key)) return record;
        }
        return null;
    }
}
