using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Cose;
using Identity.Credentials.Jose;
using Identity.Credentials.Verdicts;

namespace Identity.Credentials.Trust;

/// <summary>Which ledger a pack was made from.</summary>
/// <param name="ChainId">The chain's number.</param>
/// <param name="Contract">Address of the registry contract, 0x-hex.</param>
/// <param name="Logs">Origins of the registered logs.</param>
public sealed record PackedLedger(long ChainId, string Contract, IReadOnlyList<string> Logs);

/// <summary>A key, and what it had recorded where it has ended.</summary>
/// <param name="Record">As registered.</param>
/// <param name="Entries">What was anchored while it was in force, all of it; null for a key in force, and where the pack leaves it out.</param>
public sealed record PackedKey(KeyRecord Record, EntryPrefixes? Entries);

/// <summary>An organisation with its keys and how it was closed. The pack holds no final lists by name: a list of a closed organisation that names no expiry is final.</summary>
public sealed record PackedOrganisation(OrganisationRecord Record, IReadOnlyList<PackedKey> Keys, ClosingRecord? Closing);

/// <summary>A status list whose signature the maker of the pack has checked.</summary>
/// <param name="Uri">Where it is published.</param>
/// <param name="Organisation">Place of its issuer among the organisations.</param>
/// <param name="Statuses">Its entries.</param>
/// <param name="IssuedAt"><c>iat</c>.</param>
/// <param name="Expires"><c>exp</c>, or the end that the maker gives a list without one; null for the final list of a closed organisation. Offline the pack's own end counts instead, except that a list of a closed organisation without an end counts for ever.</param>
/// <param name="TimeToLive"><c>ttl</c>, or null.</param>
/// <param name="Age">How long before the pack was made it was last fetched, whole minutes.</param>
public sealed record PackedList(string Uri, int Organisation, PackedStatuses Statuses, DateTimeOffset IssuedAt, DateTimeOffset? Expires, TimeSpan? TimeToLive, TimeSpan Age);

/// <summary>All that a trust pack says; its bytes are one for one value.</summary>
/// <param name="Ledger">Where it comes from.</param>
/// <param name="Organisations">In the order of their registration: of two with one issuer identifier the first counts.</param>
/// <param name="Accreditations">Ascending by number, each after the one it was granted under.</param>
/// <param name="Lists">Ascending by the UTF-16 units of their addresses.</param>
public sealed record PackContent(PackedLedger Ledger, IReadOnlyList<PackedOrganisation> Organisations, IReadOnlyList<AccreditationLink> Accreditations, IReadOnlyList<PackedList> Lists)
{
    private const int MaxText = 4096;

    /// <summary>The deterministic bytes (RFC 8949 §4.2.1).</summary>
    /// <exception cref="ArgumentException">A holder or a depositary is not among the organisations.</exception>
    public byte[] Encode()
    {
        var places = Organisations.Select((o, place) => (Id: Convert.ToHexString(o.Record.Id), place)).ToDictionary(o => o.Id, o => o.place);
        var writer = PackFormat.Writer(64 * 1024);
        writer.WriteStartArray(5);
        writer.WriteStartArray(3);
        writer.WriteInt64(Ledger.ChainId);
        writer.WriteTextString(Ledger.Contract);
        writer.WriteStartArray(Ledger.Logs.Count);
        foreach (var log in Ledger.Logs) writer.WriteTextString(log);
        writer.WriteEndArray();
        writer.WriteEndArray();
        writer.WriteStartArray(Organisations.Count);
        foreach (var organisation in Organisations) Write(writer, organisation, places);
        writer.WriteEndArray();
        writer.WriteStartArray(Accreditations.Count);
        foreach (var link in Accreditations) Write(writer, link, places);
        writer.WriteEndArray();

        // Times change with every signature: apart from the rest they are one stretch of a delta.
        writer.WriteStartArray(Lists.Count);
        foreach (var list in Lists) Write(writer, list);
        writer.WriteEndArray();
        writer.WriteStartArray(Lists.Count);
        foreach (var list in Lists) WriteTimes(writer, list);
        writer.WriteEndArray();
        writer.WriteEndArray();
        return writer.Encode();
    }

    /// <summary>Reads a content; false where it is not what <see cref="Encode"/> writes.</summary>
    public static bool TryDecode(byte[] bytes, [NotNullWhen(true)] out PackContent? content)
    {
        content = null;
        if (!CborLimits.TryCheck(bytes, PackFormat.MaxContent, out _)) return false;
        try
        {
            var reader = PackFormat.Reader(bytes);
            PackFormat.OpenArray(reader, 5);
            PackFormat.OpenArray(reader, 3);
            var ledger = new PackedLedger(PackFormat.Number(reader, PackFormat.MaxNumber), PackFormat.Text(reader, 64), PackFormat.List(reader, r => PackFormat.Text(r, MaxText)));
            reader.ReadEndArray();
            var closings = new List<PackedClosing?>();
            var organisations = PackFormat.List(reader, r => ReadOrganisation(r, closings));
            var accreditations = PackFormat.List(reader, r => ReadAccreditation(r, organisations));
            var lists = PackFormat.List(reader, r => ReadList(r, organisations.Count));
            var times = PackFormat.List(reader, ReadTimes);
            reader.ReadEndArray();

            if (organisations.DistinctBy(o => Convert.ToHexString(o.Record.Id)).Count() != organisations.Count) return false;
            if (!ParentsFirst(accreditations) || times.Count != lists.Count || !Ascending(lists)) return false;
            var dated = lists.Zip(times, (list, time) => list with { IssuedAt = time.IssuedAt, Expires = time.Expires, TimeToLive = time.TimeToLive, Age = time.Age });
            content = new PackContent(ledger, Close(organisations, closings), accreditations, [.. dated]);
            return true;
        }
        catch (Exception refused) when (PackFormat.IsRefusal(refused))
        {
            return false;
        }
    }

    private static void Write(CborWriter writer, PackedOrganisation organisation, Dictionary<string, int> places)
    {
        var record = organisation.Record;
        writer.WriteStartArray(8);
        writer.WriteByteString(record.Id);
        writer.WriteTextString(record.Issuer);
        writer.WriteTextString(record.Name);
        writer.WriteTextString(record.Country);
        if (record.Contact is { } contact) writer.WriteTextString(contact);
        else writer.WriteNull();
        writer.WriteBoolean(record.Demonstration);
        writer.WriteStartArray(organisation.Keys.Count);
        foreach (var (key, entries) in organisation.Keys)
        {
            writer.WriteStartArray(5);
            writer.WriteByteString([.. key.Key.XBytes(), .. key.Key.YBytes()]);
            PackFormat.Write(writer, key.From);
            PackFormat.WriteOrNull(writer, key.EndedAt);
            if (key.Reason is { } ending) writer.WriteInt32(ending == KeyEndReason.Retired ? 1 : 2);
            else writer.WriteNull();
            if (entries is not null) writer.WriteByteString(entries.Bytes);
            else writer.WriteNull();
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        if (organisation.Closing is { } closing) PackedClosing.Write(writer, closing, id => Place(places, id));
        else writer.WriteNull();
        writer.WriteEndArray();
    }

    private static void Write(CborWriter writer, AccreditationLink link, Dictionary<string, int> places)
    {
        writer.WriteStartArray(9);
        writer.WriteUInt64(link.Number);
        if (link.Parent is { } parent) writer.WriteUInt64(parent);
        else writer.WriteNull();
        writer.WriteInt32(Place(places, link.Holder.Id));
        writer.WriteInt32((int)link.Right);
        writer.WriteTextString(link.ScopeText);
        PackFormat.Write(writer, link.From);
        PackFormat.WriteOrNull(writer, link.Until);
        PackFormat.WriteOrNull(writer, link.WithdrawnAt);
        PackFormat.Write(writer, link.GrantedAt);
        writer.WriteEndArray();
    }

    private static int Place(Dictionary<string, int> places, byte[] organisation) =>
        places.TryGetValue(Convert.ToHexString(organisation), out var place) ? place : throw new ArgumentException("A holder or a depositary is not among the organisations.");

    private static void Write(CborWriter writer, PackedList list)
    {
        writer.WriteStartArray(6);
        writer.WriteTextString(list.Uri);
        writer.WriteInt32(list.Organisation);
        writer.WriteInt32(list.Statuses.Bits);
        writer.WriteInt32(list.Statuses.Length);
        writer.WriteBoolean(list.Statuses.IsSparse);
        writer.WriteByteString(list.Statuses.Bytes);
        writer.WriteEndArray();
    }

    private static void WriteTimes(CborWriter writer, PackedList list)
    {
        writer.WriteStartArray(4);
        PackFormat.Write(writer, list.IssuedAt);
        PackFormat.WriteOrNull(writer, list.Expires);
        if (list.TimeToLive is { } ttl) writer.WriteInt64((long)ttl.TotalSeconds);
        else writer.WriteNull();
        writer.WriteInt64((long)list.Age.TotalMinutes);
        writer.WriteEndArray();
    }

    private static PackedOrganisation ReadOrganisation(CborReader reader, List<PackedClosing?> closings)
    {
        PackFormat.OpenArray(reader, 8);
        var (id, issuer, name, country) = (PackFormat.Bytes(reader, 32), PackFormat.Text(reader, MaxText), PackFormat.Text(reader, MaxText), PackFormat.Text(reader, MaxText));
        var contact = PackFormat.IsNull(reader) ? null : PackFormat.Text(reader, MaxText);
        var record = new OrganisationRecord(id, issuer, name, country, reader.ReadBoolean(), contact);
        var keys = PackFormat.List(reader, r => ReadKey(r, id));
        closings.Add(PackFormat.IsNull(reader) ? null : PackedClosing.Read(reader));
        reader.ReadEndArray();
        return new PackedOrganisation(record, keys, null);
    }

    private static PackedKey ReadKey(CborReader reader, byte[] organisation)
    {
        PackFormat.OpenArray(reader, 5);
        var point = PackFormat.Bytes(reader, 64);
        if (!P256.IsOnCurve(point.AsSpan(0, 32), point.AsSpan(32))) throw new CborContentException("A key is not on P-256.");
        var key = Jwk.FromCoordinates(point.AsSpan(0, 32), point.AsSpan(32));
        var from = PackFormat.Time(reader);
        var endedAt = PackFormat.TimeOrNull(reader);
        KeyEndReason? ending = PackFormat.IsNull(reader) ? null : PackFormat.Number(reader, 2) switch
        {
            1 => KeyEndReason.Retired,
            2 => KeyEndReason.Compromised,
            _ => throw new CborContentException("A key ended for no known reason."),
        };
        EntryPrefixes? entries = null;
        if (!PackFormat.IsNull(reader) && !EntryPrefixes.TryRead(reader.ReadByteString(), out entries)) throw new CborContentException("Entries are out of order.");
        reader.ReadEndArray();
        if (endedAt is null != ending is null || (endedAt is null && entries is not null)) throw new CborContentException("The end of a key is half said.");
        return new PackedKey(new KeyRecord(key.Thumbprint(), key, organisation, from, endedAt, ending), entries);
    }

    private static List<PackedOrganisation> Close(List<PackedOrganisation> organisations, List<PackedClosing?> closings) =>
        [.. organisations.Select((organisation, place) => closings[place] is { } closing ? organisation with { Closing = closing.Of(place, organisations) } : organisation)];

    private static AccreditationLink ReadAccreditation(CborReader reader, List<PackedOrganisation> organisations)
    {
        PackFormat.OpenArray(reader, 9);
        var number = (ulong)PackFormat.Number(reader, PackFormat.MaxNumber);
        ulong? parent = PackFormat.IsNull(reader) ? null : (ulong)PackFormat.Number(reader, PackFormat.MaxNumber);
        var holder = organisations[(int)PackFormat.Number(reader, organisations.Count - 1L)].Record;
        var right = PackFormat.Number(reader, 3) is > 0 and var rights ? (AccreditationRight)rights : throw new CborContentException("A right is none.");
        var read = new AccreditationLink(number, parent, holder, right, PackFormat.Text(reader, Scope.MaxBytes),
            PackFormat.Time(reader), PackFormat.TimeOrNull(reader), PackFormat.TimeOrNull(reader), PackFormat.Time(reader));
        reader.ReadEndArray();
        return read;
    }

    private static bool ParentsFirst(List<AccreditationLink> links)
    {
        var depths = new Dictionary<ulong, int>();
        var last = 0UL;
        foreach (var link in links)
        {
            var above = 0;
            if (link.Number <= last || (link.Parent is { } parent && !depths.TryGetValue(parent, out above)) || above == AccreditationChain.MaxLinks) return false;
            depths.Add(last = link.Number, above + 1);
        }
        return true;
    }

    private static PackedList ReadList(CborReader reader, int organisations)
    {
        PackFormat.OpenArray(reader, 6);
        var (uri, organisation) = (PackFormat.Text(reader, 2000), (int)PackFormat.Number(reader, organisations - 1L));
        var (bits, length) = ((int)PackFormat.Number(reader, 8), (int)PackFormat.Number(reader, PackedStatuses.MaxLength));
        if (!PackedStatuses.TryRead(bits, length, reader.ReadBoolean(), reader.ReadByteString(), out var statuses)) throw new CborContentException("A status list is damaged.");
        reader.ReadEndArray();
        return new PackedList(uri, organisation, statuses, default, null, null, default);
    }

    private static (DateTimeOffset IssuedAt, DateTimeOffset? Expires, TimeSpan? TimeToLive, TimeSpan Age) ReadTimes(CborReader reader)
    {
        PackFormat.OpenArray(reader, 4);
        var (issuedAt, expires) = (PackFormat.Time(reader), PackFormat.TimeOrNull(reader));
        TimeSpan? ttl = PackFormat.IsNull(reader) ? null : TimeSpan.FromSeconds(PackFormat.Number(reader, uint.MaxValue));
        var age = TimeSpan.FromMinutes(PackFormat.Number(reader, 10_000_000));
        reader.ReadEndArray();
        return (issuedAt, expires, ttl, age);
    }

    private static bool Ascending(List<PackedList> lists)
    {
        for (var at = 1; at < lists.Count; at++)
            if (string.CompareOrdinal(lists[at - 1].Uri, lists[at].Uri) >= 0) return false;
        return true;
    }
}
