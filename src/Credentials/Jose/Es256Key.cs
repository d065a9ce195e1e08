using System.Security.Cryptography;

namespace Identity.Credentials.Jose;

/// <summary>A private key on P-256 that signs ES256 (RFC 7518 §3.4).</summary>
public sealed class Es256Key : ISigner, IDisposable
{
    private Es256Key(ECDsa raw)
    {
        Raw = raw;
        PublicKey = Jwk.From(raw);
    }

    /// <summary>The framework's key.</summary>
    public ECDsa Raw { get; }

    /// <inheritdoc/>
    public string Algorithm => "ES256";

    /// <inheritdoc/>
    public Jwk PublicKey { get; }

    /// <summary>A new key from the system's generator.</summary>
    public static Es256Key Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads an unencrypted PKCS #8 key.</summary>
    /// <exception cref="CryptographicException">Not a key on P-256.</exception>
    public static Es256Key FromPkcs8(ReadOnlySpan<byte> pkcs8)
    {
        var raw = ECDsa.Create();
        try
        {
            raw.ImportPkcs8PrivateKey(pkcs8, out var read);
            if (read != pkcs8.Length || raw.KeySize != 256) throw new CryptographicException("Not one PKCS #8 key on P-256.");
            return new Es256Key(raw);
        }
        catch (ArgumentException fault) // a point of another 256-bit curve
        {
            raw.Dispose();
            throw new CryptographicException("Not a key on P-256.", fault);
        }
        catch
        {
            raw.Dispose();
            throw;
        }
    }

    /// <summary>The key as unencrypted PKCS #8: a secret.</summary>
    public byte[] ToPkcs8() => Raw.ExportPkcs8PrivateKey();

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> data) => Raw.SignData(data, HashAlgorithmName.SHA256);

    /// <inheritdoc/>
    public void Dispose() => Raw.Dispose();
}
