using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Ledger.Evm;
using LogKey = Identity.Ledger.Log.LogKeyFile;

namespace Identity.Issuer.Keys;

/// <summary>
/// The private keys of this service: one file for each purpose, readable by its owner only. In Development a missing key is
/// made once; elsewhere a missing key is a reason not to start, since an invented one would sign what nobody can check.
/// </summary>
/// <param name="folder">Absolute path.</param>
/// <param name="mayCreate">True in Development only.</param>
/// <param name="token">Where new signing keys are made: <c>pkcs11:token=…?module-path=…&amp;pin-source=…</c>. Null: as files.</param>
public sealed class KeyFolder(string folder, bool mayCreate, string? token = null)
{
    /// <summary>The folder.</summary>
    public string Folder { get; } = folder;

    /// <summary>Whether missing keys are made.</summary>
    public bool MayCreate { get; } = mayCreate;

    /// <summary>The signing key that an organisation began with: PKCS #8 PEM, or in a token that <c>{slug}.signing.pkcs11</c> names (RFC 7512, one line).</summary>
    public ISigner SigningKey(string slug)
    {
        var name = $"{slug}.signing.pem";
        if (InToken($"{slug}.signing.pkcs11") is { } inToken) return inToken;
        if (MayCreate && token is not null && !File.Exists(FileOf(name))) return MadeInToken(slug, _ => slug);
        return Es256Key.FromPkcs8(ReadPem(name, "the credential signing key of an organisation, PKCS #8 PEM, P-256", () =>
        {
            using var key = Es256Key.Create();
            return key.ToPkcs8();
        }));
    }

    /// <summary>Makes a new signing key, as a file or in the token. Made when somebody asks for it, so it may be made outside Development too.</summary>
    /// <exception cref="Identity.Hosting.Hsm.HsmException">The token is away, or makes none.</exception>
    public ISigner NewSigningKey(string slug)
    {
        if (token is not null) return MadeInToken(slug, thumbprint => Stem(slug, thumbprint));
        var key = Es256Key.Create();
        Write($"{Stem(slug, key.PublicKey.ThumbprintText())}.signing.pem", PemEncoding.WriteString("PRIVATE KEY", key.ToPkcs8()) + "\n");
        return key;
    }

    /// <summary>A later signing key of an organisation, or null where this folder does not have it.</summary>
    public ISigner? FindSigningKey(string slug, string thumbprint)
    {
        var name = $"{Stem(slug, thumbprint)}.signing.pem";
        if (InToken($"{Stem(slug, thumbprint)}.signing.pkcs11") is { } inToken) return inToken;
        return File.Exists(FileOf(name)) ? Es256Key.FromPkcs8(ReadPem(name, "a credential signing key of an organisation, PKCS #8 PEM, P-256", () => [])) : null;
    }

    /// <summary>How the files of a later key begin: <c>{slug}.{first 16 characters of the thumbprint}</c>. A slug has no dot.</summary>
    public static string Stem(string slug, string thumbprint) => $"{slug}.{thumbprint[..16]}";

    /// <summary>The key that encrypted credential requests of an organisation are made for, PKCS #8 PEM.</summary>
    public ECDiffieHellman EncryptionKey(string slug) => ReadAgreement($"{slug}.encryption.pem", "the key for encrypted requests of an organisation, PKCS #8 PEM, P-256");

    /// <summary>The key that closed organisations encrypt to what they hand over to this organisation. Made when somebody first asks for it, so outside Development too. The caller disposes of it.</summary>
    public ECDiffieHellman DepositKey(string slug)
    {
        if (FindDepositKey(slug) is { } there) return there;
        using (var made = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256)) Write(DepositFile(slug), PemEncoding.WriteString("PRIVATE KEY", made.ExportPkcs8PrivateKey()) + "\n");
        return FindDepositKey(slug)!;
    }

    /// <summary>As <see cref="DepositKey"/>; null where nobody has asked for it yet.</summary>
    public ECDiffieHellman? FindDepositKey(string slug) => File.Exists(Path.Combine(Folder, DepositFile(slug))) ? ReadAgreement(DepositFile(slug), "the key of an organisation for what closed ones hand over, PKCS #8 PEM, P-256") : null;

    /// <summary>The public half, with the thumbprint as its key id.</summary>
    public static Jwk Public(ECDiffieHellman key)
    {
        var jwk = Jwk.From(key);
        return jwk with { Kid = jwk.ThumbprintText(), Alg = "ECDH-ES", Use = "enc" };
    }

    private static string DepositFile(string slug) => $"{slug}.deposit.pem";

    /// <summary>The ledger account of an organisation, or of the log's operator: PKCS #8 PEM, or in a token that <c>{name}.account.pkcs11</c> names.</summary>
    public IEvmSigner Account(string name)
    {
        return Read($"{name}.account.pkcs11") is { } token ? AccountSource.Open(token.Trim()) : EvmAccount.LoadFile(AccountFile(name));
    }

    /// <summary>The path of the PEM file of the log's Ed25519 key.</summary>
    public string LogKeyFile()
    {
        const string Name = "log.pem";
        if (!File.Exists(FileOf(Name)) && MayCreate) LogKey.Create(FileOf(Name)).Dispose();
        return Existing(Name, "the log's Ed25519 key, PKCS #8 PEM");
    }

    /// <summary>The path of the file that holds the log operator's account.</summary>
    public string OperatorKeyFile()
    {
        var file = AccountFile("log-operator");
        EvmAccount.LoadFile(file).Dispose();
        return file;
    }

    /// <summary>32 random bytes for one purpose.</summary>
    public byte[] Secret(string purpose)
    {
        var name = $"{purpose}.secret";
        if (!File.Exists(FileOf(name)) && MayCreate) Write(name, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        var bytes = new byte[32];
        var text = File.ReadAllText(Existing(name, "32 random bytes in base64")).Trim();
        if (!Convert.TryFromBase64String(text, bytes, out var length) || length != 32)
            throw new InvalidOperationException($"The key file {FileOf(name)} must hold 32 bytes in base64.");
        return bytes;
    }

    /// <summary>A text file beside the keys, or null.</summary>
    public string? Read(string name) => File.Exists(FileOf(name)) ? File.ReadAllText(FileOf(name)) : null;

    /// <summary>The path of a file that must be there.</summary>
    public string Existing(string name, string meaning) => File.Exists(FileOf(name))
        ? FileOf(name)
        : throw new SettingMissingException("Keys:Folder", $"the folder of the private keys; {FileOf(name)} is missing there: {meaning}");

    /// <summary>Writes a file for its owner only. The whole file appears at once: a crash leaves none or all of it.</summary>
    public void Write(string name, string text)
    {
        PrivateFiles.CreateFolder(Folder);
        PrivateFiles.Write(FileOf(name), text);
    }

    private ECDiffieHellman ReadAgreement(string name, string meaning)
    {
        var key = ECDiffieHellman.Create();
        key.ImportPkcs8PrivateKey(ReadPem(name, meaning, () =>
        {
            using var made = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
            return made.ExportPkcs8PrivateKey();
        }), out _);
        return key.KeySize == 256 ? key : throw new InvalidOperationException($"The key file {FileOf(name)} must hold a P-256 key.");
    }

    private byte[] ReadPem(string name, string meaning, Func<byte[]> create)
    {
        if (!File.Exists(FileOf(name)) && MayCreate) Write(name, PemEncoding.WriteString("PRIVATE KEY", create()) + "\n");
        var pem = File.ReadAllText(Existing(name, meaning));
        if (!PemEncoding.TryFind(pem, out var fields) || pem[fields.Label] != "PRIVATE KEY")
            throw new InvalidOperationException($"The key file {FileOf(name)} must hold {meaning}.");
        return Convert.FromBase64String(pem[fields.Base64Data]);
    }

    private string AccountFile(string name)
    {
        var file = FileOf($"{name}.account.pem");
        if (!File.Exists(file) && MayCreate) EvmAccount.CreateFile(file).Dispose();
        return Existing($"{name}.account.pem", "a ledger account, PKCS #8 PEM, secp256k1");
    }

    // Crash between the two: a key in the token that nobody ever uses.
    private HsmSigner MadeInToken(string slug, Func<string, string> stemOf)
    {
        var uri = HsmSigner.Address(token!, slug, RandomNumberGenerator.GetBytes(16));
        var key = HsmSigner.Create(uri);
        Write($"{stemOf(key.PublicKey.ThumbprintText())}.signing.pkcs11", uri + "\n");
        return key;
    }

    private HsmSigner? InToken(string name) => Read(name) is { } uri ? HsmSigner.Open(uri.Trim()) : null;

    private string FileOf(string name)
    {
        if (MayCreate) PrivateFiles.CreateFolder(Folder);
        return Path.Combine(Folder, name);
    }
}
