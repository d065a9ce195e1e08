using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Identity.TestKit;

namespace Identity.Host.Tests;

public sealed class HostTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"identity-host-{Guid.NewGuid():n}");
    private readonly int _ports = Ports.FreeBase(1, 2, 3, 4, 8);

    private string[] Place => ["--data", _folder, "--ports", _ports.ToString(CultureInfo.InvariantCulture)];

    [Fact]
    public async Task The_journey_comes_out_as_it_should_and_again_after_the_ledger_node_lost_everything()
    {
        await using (var first = HostProcess.Start(["journey", .. Place]))
        {
            Assert.True(await first.ExitAsync(Patience) == 0, first.Output);
            foreach (var reason in new[] { "[valid]", "[altered]", "[issuer_unknown]", "[issuer_not_entitled]", "[revoked]" }) Assert.Contains(reason, first.Output);
            Assert.DoesNotContain("FAIL", first.Output);
        }

        foreach (var state in Directory.GetFiles(Path.Combine(_folder, "ledger"), "*.json")) File.Delete(state);

        await using var second = HostProcess.Start(["journey", .. Place]);
        Assert.True(await second.ExitAsync(Patience) == 0, second.Output);
    }

    [Fact]
    public async Task Killed_without_warning_it_leaves_no_process_behind()
    {
        await using var host = HostProcess.Start(Place);
        await host.SaysAsync("Everything runs", Patience);
        Assert.Equal(_ports + 8, Listening(_ports + 8));

        // A second one on the same folder, wherever it would listen.
        await using (var second = HostProcess.Start(["journey", "--data", _folder, "--ports", $"{Ports.Free()}"]))
        {
            Assert.Equal(1, await second.ExitAsync(Patience));
            Assert.Equal($"Identity runs on {_folder} already: use what runs, stop it, or choose another folder with --data.", second.Output.Trim());
        }

        host.Kill();

        await host.ExitAsync(Patience);
        await Until(() => Listening(_ports + 8) is null, "the ledger node still listens");
    }

    [Fact]
    public async Task A_port_in_use_is_one_clear_sentence()
    {
        using var squatter = new TcpListener(IPAddress.Loopback, _ports + 2);
        squatter.Start();

        await using var host = HostProcess.Start(["journey", .. Place]);

        Assert.Equal(1, await host.ExitAsync(Patience));
        Assert.Equal($"Port {_ports + 2} is in use: stop the program that uses it, or choose other ports with --ports 5000.", host.Output.Trim());
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_one_clear_sentence()
    {
        File.WriteAllText(_folder, "a file where the folder should be");

        await using var host = HostProcess.Start(["journey", .. Place]);

        Assert.Equal(1, await host.ExitAsync(Patience));
        Assert.Equal($"The folder {_folder} cannot be written: choose another with --data FOLDER.", host.Output.Trim());
    }

    [Fact]
    public void The_data_folder_is_for_its_owner_only()
    {
        if (OperatingSystem.IsWindows()) return;
        new DemonstrationOptions(_folder, _ports).Check();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
        File.Delete(_folder);
    }

    private static int? Listening(int port)
    {
        using var client = new TcpClient();
        try
        {
            client.Connect(IPAddress.Loopback, port);
            return port;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static async Task Until(Func<bool> condition, string otherwise)
    {
        for (var i = 0; i < 1200 && !condition(); i++) await Task.Delay(50);
        Assert.True(condition(), otherwise);
    }
}
