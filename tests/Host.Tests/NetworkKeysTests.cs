using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Identity.Host.Network;
using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;
using Identity.TestKit;

namespace Identity.Host.Tests;

/// <summary>A new network's files fit each other, and deploy/besu-qbft; no validator was run on them.</summary>
public sealed class NetworkKeysTests : IDisposable
{
    private static readonly string Deploy = Path.Combine(Checkout.Root, "deploy", "besu-qbft");
    private static readonly Address Sender = Address.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");

    private readonly string _folder = Directory.CreateTempSubdirectory("validators").FullName;
    private readonly StringWriter _output = new();

    private string Out => Path.Combine(_folder, "network");

    public void Dispose()
    {
        _output.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    public async Task The_first_block_names_the_validators_whose_keys_were_made(int validators)
    {
        await MakeAsync(validators);
        var genesis = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Out, "genesis.json")))!;
        Assert.True(Hex.TryDecode(genesis["extraData"]!.GetValue<string>(), out var extra));
        Assert.True(Hex.TryDecode(genesis["mixHash"]!.GetValue<string>(), out var mix));

        Assert.True(BlockHeader.TryDecode(Header(extra, mix), out var header, out var reason), reason);
        Assert.True(SealedHeader.TryRead(header, Consensus.Qbft, out var first, out reason), reason);

        var made = Enumerable.Range(1, validators).Select(n => Key(n).Address).ToHashSet();
        Assert.Equal(validators, first.Validators.Count);
        Assert.Equal(made, first.Validators.ToHashSet());
        Assert.Equal(10037UL, genesis["config"]!["chainId"]!.GetValue<ulong>());
        Assert.Null(genesis["config"]!["londonBlock"]); // no base fee
    }

    [Fact]
    public async Task The_start_takes_the_release_from_the_settings_beside_it_and_waits_for_blocks()
    {
        // The script alone with docker and curl played: what they would do is not shown by this.
        foreach (var file in new[] { "start.sh", "backup.sh" }) File.Copy(Path.Combine(Deploy, file), Path.Combine(_folder, file));
        Directory.CreateDirectory(Out);
        await File.WriteAllTextAsync(Path.Combine(Out, "genesis.json"), "{}");
        var tools = Directory.CreateDirectory(Path.Combine(_folder, "tools")).FullName;
        await WriteToolAsync("docker", "echo \"docker $* with $BESU_VERSION\"");
        await WriteToolAsync("curl", "echo '{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1f\"}'");

        Assert.Contains("Set BESU_VERSION", (await RunAsync()).Said, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_folder, ".env"), "BESU_VERSION=25.7.0\n");
        var (code, said) = await RunAsync();

        Assert.Equal(0, code);
        Assert.Contains("docker compose up --detach with 25.7.0", said, StringComparison.Ordinal);
        Assert.Contains("Block 31: the network runs.", said, StringComparison.Ordinal);

        async Task WriteToolAsync(string name, string body)
        {
            var path = Path.Combine(tools, name);
            await File.WriteAllTextAsync(path, $"#!/bin/sh\n{body}\n");
            await Process.Start("chmod", ["+x", path]).WaitForExitAsync();
        }

        async Task<(int Code, string Said)> RunAsync()
        {
            var start = new ProcessStartInfo("bash", [Path.Combine(_folder, "start.sh")]) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["PATH"] = $"{tools}:{Environment.GetEnvironmentVariable("PATH")}";
            start.Environment.Remove("BESU_VERSION");
            using var process = Process.Start(start)!;
            var said = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            return (process.ExitCode, await said.Item1 + await said.Item2);
        }
    }

    [Fact]
    public async Task Peers_and_lists_name_the_same_nodes_by_the_keys_that_were_made()
    {
        await MakeAsync(4);
        var all = Enumerable.Range(1, 4).Select(n => $"enode://{PublicOf(n)}@172.30.0.{10 + n}:30303").ToList();

        foreach (var n in Enumerable.Range(1, 4))
        {
            var home = Path.Combine(Out, $"validator-{n}");
            var peers = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(home, "static-nodes.json")))!.AsArray().Select(p => p!.GetValue<string>());
            Assert.Equal(all.Where((_, at) => at != n - 1), peers);
            var lists = Toml(Path.Combine(home, "permissions_config.toml"));
            Assert.Equal(all, Texts(lists["nodes-allowlist"]));
            Assert.Equal([Sender.ToHex()], Texts(lists["accounts-allowlist"]));
        }
    }

    [Fact]
    public async Task Keys_are_their_owners_alone_and_are_made_once()
    {
        await MakeAsync(4);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Out, "validator-1", "key")));
        var before = await File.ReadAllTextAsync(Path.Combine(Out, "validator-1", "key"));
        Assert.DoesNotContain(before.Trim()[2..], _output.ToString(), StringComparison.Ordinal);

        Assert.Equal(LedgerCommands.Usage, await Commands().NetworkKeysAsync(10037, 4, "172.30.0", null, Out));

        Assert.Contains("is there already", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(Out, "validator-1", "key")));
    }

    [Theory]
    [InlineData(1, 4, "172.30.0")]
    [InlineData(10037, 3, "172.30.0")]
    [InlineData(10037, 14, "172.30.0")]
    [InlineData(10037, 4, "172.30")]
    [InlineData(10037, 4, "validators")]
    public async Task A_network_that_would_not_do_is_not_made(ulong chainId, int validators, string subnet)
    {
        Assert.Equal(LedgerCommands.Usage, await Commands().NetworkKeysAsync(chainId, validators, subnet, null, Out));
        Assert.False(Directory.Exists(Out));
    }

    [Fact]
    public async Task The_deployment_names_these_files_and_lets_nobody_vote_from_outside()
    {
        await MakeAsync(4);
        var compose = await File.ReadAllTextAsync(Path.Combine(Deploy, "compose.yaml"));
        var settings = Toml(Path.Combine(Deploy, "besu.toml"));

        foreach (Match mount in Regex.Matches(compose, @"""\./network/([^:""]+):"))
            Assert.True(Path.Exists(Path.Combine(Out, mount.Groups[1].Value)), mount.Value);
        Assert.Equal(Enumerable.Range(1, 4).Select(n => $"172.30.0.{10 + n}"), Regex.Matches(compose, @"ipv4_address: ([0-9.]+)").Select(m => m.Groups[1].Value));
        Assert.All(Regex.Matches(compose, @"ports: \[(.*)\]").Select(m => m.Groups[1].Value), ports => Assert.Matches(@"^""127\.0\.0\.1:\d+:8545""$", ports));
        Assert.Equal(["ETH", "NET", "WEB3"], Texts(settings["rpc-http-api"]));
        Assert.Equal("0", settings["min-gas-price"]);
        foreach (var list in new[] { "nodes", "accounts" })
        {
            Assert.Equal("true", settings[$"permissions-{list}-config-file-enabled"]);
            Assert.Equal("\"/data/permissions_config.toml\"", settings[$"permissions-{list}-config-file"]);
        }
        Assert.Equal("\"/network/genesis.json\"", settings["genesis-file"]);
        Assert.DoesNotContain(Directory.GetFiles(Deploy, "*", SearchOption.AllDirectories), file => Path.GetFileName(file) == "key");
    }

    private static byte[] Header(byte[] extra, byte[] mix) => Rlp.Encode(RlpItem.List(
        RlpItem.Of(new byte[32]), RlpItem.Of(new byte[32]), RlpItem.Of(new byte[20]), RlpItem.Of(new byte[32]), RlpItem.Of(new byte[32]), RlpItem.Of(new byte[32]), RlpItem.Of(new byte[256]),
        RlpItem.Of(1), RlpItem.Of(0), RlpItem.Of(30_000_000), RlpItem.Of(0), RlpItem.Of(0), RlpItem.Of(extra), RlpItem.Of(mix), RlpItem.Of(new byte[8])));

    private EvmAccount Key(int n) => EvmAccount.FromPrivateKey(Convert.FromHexString(File.ReadAllText(Path.Combine(Out, $"validator-{n}", "key")).Trim()[2..]));

    private string PublicOf(int n)
    {
        using var key = System.Security.Cryptography.ECDsa.Create(new System.Security.Cryptography.ECParameters
        {
            Curve = System.Security.Cryptography.ECCurve.CreateFromValue("1.3.132.0.10"), D = Convert.FromHexString(File.ReadAllText(Path.Combine(Out, $"validator-{n}", "key")).Trim()[2..]),
        });
        var point = key.ExportParameters(false).Q;
        return Convert.ToHexStringLower([.. point.X!, .. point.Y!]);
    }

    private static Dictionary<string, string> Toml(string file) => File.ReadAllLines(file).Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    private static string[] Texts(string array) => JsonNode.Parse(array)!.AsArray().Select(item => item!.GetValue<string>()).ToArray();

    private LedgerCommands Commands() => new(new HttpClient(), _output);

    private async Task MakeAsync(int validators) => Assert.Equal(LedgerCommands.Done, await Commands().NetworkKeysAsync(10037, validators, "172.30.0", Sender.ToString(), Out));
}
