using Identity.Ledger.Evm;

namespace Identity.Ledger.Tests.Evm;

public sealed class AbiValues
{
    // Solidity documentation, "Contract ABI Specification", Examples.
    [Fact]
    public void Selectors_are_those_of_the_specification()
    {
        Assert.Equal("cdcd77c0", Convert.ToHexStringLower(Abi.Selector("baz(uint32,bool)")));
        Assert.Equal("a5643bf2", Convert.ToHexStringLower(Abi.Selector("sam(bytes,bool,uint256[])")));
        Assert.Equal("08c379a0", Convert.ToHexStringLower(Abi.Selector("Error(string)")));
    }

    [Fact]
    public void A_call_of_static_values_is_encoded_as_in_the_specification() =>
        Assert.Equal("cdcd77c0" + Word("45") + Word("1"), Convert.ToHexStringLower(Abi.Call("baz(uint32,bool)", AbiValue.Uint(69), AbiValue.Bool(true))));

    [Fact]
    public void Long_values_follow_the_words_at_their_offsets() =>
        // The specification's "dave" in sam("dave", true, ...), here with its array replaced by another string.
        Assert.Equal(
            Word("60") + Word("1") + Word("a0") + Word("4") + "6461766500000000000000000000000000000000000000000000000000000000"
            + Word("d") + "48656c6c6f2c20776f726c642100000000000000000000000000000000000000",
            Convert.ToHexStringLower(Abi.Encode(AbiValue.Text("dave"), AbiValue.Bool(true), AbiValue.Text("Hello, world!"))));

    [Fact]
    public void What_was_written_is_read()
    {
        var address = Address.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
        var id = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        var text = new string('ä', 40);

        var read = new AbiReader(Abi.Encode(AbiValue.Bytes32(id), AbiValue.Text(text), AbiValue.Address(address), AbiValue.Uint(ulong.MaxValue), AbiValue.Data([]), AbiValue.Bool(true)), 6);

        Assert.Equal(id, read.Bytes32());
        Assert.Equal(text, read.Text());
        Assert.Equal(address, read.Address());
        Assert.Equal(ulong.MaxValue, read.Uint64());
        Assert.Empty(read.Data());
        Assert.True(read.Bool());
        Assert.True(read.Finish());
    }

    [Theory]
    [InlineData("offset before the end of the words", "00", "04", "6461766500000000000000000000000000000000000000000000000000000000")]
    [InlineData("offset beyond the data", "4000", "04", "6461766500000000000000000000000000000000000000000000000000000000")]
    [InlineData("a gap before the value", "40", "04", "6461766500000000000000000000000000000000000000000000000000000000")]
    [InlineData("length beyond the data", "20", "21", "6461766500000000000000000000000000000000000000000000000000000000")]
    [InlineData("a length of 2^255", "20", "8000000000000000000000000000000000000000000000000000000000000000", "6461766500000000000000000000000000000000000000000000000000000000")]
    [InlineData("dirty padding", "20", "04", "6461766500000000000000000000000000000000000000000000000000000001")]
    [InlineData("no UTF-8", "20", "04", "ffffffff00000000000000000000000000000000000000000000000000000000")]
    [InlineData("a word left over", "20", "04", "64617665000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("nothing after the offset", "20", "", "")]
    public void A_malformed_string_is_refused(string fault, string offset, string length, string body)
    {
        var read = new AbiReader(Convert.FromHexString(Word(offset) + (length.Length == 0 ? "" : Word(length)) + body), 1);

        read.Text();

        Assert.False(read.Finish(), fault);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    public void Data_that_is_no_whole_words_is_refused(string hex)
    {
        var read = new AbiReader(Convert.FromHexString(hex), 1);

        read.Bytes32();

        Assert.False(read.Finish());
    }

    [Fact]
    public void Numbers_addresses_and_truths_with_dirty_high_bytes_are_refused()
    {
        var dirty = Enumerable.Repeat((byte)1, 32).ToArray();

        var number = new AbiReader(dirty, 1);
        number.Uint64();
        var address = new AbiReader(dirty, 1);
        address.Address();
        var truth = new AbiReader(Abi.Encode(AbiValue.Uint(2)), 1);
        truth.Bool();

        Assert.False(number.Finish());
        Assert.False(address.Finish());
        Assert.False(truth.Finish());
    }

    private static string Word(string hex) => hex.PadLeft(64, '0');
}
