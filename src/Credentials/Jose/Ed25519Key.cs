using NSec.Cryptography;

namespace Identity.Credentials.Jose;

/// <summary>A private Ed25519 key (RFC 8032) that signs EdDSA (RFC 8037) and C2SP checkpoints.</summary>
public sealed class Ed25519Key : ISigner, IDisposable
{
    // The seed is written to key files, so that the key must let itself be exported.
    private static KeyCreationParameters Exportable => new() { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };

    private readonly Key _key;

    private Ed25519Key(Key key)
    {
        _key = key;
        PublicKey = Jwk.FromEd25519(key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
    }

    /// <inheritdoc/>
    public string Algorithm => "EdDSA";

    /// <inheritdoc/>
    public Jwk PublicKey { get; }

    /// <summary>The 32 bytes of the public key.</summary>
    public byte[] PublicBytes => PublicKey.XBytes();

    /// <summary>A new key from the system's generator.</summary>
    public static Ed25519Key Create() => new(Key.Create(SignatureAlgorithm.Ed25519, Exportable));

    /// <summary>The key of a 32-byte seed (the private key of RFC 8032 §5.1.5).</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static Ed25519Key FromSeed(ReadOnlySpan<byte> seed) =>
        seed.Length == 32
            ? new(Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey, Exportable))
            : throw new ArgumentException("An Ed25519 seed has 32 bytes.", nameof(seed));

    /// <summary>The seed: a secret.</summary>
    public byte[] ToSeed() => _key.Export(KeyBlobFormat.RawPrivateKey);

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> data) => SignatureAlgorithm.Ed25519.Sign(_key, data);

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
