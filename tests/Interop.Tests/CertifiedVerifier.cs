using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Identity.Interop.Tests;

/// <summary>Keys of a verifier whose certificate an authority signed, as files; and that authority's certificate, which a wallet trusts.</summary>
internal static class CertifiedVerifier
{
    /// <summary>Writes the files; gives the settings that name them, and the authority's certificate as PEM.</summary>
    public static (string[] Settings, string Authority) Write(string folder, string host)
    {
        Directory.CreateDirectory(folder);
        var (from, until) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = new CertificateRequest("CN=Registrar of Verifiers", authorityKey, HashAlgorithmName.SHA256);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        root.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var authority = root.CreateSelfSigned(from, until);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var leaf = new CertificateRequest("CN=Inspector", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        leaf.CertificateExtensions.Add(names.Build());
        leaf.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        leaf.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        using var certificate = leaf.Create(authority, from, until, RandomNumberGenerator.GetBytes(16));

        using var challenge = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var files = (Request: Path.Combine(folder, "r.pem"), Chain: Path.Combine(folder, "c.pem"), Challenge: Path.Combine(folder, "q.pem"));
        File.WriteAllText(files.Request, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(files.Chain, certificate.ExportCertificatePem());
        File.WriteAllText(files.Challenge, challenge.ExportPkcs8PrivateKeyPem());
        return ([$"--Keys:Request={files.Request}", $"--Keys:Certificate={files.Chain}", $"--Keys:Challenge={files.Challenge}"], authority.ExportCertificatePem());
    }
}
