using System.Diagnostics.CodeAnalysis;
using Identity.Credentials.Cose;

namespace Identity.Credentials.Compact;

/// <summary>What all texts of a code have in common: a prefix, Base45, and one COSE_Sign1 whose payload is within the limits of CBOR.</summary>
internal static class CompactText
{
    /// <summary>Opens a text; nothing of the payload is read and no signature judged. Reasons: <c>prefix</c>, <c>base45</c>, <c>cbor_…</c>, <c>cose_…</c>.</summary>
    /// <param name="text">As it was scanned.</param>
    /// <param name="prefix">Four characters.</param>
    /// <param name="maxBytes">Most bytes of the form.</param>
    /// <param name="namesKey">Whether the protected header has a key id: an issuer's has, no other.</param>
    /// <param name="sign1">The structure.</param>
    /// <param name="reason">Why not.</param>
    public static bool TryOpen(string? text, string prefix, int maxBytes, bool namesKey, [NotNullWhen(true)] out CoseSign1? sign1, out string reason)
    {
        sign1 = null;
        reason = "prefix";
        if (text is null || !text.StartsWith(prefix, StringComparison.Ordinal)) return false;
        reason = "base45";
        if (!Base45.TryDecode(text.AsSpan(prefix.Length), maxBytes, out var bytes)) return false;
        if (!CoseSign1.TryParse(bytes, maxBytes, out sign1, out reason)) return false;
        reason = "cose_header";
        if ((sign1!.KeyId is not null) != namesKey) return false;
        return CborLimits.TryCheck(sign1.Payload, maxBytes, out reason);
    }
}
