using System.Buffers.Binary;
using System.Numerics;
using Identity.Credentials.Transparency;

namespace Identity.Ledger.Mirror;

/// <summary>Entries in their order, 256 to an array, and a table in which each is found by its bytes: 40 to 48 bytes of memory for one.</summary>
/// <param name="expected">For how many there is room at once.</param>
internal sealed class EntryList(int expected)
{
    private const int Size = MerkleTree.HashSize;

    private readonly List<byte[]> _bundles = [];
    private int[] _table = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(1024, 2 * expected))]; // position + 1 of the first entry with these bytes; 0 is free; at most half is taken

    public int Count { get; private set; }

    public ReadOnlySpan<byte> this[long index] => _bundles[(int)(index / Tiles.Full)].AsSpan((int)(index % Tiles.Full) * Size, Size);

    /// <exception cref="ArgumentException">The entry has not 32 bytes.</exception>
    public void Add(ReadOnlySpan<byte> entry)
    {
        if (entry.Length != Size) throw new ArgumentException("An entry has 32 bytes.", nameof(entry));
        if (Count % Tiles.Full == 0) _bundles.Add(new byte[Tiles.Full * Size]);
        entry.CopyTo(_bundles[^1].AsSpan(Count % Tiles.Full * Size, Size));
        Count++;
        if (2L * Count > _table.Length) Grow();
        else Enter(Count - 1);
    }

    /// <summary>The first place of an entry, or -1.</summary>
    public int Find(ReadOnlySpan<byte> entry) => entry.Length == Size ? _table[Slot(entry)] - 1 : -1;

    private void Grow()
    {
        _table = new int[checked(2 * _table.Length)];
        for (var at = 0; at < Count; at++) Enter(at);
    }

    private void Enter(int position)
    {
        ref var place = ref _table[Slot(this[position])];
        if (place == 0) place = position + 1;
    }

    // Where the entry stands or would: the hash has a seed of this process, so that nobody can choose entries that all want one place.
    private int Slot(ReadOnlySpan<byte> entry)
    {
        var hash = HashCode.Combine(BinaryPrimitives.ReadUInt64LittleEndian(entry), BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]), BinaryPrimitives.ReadUInt64LittleEndian(entry[24..]));
        var slot = hash & (_table.Length - 1);
        while (_table[slot] is not 0 and var taken && !this[taken - 1].SequenceEqual(entry)) slot = (slot + 1) & (_table.Length - 1);
        return slot;
    }
}
