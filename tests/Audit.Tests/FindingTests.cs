using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Audit.Findings;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;

namespace Identity.Audit.Tests;

/// <summary>A finding as a third party checks it, years later, with the file and the roots of the chain alone.</summary>
public sealed class FindingTests(AuditFixture audit) : IClassFixture<AuditFixture>
{
    [Fact]
    public async Task A_finding_is_proven_by_the_file_and_the_root_on_the_chain()
    {
        var (finding, root) = await FindingAsync();

        Assert.Equal(0, (await Check(finding, root)).ExitCode);
        Assert.Equal(2, (await FindingCheck.RunAsync(Bytes(finding), _ => Task.FromResult<KnownRoot?>(null))).ExitCode);
        Assert.Contains((await Check(finding, root)).Lines, l => l.Contains("worse    wage: 450 XND month → 380 XND month", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Attack_a_finding_changed_anywhere_is_not_proven()
    {
        var (finding, root) = await FindingAsync();
        var changes = new Action<JsonObject>[]
        {
            f => f["records"]![0]!["record"]!["wage"] = "900",
            f => f["records"]![0]!["salt"] = Base64Url.Encode(new byte[32]),
            f => f["records"]![0]!["key"] = f["records"]![1]!["key"]!.DeepClone(),
            f => f["records"]![0]!["consent"] = f["records"]![1]!["consent"]!.DeepClone(),
            f => f["records"]![0]!["receipt"] = f["records"]![1]!["receipt"]!.DeepClone(),
            f => f["records"]!.AsArray().RemoveAt(1),
            f => f["engagement"]!["key"] = "another",
            f => f["comparisons"]![0]!["differences"]!.AsArray().RemoveAt(0),
            f => f["comparisons"]![0]!["substitution_suspected"] = false,
            f => f["records"] = new JsonArray(),
            f => f["records"]![0]!.AsObject().Remove("receipt"),
            f => f["format"] = "something else",
        };
        foreach (var change in changes)
        {
            var altered = finding.DeepClone().AsObject();
            change(altered);
            Assert.Equal(1, (await Check(altered, root)).ExitCode);
        }
        Assert.Equal(1, (await Check(finding, new byte[32])).ExitCode);
    }

    [Fact]
    public async Task The_command_says_so_by_its_exit_code()
    {
        var (finding, root) = await FindingAsync();
        var file = Path.Combine(audit.Folder, "finding.json");
        await File.WriteAllTextAsync(file, finding.ToJsonString());
        async Task<int> Run(params string[] args) => await VerifyFinding.RunAsync(["verify", .. args], TextWriter.Null, TextWriter.Null);

        Assert.Equal(0, await Run(file, "--root", "0x" + Convert.ToHexStringLower(root)));
        Assert.Equal(1, await Run(file, "--root", new string('0', 64)));
        Assert.Equal(2, await Run(file));
        Assert.Equal(3, await Run(file + ".missing"));
        Assert.Equal(3, await Run(file, "--root", "xyz"));
        Assert.Equal(3, await Run(file, "--rpc", "http://127.0.0.1:1"));
        Assert.Equal(2, await Run(file, "--rpc", "http://127.0.0.1:1", "--contract", "0x5FbDB2315678afecb367f032d93F642f64180aa3", "--chain-id", "31337"));
        Assert.Equal(3, await Run());
    }

    // The page's own file, with proofs of a log made here: the fixture has no chain that its own log could be anchored on.
    private async Task<(JsonObject Finding, byte[] Root)> FindingAsync()
    {
        var worker = await audit.Worker(Terms.Substituted);
        var shown = await audit.Show(worker.Copies);
        var auditor = await audit.SignIn(AuditFixture.Brand);
        var answer = await auditor.PostForm($"/desk/engagements/site-14/bundles/{shown.Id}", $"/desk/engagements/site-14/bundles/{shown.Id}", ("note", "Seen on site."));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var finding = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();

        var leaves = worker.Copies.Select(c => MerkleTree.LeafHash(c.Commitment)).ToList();
        using var key = Ed25519Key.Create();
        var root = MerkleTree.NodeHash(leaves[0], leaves[1]);
        var note = new Checkpoint("localhost:5004/log", 2, root).Sign("localhost:5004/log", key);
        for (var i = 0; i < 2; i++) finding["records"]![i]!["receipt"] = new JsonObject { ["proof"] = new TlogProof(i, [leaves[1 - i]], note).Text };
        return (finding, root);
    }

    private static Task<FindingVerdict> Check(JsonObject finding, byte[] root) => FindingCheck.RunAsync(Bytes(finding), _ => Task.FromResult<KnownRoot?>(new KnownRoot(root, null, null)));

    private static byte[] Bytes(JsonObject finding) => Encoding.UTF8.GetBytes(finding.ToJsonString());
}
