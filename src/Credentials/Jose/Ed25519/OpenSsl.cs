using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Identity.Credentials.Jose.Ed25519;

/// <summary>The eight functions of OpenSSL's libcrypto (3.x) that Ed25519 needs; one-shot, so no streaming state is kept.</summary>
internal static partial class OpenSsl
{
    private const string Library = "libcrypto.so.3";

    /// <summary>EVP_PKEY_ED25519 (NID_ED25519).</summary>
    private const int Ed25519 = 1087;

    /// <summary>An EVP_PKEY; freed exactly once. OpenSSL allows reading it from several threads at a time.</summary>
    internal sealed class Key() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle() { EVP_PKEY_free(handle); return true; }
    }

    /// <summary>An EVP_MD_CTX of one call.</summary>
    internal sealed class Context() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle() { EVP_MD_CTX_free(handle); return true; }
    }

    public static Key PrivateKey(ReadOnlySpan<byte> seed) => Loaded(EVP_PKEY_new_raw_private_key(Ed25519, 0, seed, (nuint)seed.Length));

    public static Key PublicKey(ReadOnlySpan<byte> key) => Loaded(EVP_PKEY_new_raw_public_key(Ed25519, 0, key, (nuint)key.Length));

    public static byte[] PublicBytes(Key key)
    {
        var bytes = new byte[32];
        nuint length = 32;
        Require(EVP_PKEY_get_raw_public_key(key, bytes, ref length) == 1 && length == 32);
        return bytes;
    }

    public static byte[] Sign(Key key, ReadOnlySpan<byte> data)
    {
        using var context = EVP_MD_CTX_new();
        var signature = new byte[64];
        nuint length = 64;
        Require(!context.IsInvalid && EVP_DigestSignInit(context, 0, 0, 0, key) == 1);
        Require(EVP_DigestSign(context, signature, ref length, data, (nuint)data.Length) == 1 && length == 64);
        return signature;
    }

    public static bool Verify(Key key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var context = EVP_MD_CTX_new();
        Require(!context.IsInvalid && EVP_DigestVerifyInit(context, 0, 0, 0, key) == 1);
        if (EVP_DigestVerify(context, signature, (nuint)signature.Length, data, (nuint)data.Length) == 1) return true;
        ERR_clear_error(); // a bad signature is no fault: leave nothing in the thread's queue for the framework to find
        return false;
    }

    private static Key Loaded(Key key)
    {
        Require(!key.IsInvalid);
        return key;
    }

    private static void Require(bool success)
    {
        if (success) return;
        ERR_clear_error();
        throw new CryptographicException("OpenSSL refused an Ed25519 operation.");
    }

    [LibraryImport(Library)] private static partial Key EVP_PKEY_new_raw_private_key(int type, nint engine, ReadOnlySpan<byte> key, nuint length);
    [LibraryImport(Library)] private static partial Key EVP_PKEY_new_raw_public_key(int type, nint engine, ReadOnlySpan<byte> key, nuint length);
    [LibraryImport(Library)] private static partial int EVP_PKEY_get_raw_public_key(Key key, Span<byte> bytes, ref nuint length);
    [LibraryImport(Library)] private static partial void EVP_PKEY_free(nint key);
    [LibraryImport(Library)] private static partial Context EVP_MD_CTX_new();
    [LibraryImport(Library)] private static partial void EVP_MD_CTX_free(nint context);
    [LibraryImport(Library)] private static partial int EVP_DigestSignInit(Context context, nint pkeyContext, nint digest, nint engine, Key key);
    [LibraryImport(Library)] private static partial int EVP_DigestSign(Context context, Span<byte> signature, ref nuint length, ReadOnlySpan<byte> data, nuint size);
    [LibraryImport(Library)] private static partial int EVP_DigestVerifyInit(Context context, nint pkeyContext, nint digest, nint engine, Key key);
    [LibraryImport(Library)] private static partial int EVP_DigestVerify(Context context, ReadOnlySpan<byte> signature, nuint length, ReadOnlySpan<byte> data, nuint size);
    [LibraryImport(Library)] private static partial void ERR_clear_error();
}
