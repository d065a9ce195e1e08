using System.Buffers.Binary;
using Identity.Ledger.Evm;

namespace Identity.Ledger.Proofs;

/// <summary>Where the registry keeps what (docs/registry.md): slots of 32 bytes. Words of one record follow each other.</summary>
public static class RegistrySlots
{
    /// <summary>The root anchored for a log's tree of this size.</summary>
    public static byte[] RootAt(byte[] log, long size) => Mapped(Word(size), Mapped(log, 0));

    /// <summary>A log's three words.</summary>
    public static IReadOnlyList<byte[]> Log(byte[] log) => Words(Mapped(log, 1), 3);

    /// <summary>An organisation's word.</summary>
    public static byte[] Organisation(byte[] id) => Mapped(id, 2);

    /// <summary>An accreditation's four words.</summary>
    public static IReadOnlyList<byte[]> Accreditation(ulong number) => Words(Mapped(Word((long)number), 3), 4);

    /// <summary>A key's two words.</summary>
    public static IReadOnlyList<byte[]> Key(byte[] thumbprint) => Words(Mapped(thumbprint, 4), 2);

    /// <summary>The three words of an organisation's closing.</summary>
    public static IReadOnlyList<byte[]> Closing(byte[] id) => Words(Mapped(id, 5), 3);

    /// <summary>Since when an organisation records in a log.</summary>
    public static byte[] LogSince(byte[] id, byte[] log) => Mapped(log, Mapped(id, 6));

    private static byte[] Mapped(byte[] key, int slot) => Mapped(key, Word(slot));

    private static byte[] Mapped(byte[] key, byte[] slot) => Keccak256.Hash([.. key, .. slot]);

    private static byte[] Word(long number)
    {
        var word = new byte[32];
        BinaryPrimitives.WriteInt64BigEndian(word.AsSpan(24), number);
        return word;
    }

    private static List<byte[]> Words(byte[] first, int count)
    {
        var number = Secp256k1.Number(first);
        return [.. Enumerable.Range(0, count).Select(i => Secp256k1.Bytes32(number + i))];
    }
}
