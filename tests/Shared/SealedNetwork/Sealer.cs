using System.Numerics;
using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;

namespace Identity.TestKit.Chains;

/// <summary>Validators that seal whatever header they are given, by the rules of each kind of network, told here a second time.</summary>
internal sealed class Sealer(Consensus consensus, int validators) : IDisposable
{
    private const int ExtraDataAt = 12;

    /// <summary>What mixHash holds in every network of this family.</summary>
    public static readonly byte[] MixHash = Convert.FromHexString("63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365");

    private readonly List<EvmAccount> _made = [];
    private List<EvmAccount>? _keys;

    /// <summary>Those who seal; others can be set.</summary>
    public List<EvmAccount> Keys { get => _keys ??= Make(validators); set => _keys = value; }

    public IReadOnlyList<Address> Addresses => [.. Keys.Select(key => key.Address)];

    /// <summary>The first 32 bytes, which the validators are free to choose.</summary>
    public byte[] Vanity { get; init; } = [.. "a validator of a test"u8, .. new byte[11]];

    /// <summary>What the vote says; each kind has its own way of none.</summary>
    public RlpItem Vote { get; set; } = consensus == Consensus.Qbft ? RlpItem.List() : RlpItem.Of([]);

    public uint Round { get; set; }

    private RlpItem RoundItem => consensus == Consensus.Ibft2 ? RlpItem.Of([(byte)(Round >> 24), (byte)(Round >> 16), (byte)(Round >> 8), (byte)Round]) : RlpItem.Of(new BigInteger(Round));

    /// <summary>New validators, who are disposed of with this.</summary>
    public List<EvmAccount> Make(int count)
    {
        var keys = Enumerable.Range(0, count).Select(_ => EvmAccount.Create()).ToList();
        _made.AddRange(keys);
        return keys;
    }

    /// <summary>The RLP of a header of nothing but a state and a number, sealed by the keys named, or by all.</summary>
    public byte[] Seal(byte[] stateRoot, ulong number = 700, IEnumerable<EvmAccount>? by = null, Func<byte[], byte[]>? change = null, IReadOnlyList<Address>? named = null)
    {
        var fields = Fields(stateRoot, number);
        return Encode(fields, Extra(fields, by, change, named));
    }

    /// <summary>The extra data of a header, sealed by the keys named, or by all.</summary>
    public byte[] Extra(IReadOnlyList<RlpItem> fields, IEnumerable<EvmAccount>? by = null, Func<byte[], byte[]>? change = null, IReadOnlyList<Address>? named = null)
    {
        var list = List(named);
        var hash = consensus switch
        {
            Consensus.Qbft => Hash(fields, Rlp.Encode(RlpItem.List(RlpItem.Of(Vanity), list, Vote, RoundItem, RlpItem.List()))),
            Consensus.Ibft2 => Hash(fields, Rlp.Encode(RlpItem.List(RlpItem.Of(Vanity), list, Vote, RoundItem))),
            _ => Keccak256.Hash([.. BlockHash(fields, named), 2]),
        };
        var seals = (by ?? Keys).Select(key => key.Sign(hash)).Select(s => (byte[])[.. Word(s.R), .. Word(s.S), (byte)s.Parity]).Select(change ?? (seal => seal)).ToList();
        return consensus == Consensus.Ibft ? Istanbul(list, seals) : Rlp.Encode(RlpItem.List(RlpItem.Of(Vanity), list, Vote, RoundItem, Items(seals)));
    }

    /// <summary>The block's hash: without the seals, and without the round.</summary>
    public byte[] BlockHash(IReadOnlyList<RlpItem> fields, IReadOnlyList<Address>? named = null) => consensus switch
    {
        Consensus.Qbft => Hash(fields, Rlp.Encode(RlpItem.List(RlpItem.Of(Vanity), List(named), Vote, RlpItem.Of(0), RlpItem.List()))),
        Consensus.Ibft2 => Hash(fields, Rlp.Encode(RlpItem.List(RlpItem.Of(Vanity), List(named), Vote))),
        _ => Hash(fields, Istanbul(List(named), [])),
    };

    /// <summary>A header of fifteen fields.</summary>
    public static byte[] Header(byte[] stateRoot, ulong number, byte[] extra) => Encode(Fields(stateRoot, number), extra);

    public SealedHeader Read(byte[] rlp)
    {
        if (!BlockHeader.TryDecode(rlp, out var header, out var reason) || !SealedHeader.TryRead(header, consensus, out var read, out reason)) throw new InvalidOperationException(reason);
        return read;
    }

    public void Dispose() => _made.ForEach(key => key.Dispose());

    private static RlpItem[] Fields(byte[] stateRoot, ulong number) =>
    [
        RlpItem.Of(new byte[32]), RlpItem.Of(new byte[32]), RlpItem.Of(new byte[20]), RlpItem.Of(stateRoot), RlpItem.Of(new byte[32]), RlpItem.Of(new byte[32]), RlpItem.Of(new byte[256]),
        RlpItem.Of(1), RlpItem.Of(number), RlpItem.Of(30_000_000), RlpItem.Of(0), RlpItem.Of(1_790_000_000), RlpItem.Of([]), RlpItem.Of(MixHash), RlpItem.Of(new byte[8]),
    ];

    private static byte[] Encode(IReadOnlyList<RlpItem> fields, byte[] extra) =>
        Rlp.Encode(RlpItem.List([.. fields.Take(ExtraDataAt), RlpItem.Of(extra), .. fields.Skip(ExtraDataAt + 1)]));

    private static byte[] Hash(IReadOnlyList<RlpItem> fields, byte[] extra) => Keccak256.Hash(Encode(fields, extra));

    private RlpItem List(IReadOnlyList<Address>? named) => RlpItem.List([.. (named ?? Addresses).Select(address => RlpItem.Of(address.Bytes))]);

    private static RlpItem Items(IEnumerable<byte[]> seals) => RlpItem.List([.. seals.Select(seal => RlpItem.Of(seal))]);

    private byte[] Istanbul(RlpItem list, IReadOnlyList<byte[]> seals) => [.. Vanity, .. Rlp.Encode(RlpItem.List(list, RlpItem.Of(new byte[65]), Items(seals)))];

    private static byte[] Word(BigInteger number)
    {
        var digits = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - digits.Length], .. digits];
    }
}
