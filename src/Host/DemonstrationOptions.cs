using System.Net;
using System.Net.Sockets;

namespace Identity.Host;

/// <summary>Where the demonstration keeps its data and which ports it takes.</summary>
/// <param name="DataFolder">Databases, keys and the state of the ledger node.</param>
/// <param name="BasePort">Issuer on +1, Wallet on +2, Verifier on +3, ledger node on +8.</param>
internal sealed record DemonstrationOptions(string DataFolder, int BasePort)
{
    public int LedgerPort => BasePort + 8;

    public string IssuerUrl => $"http://localhost:{BasePort + 1}";

    public string WalletUrl => $"http://localhost:{BasePort + 2}";

    public string VerifierUrl => $"http://localhost:{BasePort + 3}";

    public string Rpc => $"http://127.0.0.1:{LedgerPort}";

    /// <summary>A file or folder below the data folder.</summary>
    public string Path(params string[] parts) => System.IO.Path.Combine([DataFolder, .. parts]);

    /// <summary>Refuses to start, in one sentence, where the folder or a port cannot be used.</summary>
    public void Check()
    {
        if (BasePort is < 1024 or > 65000) throw new StartException($"--ports takes a number from 1024 to 65000, not {BasePort}.");
        CheckFolder();
        foreach (var port in new[] { BasePort + 1, BasePort + 2, BasePort + 3, LedgerPort })
            if (!IsFree(port)) throw new StartException($"Port {port} is in use: stop the program that uses it, or choose other ports with --ports {(BasePort == 5000 ? 6000 : 5000)}.");
    }

    private void CheckFolder()
    {
        try
        {
            // Keys and the records of people lie below: for their owner only.
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(DataFolder);
            else Directory.CreateDirectory(DataFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
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
    private static bool IsFree(int port)
    {
        try
        {
            using var v4 = new TcpListener(IPAddress.Loopback, port);
            v4.Start();
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
