using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Organisations;
using Identity.Ledger.Registry;

namespace Identity.Issuer.Keys;

/// <summary>Brings a key of the folder together with its certificates.</summary>
internal static class Certified
{
    /// <summary>The key an organisation began with; a missing file is a reason not to start.</summary>
    public static IssuerKey First(KeyFolder keys, string slug, string name, string country, string issuer, DateTimeOffset now)
    {
        var key = keys.SigningKey(slug);
        return new IssuerKey(key, DevelopmentCertificates.Chain(keys, slug, name, country, issuer, key, now));
    }

    /// <summary>A later key; null with a sentence for the operator where a file of it is missing or wrong.</summary>
    public static IssuerKey? Later(KeyFolder keys, Organisation organisation, string thumbprint, DateTimeOffset now, out string? missing)
    {
        missing = null;
        var stem = KeyFolder.Stem(organisation.Slug, thumbprint);
        if (keys.FindSigningKey(organisation.Slug, thumbprint) is not { } key)
        {
            missing = $"The file {stem}.signing.pem is not in the key folder of this copy of the service. All copies need the same folder.";
            return null;
        }
        try
        {
            if (key.PublicKey.ThumbprintText() == thumbprint)
                return new IssuerKey(key, DevelopmentCertificates.Chain(keys, stem, organisation.Name, organisation.Profile.Country, organisation.Issuer, key, now));
            missing = $"The file {stem}.signing.pem holds another key than it should.";
        }
        catch (Exception fault) when (fault is SettingMissingException or InvalidOperationException)
        {
            missing = $"The certificate of the new key is missing: have {stem}.csr.pem in the key folder signed, and put the chain beside it as {stem}.chain.pem.";
        }
        (key as IDisposable)?.Dispose();
        return null;
    }

    /// <summary>Outside Development: the request that the operator has signed, beside the key.</summary>
    public static void WriteRequest(KeyFolder keys, Organisation organisation, ISigner key) => WriteRequest(keys, KeyFolder.Stem(organisation.Slug, key.PublicKey.ThumbprintText()), organisation.Profile, key);

    /// <summary>As above, for a key of another name.</summary>
    public static void WriteRequest(KeyFolder keys, string stem, OrganisationProfile profile, ISigner key) =>
        keys.Write($"{stem}.csr.pem", DevelopmentCertificates.Request(profile.Name, profile.Country, profile.Issuer, key).CreateSigningRequestPem(new RequestSigner(key)) + "\n");

    /// <summary>Signs a request with a key wherever it is: in a file or in a token.</summary>
    private sealed class RequestSigner(ISigner key) : X509SignatureGenerator
    {
        private static readonly byte[] EcdsaWithSha256 = [0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]; // RFC 5758, 3.2

        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) => EcdsaWithSha256;

        // A token gives r and s one behind the other; a certificate request holds them as a sequence (RFC 3279, 2.2.3).
        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm)
        {
            var (signature, sequence) = (key.Sign(data), new AsnWriter(AsnEncodingRules.DER));
            using (sequence.PushSequence())
            {
                sequence.WriteInteger(new BigInteger(signature.AsSpan(0, 32), isUnsigned: true, isBigEndian: true));
                sequence.WriteInteger(new BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true));
            }
            return sequence.Encode();
        }

        protected override PublicKey BuildPublicKey() => DevelopmentCertificates.PublicKeyOf(key);
    }
}
