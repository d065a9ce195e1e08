using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Jose;
using Identity.Credentials.Trust;
using Identity.Ledger.Evm;
using Identity.Ledger.Mirror;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Log;

namespace Identity.Ledger.Tests.Mirror;

/// <summary>The ledger's half of a trust pack, from a log that is anchored once a day.</summary>
public sealed class PackedRegisterTests : IDisposable
{
    private readonly LogBench _bench = new();
    private readonly Es256Key _key = Es256Key.Create(), _later = Es256Key.Create();
    private byte[] _college = [];

    public void Dispose()
    {
        _bench.Dispose();
        _key.Dispose();
        _later.Dispose();
    }

    [Fact]
    public async Task An_ended_key_has_what_was_anchored_while_it_was_in_force_and_a_key_in_force_has_nothing()
    {
        await PlayAsync();

        var packed = Pack(100);

        var (ended, inForce) = (Entries(packed, _key), Entries(packed, _later));
        Assert.Null(inForce);
        Assert.Equal([10, 11, 20], new[] { 0, 10, 11, 20, 30, 40 }.Where(entry => ended!.Contains(TestLog.Entry(entry).AsSpan(0, 16))));
        Assert.Equal(3, ended!.Count);
        Assert.Equal([TestLog.Origin], packed.Ledger.Logs);
    }

    [Fact]
    public async Task Half_a_list_is_never_given_neither_over_the_cap_nor_of_a_log_in_alarm_or_not_read_to_its_anchors()
    {
        await PlayAsync();
        Assert.NotNull(Entries(Pack(3), _key));

        Assert.Null(Entries(Pack(2), _key));
        _bench.Mirrored.Alarm = "a fork";
        Assert.Null(Entries(Pack(100), _key));
        _bench.Mirrored.Alarm = null;
        Assert.NotNull(Entries(Pack(100), _key));

        // An anchor from before the end that the entries read so far do not reach.
        _bench.Happen(new RegistryEvent.Anchored(_bench.Place() with { BlockTime = Ended.AddHours(-1) }, RegistryClient.LogId(TestLog.Origin), 500, new byte[32]));
        Assert.Null(Entries(Pack(100), _key));
    }

    private DateTimeOffset Ended { get; set; }

    // Day 0: an entry. The key comes; days 1 and 2: entries. It ends; day 3: an entry, and one that is never anchored.
    private async Task PlayAsync()
    {
        var profile = new OrganisationProfile("https://college.example", "College", "XT", true, null).Canonical();
        _college = SHA256.HashData(Encoding.UTF8.GetBytes(profile));
        _bench.Happen(new RegistryEvent.OrganisationRegistered(_bench.Place(), _college, Address.Zero, OrganisationRoles.Issuer, profile));
        _bench.Happen(new RegistryEvent.LogUsed(_bench.Place(), _college, RegistryClient.LogId(TestLog.Origin)));
        await DayAsync(0);
        Add(_key);
        await DayAsync(10, 11);
        await DayAsync(20);
        Ended = _bench.Log.Clock.GetUtcNow();
        _bench.Happen(new RegistryEvent.KeyEnded(_bench.Place(), _college, _key.PublicKey.Thumbprint(), Ended, KeyEnding.Compromised));
        Add(_later);
        await DayAsync(30);
        await _bench.GrowAsync(_bench.Log, 40);
        await _bench.LookAsync();
    }

    private async Task DayAsync(params int[] entries)
    {
        await _bench.GrowAsync(_bench.Log, entries);
        await _bench.AnchorAsync(_bench.Log);
        _bench.Log.Clock.Advance(24 * 3600);
    }

    private void Add(Es256Key key) =>
        _bench.Happen(new RegistryEvent.KeyAdded(_bench.Place(), _college, key.PublicKey.Thumbprint(), _bench.Log.Clock.GetUtcNow(), key.PublicKey.XBytes(), key.PublicKey.YBytes()));

    private PackedRegister Pack(int maxEntries) => PackedRegister.Of(_bench.Data, _bench.Log.Clock.GetUtcNow(), 31337, "0xaa", maxEntries);

    private static EntryPrefixes? Entries(PackedRegister packed, Es256Key key) => Assert.Single(packed.Organisations).Keys.Single(k => k.Record.Key.SameKey(key.PublicKey)).Entries;
}
