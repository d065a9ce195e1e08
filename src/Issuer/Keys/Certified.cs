using System.Security.Cryptography.X509Certificates;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Organisations;

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
    public static void WriteRequest(KeyFolder keys, Organisation organisation, Es256Key key) =>
        keys.Write($"{KeyFolder.Stem(organisation.Slug, key.PublicKey.ThumbprintText())}.csr.pem",
            DevelopmentCertificates.Request(organisation.Name, organisation.Profile.Country, organisation.Issuer, key).CreateSigningRequestPem(X509SignatureGenerator.CreateForECDsa(key.Raw)) + "\n");
}
