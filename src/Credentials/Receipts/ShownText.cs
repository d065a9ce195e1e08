using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;

namespace Identity.Credentials.Receipts;

/// <summary>Which copy a text is or shows.</summary>
public static class ShownText
{
    /// <summary>
    /// The log entry of an SD-JWT VC with or without key binding, a compact proof, a paper, or a compact credential as issued (base64url); null for anything else, and where
    /// the claims that it shows are not those that were signed. No signature is verified.
    /// </summary>
    public static byte[]? EntryOf(string text)
    {
        text = text.Trim();
        if (CompactVerifier.TryRead(text, out var form, out _)) return form.ClaimsHold ? form.LogEntry : null;
        if (SdJwtVc.TryParse(text, out _, out _)) return Entry.OfJwt(text.AsSpan(0, text.IndexOf('~', StringComparison.Ordinal)));
        return text.Length <= CompactCredential.MaxBytes * 2 && Base64Url.TryDecode(text, out var bytes) && CompactCredential.TryDecode(bytes, out var issued, out _) ? issued!.Issuer.LogEntry : null;
    }

    /// <summary>Thumbprint of the key that the credential names as its holder's; null for a paper and for what cannot be read.</summary>
    public static string? HolderOf(string text)
    {
        text = text.Trim();
        if (CompactVerifier.TryParse(text, out var proof, out _)) return proof.Issuer.HolderKey.ThumbprintText();
        if (SdJwtVc.TryParse(text, out var credential, out _)) return credential.HolderKey?.ThumbprintText();
        return text.Length <= CompactCredential.MaxBytes * 2 && Base64Url.TryDecode(text, out var bytes) && CompactCredential.TryDecode(bytes, out var issued, out _) ? issued!.Issuer.HolderKey.ThumbprintText() : null;
    }
}
