using System.Formats.Asn1;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Identity.Hosting;

namespace Identity.Host.Lan;

/// <summary>
/// A certificate authority for one local network, and the certificate of this machine's services. A phone that trusts the
/// authority trusts it for this name and for private addresses alone (name constraints, RFC 5280 section 4.2.1.10), so that
/// its key, were it stolen, could speak for no other site.
/// </summary>
internal sealed class LanCertificates
{
    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(2 * 365);
    // Phones refuse certificates of servers that live longer than about thirteen months.
    private static readonly TimeSpan LeafLife = TimeSpan.FromDays(390);
    private static readonly TimeSpan Spare = TimeSpan.FromDays(30);
    private static readonly (IPAddress Network, IPAddress Mask)[] Private =
    [
        (IPAddress.Parse("10.0.0.0"), IPAddress.Parse("255.0.0.0")), (IPAddress.Parse("172.16.0.0"), IPAddress.Parse("255.240.0.0")),
        (IPAddress.Parse("192.168.0.0"), IPAddress.Parse("255.255.0.0")), (IPAddress.Parse("169.254.0.0"), IPAddress.Parse("255.255.0.0")),
        (IPAddress.Parse("127.0.0.0"), IPAddress.Parse("255.0.0.0")),
    ];

    private readonly string _folder;

    private LanCertificates(string folder) => _folder = folder;

    /// <summary>PEM of the authority: what a phone is given to trust.</summary>
    public string AuthorityFile => Path.Combine(_folder, "authority.pem");

    /// <summary>PEM of the services' certificate.</summary>
    public string LeafFile => Path.Combine(_folder, "services.pem");

    /// <summary>PEM (PKCS #8) of the services' key.</summary>
    public string LeafKeyFile => Path.Combine(_folder, "services.key");

    private string AuthorityKeyFile => Path.Combine(_folder, "authority.key");

    /// <summary>SHA-256 of the authority's certificate in hex, for comparing on the phone.</summary>
    public string Fingerprint
    {
        get
        {
            using var authority = X509CertificateLoader.LoadCertificateFromFile(AuthorityFile);
            return authority.GetCertHashString(HashAlgorithmName.SHA256);
        }
    }

    /// <summary>The certificates in a folder; those that are absent, of another name or address, or soon over are made anew.</summary>
    public static LanCertificates LoadOrCreate(string folder, string name, IReadOnlyList<IPAddress> addresses, DateTimeOffset now)
    {
        Directory.CreateDirectory(folder);
        var made = new LanCertificates(folder);
        if (!Lasts(made.AuthorityFile, made.AuthorityKeyFile, now) || ReadName(made.AuthorityFile) != AuthorityName(name))
        {
            made.WriteAuthority(name, now);
            File.Delete(made.LeafFile);
        }
        if (!Lasts(made.LeafFile, made.LeafKeyFile, now) || !made.Covers(name, addresses)) made.WriteLeaf(name, addresses, now);
        return made;
    }

    private void WriteAuthority(string name, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(AuthorityName(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(NameConstraints(name));
        using var authority = request.CreateSelfSigned(now.AddMinutes(-5), now + AuthorityLife);
        PrivateFiles.Write(AuthorityKeyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(AuthorityFile, authority.ExportCertificatePem() + "\n");
    }

    private void WriteLeaf(string name, IReadOnlyList<IPAddress> addresses, DateTimeOffset now)
    {
        using var authority = X509Certificate2.CreateFromPemFile(AuthorityFile, AuthorityKeyFile);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        foreach (var address in addresses) names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        var until = now + LeafLife < authority.NotAfter ? now + LeafLife : authority.NotAfter;
        using var leaf = request.Create(authority, now.AddMinutes(-5), until, RandomNumberGenerator.GetBytes(16));
        PrivateFiles.Write(LeafKeyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(LeafFile, leaf.ExportCertificatePem() + "\n");
    }

    private bool Covers(string name, IReadOnlyList<IPAddress> addresses)
    {
        using var leaf = X509CertificateLoader.LoadCertificateFromFile(LeafFile);
        var names = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().SingleOrDefault();
        return names is not null && names.EnumerateDnsNames().SequenceEqual([name]) && names.EnumerateIPAddresses().ToHashSet().SetEquals(addresses);
    }

    // RFC 5280 section 4.2.1.10: permittedSubtrees of dNSName [2] and iPAddress [7] (network and mask).
    private static X509Extension NameConstraints(string name)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            using (writer.PushSequence()) writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, 2));
            foreach (var (network, mask) in Private)
                using (writer.PushSequence()) writer.WriteOctetString([.. network.GetAddressBytes(), .. mask.GetAddressBytes()], new Asn1Tag(TagClass.ContextSpecific, 7));
        }
        return new X509Extension("2.5.29.30", writer.Encode(), critical: true);
    }

    private static string AuthorityName(string name) => $"CN=Identity demonstration on {name}";

    private static string ReadName(string file)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
        return certificate.Subject;
    }

    private static bool Lasts(string file, string keyFile, DateTimeOffset now)
    {
        if (!File.Exists(file) || !File.Exists(keyFile)) return false;
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
        return certificate.NotAfter.ToUniversalTime() > now.UtcDateTime + Spare;
    }
}
