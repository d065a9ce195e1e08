using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Trust;
using Identity.Credentials.Verdicts;
using Identity.Tests.Shared;

namespace Identity.Credentials.Tests.Trust;

/// <summary>A small ledger in order: a ministry, and a college with a key in force, one retired, one stolen and one whose entries the pack leaves out.</summary>
internal static class PackWorld
{
    public const string Iss = "https://college.example/port-selin";
    public const string Vct = "urn:identity:qualification:1";
    public const string StatusUri = Iss + "/status/3", DenseUri = Iss + "/status/4";

    public static readonly DateTimeOffset MadeAt = new(2026, 11, 22, 6, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset Now = MadeAt.AddHours(3);
    public static readonly Es256Key Signer = Fixed.Key("pack signer"), Stranger = Fixed.Key("stranger");
    public static readonly OrganisationRecord Ministry = new(Fixed.Bytes("ministry", 32), "https://ministry.example", "Talmara Ministry of Education وزارة", "XT", true, null);
    public static readonly OrganisationRecord College = new(Fixed.Bytes("college", 32), Iss, "Port Selin Technical College", "XT", true, "office@college.example");
    public static readonly Es256Key InForce = Fixed.Key("issuer"), Retired = Fixed.Key("retired"), Stolen = Fixed.Key("stolen"), LeftOut = Fixed.Key("left out");
    public static readonly byte[] RetiredEntry = Fixed.Bytes("entry of the retired key", 32), StolenEntry = Fixed.Bytes("entry of the stolen key", 32);

    /// <summary>Closed a year ago. The college took over and issued in its place; then the ministry was named.</summary>
    public static readonly OrganisationRecord School = new(Fixed.Bytes("school", 32), "https://school.example", "Old Harbour School", "XT", true, null);
    public static readonly ClosingRecord TakenOver = new(School.Id, MadeAt.AddYears(-1), College, MadeAt.AddMonths(-11), []), NamedAnother = TakenOver.Naming(Ministry, MadeAt.AddDays(-1));

    /// <summary>The ministry, then the college again.</summary>
    public static readonly ClosingRecord Returned = (TakenOver.Naming(Ministry, MadeAt.AddMonths(-5)) with { AcceptedAt = MadeAt.AddMonths(-4) }).Naming(College, MadeAt.AddMonths(-3)) with { AcceptedAt = MadeAt.AddMonths(-2) };

    public static PackContent InPlace(ClosingRecord? closing)
    {
        var content = Content(revoked: 9);
        return content with
        {
            Organisations = [.. content.Organisations, new PackedOrganisation(School, [], closing)],
            Accreditations = [content.Accreditations[0], Accredited.Issuer(College, MadeAt.AddYears(-3), new Scope([Vct], OnBehalfOf: [Convert.ToHexStringLower(School.Id)]), 2)],
        };
    }

    public static PackPin Pin(long held = 0) => new([Signer.PublicKey.ThumbprintText()], held, Now);

    public static TrustPack Pack(PackContent? content = null, long version = 7, Es256Key? signer = null) => TrustPack.Make(content ?? Content(), version, MadeAt, MadeAt.AddHours(72), signer ?? Signer);

    public static PackContent Content(int revoked = 5) => new(
        new PackedLedger(31337, "0x00000000000000000000000000000000000000aa", ["college.example/log"]),
        [
            new PackedOrganisation(Ministry, [], null),
            new PackedOrganisation(College,
            [
                new PackedKey(Key(InForce), null),
                new PackedKey(Key(Retired, KeyEndReason.Retired), Entries(RetiredEntry)),
                new PackedKey(Key(Stolen, KeyEndReason.Compromised), Entries(StolenEntry)),
                new PackedKey(Key(LeftOut, KeyEndReason.Compromised), null),
            ],
            null),
        ],
        [Accredited.Root(MadeAt.AddYears(-3), Ministry), Accredited.Issuer(College, MadeAt.AddYears(-3), Vct)],
        [List(StatusUri, 64, revoked), List(DenseUri, 32, [.. Enumerable.Range(0, 32)])]);

    public static KeyRecord Key(Es256Key key, KeyEndReason? ended = null) =>
        new(key.PublicKey.Thumbprint(), key.PublicKey, College.Id, MadeAt.AddYears(-2), ended is null ? null : MadeAt.AddYears(-1), ended);

    public static EntryPrefixes Entries(params byte[][] entries) => EntryPrefixes.Of(entries.Select(Prefix));

    public static UInt128 Prefix(byte[] entry) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(entry);

    private static PackedList List(string uri, int length, params int[] revoked)
    {
        var list = new StatusArray(2, length);
        foreach (var index in revoked) list.Set(index, (byte)(index % 7 == 6 ? 2 : 1));
        return new PackedList(uri, 1, PackedStatuses.Of(list), MadeAt.AddMinutes(-10), MadeAt.AddHours(24), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(2));
    }
}
