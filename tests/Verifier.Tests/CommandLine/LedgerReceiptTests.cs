using System.Diagnostics;
using System.Text.Json.Nodes;
using Identity.TestKit;
using Identity.Verifier.CommandLine;
using Xunit.Abstractions;

namespace Identity.Verifier.Tests.CommandLine;

/// <summary>A receipt of the ledger is checked with three files and nothing else.</summary>
public sealed class LedgerReceiptTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("receipt").FullName;

    public static TheoryData<string> Kinds => ["qbft", "ibft2", "ibft"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_step_is_told_in_a_line_and_a_whole_chain_of_them_is_a_proof(string kind)
    {
        var vector = Files(kind);

        var (code, told) = await RunAsync("receipt.json", "credential.txt", "--validators", "validators.json");

        Assert.Equal(VerifyCommand.Valid, code);
        foreach (var step in new[] { "entry", "path", "checkpoint", "root", "account", "header", "seals" }) Assert.Contains($"proven      {step}: ", told, StringComparison.Ordinal);
        Assert.Contains($"PROVEN: it stood on the ledger by {vector["receipt"]!["state"]!["provenAt"]!.GetValue<string>().Replace('T', ' ')}", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_hold_what_is_missing_and_a_wrong_call_end_differently()
    {
        var vector = Files("qbft");
        var receipt = vector["receipt"]!.AsObject();

        Assert.Equal(VerifyCommand.CannotTell, (await RunAsync("receipt.json", "--validators", "validators.json")).Code);
        Assert.Equal(VerifyCommand.Usage, (await RunAsync("receipt.json", "credential.txt")).Code);
        Assert.Equal(VerifyCommand.Usage, (await RunAsync("receipt.json", "credential.txt", "--validators", "receipt.json")).Code);
        Assert.Equal(VerifyCommand.Usage, (await RunAsync("nothing.json", "credential.txt", "--validators", "validators.json")).Code);
        Write("other.txt", vector["credential"]!.GetValue<string>().Replace("ES256", "ES384", StringComparison.Ordinal).Insert(3, "x"));
        Assert.Equal(VerifyCommand.NotValid, (await RunAsync("receipt.json", "other.txt", "--validators", "validators.json")).Code);
        receipt["anchor"]!["blockHash"] = "0x" + new string('0', 64);
        Write("receipt.json", receipt.ToJsonString());
        var (code, told) = await RunAsync("receipt.json", "credential.txt", "--validators", "validators.json");
        Assert.Equal(VerifyCommand.NotValid, code);
        Assert.Contains("not proven  header: ", told, StringComparison.Ordinal);
        Assert.EndsWith("NOT PROVEN", told.Trim(), StringComparison.Ordinal);
        receipt.Remove("state");
        receipt["anchor"]!["blockHash"] = Files("qbft")["receipt"]!["anchor"]!["blockHash"]!.DeepClone();
        Write("receipt.json", receipt.ToJsonString());
        Assert.Equal(VerifyCommand.CannotTell, (await RunAsync("receipt.json", "credential.txt", "--validators", "validators.json")).Code);
    }

    [Fact]
    public async Task Of_a_wallets_file_the_copy_that_is_at_hand_is_told()
    {
        var vector = Files("qbft");
        var copy = vector["receipt"]!.DeepClone().AsObject();
        copy["entry"] = vector["entry"]!.DeepClone();
        var another = copy.DeepClone().AsObject();
        another["entry"] = new string('0', 64);
        Write("wallet.json", new JsonObject { ["format"] = "identity-receipts/1", ["type"] = "urn:x", ["issuer"] = "https://x.example", ["copies"] = new JsonArray(another.DeepClone(), copy) }.ToJsonString());

        Assert.Equal(VerifyCommand.Valid, (await RunAsync("wallet.json", "credential.txt", "--validators", "validators.json")).Code);
        Write("wallet.json", new JsonObject { ["format"] = "identity-receipts/1", ["type"] = "urn:x", ["issuer"] = "https://x.example", ["copies"] = new JsonArray(another) }.ToJsonString());
        var (code, told) = await RunAsync("wallet.json", "credential.txt", "--validators", "validators.json");
        Assert.Equal(VerifyCommand.NotValid, code);
        Assert.Contains("no receipt of the given copy", told, StringComparison.Ordinal);
    }

    [Fact]
    public void The_program_needs_three_files_in_an_empty_folder_and_no_network()
    {
        Files("qbft");
        string[]? alone = new[] { new[] { "unshare", "-n" }, ["unshare", "-rn"] }.FirstOrDefault(prefix => Start([.. prefix, "true"]).Code == 0);
        if (alone is null)
        {
            output.WriteLine("This machine lets nobody run a program without a network (unshare -n).");
            return;
        }
        string[] program = [.. alone, "dotnet", typeof(VerifyCommand).Assembly.Location, "verify-receipt", "receipt.json", "credential.txt", "--validators", "validators.json"];

        Assert.Equal(["lo"], Start([.. alone, "cat", "/proc/net/dev"]).Told.Split('\n').Where(line => line.Contains(':', StringComparison.Ordinal)).Select(line => line.Split(':')[0].Trim())); // and that is down
        var (code, told) = Start(program);
        Assert.True(code == 0, told);
        Assert.Contains("PROVEN: it stood on the ledger", told, StringComparison.Ordinal);
        Assert.Equal(["credential.txt", "receipt.json", "validators.json"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order());

        var receipt = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "receipt.json")))!;
        receipt["anchor"]!["root"] = "0x" + new string('0', 64);
        Write("receipt.json", receipt.ToJsonString());
        Assert.Equal(1, Start(program).Code);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private JsonNode Files(string kind)
    {
        var vector = JsonNode.Parse(File.ReadAllText(Checkout.Vector($"evm/{kind}.json")))!;
        Write("receipt.json", vector["receipt"]!.ToJsonString());
        Write("validators.json", vector["validators"]!.ToJsonString());
        Write("credential.txt", vector["credential"]!.GetValue<string>() + "\n");
        return vector;
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private async Task<(int Code, string Told)> RunAsync(params string[] words)
    {
        using var told = new StringWriter();
        var code = await ReceiptCommand.RunAsync(["verify-receipt", .. words.Select(word => word.Contains('.', StringComparison.Ordinal) ? Path.Combine(_folder, word) : word)], told, told);
        return (code, told.ToString());
    }

    private (int Code, string Told) Start(string[] line)
    {
        using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var told = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, told + error.GetAwaiter().GetResult());
    }
}
