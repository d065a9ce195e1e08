using System.Runtime.CompilerServices;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Verdicts;

/// <summary>
/// Registered keys ready for use, kept as long as their record lives: importing a P-256 key costs more than a verification.
/// Holds nothing that the key does not already say.
/// </summary>
internal static class ImportedKeys
{
    private static readonly ConditionalWeakTable<Jwk, Box> Known = [];

    /// <summary>The imported key, or null where it cannot be one. Not to be disposed of by the caller.</summary>
    public static VerificationKey? Find(Jwk jwk) =>
        Known.GetValue(jwk, static j => new Box(VerificationKey.TryImport(j, out var key, out _) ? key : null)).Key;

    private sealed record Box(VerificationKey? Key);
}

/// <summary>The key of the leaf certificate in a header.</summary>
internal static class Leaf
{
    /// <summary>Null where there is no x5c, or none with a P-256 leaf.</summary>
    public static Jwk? Of(Jws jws)
    {
        if (!X5c.TryParse(jws.Header["x5c"], out var chain, out _)) return null;
        try
        {
            return X5c.TryLeafKey(chain[0], out var key) ? key : null;
        }
        finally
        {
            foreach (var certificate in chain) certificate.Dispose();
        }
    }
}
