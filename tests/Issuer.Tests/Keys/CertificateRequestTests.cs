using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Keys;
using Identity.Ledger.Registry;

namespace Identity.Issuer.Tests.Keys;

/// <summary>The request for a certificate, by whatever numbers its signature is made of.</summary>
public sealed class CertificateRequestTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("identity-csr-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    public void A_signature_whose_number_begins_with_zeros_is_written_and_holds(int number)
    {
        using var key = Es256Key.Create();
        var keys = new KeyFolder(_folder, mayCreate: true);

        Certified.WriteRequest(keys, "college", new OrganisationProfile("https://college.example", "College", "XT", true, null), new Leading(key, number));

        // Loading checks the signature (RFC 2986, 3).
        var request = CertificateRequest.LoadSigningRequestPem(File.ReadAllText(Path.Combine(_folder, "college.csr.pem")), HashAlgorithmName.SHA256);
        Assert.Equal(DevelopmentCertificates.PublicKeyOf(key).ExportSubjectPublicKeyInfo(), request.PublicKey.ExportSubjectPublicKeyInfo());
    }

    /// <summary>Signs until the number at this place begins with nine zero bits or more, as one of 512 does.</summary>
    private sealed class Leading(ISigner key, int number) : ISigner
    {
        public string Algorithm => key.Algorithm;

        public Jwk PublicKey => key.PublicKey;

        public byte[] Sign(ReadOnlySpan<byte> data)
        {
            while (true)
            {
                var signature = key.Sign(data);
                if (signature[number] == 0 && signature[number + 1] < 0x80) return signature;
            }
        }
    }
}
