using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;

namespace Identity.Credentials.Compact;

/// <summary>Makes compact credentials.</summary>
public static class CompactIssuer
{
    /// <summary>
    /// Signs the claims of a type that have a place in the QR, in the type's order, each with a fresh salt. Times are Unix seconds;
    /// the holder's key must be P-256. In whose place it is issued, where the claims say it, is signed in clear. Throws <see cref="ArgumentException"/> for claims the form cannot carry.
    /// </summary>
    public static CompactCredential Issue(
        TypeDefinition type, JsonObject claims, Jwk holder, long? nbf, long? exp, int list, int index, ISigner issuerKey, Action<Span<byte>> random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(list);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var leaves = new List<CompactLeaf>();
        foreach (var (key, value) in CompactValue.OfCode(type, claims))
        {
            var salt = new byte[CompactLeaf.SaltSize];
            random(salt);
            leaves.Add(new CompactLeaf(salt, key, value));
        }

        return Sign(type.Vct, leaves, holder, nbf, exp, list, index, issuerKey, CompactVersion.OriginalIssuerIn(type, claims));
    }

    internal static CompactCredential Sign(
        string type, IReadOnlyList<CompactLeaf> leaves, Jwk holder, long? nbf, long? exp, int list, int index, ISigner issuerKey, byte[]? originalIssuer = null)
    {
        var root = ClaimTree.Root([.. leaves.Select(l => l.Hash())]);
        return new CompactCredential(
            CompactIssuerPart.Sign(type, nbf, exp, list, index, root, leaves.Count, holder, originalIssuer, issuerKey), leaves);
    }
}
