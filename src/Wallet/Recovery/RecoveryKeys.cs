using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Jose;
using Identity.Hosting;

namespace Identity.Wallet.Recovery;

/// <summary>
/// The two keys of the recovery service: one signs attestations, one seals addresses and messages. Files in the data folder, or those that <c>Keys:Recovery</c> (PEM, P-256)
/// and <c>Keys:Sealing</c> (32 bytes, base64) name. Made in Development alone; elsewhere a missing one is a reason not to start.
/// </summary>
public sealed class RecoveryKeys : IDisposable
{
    private const int IvLength = 12, TagLength = 16;
    private readonly byte[] _secret;

    private RecoveryKeys(Es256Key signer, byte[] secret) => (Signer, _secret) = (signer, secret);

    /// <summary>Signs attestations; issuers pin its thumbprint.</summary>
    public Es256Key Signer { get; }

    /// <summary>Loads or, in Development, makes them.</summary>
    /// <exception cref="SettingMissingException">A key is missing or unusable.</exception>
    public static RecoveryKeys Load(IConfiguration configuration, string folder, bool development)
    {
        var (signing, sealing) = (configuration["Keys:Recovery"] ?? Path.Combine(folder, "recovery.pem"), configuration["Keys:Sealing"] ?? Path.Combine(folder, "sealing.secret"));
        if (development && !File.Exists(signing))
        {
            using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            PrivateFiles.Write(signing, made.ExportPkcs8PrivateKeyPem());
        }
        if (development && !File.Exists(sealing)) PrivateFiles.Write(sealing, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        return new RecoveryKeys(ReadKey(signing), ReadSecret(sealing));
    }

    /// <summary>Encrypts a text (AES-256-GCM).</summary>
    public byte[] Seal(string purpose, string text)
    {
        var iv = RandomNumberGenerator.GetBytes(IvLength);
        var plain = Encoding.UTF8.GetBytes(text);
        var (sealedText, tag) = (new byte[plain.Length], new byte[TagLength]);
        using var cipher = new AesGcm(Derive(purpose), TagLength);
        cipher.Encrypt(iv, plain, sealedText, tag);
        return [.. iv, .. sealedText, .. tag];
    }

    /// <summary>Decrypts what <see cref="Seal"/> made.</summary>
    /// <exception cref="CryptographicException">Another key, another purpose or damage.</exception>
    public string Open(string purpose, byte[] sealedText)
    {
        if (sealedText.Length < IvLength + TagLength) throw new CryptographicException("Too short to be sealed.");
        var plain = new byte[sealedText.Length - IvLength - TagLength];
        using var cipher = new AesGcm(Derive(purpose), TagLength);
        cipher.Decrypt(sealedText.AsSpan(0, IvLength), sealedText.AsSpan(IvLength, plain.Length), sealedText.AsSpan(IvLength + plain.Length), plain);
        return Encoding.UTF8.GetString(plain);
    }

    /// <summary>A keyed hash: the same for the same text, nothing to anybody without the key.</summary>
    public byte[] Tag(string purpose, string text) => HMACSHA256.HashData(Derive(purpose), Encoding.UTF8.GetBytes(text));

    /// <summary>A name for a member of staff that says nothing of who it is: eleven characters, the same in a desk's log, in a recovery and in its attestations.</summary>
    public string StaffName(string desk, string userName) => Base64Url.Encode(Tag("staff", $"{desk}\n{userName}")[..8]);

    /// <inheritdoc/>
    public void Dispose() => Signer.Dispose();

    private byte[] Derive(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, 32, info: Encoding.UTF8.GetBytes(purpose));

    private static Es256Key ReadKey(string file)
    {
        var pem = File.Exists(file) ? File.ReadAllText(file) : "";
        if (!PemEncoding.TryFind(pem, out var fields) || pem[fields.Label] != "PRIVATE KEY") throw new SettingMissingException("Keys:Recovery", "PEM file of the P-256 key that signs recovery attestations");
        return Es256Key.FromPkcs8(Convert.FromBase64String(pem[fields.Base64Data]));
    }

    private static byte[] ReadSecret(string file)
    {
        var bytes = new byte[32];
        return File.Exists(file) && Convert.TryFromBase64String(File.ReadAllText(file).Trim(), bytes, out var length) && length == 32
            ? bytes : throw new SettingMissingException("Keys:Sealing", "file with 32 random bytes in base64, which seal the addresses that people enrol");
    }
}
