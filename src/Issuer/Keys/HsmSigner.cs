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

    /// <summary>The address of a key with this label and id, where <paramref name="token"/> names a token alone (<c>pkcs11:token=…?module-path=…&amp;pin-source=…</c>).</summary>
    public static string Address(string token, string label, byte[] id)
    {
        var question = token.IndexOf('?', StringComparison.Ordinal);
        var at = question < 0 ? token.Length : question;
        return $"{token[..at]};object={label};id={string.Concat(id.Select(b => $"%{b:x2}"))}{token[at..]}";
    }

    /// <summary>Makes a key on P-256 in the token.</summary>
    /// <exception cref="HsmException">The token is away, or makes none.</exception>
    public static HsmSigner Create(string uri) => Pkcs11Uri.TryParse(uri, out var parsed, out var reason)
        ? new HsmSigner(HsmKey.Create(parsed, ECCurve.NamedCurves.nistP256.Oid.Value!, "P-256"))
        : throw new HsmException($"No key can be made in the token of Keys:Token: {reason}.", passing: false);

    /// <exception cref="HsmException">The token is away: nothing is signed, and whoever asked may ask again.</exception>
    public byte[] Sign(ReadOnlySpan<byte> data) => key.SignHash(SHA256.HashData(data));

    public void Dispose() => key.Dispose();
}
