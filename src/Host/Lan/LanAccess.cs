using System.Net;
using Identity.Hosting;

namespace Identity.Host.Lan;

/// <summary>How this machine is reached from phones on the same network; absent, everything listens on loopback alone.</summary>
/// <param name="Name">The name in every address of the services.</param>
/// <param name="Addresses">What the services listen on; they reach each other on the first.</param>
/// <param name="Certificates">The local authority and the services' certificate.</param>
internal sealed record LanAccess(string Name, IReadOnlyList<IPAddress> Addresses, LanCertificates Certificates)
{
    /// <summary>The same for our own clients: they trust the authority for this name alone.</summary>
    public OwnServices Own => new() { Host = Name, Address = Addresses[0].ToString(), Authority = Certificates.AuthorityFile };

    /// <summary>Checks the name, finds the addresses and makes what certificates are missing.</summary>
    public static LanAccess Prepare(string name, string? address, string folder, DateTimeOffset now)
    {
        name = LanAddresses.Check(name.ToLowerInvariant());
        IReadOnlyList<IPAddress> addresses = address is null ? LanAddresses.Find()
            : IPAddress.TryParse(address, out var one) ? [one] : throw new StartException($"--lan-address takes an IP address of this machine, not “{address}”.");
        return new LanAccess(name, addresses, LanCertificates.LoadOrCreate(folder, name, addresses, now));
    }
}
