using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Credentials.Trust;
using Identity.Credentials.Verdicts;

namespace Identity.Tests.Shared;

/// <summary>
/// What a trust pack of a large deployment says: 1,000 issuers with three accreditations each, 1,000 status lists of 1,000 entries of which one in thirty is not in
/// force, and 100 keys that have ended with 1,000 entries each. A day later 300 statuses are others, every list is signed anew, there are 5 organisations more, and one
/// key more has ended with 200 entries.
/// </summary>
internal static class LargePack
{
    public static readonly DateTimeOffset MadeAt = new(2026, 11, 22, 6, 0, 0, TimeSpan.Zero);
    private const int Issuers = 1000, Entries = 1000, Ended = 100;
    private static readonly string[] Types = ["urn:identity:qualification:1", "urn:identity:training:1", "urn:identity:employment-reference:1"];
    private static readonly string[] Names = ["Technical College of", "Ministry of Labour,", "معهد التدريب المهني", "प्राविधिक शिक्षालय", "Escuela de Oficios de"];

    public static PackContent Content(int days = 0) => new(
        new PackedLedger(20261122, "0x00000000000000000000000000000000000000aa", [.. Enumerable.Range(0, 40).Select(i => $"operator{i}.example/log")]),
        [.. Enumerable.Range(0, Issuers + 1 + (days * 5)).Select(i => Organisation(i, days))],
        [Accredited.Root(MadeAt.AddDays(-900), Record(0)), .. Enumerable.Range(1, Issuers + (days * 5)).SelectMany(Granted)],
        [.. Enumerable.Range(1, Issuers).Select(i => List(i, days)).OrderBy(list => list.Uri, StringComparer.Ordinal)]);

    public static TrustPack Pack(ISigner signer, int days = 0) => TrustPack.Make(Content(days), 7 + days, MadeAt, MadeAt.AddHours(72), signer);

    private static string Issuer(int i) => $"https://credentials{i % 40}.example/organisation-{i}";

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static PackedOrganisation Organisation(int i, int days)
    {
        var record = Record(i);
        var keys = new List<PackedKey> { Key($"key {i}", record.Id, null) };
        if (i is > 0 and <= Ended) keys.Insert(0, Key($"ended {i}", record.Id, Some(i, 100_000 / Ended)));
        if (days > 0 && i == Ended + 1) keys[0] = Key($"key {i}", record.Id, Some(i, 200));
        return new PackedOrganisation(record, keys, null);
    }

    private static OrganisationRecord Record(int i) => new(Hash($"organisation {i}"), Issuer(i), $"{Names[i % Names.Length]} {i}", "X" + (char)('A' + (i % 26)), false, $"office@organisation{i}.example");

    // Each for another level and field, as a ministry would write it.
    private static IEnumerable<AccreditationLink> Granted(int i) => Types.Select((type, n) => new AccreditationLink((ulong)(2 + (i - 1) * Types.Length + n), 1, Record(i), AccreditationRight.Issue,
        new Scope([type], Eqf: new LevelRange(1, 1 + (i % 8)), Fields: [string.Create(CultureInfo.InvariantCulture, $"{i % 11:00}")], Label: new Dictionary<string, string> { ["en"] = $"Programme {i % 50}" }).Canonical(),
        MadeAt.AddDays(-900 + i + n), MadeAt.AddDays(900 + n), null, MadeAt.AddDays(-899 + i)));

    private static PackedKey Key(string name, byte[] organisation, EntryPrefixes? entries)
    {
        using var raw = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = Hash(name) });
        var key = Jwk.From(raw);
        return new PackedKey(new KeyRecord(key.Thumbprint(), key, organisation, MadeAt.AddDays(-700), entries is null ? null : MadeAt.AddDays(-30), entries is null ? null : KeyEndReason.Retired), entries);
    }

    private static EntryPrefixes Some(int i, int count) => EntryPrefixes.Of(Enumerable.Range(0, count).Select(n => BinaryPrimitives.ReadUInt128BigEndian(Hash(string.Create(CultureInfo.InvariantCulture, $"entry {i} {n}")))));

    private static PackedList List(int i, int days)
    {
        var (dice, list) = (new Random(i), new StatusArray(2, Entries));
        for (var at = 0; at < Entries; at++) if (dice.Next(30) == 0) list.Set(at, (byte)(1 + dice.Next(2)));
        for (var change = 0; change < days * 300; change++)
        {
            var at = Hash($"change {change}");
            if (BinaryPrimitives.ReadUInt16BigEndian(at) % Issuers + 1 == i) list.Set(BinaryPrimitives.ReadUInt16BigEndian(at.AsSpan(2)) % Entries, 1);
        }
        var issuedAt = MadeAt.AddDays(days).AddSeconds(-(i * 37 % 43_200));
        return new PackedList($"{Issuer(i)}/status/1", i, PackedStatuses.Of(list), issuedAt, issuedAt.AddHours(24), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(i % 5));
    }
}
