using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Identity.Credentials.Jose;
using Identity.Hosting;

namespace Identity.Verifier.Keys;

/// <summary>
/// The verifier's own keys, one per purpose: request objects (with the certificate that names the verifier) and challenges.
/// In Development they are made once per installation under the data folder; elsewhere they are configured or the service does not start.
/// </summary>
/// <remarks>A thief of the request key can ask wallets in this verifier's name; neither key reads an answer, whose keys live five minutes in memory.</remarks>
public sealed class VerifierKeys : IDisposable
{
    private VerifierKeys(Es256Key request, IReadOnlyList<X509Certificate2> chain, Es256Key challenge) =>
        (Request, Chain, Challenge) = (request, chain, challenge);

    /// <summary>Signs request objects.</summary>
    public Es256Key Request { get; }

    /// <summary>Leaf first, without the anchor (HAIP 1.0).</summary>
    public IReadOnlyList<X509Certificate2> Chain { get; }

    /// <summary>Signs the challenges shown on the screen.</summary>
    public Es256Key Challenge { get; }

    /// <summary>base64url of the SHA-256 of the leaf's DER, the value of an <c>x509_hash</c> client id.</summary>
    public string LeafHash => X5c.Hash(Chain[0]);

    /// <summary>Loads the configured keys, or in Development those of the data folder, which are made where absent.</summary>
    /// <param name="configuration">Names the files.</param>
    /// <param name="settings">Of this service.</param>
    /// <param name="development">Whether keys may be made.</param>
    /// <param name="now">By the service's clock.</param>
    /// <param name="part">Null for the public page's keys; <c>Desk</c> for those of the desk, in <c>Keys:Desk:…</c> and a folder of their own.</param>
    /// <exception cref="SettingMissingException">A key is missing or unusable; it names the setting.</exception>
    public static VerifierKeys Load(IConfiguration configuration, VerifierSettings settings, bool development, DateTimeOffset now, string? part = null)
    {
        var section = part is null ? "Keys" : $"Keys:{part}";
        var folder = Path.Combine(settings.DataFolder, "keys", part?.ToLowerInvariant() ?? "");
        var host = new Uri(settings.PublicUrl).Host;
        if (!development || configuration[$"{section}:Request"] is { Length: > 0 })
        {
            var request = ReadKey(configuration.Required($"{section}:Request", "PEM file of the P-256 key that signs request objects"), $"{section}:Request");
            var chain = ReadChain(configuration.Required($"{section}:Certificate", "PEM file of that key's certificate chain, leaf first, without the anchor"), $"{section}:Certificate");
            var challenge = ReadKey(configuration.Required($"{section}:Challenge", "PEM file of the P-256 key that signs challenges"), $"{section}:Challenge");
            Check(request, chain[0], section, settings, host, now);
            return new VerifierKeys(request, chain, challenge);
        }

        PrivateFiles.CreateFolder(folder);
        string keyFile = Path.Combine(folder, "request.pem"), chainFile = Path.Combine(folder, "request-certificate.pem"), challengeFile = Path.Combine(folder, "challenge.pem");
        if (!File.Exists(challengeFile))
        {
            using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            PrivateFiles.Write(challengeFile, made.ExportPkcs8PrivateKeyPem());
        }
        if (!IsUsable(chainFile, host, now)) DevelopmentCertificate.Write(keyFile, chainFile, part is null ? settings.Name : settings.DeskName!, host, now);
        return new VerifierKeys(ReadKey(keyFile, $"{section}:Request"), ReadChain(chainFile, $"{section}:Certificate"), ReadKey(challengeFile, $"{section}:Challenge"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Request.Dispose();
        Challenge.Dispose();
        foreach (var certificate in Chain) certificate.Dispose();
    }

    private static bool IsUsable(string chainFile, string host, DateTimeOffset now)
    {
        if (!File.Exists(chainFile)) return false;
        using var leaf = X509Certificate2.CreateFromPem(File.ReadAllText(chainFile));
        return leaf.NotAfter > now.AddDays(1).UtcDateTime && leaf.MatchesHostname(host, allowCommonName: false);
    }

    private static void Check(Es256Key key, X509Certificate2 leaf, string section, VerifierSettings settings, string host, DateTimeOffset now)
    {
        if (!X5c.TryLeafKey(leaf, out var certified) || !certified.SameKey(key.PublicKey))
            throw new SettingMissingException($"{section}:Certificate", $"a certificate of the key in {section}:Request; this one belongs to another key");
        if (leaf.NotAfter <= now.UtcDateTime || leaf.NotBefore > now.UtcDateTime)
            throw new SettingMissingException($"{section}:Certificate", "a certificate that is valid now");
        if (leaf.Subject == leaf.Issuer)
            throw new SettingMissingException($"{section}:Certificate", "a certificate signed by an authority; wallets refuse a self-signed one");
        if (settings.ClientId == ClientIdPrefix.X509SanDns && !leaf.MatchesHostname(host, allowCommonName: false))
            throw new SettingMissingException($"{section}:Certificate", $"a certificate with the DNS name {host}, which x509_san_dns needs");
    }

    /// <summary>A P-256 key of a PEM file.</summary>
    internal static Es256Key ReadKey(string file, string setting)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(file));
            return Es256Key.FromPkcs8(key.ExportPkcs8PrivateKey());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            // The file's name may be told, its content never.
            throw new SettingMissingException(setting, $"a readable PEM file with a P-256 key; {file} is not");
        }
    }

    private static List<X509Certificate2> ReadChain(string file, string setting)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(File.ReadAllText(file));
            return chain.Count > 0 ? [.. chain] : throw new ArgumentException("no certificate");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
            throw new SettingMissingException(setting, $"a readable PEM file with at least one certificate; {file} is not");
        }
    }
}

/// <summary>A certificate for one machine: signed by an authority whose key is thrown away, so that the leaf is not self-signed.</summary>
internal static class DevelopmentCertificate
{
    public static void Write(string keyFile, string chainFile, string name, string host, DateTimeOffset now)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest(Name("DEMONSTRATION verifier authority"), authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        authorityRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authorityRequest.PublicKey, false));
        using var authority = authorityRequest.CreateSelfSigned(now.AddDays(-1), now.AddYears(2));

        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var leafRequest = new CertificateRequest(Name(name), leafKey, HashAlgorithmName.SHA256);
        leafRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        leafRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        leafRequest.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address)) names.AddIpAddress(address); else names.AddDnsName(host);
        leafRequest.CertificateExtensions.Add(names.Build());
        using var leaf = leafRequest.Create(authority, now.AddDays(-1), now.AddYears(1), RandomNumberGenerator.GetBytes(16));

        // Key first: a crash between the two leaves a key without a certificate, and the next start makes both again.
        File.Delete(chainFile);
        PrivateFiles.Write(keyFile, leafKey.ExportPkcs8PrivateKeyPem());
        PrivateFiles.Write(Path.ChangeExtension(chainFile, ".anchor.pem"), authority.ExportCertificatePem());
        PrivateFiles.Write(chainFile, leaf.ExportCertificatePem());
    }

    private static X500DistinguishedName Name(string name)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(name.Length > 64 ? name[..64] : name);
        return builder.Build();
    }
}
