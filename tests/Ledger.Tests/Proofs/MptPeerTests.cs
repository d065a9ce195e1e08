using System.Diagnostics;
using System.Text.Json;
using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;
using Identity.TestKit;
using Xunit.Abstractions;

namespace Identity.Ledger.Tests.Proofs;

/// <summary>Proofs of Merkle-Patricia trees that another library made: what it proves we read, and what it does not hold we do not find.</summary>
public sealed class MptPeerTests(ITestOutputHelper output)
{
    private const string Script = """
        import { createMPT, createMerkleProof, verifyMerkleProof } from '@ethereumjs/mpt';
        const hex = bytes => Buffer.from(bytes).toString('hex');
        import { createHash } from 'node:crypto';
        let drawn = 0;
        const next = () => createHash('sha256').update(`${drawn++}`).digest().readUInt32BE();
        const key = (shared, length) => Uint8Array.from({ length: 32 }, (_, i) => i < shared ? 0xaa : next() % 256).subarray(0, length);
        const trees = [];
        for (const [count, shared, size] of [[1, 0, 32], [2, 31, 1], [3, 0, 1], [17, 30, 4], [40, 0, 32], [300, 29, 2], [300, 0, 33], [60, 31, 1]]) {
          const tree = await createMPT();
          const held = new Map();
          for (let i = 0; i < count; i++) {
            const k = key(shared, 32), v = Uint8Array.from({ length: size }, () => 1 + next() % 255);
            await tree.put(k, v);
            held.set(hex(k), hex(v));
          }
          const asked = [...held.keys(), ...Array.from({ length: 20 }, () => hex(key(next() % 32, 32)))];
          const proofs = [];
          for (const k of asked) {
            const proof = await createMerkleProof(tree, Buffer.from(k, 'hex'));
            const value = await verifyMerkleProof(Buffer.from(k, 'hex'), proof, { root: tree.root() });
            proofs.push({ key: k, value: value ? hex(value) : null, nodes: proof.map(hex) });
          }
          trees.push({ root: hex(tree.root()), proofs });
        }
        console.log(JSON.stringify(trees));
        """;

    [Fact]
    public void What_another_library_proves_we_read_alike()
    {
        var tests = Path.Combine(Checkout.Root, "tests");
        if (!Directory.Exists(Path.Combine(tests, "node_modules", "@ethereumjs", "mpt")))
        {
            output.WriteLine("Its package is not installed: run “npm ci --ignore-scripts” in tests/.");
            return;
        }
        var (read, absent) = (0, 0);
        foreach (var tree in Trees(tests).EnumerateArray())
        {
            var root = Bytes(tree.GetProperty("root"));
            foreach (var proof in tree.GetProperty("proofs").EnumerateArray())
            {
                var (key, nodes) = (Bytes(proof.GetProperty("key")), Nodes(proof));
                Assert.True(MerklePatricia.TryGet(root, key, nodes, out var value, out var reason), $"{proof.GetProperty("key")}: {reason}");
                Assert.Equal(proof.GetProperty("value").GetString(), value is null ? null : Convert.ToHexStringLower(value));
                if (value is null) absent++;
                else read++;
                if (nodes.Count > 1) Assert.False(MerklePatricia.TryGet(root, key, nodes.SkipLast(1).ToList(), out _, out _) && value is not null);
            }
        }
        Assert.True(read > 700 && absent > 100, $"{read} read, {absent} absent");
    }

    private static JsonElement Trees(string folder)
    {
        using var node = Process.Start(new ProcessStartInfo("node", ["--input-type=module", "-"]) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        node.StandardInput.Write(Script);
        node.StandardInput.Close();
        var told = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        Assert.Equal(0, node.ExitCode);
        return JsonDocument.Parse(told).RootElement;
    }

    /// <summary>That library lists nodes of fewer than 32 bytes by themselves too; they stand within the node above (Yellow Paper, appendix D), and no node of the network sends them twice.</summary>
    private static List<byte[]> Nodes(JsonElement proof) => [.. proof.GetProperty("nodes").EnumerateArray().Select(Bytes).Where((node, at) => at == 0 || node.Length >= 32)];

    private static byte[] Bytes(JsonElement hex) => Convert.FromHexString(hex.GetString()!);
}
