using System.Text.Json;
using Identity.Credentials.Transparency;
using Identity.TestKit;
using Xunit.Abstractions;

namespace Identity.Credentials.Tests.Transparency;

/// <summary>The proofs published with the Go implementation of the tree, good and bad.</summary>
public sealed class PublishedProofTests(ITestOutputHelper output)
{
    [Fact]
    public void Published_inclusion_proofs_are_accepted_and_refused_as_stated()
    {
        var seen = Each("rfc9162/inclusion.json", (name, test) =>
        {
            var index = Number(test.GetProperty("leafIdx"));
            var size = Number(test.GetProperty("treeSize"));
            var accepted = MerkleTree.VerifyInclusion(index, size, Bytes(test, "leafHash"), Bytes(test, "root"), Proof(test));
            Assert.True(accepted != test.GetProperty("wantErr").GetBoolean(), name);
        });
        Assert.True(seen is 0 or >= 90);
    }

    [Fact]
    public void Published_consistency_proofs_are_accepted_and_refused_as_stated_but_never_from_size_zero()
    {
        var seen = Each("rfc9162/consistency.json", (name, test) =>
        {
            var first = Number(test.GetProperty("size1"));
            var accepted = MerkleTree.VerifyConsistency(first, Number(test.GetProperty("size2")), Bytes(test, "root1"), Bytes(test, "root2"), Proof(test));
            var hashes = Bytes(test, "root1").Length == 32 && Bytes(test, "root2").Length == 32; // one set compares words as roots
            Assert.True(accepted == (first != 0 && hashes && !test.GetProperty("wantErr").GetBoolean()), name);
        });
        Assert.True(seen is 0 or >= 90);
    }

    private int Each(string path, Action<string, JsonElement> check)
    {
        if (Checkout.SharedVector(path) is not { } file)
        {
            output.WriteLine($"absent: {path}");
            return 0;
        }

        using var document = JsonDocument.Parse(File.ReadAllText(file));
        var seen = 0;
        foreach (var test in document.RootElement.EnumerateObject())
        {
            check(test.Name, test.Value);
            seen++;
        }

        return seen;
    }

    private static long Number(JsonElement element) => unchecked((long)element.GetUInt64());

    private static byte[] Bytes(JsonElement test, string name) => test.GetProperty(name).GetString() is { Length: > 0 } text ? Convert.FromBase64String(text) : [];

    private static IReadOnlyList<byte[]> Proof(JsonElement test) => test.GetProperty("proof") is { ValueKind: JsonValueKind.Array } proof
        ? [.. proof.EnumerateArray().Select(p => Convert.FromBase64String(p.GetString()!))]
        : [];
}
