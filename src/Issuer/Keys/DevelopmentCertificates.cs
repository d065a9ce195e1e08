using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Identity.Credentials.Jose;

namespace Identity.Issuer.Keys;

/// <summary>
/// Certificates for signing keys. In Development a certificate authority is made at first use and signs each leaf; elsewhere the
/// operator supplies <c>{slug}.chain.pem</c>, leaf first, anchor left out.
/// </summary>
internal static class DevelopmentCertificates
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(5 * 365);

    /// <summary>The chain of an organisation's signing key as base64 DER, leaf first.</summary>
    public static IReadOnlyList<string> Chain(KeyFolder keys, string stem, string name, string country, string issuer, ISigner signingKey, DateTimeOffset now)
    {
        var file = $"{stem}.chain.pem";
        if (keys.Read(file) is { } known && Load(known) is { Count: > 0 } chain && Fits(chain[0], issuer, signingKey, now, keys.MayCreate))
            return [.. chain.Select(c => Convert.ToBase64String(c.RawData))];
        if (!keys.MayCreate)
        {
            keys.Existing(file, "the certificate chain of an organisation's signing key, PEM, leaf first");
            throw new InvalidOperationException($"The certificate in {Path.Combine(keys.Folder, file)} is not for the signing key {stem}.");
        }

        using var authority = Authority(keys, now);
        using var leaf = Sign(authority, name, country, issuer, signingKey, now);
        keys.Write(file, leaf.ExportCertificatePem() + "\n");
        return [Convert.ToBase64String(leaf.RawData)];
    }

    private static X509Certificate2 Authority(KeyFolder keys, DateTimeOffset now)
    {
        if (keys.Read("development-ca.pem") is { } known) return X509Certificate2.CreateFromPem(known, known);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Identity Development Authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var authority = request.CreateSelfSigned(now.AddDays(-1), now + Lifetime);
        keys.Write("development-ca.pem", authority.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        return authority;
    }

    private static X509Certificate2 Sign(X509Certificate2 authority, string name, string country, string issuer, ISigner signingKey, DateTimeOffset now)
    {
        var request = Request(name, country, issuer, signingKey);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        return request.Create(authority, now.AddHours(-1), authority.NotAfter.ToUniversalTime(), RandomNumberGenerator.GetBytes(16));
    }

    /// <summary>What a certificate of a signing key is to say.</summary>
    public static CertificateRequest Request(string name, string country, string issuer, ISigner signingKey)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCountryOrRegion(country);
        subject.AddOrganizationName(name.Length > 64 ? name[..64] : name);
        subject.AddCommonName(name.Length > 64 ? name[..64] : name);
        var request = new CertificateRequest(subject.Build(), PublicKeyOf(signingKey), HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(issuer));
        if (Uri.CheckHostName(new Uri(issuer).Host) is UriHostNameType.Dns) names.AddDnsName(new Uri(issuer).IdnHost);
        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    /// <summary>The public half as certificates hold it.</summary>
    public static PublicKey PublicKeyOf(ISigner key)
    {
        using var point = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = key.PublicKey.XBytes(), Y = key.PublicKey.YBytes() } });
        return new PublicKey(point);
    }

    // A leaf made for another address or an ended one is replaced in Development; the key stays.
    private static bool Fits(X509Certificate2 leaf, string issuer, ISigner key, DateTimeOffset now, bool checkName)
    {
        using var publicKey = leaf.GetECDsaPublicKey();
        if (publicKey is null) return false;
        if (!publicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(PublicKeyOf(key).ExportSubjectPublicKeyInfo())) return false;
        if (!checkName) return true;
        var hasName = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Any(e => Contains(e.RawData, issuer));
        return hasName && leaf.NotAfter.ToUniversalTime() > now.UtcDateTime.AddDays(30);
    }

    private static bool Contains(byte[] der, string text) => der.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(text)) >= 0;

    private static X509Certificate2Collection Load(string pem)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(pem);
        return chain;
    }
}
