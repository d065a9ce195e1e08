using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Identity.Host.Lan;

/// <summary>Which name and addresses a phone on the same network reaches this machine by.</summary>
internal static partial class LanAddresses
{
    /// <summary>Refuses, in one sentence, what cannot be a host's name.</summary>
    public static string Check(string name) =>
        name.Length <= 200 && HostName().IsMatch(name) ? name : throw new StartException($"--lan takes the name by which phones find this machine, such as desk.local, not “{name}”.");

    /// <summary>The IPv4 addresses of this machine's networks that have a gateway.</summary>
    public static IReadOnlyList<IPAddress> Find()
    {
        var found = NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .Select(i => i.GetIPProperties())
            .Where(p => p.GatewayAddresses.Any(g => g.Address.AddressFamily == AddressFamily.InterNetwork && !g.Address.Equals(IPAddress.Any)))
            .SelectMany(p => p.UnicastAddresses)
            .Select(a => a.Address)
            .Where(a => a.AddressFamily == AddressFamily.InterNetwork)
            .Distinct().ToList();
        return found.Count > 0 ? found : throw new StartException("This machine is in no network with a gateway: connect it, or name its address with --lan-address.");
    }

    // Names as of RFC 1123, and not a number: an address is no name.
    [GeneratedRegex(@"^(?=.*[a-z])[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$")]
    private static partial Regex HostName();
}
