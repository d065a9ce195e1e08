using System.Security.Cryptography;
using Identity.Credentials.Contracts;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Ledger.Evm;
using LogKey = Identity.Ledger.Log.LogKeyFile;

namespace Identity.Audit.Keys;

/// <summary>
/// One P-256 key for each engagement (<c>{slug}.engagement.pem</c>), to which wallets encrypt. Whoever has it and the database can read the bundles of that engagement.
/// In Development missing files are made; elsewhere the service refuses to start.
/// </summary>
public sealed class EngagementKeys : IDisposable
{
    private readonly Dictionary<string, (ECDiffieHellman Private, Jwk Public)> _keys = [];

    internal EngagementKeys(string folder, bool mayCreate, IEnumerable<Engagement> engagements)
    {
        foreach (var engagement in engagements)
        {
            var file = Path.Combine(folder, $"{engagement.Slug}.engagement.pem");
            if (!File.Exists(file) && mayCreate)
            {
                using var made = Es256Key.Create();
                PrivateFiles.Write(file, PemEncoding.WriteString("PRIVATE KEY", made.ToPkcs8()) + "\n");
            }
            if (!File.Exists(file)) throw new SettingMissingException("Keys:Folder", $"the folder of the private keys; {file} is missing there: the P-256 key of an engagement, PKCS #8 PEM");
            var key = ECDiffieHellman.Create();
            key.ImportFromPem(File.ReadAllText(file));
            if (key.KeySize != 256) throw new InvalidOperationException($"The key file {file} must hold a key on P-256.");
            var bare = Jwk.From(key);
            _keys[engagement.Slug] = (key, bare with { Kid = bare.ThumbprintText(), Use = "enc", Alg = "ECDH-ES" });
        }
    }

    /// <summary>The key that wallets encrypt to; its id is its thumbprint.</summary>
    public Jwk Public(Engagement engagement) => _keys[engagement.Slug].Public;

    /// <summary>Opens a JWE for this engagement; false for anything else.</summary>
    public bool TryOpen(Engagement engagement, string jwe, out byte[] content)
    {
        var (own, known) = _keys[engagement.Slug];
        return Jwe.TryDecrypt(jwe, kid => kid == known.Kid ? own : null, out content, out _, maxBytes: ContractBundle.MaxBytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (key, _) in _keys.Values) key.Dispose();
    }
}

/// <summary>Finds the private keys of this service, and in Development makes the missing ones.</summary>
internal static class KeyFiles
{
    public static void AddAuditKeys(this WebApplicationBuilder builder, AuditSettings settings)
    {
        var configuration = builder.Configuration;
        var mayCreate = builder.Environment.IsDevelopment();
        var folder = Path.GetFullPath(mayCreate && string.IsNullOrEmpty(configuration["Keys:Folder"]) ? Path.Combine(settings.DataFolder, "keys") : configuration.Required("Keys:Folder", "the folder of the private keys"));
        if (mayCreate) PrivateFiles.CreateFolder(folder);

        var keys = new EngagementKeys(folder, mayCreate, settings.Engagements); // now, not at the first use: a missing key stops the start
        builder.Services.AddSingleton(_ => keys);
        if (string.IsNullOrEmpty(configuration["Log:SigningKeyFile"])) configuration["Log:SigningKeyFile"] = FileOf(folder, "log.pem", mayCreate, file => LogKey.Create(file).Dispose());
        if (string.IsNullOrEmpty(configuration["Ledger:OperatorKeyFile"]) && string.IsNullOrEmpty(configuration["Ledger:Account"])) configuration["Ledger:OperatorKeyFile"] = FileOf(folder, "log-operator.account.pem", mayCreate, file => EvmAccount.CreateFile(file).Dispose());
    }

    private static string FileOf(string folder, string name, bool mayCreate, Action<string> create)
    {
        var file = Path.Combine(folder, name);
        if (!File.Exists(file) && mayCreate) create(file);
        return File.Exists(file) ? file : throw new SettingMissingException("Keys:Folder", $"the folder of the private keys; {file} is missing there");
    }
}
