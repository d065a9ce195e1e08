using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Identity.Ledger.Evm;

/// <summary>What an account asks of the chain.</summary>
/// <param name="ChainId">The chain it is meant for.</param>
/// <param name="Nonce">How many transactions the account sent before.</param>
/// <param name="GasLimit">The most gas it may use.</param>
/// <param name="To">Whom it calls; null creates a contract.</param>
/// <param name="Value">Wei to move.</param>
/// <param name="Data">The call, or the code that creates the contract.</param>
/// <param name="Fee">Its form and price.</param>
public sealed record EvmTransaction(ulong ChainId, ulong Nonce, ulong GasLimit, Address? To, BigInteger Value, byte[] Data, EvmFee Fee)
{
    /// <summary>The hash that is signed: EIP-155, or EIP-1559.</summary>
    public byte[] SigningHash() => Keccak256.Hash(Fee is EvmFee.Legacy
        ? Rlp.Encode(RlpItem.List([.. Fields(), RlpItem.Of(ChainId), RlpItem.Of(0), RlpItem.Of(0)]))
        : [0x02, .. Rlp.Encode(RlpItem.List([.. Fields()]))]);

    /// <summary>Signs it.</summary>
    public SignedTransaction Sign(IEvmSigner account)
    {
        var signature = account.Sign(SigningHash());
        return new SignedTransaction(this, account.Address, Encode(signature));
    }

    internal byte[] Encode(EvmSignature signature)
    {
        var (r, s) = (RlpItem.Of(signature.R), RlpItem.Of(signature.S));
        return Fee is EvmFee.Legacy
            ? Rlp.Encode(RlpItem.List([.. Fields(), RlpItem.Of(35 + 2 * (BigInteger)ChainId + signature.Parity), r, s]))
            : [0x02, .. Rlp.Encode(RlpItem.List([.. Fields(), RlpItem.Of(signature.Parity), r, s]))];
    }

    private IEnumerable<RlpItem> Fields()
    {
        RlpItem[] common = [RlpItem.Of(GasLimit), RlpItem.Of(To is null ? [] : To.Bytes), RlpItem.Of(Value), RlpItem.Of(Data)];
        return Fee switch
        {
            EvmFee.Legacy legacy => [RlpItem.Of(Nonce), RlpItem.Of(legacy.GasPrice), .. common],
            EvmFee.Dynamic fee => [RlpItem.Of(ChainId), RlpItem.Of(Nonce), RlpItem.Of(fee.MaxPriorityFee), RlpItem.Of(fee.MaxFee), .. common, RlpItem.List()],
            _ => throw new InvalidOperationException(),
        };
    }
}

/// <summary>A transaction as it goes to a node: the same bytes always give the same hash, so they can be sent again at will.</summary>
public sealed record SignedTransaction(EvmTransaction Transaction, Address Sender, byte[] Raw)
{
    private const int MaxBytes = 128 * 1024;

    /// <summary>"0x" and 64 digits.</summary>
    public string Hash { get; } = Hex.Encode(Keccak256.Hash(Raw));

    /// <summary>
    /// Reads signed bytes for one chain: legacy with EIP-155 protection, or EIP-1559 without access list. Refuses another
    /// chain, a high s, numbers with leading zeros, unknown forms and more than 128 KiB.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> raw, ulong chainId, [NotNullWhen(true)] out SignedTransaction? signed, out string reason)
    {
        signed = null;
        if (raw.Length is 0 or > MaxBytes) return Refuse("the transaction is empty or too large", out reason);
        var dynamic = raw[0] == 0x02;
        if (!dynamic && raw[0] < 0xc0) return Refuse("the transaction's type is unknown", out reason);
        if (!Rlp.TryDecode(dynamic ? raw[1..] : raw, out var root, out reason)) return false;
        if (root.Items?.Count != (dynamic ? 12 : 9)) return Refuse("the transaction has another number of fields", out reason);

        var fields = new Fields(root.Items);
        EvmTransaction transaction;
        EvmSignature signature;
        if (dynamic)
        {
            if (fields.Number(ulong.MaxValue) != chainId) return Refuse("the transaction is for another chain", out reason);
            var nonce = (ulong)fields.Number(ulong.MaxValue);
            var fee = new EvmFee.Dynamic(fields.Number(), fields.Number());
            transaction = fields.Common(chainId, nonce, fee);
            fields.EmptyList();
            signature = new EvmSignature(default, default, (int)fields.Number(1));
        }
        else
        {
            var nonce = (ulong)fields.Number(ulong.MaxValue);
            transaction = fields.Common(chainId, nonce, new EvmFee.Legacy(fields.Number()));
            var parity = fields.Number() - 35 - 2 * (BigInteger)chainId;
            if (parity != 0 && parity != 1) return Refuse("the transaction is for another chain, or for any", out reason);
            signature = new EvmSignature(default, default, (int)parity);
        }
        signature = signature with { R = fields.Number(), S = fields.Number() };

        if (fields.Broken) return Refuse("a field of the transaction has the wrong form", out reason);
        if (signature.S > Secp256k1.HalfN) return Refuse("the signature has a high s", out reason);
        if (!signature.TryRecover(transaction.SigningHash(), out var sender)) return Refuse("the signature is no one's", out reason);
        signed = new SignedTransaction(transaction, sender, raw.ToArray());
        return true;
    }

    private static bool Refuse(string why, out string reason)
    {
        reason = why;
        return false;
    }

    /// <summary>Reads fields in order; the first wrong one makes the whole broken.</summary>
    private sealed class Fields(IReadOnlyList<RlpItem> items)
    {
        private int _next;

        public bool Broken { get; private set; }

        public BigInteger Number(BigInteger? largest = null)
        {
            if (items[_next++].TryNumber(out var number) && (largest is null || number <= largest)) return number;
            Broken = true;
            return 0;
        }

        public EvmTransaction Common(ulong chainId, ulong nonce, EvmFee fee)
        {
            var gas = (ulong)Number(ulong.MaxValue);
            var to = Bytes();
            var value = Number();
            if (to.Length is not (0 or 20)) (Broken, to) = (true, []);
            return new EvmTransaction(chainId, nonce, gas, to.Length == 0 ? null : Address.FromBytes(to), value, Bytes(), fee);
        }

        public void EmptyList() => Broken |= items[_next++].Items is not { Count: 0 };

        private byte[] Bytes()
        {
            if (items[_next++].Bytes is { } bytes) return bytes;
            Broken = true;
            return [];
        }
    }
}
