using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Identity.Ledger.Evm;
using Identity.Ledger.Exit;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;

namespace Identity.Verifier.Tests.Exit;

/// <summary>What the registry held of a closing is what the events give, to the last number of it.</summary>
public sealed class RecordComparisonTests
{
    private const int Week = 7 * 24 * 3600;
    private const int Closed = 1_700_000_000;
    private static readonly byte[] College = SHA256.HashData("college"u8);
    private static readonly byte[] Keeper = SHA256.HashData("keeper"u8);
    private static readonly byte[] Other = SHA256.HashData("other"u8);
    private static readonly byte[] Statement = SHA256.HashData("We have closed."u8);

    [Theory]
    [InlineData("nobody", 0, true)]
    [InlineData("nobody", Closed + Week, false)]
    [InlineData("keeper", Closed + Week, true)] // its own account closed it
    [InlineData("keeper", 0, true)] // who supervises it did
    [InlineData("keeper", Closed + Week - 1, false)]
    [InlineData("keeper", 1, false)]
    [InlineData("keeper, then other", 0, true)]
    [InlineData("keeper, then other", Closed + Week, false)]
    public void From_when_a_depositary_can_take_over_is_compared_too(string story, int acceptableFrom, bool holds)
    {
        var named = story switch { "nobody" => new byte[32], _ => Keeper };
        List<RegistryEvent> events = [.. new[] { "college", "keeper", "other" }.Select((name, at) => new RegistryEvent.OrganisationRegistered(At(at), SHA256.HashData(Encoding.UTF8.GetBytes(name)), AddressOf(at), OrganisationRoles.Issuer, name))];
        events.Add(new RegistryEvent.OrganisationClosed(At(Closed), College, named, Statement, "We have closed."));
        if (story.EndsWith("other", StringComparison.Ordinal)) events.Add(new RegistryEvent.DepositaryNamed(At(Closed + 5), College, named = Other));
        var selection = ExitSelection.Of(events, [College, Keeper, Other]);
        var slots = selection.Slots().ToDictionary(Convert.ToHexString, _ => new byte[32]);
        foreach (var (registered, at) in events.OfType<RegistryEvent.OrganisationRegistered>().Select((e, at) => (e, at))) Put(RegistrySlots.Organisation(registered.Id), [.. new byte[11], (byte)OrganisationRoles.Issuer, .. AddressOf(at).Bytes]);
        var closing = RegistrySlots.Closing(College);
        Put(closing[0], named);
        Put(closing[1], Statement);
        Put(closing[2], Packed(Closed, 0, acceptableFrom));

        var difference = new RecordComparison(selection, new RegistryState(slots)).Find();

        if (holds) Assert.Null(difference);
        else Assert.Contains("held another closing", difference, StringComparison.Ordinal);

        void Put(byte[] slot, byte[] word) => slots[Convert.ToHexString(slot)] = word;
    }

    // From the low end on, as the contract packs numbers of 8 bytes.
    private static byte[] Packed(params long[] numbers)
    {
        var word = new byte[32];
        foreach (var (number, at) in numbers.Select((number, at) => (number, at))) BinaryPrimitives.WriteInt64BigEndian(word.AsSpan(24 - 8 * at), number);
        return word;
    }

    private static EventPlace At(long second) => new((ulong)second, "0x00", "0x00", 0, DateTimeOffset.FromUnixTimeSeconds(second));

    private static Address AddressOf(int at) => Address.FromBytes([.. Enumerable.Repeat((byte)(at + 1), 20)]);
}
