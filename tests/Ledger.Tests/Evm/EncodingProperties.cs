using System.Numerics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Identity.Ledger.Evm;

namespace Identity.Ledger.Tests.Evm;

/// <summary>What is written for the chain is read back the same, and any bytes are read or refused.</summary>
public sealed class EncodingProperties
{
    private static readonly Config Always = Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20261122, 1);

    [Fact]
    public void Any_list_of_strings_and_numbers_comes_back_from_rlp() => Prop.ForAll<byte[][], ulong>((strings, number) =>
    {
        var item = RlpItem.List([.. strings.Select(s => RlpItem.Of(s ?? [])), RlpItem.Of(new BigInteger(number)), RlpItem.List()]);

        Assert.True(Rlp.TryDecode(Rlp.Encode(item), out var read, out var reason), reason);
        Assert.Equal(strings.Length + 2, read.Items!.Count);
        Assert.All(strings.Zip(read.Items), pair => Assert.Equal(pair.First ?? [], pair.Second.Bytes));
        Assert.True(read.Items[^2].TryNumber(out var back) && back == number);
    }).Check(Always);

    [Fact]
    public void Any_arguments_come_back_from_the_abi() => Prop.ForAll<NonNull<string>, ulong, byte[]>((text, number, data) =>
    {
        var said = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Get));
        var reader = new AbiReader(Abi.Encode(AbiValue.Text(said), AbiValue.Uint(number), AbiValue.Data(data)), 3);

        Assert.Equal((said, number), (reader.Text(), reader.Uint64()));
        Assert.Equal(data, reader.Data());
        Assert.True(reader.Finish());
    }).Check(Always);

    [Fact]
    public void Any_bytes_are_read_or_refused() => Prop.ForAll<byte[], string?>((bytes, text) =>
    {
        if (Rlp.TryDecode(bytes, out var item, out _)) Assert.Equal(bytes, Rlp.Encode(item));
        SignedTransaction.TryParse(bytes, 31337, out _, out _);
        var reader = new AbiReader(bytes, 3);
        _ = (reader.Text(), reader.Bytes32(), reader.Address(), reader.Finish());
        Hex.TryDecode(text, out _);
        Assert.True(Hex.TryDecode(Hex.Encode(bytes), out var back) && back.AsSpan().SequenceEqual(bytes));
    }).Check(Always);
}
