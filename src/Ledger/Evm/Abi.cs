using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Identity.Ledger.Evm;

/// <summary>One argument of a call, of the few types that the registry uses.</summary>
public readonly struct AbiValue
{
    private AbiValue(byte[] bytes, bool dynamic) => (Bytes, IsDynamic) = (bytes, dynamic);

    internal byte[] Bytes { get; }

    internal bool IsDynamic { get; }

    /// <summary>bytes32.</summary>
    public static AbiValue Bytes32(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 32 ? new(bytes.ToArray(), false) : throw new ArgumentException("Expected 32 bytes.", nameof(bytes));

    /// <summary>uint8 to uint256.</summary>
    public static AbiValue Uint(BigInteger number) => new(Secp256k1.Bytes32(number), false);

    /// <summary>address.</summary>
    public static AbiValue Address(Address address) => new([.. new byte[12], .. address.Bytes], false);

    /// <summary>bool.</summary>
    public static AbiValue Bool(bool value) => Uint(value ? 1 : 0);

    /// <summary>string, in UTF-8.</summary>
    public static AbiValue Text(string text) => Data(new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(text));

    /// <summary>bytes.</summary>
    public static AbiValue Data(ReadOnlySpan<byte> bytes) => new([.. Secp256k1.Bytes32(bytes.Length), .. bytes, .. new byte[(32 - bytes.Length % 32) % 32]], true);

    /// <summary>address[].</summary>
    public static AbiValue Addresses(IReadOnlyCollection<Address> addresses) => new([.. Secp256k1.Bytes32(addresses.Count), .. addresses.SelectMany(address => Address(address).Bytes)], true);
}

/// <summary>The contract ABI (Solidity documentation, "Contract ABI Specification").</summary>
public static class Abi
{
    /// <summary>The first four bytes of the Keccak of a signature such as "transfer(address,uint256)".</summary>
    public static byte[] Selector(string signature) => Keccak256.Hash(Encoding.ASCII.GetBytes(signature))[..4];

    /// <summary>The first topic of an event.</summary>
    public static byte[] Topic(string signature) => Keccak256.Hash(Encoding.ASCII.GetBytes(signature));

    /// <summary>Selector and arguments.</summary>
    public static byte[] Call(string signature, params ReadOnlySpan<AbiValue> arguments) => [.. Selector(signature), .. Encode(arguments)];

    /// <summary>Arguments: words in place, long values after them at their offsets.</summary>
    public static byte[] Encode(params ReadOnlySpan<AbiValue> arguments)
    {
        var (head, tail) = (new List<byte>(), new List<byte>());
        foreach (var argument in arguments)
        {
            if (!argument.IsDynamic)
            {
                head.AddRange(argument.Bytes);
                continue;
            }
            head.AddRange(Secp256k1.Bytes32(32 * arguments.Length + tail.Count));
            tail.AddRange(argument.Bytes);
        }
        return [.. head, .. tail];
    }
}

/// <summary>
/// Reads ABI values in order, strictly: clean padding, long values one after the other without gaps, nothing left over.
/// After the first fault every read gives an empty value and <see cref="Finish"/> is false.
/// </summary>
public sealed class AbiReader
{
    private readonly byte[] _data;
    private readonly int _headLength;
    private int _head;
    private int _tail;
    private bool _broken;

    /// <summary>Data of so many arguments.</summary>
    public AbiReader(byte[] data, int arguments)
    {
        (_data, _headLength) = (data, 32 * arguments);
        _tail = _headLength;
        _broken = data.Length < _headLength || data.Length % 32 != 0;
    }

    /// <summary>Everything was read, and nothing was wrong.</summary>
    public bool Finish() => !_broken && _head == _headLength && _tail == _data.Length;

    /// <summary>bytes32; 32 zero bytes after a fault.</summary>
    public byte[] Bytes32()
    {
        if (_broken || _head == _headLength)
        {
            _broken = true;
            return new byte[32];
        }
        _head += 32;
        return _data[(_head - 32).._head];
    }

    /// <summary>uint64 or smaller.</summary>
    public ulong Uint64(ulong largest = ulong.MaxValue)
    {
        var word = Bytes32();
        var number = BinaryPrimitives.ReadUInt64BigEndian(word.AsSpan(24));
        if (!word.AsSpan(0, 24).ContainsAnyExcept((byte)0) && number <= largest) return number;
        _broken = true;
        return 0;
    }

    /// <summary>bool.</summary>
    public bool Bool() => Uint64(1) == 1;

    /// <summary>address.</summary>
    public Address Address()
    {
        var word = Bytes32();
        _broken |= word.AsSpan(0, 12).ContainsAnyExcept((byte)0);
        return Evm.Address.FromBytes(word.AsSpan(12));
    }

    /// <summary>bytes.</summary>
    public byte[] Data()
    {
        var offset = Uint64();
        if (_broken || offset != (ulong)_tail || _data.Length - _tail < 32) return Break();
        var length = new BigInteger(_data.AsSpan(_tail, 32), isUnsigned: true, isBigEndian: true);
        _tail += 32;
        if (length > _data.Length - _tail) return Break();
        var bytes = _data[_tail..(_tail + (int)length)];
        var padded = ((int)length + 31) / 32 * 32;
        if (_data.AsSpan(_tail + bytes.Length, padded - bytes.Length).ContainsAnyExcept((byte)0)) return Break();
        _tail += padded;
        return bytes;
    }

    /// <summary>address[], at most so many.</summary>
    public IReadOnlyList<Address> Addresses(int most)
    {
        var offset = Uint64();
        if (_broken || offset != (ulong)_tail || _data.Length - _tail < 32) return Broken();
        var length = new BigInteger(_data.AsSpan(_tail, 32), isUnsigned: true, isBigEndian: true);
        _tail += 32;
        if (length > most || length * 32 > _data.Length - _tail) return Broken();
        var addresses = new List<Address>();
        for (var i = 0; i < (int)length; i++, _tail += 32)
        {
            _broken |= _data.AsSpan(_tail, 12).ContainsAnyExcept((byte)0);
            addresses.Add(Evm.Address.FromBytes(_data.AsSpan(_tail + 12, 20)));
        }
        return addresses;

        IReadOnlyList<Address> Broken()
        {
            _broken = true;
            return [];
        }
    }

    /// <summary>string; refuses bytes that are no UTF-8.</summary>
    public string Text()
    {
        var bytes = Data();
        if (System.Text.Unicode.Utf8.IsValid(bytes)) return Encoding.UTF8.GetString(bytes);
        _broken = true;
        return "";
    }

    private byte[] Break()
    {
        _broken = true;
        return [];
    }
}
