using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Identity.Benchmarks.Checking;

/// <summary>The bound below everything: OpenSSL itself checks an ES256 signature with a key that it keeps, called from here with as little as possible around it.</summary>
internal sealed unsafe partial class RawOpenSsl
{
    private const string Library = "libcrypto.so.3";
    private readonly nint _key;
    private readonly byte[] _data;
    private readonly byte[] _signature;

    /// <param name="signer">Whose key it keeps.</param>
    /// <param name="data">What is signed.</param>
    public RawOpenSsl(ECDsa signer, byte[] data)
    {
        _data = data;
        _signature = signer.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var info = signer.ExportSubjectPublicKeyInfo();
        fixed (byte* bytes = info)
        {
            var at = bytes;
            _key = d2i_PUBKEY(0, &at, info.Length);
        }
    }

    public bool Verify()
    {
        var context = EVP_MD_CTX_new();
        var good = EVP_DigestVerifyInit(context, 0, EVP_sha256(), 0, _key) == 1 && EVP_DigestVerify(context, _signature, (nuint)_signature.Length, _data, (nuint)_data.Length) == 1;
        EVP_MD_CTX_free(context);
        return good;
    }

    [LibraryImport(Library)] private static partial nint d2i_PUBKEY(nint reuse, byte** bytes, nint length);
    [LibraryImport(Library)] private static partial nint EVP_MD_CTX_new();
    [LibraryImport(Library)] private static partial void EVP_MD_CTX_free(nint context);
    [LibraryImport(Library)] private static partial nint EVP_sha256();
    [LibraryImport(Library)] private static partial int EVP_DigestVerifyInit(nint context, nint pkeyContext, nint digest, nint engine, nint key);
    [LibraryImport(Library)] private static partial int EVP_DigestVerify(nint context, ReadOnlySpan<byte> signature, nuint length, ReadOnlySpan<byte> data, nuint size);
}
