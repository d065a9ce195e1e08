using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using NSec.Cryptography;

namespace Identity.Credentials.Jose;

/// <summary>
/// A public key ready to check signatures; keep one per issuer key.
/// Several threads may call <see cref="Verify"/> at a time.
/// </summary>
public sealed class VerificationKey : IDisposable
{
    private readonly ECDsa? _ecdsa;
    private readonly PublicKey? _ed25519;

    private VerificationKey(Jwk jwk, ECDsa? ecdsa, PublicKey? ed25519)
    {
        Jwk = jwk;
        (_ecdsa, _ed25519) = (ecdsa, ed25519);
    }

    /// <summary>The key as JSON.</summary>
    public Jwk Jwk { get; }

    /// <summary>The only algorithm its signatures may name: "ES256" or "EdDSA".</summary>
    public string Algorithm => Jwk.SignatureAlgorithm;

    /// <summary>Imports a key; false with a reason for a point off the curve, an Ed25519 point of small order or not canonical, or a key meant for something else.</summary>
    public static bool TryImport(Jwk jwk, [NotNullWhen(true)] out VerificationKey? key, out string reason)
    {
        key = null;
        reason = "";
        if (jwk.Use is not (null or "sig") || (jwk.Alg is { } alg && alg != jwk.SignatureAlgorithm)) { reason = "key is not for signatures"; return false; }
        try
        {
            if (jwk is { Kty: "OKP", Crv: "Ed25519" })
            {
                if (!Ed25519Points.IsAcceptable(jwk.XBytes())) { reason = "Ed25519 key is of small order or not canonical"; return false; }
                key = new VerificationKey(jwk, null, PublicKey.Import(SignatureAlgorithm.Ed25519, jwk.XBytes(), KeyBlobFormat.RawPublicKey));
                return true;
            }
            if (jwk is { Kty: "EC", Crv: "P-256" })
            {
                key = new VerificationKey(jwk, P256PublicKey.ForSignatures(jwk), null);
                return true;
            }
            reason = "key type is not supported";
            return false;
        }
        catch (Exception fault) when (fault is CryptographicException or InvalidOperationException or FormatException)
        {
            reason = "key cannot be imported";
            return false;
        }
    }

    /// <summary>Imports a raw Ed25519 key of 32 bytes, as checkpoints name them.</summary>
    public static bool TryImportEd25519(ReadOnlySpan<byte> publicKey, [NotNullWhen(true)] out VerificationKey? key, out string reason)
    {
        if (publicKey.Length == 32) return TryImport(Jwk.FromEd25519(publicKey), out key, out reason);
        (key, reason) = (null, "an Ed25519 key has 32 bytes");
        return false;
    }

    /// <summary>True when the 64-byte signature over the data is this key's.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        signature.Length == 64
        && (_ecdsa?.VerifyData(data, signature, HashAlgorithmName.SHA256) ?? SignatureAlgorithm.Ed25519.Verify(_ed25519!, data, signature));

    /// <inheritdoc/>
    public void Dispose() => _ecdsa?.Dispose();
}
