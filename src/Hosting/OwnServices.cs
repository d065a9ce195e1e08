using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Identity.Hosting;

/// <summary>
/// The product's own services on one local network, where no public authority vouches for them and their address is private:
/// one host name, the address that it stands for, and the authority that is trusted for it. Section <c>Outbound:Own</c>.
/// Nothing else becomes reachable by it, and the authority counts for no other name.
/// </summary>
public sealed class OwnServices
{
    /// <summary>The host name in the services' addresses.</summary>
    public required string Host { get; set; }

    /// <summary>The address that the name stands for; no name server is asked.</summary>
    public required string Address { get; set; }

    /// <summary>PEM file of the authority that signs for this name.</summary>
    public required string Authority { get; set; }

    /// <summary>Whether a host name is that of the own services.</summary>
    public bool Is(string host) => string.Equals(host, Host, StringComparison.OrdinalIgnoreCase);

    /// <summary>The address to connect to.</summary>
    public IPAddress Resolve() => IPAddress.Parse(Address);

    /// <summary>TLS settings: as always for every name, and the own authority alone for the own name.</summary>
    public SslClientAuthenticationOptions Tls()
    {
        var authority = X509CertificateLoader.LoadCertificateFromFile(Authority);
        return new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (sender, certificate, _, errors) =>
            {
                if (!Is((sender as SslStream)?.TargetHostName ?? "")) return errors == SslPolicyErrors.None;
                if (certificate is not X509Certificate2 leaf || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None) return false;
                using var chain = new X509Chain();
                chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
                chain.ChainPolicy.CustomTrustStore.Add(authority);
                chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // a local authority publishes no list
                return chain.Build(leaf);
            },
        };
    }
}
