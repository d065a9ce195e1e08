using System.Text;
using Identity.Ledger.Evm;

namespace Identity.Ledger.Tests.Evm;

public sealed class KeccakAndRlp
{
    [Theory]
    [InlineData("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    [InlineData("The quick brown fox jumps over the lazy dog", "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15")]
    public void Keccak_gives_the_published_digests(string text, string digest) =>
        Assert.Equal(digest, Convert.ToHexStringLower(Keccak256.Hash(Encoding.ASCII.GetBytes(text))));

    [Theory]
    [InlineData(135)]
    [InlineData(136)]
    [InlineData(137)]
    public void Keccak_differs_from_its_neighbours_around_the_block_size(int length) =>
        Assert.NotEqual(Keccak256.Hash(new byte[length]), Keccak256.Hash(new byte[length + 1]));

    // EIP-55, the addresses of its test cases.
    [Theory]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [InlineData("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    [InlineData("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    [InlineData("0x52908400098527886E0F7030069857D2E4169EE7")]
    [InlineData("0xde709f2102306220921060314715629080e2fb77")]
    public void An_address_keeps_its_checksum(string text)
    {
        Assert.True(Address.TryParse(text, out var address));
        Assert.Equal(text.ToLowerInvariant(), address.ToHex());
        if (text != text.ToLowerInvariant()) Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed")] // one letter's case turned
    [InlineData("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg")]
    [InlineData("")]
    [InlineData(null)]
    public void A_mistyped_address_is_refused(string? text) => Assert.False(Address.TryParse(text, out _));

    [Fact]
    public void The_address_of_a_new_contract_is_known_before_it_exists() =>
        // The well-known first contract of the key of the first development account, and the second.
        Assert.Equal(["0x5FbDB2315678afecb367f032d93F642f64180aa3", "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512"],
            new ulong[] { 0, 1 }.Select(nonce => Address.OfContract(Address.Parse("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"), nonce).ToString()));

    // Ethereum wiki, RLP, "Examples".
    [Fact]
    public void Rlp_encodes_the_published_examples()
    {
        Assert.Equal("83646f67", Encoded(Text("dog")));
        Assert.Equal("c88363617483646f67", Encoded(RlpItem.List(Text("cat"), Text("dog"))));
        Assert.Equal("80", Encoded(Text("")));
        Assert.Equal("c0", Encoded(RlpItem.List()));
        Assert.Equal("80", Encoded(RlpItem.Of(0)));
        Assert.Equal("00", Encoded(RlpItem.Of([0x00])));
        Assert.Equal("0f", Encoded(RlpItem.Of(15)));
        Assert.Equal("820400", Encoded(RlpItem.Of(1024)));
        Assert.Equal("c7c0c1c0c3c0c1c0", Encoded(RlpItem.List(RlpItem.List(), RlpItem.List(RlpItem.List()), RlpItem.List(RlpItem.List(), RlpItem.List(RlpItem.List())))));
        Assert.Equal("b8384c6f72656d20697073756d20646f6c6f722073697420616d65742c20636f6e7365637465747572206164697069736963696e6720656c6974",
            Encoded(Text("Lorem ipsum dolor sit amet, consectetur adipisicing elit")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("8100")] // a small byte in the long form
    [InlineData("817f")]
    [InlineData("83646f")] // one byte short
    [InlineData("83646f6700")] // one byte more
    [InlineData("b801ff")] // length 1 in the form for more than 55
    [InlineData("b90038" + "00")] // length with a leading zero
    [InlineData("bfffffffffffffffff")] // a length of 2^64 - 1
    [InlineData("bbffffffff")] // a length of 2^32 - 1
    [InlineData("c1")]
    [InlineData("c283646f67")] // the inner item goes beyond the list
    [InlineData("f800")]
    [InlineData("b8")]
    public void Malformed_rlp_is_refused(string hex)
    {
        Assert.False(Rlp.TryDecode(Convert.FromHexString(hex), out var item, out var reason));
        Assert.Null(item);
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void Rlp_nested_a_thousand_deep_is_refused()
    {
        var bomb = Enumerable.Range(0, 1000).Aggregate(RlpItem.List(), (inner, _) => RlpItem.List(inner));

        Assert.False(Rlp.TryDecode(Rlp.Encode(bomb), out _, out var reason));
        Assert.Contains("deep", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_rlp_reads_it_writes_the_same_way()
    {
        var random = new Random(7);
        var read = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(1, 8)];
            random.NextBytes(bytes);
            if (!Rlp.TryDecode(bytes, out var item, out _)) continue;
            read++;
            Assert.Equal(bytes, Rlp.Encode(item));
        }
        Assert.True(read > 100);
    }

    private static RlpItem Text(string text) => RlpItem.Of(Encoding.ASCII.GetBytes(text));

    private static string Encoded(RlpItem item)
    {
        var bytes = Rlp.Encode(item);
        Assert.True(Rlp.TryDecode(bytes, out _, out var reason), reason);
        return Convert.ToHexStringLower(bytes);
    }
}
