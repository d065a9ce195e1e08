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
