using System.Numerics;
using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;

namespace Identity.Credentials.Tests.Transparency;

public sealed class ForkEvidenceTests : IDisposable
{
    private const string Origin = "issuer.example/log";
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private readonly Ed25519Key _key = Ed25519Key.FromSeed(Enumerable.Repeat((byte)7, 32).ToArray());
    private readonly Ed25519Key _other = Ed25519Key.FromSeed(Enumerable.Repeat((byte)8, 32).ToArray());

    public void Dispose()
    {
        _key.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void Two_trees_of_one_size_convict_the_log_and_the_file_is_read_back()
    {
        var evidence = Of(Signed(Leaves(9)), Signed(Leaves(9, forkAt: 4)), []);

        Assert.True(ForkEvidence.TryParse(evidence!.ToJson(), out var read));
        Assert.True(read.Holds(out _));
        Assert.Equal(evidence.ToJson(), read.ToJson());
        Assert.Contains("\"format\": \"identity-fork-evidence/1\"", evidence.ToJson());
    }

    [Fact]
    public void For_every_pair_of_sizes_the_larger_trees_own_path_convicts_exactly_where_it_does_not_continue_the_smaller()
    {
        for (var n = 2; n <= 40; n++)
        {
            for (var m = 1; m < n; m++)
            {
                var honest = Leaves(n);
                Assert.Null(Of(Signed(honest[..m]), Signed(honest), WholePath(m, honest)));
                var fork = Leaves(n, forkAt: m - 1); // the last entry that both trees have differs
                Assert.NotNull(Of(Signed(honest[..m]), Signed(fork), WholePath(m, fork)));
            }
        }
    }

    [Fact]
    public void Attack_an_honest_log_accused_with_a_path_that_proves_nothing()
    {
        var tree = Leaves(21);
        var (first, second) = (Signed(tree[..9]), Signed(tree));
        var path = WholePath(9, tree);

        foreach (var made in new IReadOnlyList<byte[]>[]
                 {
                     [], [.. path.Skip(1)], [.. path, new byte[32]], [.. path.Reverse()], [new byte[32], .. path.Skip(1)], WholePath(8, tree), WholePath(9, Leaves(21, forkAt: 3)),
                 })
        {
            Assert.Null(Of(first, second, made));
        }
        Assert.Null(Of(first, first, []));
        Assert.Null(Of(second, first, path)); // the larger first
    }

    [Fact]
    public void Attack_a_log_accused_with_notes_that_it_did_not_sign()
    {
        var (first, second) = (Signed(Leaves(9)), Signed(Leaves(9, forkAt: 4)));
        var foreign = new Checkpoint(Origin, 9, MerkleTree.Root(Leaves(9, forkAt: 5))).Sign(Origin, _other);
        var otherLog = new Checkpoint("other.example/log", 9, MerkleTree.Root(Leaves(9, forkAt: 5))).Sign("other.example/log", _key);
        var evidence = Of(first, second, [])!;

        foreach (var made in new[]
                 {
                     evidence with { Second = foreign }, evidence with { First = foreign }, evidence with { Second = otherLog }, evidence with { Origin = "other.example/log" },
                     evidence with { Key = VKey.Of(Origin, NoteKeyType.Ed25519, _other).ToString() }, evidence with { Key = VKey.Of(Origin, NoteKeyType.CosignatureV1, _key).ToString() },
                     evidence with { Key = "" }, evidence with { First = "" }, evidence with { Proof = [Convert.ToBase64String(new byte[32])] }, evidence with { Proof = ["AAAA"], First = Signed(Leaves(3)) },
                 })
        {
            Assert.False(made.Holds(out var reason));
            Assert.NotEqual("", reason);
        }
    }

    [Theory]
    [InlineData("\"identity-fork-evidence/1\"", "\"identity-fork-evidence/2\"")]
    [InlineData("\"format\": \"identity-fork-evidence/1\",", "")]
    [InlineData("\"origin\"", "\"origins\"")]
    [InlineData("\"proof\": []", "\"proof\": [null]")]
    [InlineData("\"proof\": []", "\"proof\": null")]
    [InlineData("\"foundBy\": \"us\"", "\"foundBy\": \"us\", \"foundBy\": \"us\"")]
    [InlineData("{", "[")]
    public void What_is_not_of_the_format_is_not_read(string from, string to)
    {
        var json = Of(Signed(Leaves(9)), Signed(Leaves(9, forkAt: 4)), [])!.ToJson();
        var changed = json.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(json, changed);
        Assert.False(ForkEvidence.TryParse(changed, out _));
    }

    private ForkEvidence? Of(string first, string second, IReadOnlyList<byte[]> proof) => ForkEvidence.Of(VKey.Of(Origin, NoteKeyType.Ed25519, _key), Origin, first, second, proof, "us", Now);

    private string Signed(byte[][] leaves) => new Checkpoint(Origin, leaves.Length, MerkleTree.Root(leaves)).Sign(Origin, _key);

    private static byte[][] Leaves(int count, int forkAt = int.MaxValue) => [.. Enumerable.Range(0, count).Select(at => MerkleTree.LeafHash(SHA256.HashData([(byte)at, (byte)(at >= forkAt ? 1 : 0)])))];

    private static IReadOnlyList<byte[]> WholePath(int m, byte[][] leaves) =>
        BitOperations.IsPow2(m) ? [MerkleTree.Root(leaves[..m]), .. MerkleTree.Consistency(m, leaves.Length, leaves)] : MerkleTree.Consistency(m, leaves.Length, leaves);
}
