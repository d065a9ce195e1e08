using System.Net;
using System.Net.Sockets;
using Identity.Host.Lan;
using Identity.Hosting;
using Microsoft.Extensions.Options;

namespace Identity.Host;

/// <summary>Where the demonstration keeps its data and which ports it takes.</summary>
/// <param name="DataFolder">Databases, keys and the state of the ledger node.</param>
/// <param name="BasePort">Issuer on +1, Wallet on +2, Verifier on +3, Audit on +4, ledger node on +8; with a network, the page for phones on the base itself.</param>
internal sealed record DemonstrationOptions(string DataFolder, int BasePort)
{
    /// <summary>How phones on the same network reach the services; null where everything listens on loopback alone.</summary>
    public LanAccess? Lan { get; private set; }

    /// <summary>The name asked for with --lan.</summary>
    public string? LanName { get; init; }

    /// <summary>The address asked for with --lan-address.</summary>
    public string? LanAddress { get; init; }

    public int LedgerPort => BasePort + 8;

    public string IssuerUrl => Url(BasePort + 1);

    public string WalletUrl => Url(BasePort + 2);

    public string VerifierUrl => Url(BasePort + 3);

    public string AuditUrl => Url(BasePort + 4);

    public string Rpc => $"http://127.0.0.1:{LedgerPort}";

    /// <summary>What Kestrel listens on for one of the addresses above.</summary>
    public string Listen(string url) => Lan is null ? url : string.Join(';', Lan.Addresses.Select(a => $"https://{a}:{new Uri(url).Port}"));

    /// <summary>How the journeys fetch: patiently, for a machine that starts everything at once answers late.</summary>
    public IOptions<OutboundOptions> Outbound => Options.Create(new OutboundOptions { AllowLoopback = Lan is null, Own = Lan?.Own, Timeout = TimeSpan.FromSeconds(20) });

    /// <summary>A file or folder below the data folder.</summary>
    public string Path(params string[] parts) => System.IO.Path.Combine([DataFolder, .. parts]);

    /// <summary>Keeps the data folder to this process until it ends, however it ends: two on one folder would each change what the other relies on.</summary>
    public IDisposable Take()
    {
        CheckFolder();
        try
        {
            return new FileStream(Path("in-use"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new StartException($"Identity runs on {DataFolder} already: use what runs, stop it, or choose another folder with --data.");
        }
    }

    /// <summary>Refuses to start, in one sentence, where the folder, the network or a port cannot be used; makes the certificates of --lan.</summary>
    public void Check()
    {
        if (BasePort is < 1024 or > 65000) throw new StartException($"--ports takes a number from 1024 to 65000, not {BasePort}.");
        CheckFolder();
        CheckName();
        if (LanName is not null) Lan = LanAccess.Prepare(LanName, LanAddress, Path("tls"), TimeProvider.System.GetUtcNow());
        else if (LanAddress is not null) throw new StartException("--lan-address belongs to --lan NAME.");
        foreach (var port in new[] { BasePort + 1, BasePort + 2, BasePort + 3, BasePort + 4, LedgerPort }.Concat(Lan is null ? [] : [BasePort]))
            if (!IsFree(port)) throw new StartException($"Port {port} is in use: stop the program that uses it, or choose other ports with --ports {(BasePort == 5000 ? 6000 : 5000)}.");
    }

    // What was signed names the address of its issuer: a folder stays with the name that it began with.
    private void CheckName()
    {
        var (file, name) = (Path("name"), LanName?.ToLowerInvariant() ?? "localhost");
        if (!File.Exists(file)) File.WriteAllText(file, name + "\n");
        else if (File.ReadAllText(file).Trim() is var before && before != name)
            throw new StartException($"The data in {DataFolder} belong to the name {before}, not to {name}: choose another folder with --data FOLDER.");
    }

    private string Url(int port) => Lan is null ? $"http://localhost:{port}" : $"https://{Lan.Name}:{port}";

    private void CheckFolder()
    {
        try
        {
            // Keys and the records of people lie below: for their owner only.
            PrivateFiles.CreateFolder(DataFolder);
            var probe = Path(".write-probe");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The folder {DataFolder} cannot be written: choose another with --data FOLDER.");
        }
    }

    // A listener on the wildcard address would also be in the way of ours on localhost.
    private bool IsFree(int port)
    {
        try
        {
            foreach (var address in port == LedgerPort || Lan is null ? [IPAddress.Loopback] : Lan.Addresses)
            {
                using var listener = new TcpListener(address, port);
                listener.Start();
            }
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

/// <summary>Something on this machine stands in the way; the message is the one sentence that is shown.</summary>
internal sealed class StartException(string message) : Exception(message);
