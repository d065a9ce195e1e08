using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Identity.Credentials.Jose;

/// <summary>
/// Public keys on P-256 for the framework to use, imported at a fiftieth of its own cost. The framework also multiplies each point by the group's order, which
/// takes as long as two verifications. OpenSSL checks the curve equation as it reads the point, and on a curve of prime order
/// (cofactor 1) every such point but infinity, which the form used here cannot write, has that order: nothing is left to find.
/// </summary>
internal static partial class P256PublicKey
{
    private const string Library = "libcrypto.so.3";

    /// <summary>The key for signatures.</summary>
    /// <exception cref="CryptographicException">The point is not on the curve.</exception>
    public static ECDsa ForSignatures(Jwk jwk)
    {
        if (!IsQuick) return ECDsa.Create(jwk.Parameters());
        using var key = Import(jwk);
        return new ECDsaOpenSsl(key);
    }

    /// <summary>The key for key agreement.</summary>
    /// <exception cref="CryptographicException">The point is not on the curve.</exception>
    public static ECDiffieHellman ForAgreement(Jwk jwk)
    {
        if (!IsQuick) return ECDiffieHellman.Create(jwk.Parameters());
        using var key = Import(jwk);
        return new ECDiffieHellmanOpenSsl(key);
    }

    /// <summary>The coordinates of a compressed point of 33 bytes; false where no point has it. Only where <see cref="IsQuick"/>.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> point, out byte[] x, out byte[] y)
    {
        (x, y) = ([], []);
        if (!IsQuick) return false;
        using var key = Usable(EVP_PKEY_dup(Template.Value));
        if (EVP_PKEY_set1_encoded_public_key(key, point, (nuint)point.Length) != 1)
        {
            ERR_clear_error();
            return false;
        }
        using var imported = new ECDsaOpenSsl(key);
        var read = imported.ExportParameters(includePrivateParameters: false).Q;
        (x, y) = (read.X!, read.Y!);
        return true;
    }

    // The handles made here are read by the framework: it must run on the same library.
    [SupportedOSPlatformGuard("linux")]
    public static bool IsQuick { get; } = OperatingSystem.IsLinux() && SafeEvpPKeyHandle.OpenSslVersion >> 28 == 3;

    /// <summary>Some key, copied for each import and then given the point that counts: making one from nothing costs more.</summary>
    private static readonly Lazy<SafeEvpPKeyHandle> Template = new(() =>
    {
        using var any = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return FromInfo(any.ExportSubjectPublicKeyInfo());
    });

    private static unsafe SafeEvpPKeyHandle FromInfo(byte[] info)
    {
        fixed (byte* bytes = info)
        {
            var at = bytes;
            return Usable(d2i_PUBKEY(0, &at, info.Length));
        }
    }

    private static SafeEvpPKeyHandle Import(Jwk jwk)
    {
        Span<byte> point = [4, .. jwk.XBytes(), .. jwk.YBytes()]; // SEC 1 §2.3.3, uncompressed
        var key = Usable(EVP_PKEY_dup(Template.Value));
        if (EVP_PKEY_set1_encoded_public_key(key, point, (nuint)point.Length) == 1) return key;
        key.Dispose();
        ERR_clear_error();
        throw new CryptographicException("The point is not on P-256.");
    }

    private static SafeEvpPKeyHandle Usable(SafeEvpPKeyHandle key)
    {
        if (!key.IsInvalid) return key;
        ERR_clear_error();
        throw new CryptographicException("OpenSSL made no key.");
    }

    [LibraryImport(Library)] private static unsafe partial SafeEvpPKeyHandle d2i_PUBKEY(nint reuse, byte** bytes, nint length);
    [LibraryImport(Library)] private static partial SafeEvpPKeyHandle EVP_PKEY_dup(SafeEvpPKeyHandle key);
    [LibraryImport(Library)] private static partial int EVP_PKEY_set1_encoded_public_key(SafeEvpPKeyHandle key, ReadOnlySpan<byte> point, nuint length);
    [LibraryImport(Library)] private static partial void ERR_clear_error();
}
