using System.Text.Json;
using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;
using Identity.TestKit;
using Identity.TestKit.Chains;
using Xunit.Abstractions;

namespace Identity.Ledger.Tests.Proofs;

public sealed class SealTests(ITestOutputHelper output)
{
    private static readonly byte[] State = [.. Enumerable.Repeat((byte)7, 32)];

    [Fact]
    public void Real_headers_of_an_ibft_network_have_their_hash_and_the_committers_that_the_network_had()
    {
        if (Vectors() is not { } vectors) return;
        var read = 0;
        foreach (var vector in vectors.GetProperty("headers").EnumerateArray().Concat(vectors.GetProperty("validatorSetChange").GetProperty("headers").EnumerateArray()))
        {
            var header = Read(vector.GetProperty("header"));
            Assert.Equal(vector.GetProperty("hash").GetString(), Hex.Encode(header.BlockHash()));
            Assert.Equal(Texts(vector.GetProperty("parsed").GetProperty("validators")), header.Validators.Select(a => a.ToString().ToLowerInvariant()));
            var expected = vector.GetProperty("expected");
            Assert.Equal(expected.GetProperty("commitDigest").GetString(), Hex.Encode(header.CommitHash()));
            Assert.Equal(Texts(expected.GetProperty("committers")).Order(), header.Committers().Select(a => a.ToString().ToLowerInvariant()).Order());
            Assert.Equal(expected.GetProperty("required").GetInt32(), ValidatorSet.Quorum(header.Validators.Count));
            Assert.True(BlockHeader.TryDecode(header.Header.Encode(), out var again, out _));
            Assert.Equal(header.Header.Encode(), again.Encode());
            read++;
        }
        Assert.True(read >= 8);
    }

    [Fact]
    public void The_same_block_of_another_node_has_other_seals_and_the_same_hash()
    {
        if (Vectors() is not { } vectors) return;
        var vector = vectors.GetProperty("headers")[0];
        Hex.TryDecode(vector.GetProperty("sameBlockFromAnotherNode").GetProperty("extraData").GetString(), out var extra);
        var here = Read(vector.GetProperty("header"));
        BlockHeader.TryDecode(here.Header.Encode(extra), out var there, out _);

        Assert.True(SealedHeader.TryRead(there!, Consensus.Ibft, out var other, out _));
        Assert.Equal(here.BlockHash(), other.BlockHash());
    }

    [Fact]
    public void A_pinned_set_follows_a_real_networks_changes()
    {
        if (Vectors() is not { } vectors) return;
        var headers = vectors.GetProperty("validatorSetChange").GetProperty("headers").EnumerateArray().Select(v => Read(v.GetProperty("header"))).OrderBy(h => h.Header.Number).ToList();
        var set = new ValidatorSet([.. headers[0].Validators]);
        var sizes = new List<int>();
        foreach (var header in headers)
        {
            Assert.True(set.TryVerify(header, out set, out var reason), reason);
            sizes.Add(set.Members.Count);
        }
        Assert.True(sizes.Distinct().Count() > 1, "no change was seen");
    }

    [Theory]
    [InlineData(Consensus.Qbft)]
    [InlineData(Consensus.Ibft2)]
    [InlineData(Consensus.Ibft)]
    public void A_header_sealed_by_a_quorum_is_final_and_by_one_less_is_not(Consensus consensus)
    {
        foreach (var (count, quorum) in new[] { (1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (6, 4), (7, 5) })
        {
            using var sealer = new Sealer(consensus, count);
            var set = new ValidatorSet(sealer.Addresses);

            Assert.True(set.TryVerify(sealer.Read(sealer.Seal(State, by: sealer.Keys.Take(quorum))), out var next, out var reason), reason);
            Assert.Same(set, next);
            Assert.False(set.TryVerify(sealer.Read(sealer.Seal(State, by: sealer.Keys.Take(quorum - 1))), out _, out reason));
            Assert.NotEmpty(reason);
        }
    }

    [Theory]
    [InlineData(Consensus.Qbft)]
    [InlineData(Consensus.Ibft2)]
    [InlineData(Consensus.Ibft)]
    public void Attack_one_validator_seals_thrice_strangers_seal_and_seals_of_another_block_are_put_there(Consensus consensus)
    {
        using var sealer = new Sealer(consensus, 4);
        using var strangers = new Sealer(consensus, 4);
        var set = new ValidatorSet(sealer.Addresses);

        Refused(set, sealer.Read(sealer.Seal(State, by: [sealer.Keys[0], sealer.Keys[0], sealer.Keys[0], sealer.Keys[1]])));
        Refused(set, sealer.Read(sealer.Seal(State, by: [.. sealer.Keys.Take(2), .. strangers.Keys])));
        Refused(set, sealer.Read(strangers.Seal(State))); // names itself, and nobody whom we trust sealed it
        Refused(set, sealer.Read(sealer.Seal(State, change: seal => [.. seal[..64], (byte)(seal[64] + 27)])));
        Refused(set, sealer.Read(sealer.Seal(State, change: seal => [.. seal[..64], (byte)(1 - seal[64])])));
        Refused(set, sealer.Read(sealer.Seal(State, change: seal => [.. new byte[32], .. seal[32..]])));
        var good = sealer.Read(sealer.Seal(State));
        Assert.True(BlockHeader.TryDecode(Sealer.Header([.. State.Select(b => (byte)(b + 1))], 700, good.Header.ExtraData), out var moved, out _));
        Assert.True(SealedHeader.TryRead(moved, consensus, out var other, out _));
        Refused(set, other);
        Assert.Equal(sealer.Addresses.ToHashSet(), good.Committers());
    }

    [Theory]
    [InlineData(Consensus.Qbft)]
    [InlineData(Consensus.Ibft2)]
    public void The_round_is_sealed_and_is_no_part_of_the_hash(Consensus consensus)
    {
        using var sealer = new Sealer(consensus, 4);
        var first = sealer.Read(sealer.Seal(State));
        sealer.Round = 3;
        var third = sealer.Read(sealer.Seal(State));

        Assert.Equal(first.BlockHash(), third.BlockHash());
        Assert.NotEqual(first.CommitHash(), third.CommitHash());
        Assert.True(new ValidatorSet(sealer.Addresses).TryVerify(third, out _, out _));
    }

    [Fact]
    public void The_three_kinds_hash_differently_and_are_not_taken_for_each_other()
    {
        using var qbft = new Sealer(Consensus.Qbft, 4);
        using var ibft2 = new Sealer(Consensus.Ibft2, 4);
        BlockHeader.TryDecode(qbft.Seal(State), out var one, out _);
        BlockHeader.TryDecode(ibft2.Seal(State), out var two, out _);

        Assert.False(SealedHeader.TryRead(one!, Consensus.Ibft2, out _, out _));
        Assert.False(SealedHeader.TryRead(one!, Consensus.Ibft, out _, out _));
        Assert.False(SealedHeader.TryRead(two!, Consensus.Qbft, out _, out _));
    }

    [Fact]
    public void A_change_needs_a_quorum_of_the_new_set_and_more_than_a_third_of_the_trusted_one()
    {
        using var sealer = new Sealer(Consensus.Qbft, 6);
        var old = new ValidatorSet([.. sealer.Addresses.Take(3)]);
        Address[] grown = [.. sealer.Addresses];

        Assert.True(old.TryVerify(sealer.Read(sealer.Seal(State, by: sealer.Keys.Skip(1).Take(4), named: grown)), out var next, out var reason), reason); // two of three that are trusted
        Assert.Equal(grown.ToHashSet(), [.. next.Members]);
        Assert.False(old.TryVerify(sealer.Read(sealer.Seal(State, by: sealer.Keys.Skip(2), named: grown)), out _, out reason)); // one of three is not more than a third
        Assert.Contains("1 of the 3", reason, StringComparison.Ordinal);
        Assert.False(old.TryVerify(sealer.Read(sealer.Seal(State, by: sealer.Keys.Take(3), named: grown)), out _, out _)); // all who are trusted, no quorum of the new
    }

    [Theory]
    [InlineData(Consensus.Qbft, "00")]
    [InlineData(Consensus.Ibft, "c0")]
    [InlineData(Consensus.Ibft2, "")]
    [InlineData(Consensus.Qbft, "c0")]
    [InlineData(Consensus.Qbft, "ff")]
    public void Extra_data_in_any_other_form_is_refused(Consensus consensus, string hex)
    {
        Assert.True(BlockHeader.TryDecode(Sealer.Header(State, 1, Convert.FromHexString(hex)), out var header, out _));

        Assert.False(SealedHeader.TryRead(header, consensus, out var read, out var reason));
        Assert.Null(read);
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void Attack_extra_data_with_one_thing_wrong_is_refused()
    {
        using var sealer = new Sealer(Consensus.Qbft, 2);
        Assert.True(Rlp.TryDecode(sealer.Read(sealer.Seal(State)).Header.ExtraData, out var good, out _));
        var items = good.Items!;
        RlpItem a = items[1].Items![0], seal = items[4].Items![0];
        (int At, RlpItem Item)[] wrong =
        [
            (0, RlpItem.Of(new byte[31])), (0, RlpItem.List()), (1, RlpItem.List(a, a)), (1, RlpItem.List(RlpItem.Of(new byte[19]))), (1, RlpItem.List()), (1, RlpItem.Of(new byte[20])),
            (2, RlpItem.List(a)), (2, RlpItem.Of(new byte[1])), (2, RlpItem.List(a, RlpItem.Of(new byte[2]))), (3, RlpItem.Of(new byte[4])), (3, RlpItem.Of(new byte[] { 1, 2, 3, 4, 5 })), (3, RlpItem.List()),
            (4, RlpItem.List(RlpItem.Of(new byte[64]))), (4, RlpItem.List(seal, RlpItem.Of(new byte[66]))), (4, RlpItem.Of([])),
        ];
        foreach (var (at, item) in wrong)
        {
            var extra = Rlp.Encode(RlpItem.List([.. items.Take(at), item, .. items.Skip(at + 1)]));
            Assert.True(BlockHeader.TryDecode(Sealer.Header(State, 1, extra), out var header, out _));
            Assert.False(SealedHeader.TryRead(header, Consensus.Qbft, out _, out _), $"member {at}");
        }
        Assert.True(BlockHeader.TryDecode(Sealer.Header(State, 1, Rlp.Encode(RlpItem.List([.. items, RlpItem.Of([])]))), out var more, out _));
        Assert.False(SealedHeader.TryRead(more, Consensus.Qbft, out _, out _));
    }

    [Fact]
    public void Attack_headers_that_are_none_are_refused()
    {
        using var sealer = new Sealer(Consensus.Qbft, 1);
        var good = sealer.Seal(State);
        Assert.True(Rlp.TryDecode(good, out var item, out _));
        var fields = item.Items!;
        byte[][] bad =
        [
            [], [0xc0], good[..^1], [.. good, 0], Rlp.Encode(RlpItem.List([.. fields.Take(14)])), Rlp.Encode(RlpItem.List([.. fields, .. Enumerable.Repeat(RlpItem.Of([]), 10)])),
            .. new[] { (0, new byte[31]), (2, new byte[32]), (3, new byte[33]), (6, new byte[255]), (8, new byte[9]), (8, new byte[] { 0, 1 }), (11, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), (12, new byte[70_000]), (13, new byte[31]), (14, []) }
                .Select(change => Rlp.Encode(RlpItem.List([.. fields.Take(change.Item1), RlpItem.Of(change.Item2), .. fields.Skip(change.Item1 + 1)]))),
            Rlp.Encode(RlpItem.List([.. fields.Take(5), RlpItem.List(), .. fields.Skip(6)])),
        ];

        foreach (var rlp in bad) Assert.False(BlockHeader.TryDecode(rlp, out _, out _), Convert.ToHexString(rlp.AsSpan(0, Math.Min(8, rlp.Length))));
        Assert.False(BlockHeader.TryFromJson(JsonDocument.Parse("[]").RootElement, out _, out _));
        Assert.False(BlockHeader.TryFromJson(JsonDocument.Parse("""{"parentHash":1}""").RootElement, out _, out _));
    }

    private static void Refused(ValidatorSet set, SealedHeader header)
    {
        Assert.False(set.TryVerify(header, out var next, out var reason));
        Assert.Same(set, next);
        Assert.NotEmpty(reason);
    }

    private static SealedHeader Read(JsonElement block)
    {
        Assert.True(BlockHeader.TryFromJson(block, out var header, out var reason), reason);
        Assert.True(SealedHeader.TryRead(header, Consensus.Ibft, out var read, out reason), reason);
        return read;
    }

    private static IEnumerable<string> Texts(JsonElement list) => list.EnumerateArray().Select(item => item.GetString()!);

    private JsonElement? Vectors()
    {
        if (Checkout.SharedVector("ibft/headers.json") is { } file) return JsonDocument.Parse(File.ReadAllText(file)).RootElement;
        output.WriteLine("absent: ibft/headers.json");
        return null;
    }
}
