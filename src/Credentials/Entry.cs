using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Identity.Credentials;

/// <summary>What the log holds of a signed thing: 32 bytes, nothing else.</summary>
public static class Entry
{
    /// <summary>SHA-256 over the ASCII of a compact JWS without disclosures: a credential, or a status list token as published.</summary>
    public static byte[] OfJwt(ReadOnlySpan<char> compactJws)
    {
        var ascii = ArrayPool<byte>.Shared.Rent(compactJws.Length);
        try
        {
            return SHA256.HashData(ascii.AsSpan(0, Encoding.ASCII.GetBytes(compactJws, ascii)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(ascii);
        }
    }

    /// <summary>SHA-256 over the bytes of the deterministic issuer COSE_Sign1 of a compact proof.</summary>
    public static byte[] OfCose(ReadOnlySpan<byte> coseSign1) => SHA256.HashData(coseSign1);
}
