using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Identity.Ledger.Evm;

/// <summary>Twenty bytes that name an account or a contract. Equal by value; printed with the EIP-55 checksum.</summary>
public sealed class Address : IEquatable<Address>
{
    private readonly byte[] _bytes;

    private Address(byte[] bytes) => _bytes = bytes;

    /// <summary>No one: the address of twenty zero bytes.</summary>
    public static Address Zero { get; } = new(new byte[20]);

    /// <summary>The twenty bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Makes an address of exactly twenty bytes.</summary>
    public static Address FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 20 ? new Address(bytes.ToArray()) : throw new ArgumentException("An address has 20 bytes.", nameof(bytes));

    /// <summary>The contract that the sender's transaction with this nonce creates: the last 20 bytes of Keccak(RLP [sender, nonce]).</summary>
    public static Address OfContract(Address sender, ulong nonce) =>
        FromBytes(Keccak256.Hash(Rlp.Encode(RlpItem.List(RlpItem.Of(sender.Bytes), RlpItem.Of(nonce))))[12..]);

    /// <summary>Reads "0x" and 40 hexadecimal digits; mixed case must carry a right EIP-55 checksum.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Address? address)
    {
        address = null;
        if (text is not { Length: 42 } || !Hex.TryDecode(text, out var bytes)) return false;
        var read = new Address(bytes);
        var digits = text[2..];
        var oneCase = digits == digits.ToLowerInvariant() || digits == digits.ToUpperInvariant();
        if (!oneCase && read.ToString() != text) return false;
        address = read;
        return true;
    }

    /// <summary>Like <see cref="TryParse"/>, for text that we wrote ourselves.</summary>
    /// <exception cref="FormatException">The text is no address.</exception>
    public static Address Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException("Not an Ethereum address: expected 0x and 40 hexadecimal digits with a right checksum.");

    /// <summary>Lower-case hexadecimal with "0x".</summary>
    public string ToHex() => Hex.Encode(_bytes);

    /// <summary>EIP-55 text.</summary>
    public override string ToString()
    {
        var digits = Convert.ToHexStringLower(_bytes);
        var hash = Keccak256.Hash(Encoding.ASCII.GetBytes(digits));
        var text = new StringBuilder("0x", 42);
        for (var i = 0; i < digits.Length; i++)
        {
            var nibble = (hash[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 0xf;
            text.Append(nibble >= 8 ? char.ToUpperInvariant(digits[i]) : digits[i]);
        }
        return text.ToString();
    }

    /// <inheritdoc/>
    public bool Equals(Address? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Address);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(_bytes, 0);

    /// <summary>Same twenty bytes.</summary>
    public static bool operator ==(Address? left, Address? right) => Equals(left, right);

    /// <summary>Other bytes.</summary>
    public static bool operator !=(Address? left, Address? right) => !Equals(left, right);
}
