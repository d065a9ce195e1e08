using Identity.Credentials.Jose.Ed25519;

namespace Identity.Credentials.Jose;

/// <summary>A private Ed25519 key (RFC 8032) that signs EdDSA (RFC 8037) and C2SP checkpoints.</summary>
public sealed class Ed25519Key : ISigner, IDisposable
{
    private readonly byte[] _seed;
    private readonly OpenSsl.Key _key;

    private Ed25519Key(byte[] seed)
    {
        _seed = seed;
        _key = OpenSsl.PrivateKey(seed);
        PublicKey = Jwk.FromEd25519(OpenSsl.PublicBytes(_key));
    }

    /// <inheritdoc/>
    public string Algorithm => "EdDSA";

    /// <inheritdoc/>
    public Jwk PublicKey { get; }

    /// <summary>The 32 bytes of the public key.</summary>
    public byte[] PublicBytes => PublicKey.XBytes();

    /// <summary>A new key from the system's generator.</summary>
    public static Ed25519Key Create() => new(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));

    /// <summary>The key of a 32-byte seed (the private key of RFC 8032 §5.1.5).</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static Ed25519Key FromSeed(ReadOnlySpan<byte> seed) =>
        seed.Length == 32 ? new(seed.ToArray()) : throw new ArgumentException("An Ed25519 seed has 32 bytes.", nameof(seed));

    /// <summary>The seed: a secret.</summary>
    public byte[] ToSeed() => _seed.ToArray();

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> data) => OpenSsl.Sign(_key, data);

    /// <inheritdoc/>
    public void Dispose()
    {
        _key.Dispose();
        Array.Clear(_seed);
    }
}
