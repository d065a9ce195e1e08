using System.Security.Cryptography;
using System.Text;

namespace Identity.Credentials;

/// <summary>What the log holds of a signed thing: 32 bytes, nothing else.</summary>
public static class Entry
{
    /// <summary>SHA-256 over the ASCII of a compact JWS without disclosures: a credential, or a status list token as published.</summary>
    public static byte[] OfJwt(string compactJws) => SHA256.HashData(Encoding.ASCII.GetBytes(compactJws));

    /// <summary>SHA-256 over the bytes of the deterministic issuer COSE_Sign1 of a compact proof.</summary>
    public static byte[] OfCose(ReadOnlySpan<byte> coseSign1) => SHA256.HashData(coseSign1);
}
