using System.Diagnostics.CodeAnalysis;
using Identity.Ledger.Evm;

namespace Identity.Ledger.Proofs;

/// <summary>By which rules a network's validators agree. All three are final at once: a block with a quorum of seals is never taken back.</summary>
public enum Consensus
{
    /// <summary>QBFT.</summary>
    Qbft,

    /// <summary>IBFT 2.0.</summary>
    Ibft2,

    /// <summary>Istanbul BFT as GoQuorum has it (EIP-650).</summary>
    Ibft,
}

/// <summary>
/// A header with the seals of the validators that committed to it. What stands in its extra data is a claim until <see cref="ValidatorSet"/> has judged it: the header's own hash
/// does not cover the seals, and nodes hold different ones for the same block.
/// </summary>
public sealed class SealedHeader
{
    private const int VanityLength = 32;
    private const int SealLength = 65;
    private const int MostValidators = 1024;

    // What mixHash holds in every network of this family: "ctical byzantine fault tolerance".
    private static readonly byte[] Digest = Convert.FromHexString("63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365");

    private readonly Consensus _consensus;
    private readonly byte[] _vanity;
    private readonly IReadOnlyList<RlpItem> _items;
    private readonly IReadOnlyList<byte[]> _seals;

    private SealedHeader(BlockHeader header, Consensus consensus, byte[] vanity, IReadOnlyList<RlpItem> items, IReadOnlyList<Address> validators, IReadOnlyList<byte[]> seals) =>
        (Header, _consensus, _vanity, _items, Validators, _seals) = (header, consensus, vanity, items, validators, seals);

    /// <summary>The header.</summary>
    public BlockHeader Header { get; }

    /// <summary>The validators that the header names; different ones.</summary>
    public IReadOnlyList<Address> Validators { get; }

    /// <summary>Reads what the network's rules put into the extra data.</summary>
    public static bool TryRead(BlockHeader header, Consensus consensus, [NotNullWhen(true)] out SealedHeader? read, out string reason)
    {
        (read, reason) = (null, "the extra data is not of this network's kind");
        if (!header.MixHash.AsSpan().SequenceEqual(Digest)) return false;
        var extra = header.ExtraData;
        var vanity = Array.Empty<byte>();
        if (consensus == Consensus.Ibft)
        {
            if (extra.Length < VanityLength) return false;
            (vanity, extra) = (extra[..VanityLength], extra[VanityLength..]);
        }
        if (!Rlp.TryDecode(extra, out var list, out _) || list.Items is not { } items) return false;
        var (validatorsAt, sealsAt) = consensus == Consensus.Ibft ? (0, 2) : (1, 4);
        if (items.Count != sealsAt + 1 || items[validatorsAt].Items is not { } named || items[sealsAt].Items is not { } given) return false;
        if (!IsInForm(items, consensus)) return false;
        if (named.Count > MostValidators || named.Any(item => item.Bytes is not { Length: 20 })) return false;
        if (given.Count > MostValidators || given.Any(item => item.Bytes is not { Length: SealLength })) return false;
        var validators = named.Select(item => Address.FromBytes(item.Bytes!)).ToList();
        if (validators.Distinct().Count() != validators.Count) return false;
        if (validators.Count == 0)
        {
            reason = "the header names no validators: this network keeps them in a contract, and each change has to be pinned by hand";
            return false;
        }
        (read, reason) = (new SealedHeader(header, consensus, vanity, items, validators, [.. given.Select(item => item.Bytes!)]), "");
        return true;
    }

    /// <summary>The block's hash: 32 bytes, the same whichever seals a node holds.</summary>
    public byte[] BlockHash() => _consensus switch
    {
        Consensus.Qbft => Hash([_items[0], _items[1], _items[2], RlpItem.Of(0), RlpItem.List()]),
        Consensus.Ibft2 => Hash([_items[0], _items[1], _items[2]]),
        _ => Hash([_items[0], _items[1], RlpItem.List()]),
    };

    /// <summary>What each committer signed: 32 bytes.</summary>
    public byte[] CommitHash() => _consensus switch
    {
        Consensus.Qbft => Hash([_items[0], _items[1], _items[2], _items[3], RlpItem.List()]),
        Consensus.Ibft2 => Hash([_items[0], _items[1], _items[2], _items[3]]),
        _ => Keccak256.Hash([.. BlockHash(), 2]), // 2 is the kind of a commit message
    };

    /// <summary>Who sealed it, each once, whether a validator or not. A seal that nobody can have made is passed over.</summary>
    public IReadOnlySet<Address> Committers()
    {
        var hash = CommitHash();
        var committers = new HashSet<Address>();
        foreach (var seal in _seals)
            if (Secp256k1.TryRecover(hash, Secp256k1.Number(seal.AsSpan(0, 32)), Secp256k1.Number(seal.AsSpan(32, 32)), seal[64], out var key)) committers.Add(EvmAccount.AddressOf(key));
        return committers;
    }

    private static bool IsInForm(IReadOnlyList<RlpItem> items, Consensus consensus) => consensus switch
    {
        Consensus.Ibft => items[1].Bytes is { Length: SealLength },
        Consensus.Qbft => items[0].Bytes is { Length: VanityLength } && IsVote(items[2]) && items[3].TryNumber(out _) && items[3].Bytes!.Length <= 4,
        _ => items[0].Bytes is { Length: VanityLength } && (items[2].Bytes is { Length: 0 } || (items[2].Items?.Count == 2 && IsVote(items[2]))) && items[3].Bytes is { Length: 4 },
    };

    // Nobody, or somebody and a byte that says whether to add (0xff) or to drop.
    private static bool IsVote(RlpItem vote) =>
        vote.Items is { Count: 0 } || (vote.Items is { Count: 2 } pair && pair[0].Bytes is { Length: 20 } && pair[1].Bytes is { Length: <= 1 });

    private byte[] Hash(IReadOnlyList<RlpItem> items) => Keccak256.Hash(Header.Encode([.. _vanity, .. Rlp.Encode(RlpItem.List(items))]));
}
