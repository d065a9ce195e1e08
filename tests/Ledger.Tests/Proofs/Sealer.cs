using System.Numerics;
using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;

namespace Identity.Ledger.Tests.Proofs;

/// <summary>Validators of a network that does not exist: they seal whatever header they are given, by the rules of each kind of network, told here a second time.</summary>
internal sealed class Sealer(Consensus consensus, int validators) : IDisposable
{
    private static readonly byte[] Vanity = [.. "a validator of a test"u8, .. new byte[11]];
    private static readonly byte[] MixHash = Convert.FromHexString("63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365");

    public List<EvmAccount> Keys { get; } = [.. Enumerable.Range(0, validators).Select(_ => EvmAccount.Create())];

    public IReadOnlyList<Address> Addresses => [.. Keys.Select(key => key.Address)];

    /// <summary>What the vote says; each kind has its own way of none.</summary>
    public RlpItem Vote { get; set; } = consensus == Consensus.Qbft ? RlpItem.List() : RlpItem.Of([]);

    public uint Round { get; set; }

    /// <summary>The RLP of a header, sealed by the keys named, or by all.</summary>
    public byte[] Seal(byte[] stateRoot, ulong number = 700, IEnumerable<EvmAccount>? by = null, Func<byte[], byte[]>? change = null, IReadOnlyList<Address>? named = null)
    {
        var list = RlpItem.List([.. (named ?? Addresses).Select(address => RlpItem.Of(address.Bytes))]);
        var round = consensus == Consensus.Ibft2 ? RlpItem.Of([(byte)(Round >> 24), (byte)(Round >> 16), (byte)(Round >> 8), (byte)Round]) : RlpItem.Of(new BigInteger(Round));
        var hash = consensus switch
        {
            Consensus.Qbft => Hash(RlpItem.List(RlpItem.Of(Vanity), list, Vote, round, RlpItem.List())),
            Consensus.Ibft2 => Hash(RlpItem.List(RlpItem.Of(Vanity), list, Vote, round)),
            _ => Keccak256.Hash([.. Keccak256.Hash(Header(stateRoot, number, Istanbul(list, []))), 2]),
        };
        var seals = (by ?? Keys).Select(key => key.Sign(hash)).Select(s => (byte[])[.. Secp256k1.Bytes32(s.R), .. Secp256k1.Bytes32(s.S), (byte)s.Parity]).Select(change ?? (seal => seal)).ToList();
        return Header(stateRoot, number, consensus == Consensus.Ibft ? Istanbul(list, seals) : Rlp.Encode(RlpItem.List(RlpItem.Of(Vanity), list, Vote, round, Items(seals))));

        byte[] Hash(RlpItem extra) => Keccak256.Hash(Header(stateRoot, number, Rlp.Encode(extra)));
    }

    /// <summary>A header of fifteen fields.</summary>
    public static byte[] Header(byte[] stateRoot, ulong number, byte[] extra) => Rlp.Encode(RlpItem.List(
        RlpItem.Of(new byte[32]), RlpItem.Of(new byte[32]), RlpItem.Of(new byte[20]), RlpItem.Of(stateRoot), RlpItem.Of(new byte[32]), RlpItem.Of(new byte[32]), RlpItem.Of(new byte[256]),
        RlpItem.Of(1), RlpItem.Of(number), RlpItem.Of(30_000_000), RlpItem.Of(0), RlpItem.Of(1_790_000_000), RlpItem.Of(extra), RlpItem.Of(MixHash), RlpItem.Of(new byte[8])));

    public SealedHeader Read(byte[] rlp)
    {
        Assert.True(BlockHeader.TryDecode(rlp, out var header, out var reason), reason);
        Assert.True(SealedHeader.TryRead(header, consensus, out var read, out reason), reason);
        return read;
    }

    public void Dispose() => Keys.ForEach(key => key.Dispose());

    private static RlpItem Items(IEnumerable<byte[]> items) => RlpItem.List([.. items.Select(item => RlpItem.Of(item))]);

    private static byte[] Istanbul(RlpItem validators, List<byte[]> seals) => [.. Vanity, .. Rlp.Encode(RlpItem.List(validators, RlpItem.Of(new byte[65]), Items(seals)))];
}
