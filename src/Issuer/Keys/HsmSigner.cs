using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Hosting.Hsm;

namespace Identity.Issuer.Keys;

/// <summary>A signing key of an organisation that never leaves its token.</summary>
internal sealed class HsmSigner(HsmKey key) : ISigner, IDisposable
{
    public string Algorithm => "ES256";

    public Jwk PublicKey { get; } = Jwk.FromCoordinates(key.Point.X, key.Point.Y);

    /// <exception cref="HsmException">It is not there, or no key on P-256; the message says which.</exception>
    public static HsmSigner Open(string uri) => Pkcs11Uri.TryParse(uri, out var parsed, out var reason)
        ? new HsmSigner(HsmKey.Open(parsed, ECCurve.NamedCurves.nistP256.Oid.Value!, "P-256"))
        : throw new HsmException($"The PKCS #11 address of a signing key cannot be used: {reason}.", passing: false);

    /// <exception cref="HsmException">The token is away: nothing is signed, and whoever asked may ask again.</exception>
    public byte[] Sign(ReadOnlySpan<byte> data) => key.SignHash(SHA256.HashData(data));

    public void Dispose() => key.Dispose();
}
