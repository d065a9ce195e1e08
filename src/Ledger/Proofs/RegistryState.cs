using System.Buffers.Binary;
using Identity.Credentials.Accreditation;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Proofs;

/// <summary>What the registry held, read from proven slots. A slot that was not proven throws: what nobody asked for is not the same as nothing there.</summary>
/// <param name="slots">As <see cref="StateProof.TryVerify"/> gives them.</param>
public sealed class RegistryState(IReadOnlyDictionary<string, byte[]> slots)
{
    /// <summary>The root anchored for a log's tree of this size, or null.</summary>
    /// <exception cref="KeyNotFoundException">It was not proven; so with every other member.</exception>
    public byte[]? RootAt(byte[] log, long size) => NotZero(Slot(RegistrySlots.RootAt(log, size)));

    /// <summary>A log, or null.</summary>
    public RegisteredLog? Log(byte[] log)
    {
        var words = Words(RegistrySlots.Log(log));
        var account = Address.FromBytes(words[0].AsSpan(12));
        return account == Address.Zero ? null : new(account, words[1], (long)Packed(words[2], 0));
    }

    /// <summary>An organisation, or null.</summary>
    public RegisteredOrganisation? Organisation(byte[] id)
    {
        var word = Slot(RegistrySlots.Organisation(id));
        var account = Address.FromBytes(word.AsSpan(12));
        return account == Address.Zero ? null : new(account, (OrganisationRoles)word[11], BinaryPrimitives.ReadUInt64BigEndian(word.AsSpan(3)));
    }

    /// <summary>An accreditation, or null.</summary>
    public RegisteredAccreditation? Accreditation(ulong number)
    {
        var words = Words(RegistrySlots.Accreditation(number));
        if (NotZero(words[0]) is not { } holder) return null;
        return new(holder, words[1], Packed(words[2], 0) is > 0 and var parent ? parent : null, Time(Packed(words[2], 1)), TimeOrNone(Packed(words[2], 2)), TimeOrNone(Packed(words[2], 3)),
            Time(Packed(words[3], 0)), (AccreditationRight)words[3][23]);
    }

    /// <summary>A key, or null.</summary>
    public RegisteredKey? Key(byte[] thumbprint)
    {
        var words = Words(RegistrySlots.Key(thumbprint));
        return NotZero(words[0]) is { } owner ? new(owner, Time(Packed(words[1], 0)), TimeOrNone(Packed(words[1], 1)), TimeOrNone(Packed(words[1], 2))) : null;
    }

    /// <summary>How an organisation was closed, or null.</summary>
    public RegisteredClosing? Closing(byte[] id)
    {
        var words = Words(RegistrySlots.Closing(id));
        return Packed(words[2], 0) is > 0 and var closed ? new(NotZero(words[0]), words[1], Time(closed), TimeOrNone(Packed(words[2], 1)), TimeOrNone(Packed(words[2], 2)), words[2][7] != 0) : null;
    }

    /// <summary>Since when an organisation records in a log, or null.</summary>
    public DateTimeOffset? LogSince(byte[] id, byte[] log) => TimeOrNone(Packed(Slot(RegistrySlots.LogSince(id, log)), 0));

    /// <summary>Whether all these slots were proven, whatever they hold.</summary>
    public bool Has(IEnumerable<byte[]> places) => places.All(place => slots.ContainsKey(Convert.ToHexString(place)));

    /// <summary>The accreditations, up to a number, that were proven and exist.</summary>
    public IEnumerable<(ulong Number, RegisteredAccreditation Accreditation)> Accreditations(ulong most)
    {
        var rest = slots.Count / 4; // each takes four
        for (var number = 1UL; number <= most && rest > 0; number++)
        {
            if (!Has(RegistrySlots.Accreditation(number))) continue;
            rest--;
            if (Accreditation(number) is { } found) yield return (number, found);
        }
    }

    private byte[] Slot(byte[] slot) => slots[Convert.ToHexString(slot)];

    private List<byte[]> Words(IReadOnlyList<byte[]> places) => [.. places.Select(Slot)];

    // Numbers of 8 bytes share a word from its low end on.
    private static ulong Packed(byte[] word, int place) => BinaryPrimitives.ReadUInt64BigEndian(word.AsSpan(24 - 8 * place));

    private static byte[]? NotZero(byte[] word) => word.AsSpan().ContainsAnyExcept((byte)0) ? word : null;

    private static DateTimeOffset Time(ulong seconds) => RegistryEventReader.Time(seconds);

    private static DateTimeOffset? TimeOrNone(ulong seconds) => RegistryEventReader.TimeOrNone(seconds);
}
