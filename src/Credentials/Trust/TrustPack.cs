using System.Diagnostics.CodeAnalysis;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.Verdicts;

namespace Identity.Credentials.Trust;

/// <summary>
/// One signed file with all that a check needs where there is no network: who may issue what, their keys, status lists, and what keys that have ended had recorded
/// before. The format, and what a thief of a key could do with it, is docs/trust-pack.md; src/web/lib/trustpack reads the same.
/// </summary>
public sealed class TrustPack : ITrustView, IPackedTrust
{
    /// <summary>The media type of a whole pack and of a delta.</summary>
    public const string MediaType = "application/vnd.identity.trust-pack";

    /// <summary>Most bytes of a whole pack.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    private readonly Dictionary<string, PackedOrganisation> _organisations = [];
    private readonly Dictionary<string, PackedOrganisation> _issuers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<PackedKey>> _keys = [];
    private readonly AccreditationTree _accreditations = new();
    private readonly Dictionary<string, PackedList> _lists = new(StringComparer.Ordinal);

    private TrustPack(PackStatement statement, PackContent content, byte[] bytes)
    {
        (Statement, Content, Bytes) = (statement, content, bytes);
        foreach (var organisation in content.Organisations)
        {
            _organisations.Add(Convert.ToHexString(organisation.Record.Id), organisation);
            _issuers.TryAdd(organisation.Record.Issuer, organisation);
            foreach (var key in organisation.Keys)
            {
                var prefix = Convert.ToHexString(key.Record.Thumbprint, 0, 8);
                if (!_keys.TryGetValue(prefix, out var keys)) _keys[prefix] = keys = [];
                keys.Add(key);
            }
        }
        foreach (var link in content.Accreditations) _accreditations.TryAdd(link);
        foreach (var list in content.Lists) _lists.Add(list.Uri, list);
    }

    /// <summary>What is signed.</summary>
    public PackStatement Statement { get; }

    /// <summary>What it says.</summary>
    public PackContent Content { get; }

    /// <summary>The bytes of the content, which a delta changes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Makes and signs a pack.</summary>
    /// <exception cref="ArgumentException">The content is too long, has a holder or a depositary that is not in it, or the life is too long.</exception>
    public static TrustPack Make(PackContent content, long version, DateTimeOffset madeAt, DateTimeOffset goodUntil, ISigner signer)
    {
        var bytes = content.Encode();
        return new TrustPack(PackStatement.Sign(bytes, version, madeAt, goodUntil, signer), content, bytes);
    }

    /// <summary>Reads a whole pack. Reasons: those of <see cref="PackStatement.TryRead"/>, and <c>too_large</c>.</summary>
    public static bool TryRead(byte[] file, PackPin pin, [NotNullWhen(true)] out TrustPack? pack, out string reason)
    {
        pack = null;
        if (!PackFormat.TryOpen(file, MaxBytes, PackFormat.Pack, 4, out var reader, out reason)) return false;
        try
        {
            // Signature before content: nothing is inflated that a pinned key has not vouched for, and never more than it says.
            if (!PackStatement.TryRead(reader.ReadEncodedValue().Span, pin, out var statement, out reason)) return false;
            reason = "malformed";
            if (Inflate.TryInflateZlib(reader.ReadByteString(), statement.Length, out var content, out var why)) return TryOpen(statement, content, out pack, out reason);
            if (why == Inflate.TooMuch) reason = "too_large";
            return false;
        }
        catch (Exception refused) when (PackFormat.IsRefusal(refused))
        {
            return false;
        }
    }

    /// <summary>Opens a content under a statement that was judged: <c>bad_signature</c> where it is another one than was signed, else <c>malformed</c>.</summary>
    internal static bool TryOpen(PackStatement statement, byte[] content, [NotNullWhen(true)] out TrustPack? pack, out string reason)
    {
        pack = null;
        reason = "bad_signature";
        if (!statement.Fits(content)) return false;
        reason = "malformed";
        if (!PackContent.TryDecode(content, out var read)) return false;
        pack = new TrustPack(statement, read, content);
        reason = "";
        return true;
    }

    /// <summary>The file: name, version of the format, statement, and the content in one ZLIB stream.</summary>
    public byte[] Encode()
    {
        var body = Inflate.Deflate(Bytes.Span);
        var writer = PackFormat.Writer(body.Length + 512);
        writer.WriteStartArray(4);
        writer.WriteTextString(PackFormat.Pack);
        writer.WriteInt32(PackFormat.Version);
        writer.WriteEncodedValue(Statement.Encoded);
        writer.WriteByteString(body);
        writer.WriteEndArray();
        return writer.Encode();
    }

    /// <inheritdoc/>
    public MirrorState State => new(Statement.MadeAt, []);

    /// <inheritdoc/>
    public IPackedTrust Packed => this;

    /// <inheritdoc/>
    public DateTimeOffset GoodUntil => Statement.GoodUntil;

    /// <inheritdoc/>
    public OrganisationRecord? FindOrganisationByIssuer(string iss) => _issuers.GetValueOrDefault(iss)?.Record;

    /// <inheritdoc/>
    public OrganisationRecord? FindOrganisation(byte[] id) => _organisations.GetValueOrDefault(Convert.ToHexString(id))?.Record;

    /// <inheritdoc/>
    public IReadOnlyList<KeyRecord> FindKeys(ReadOnlySpan<byte> thumbprintPrefix)
    {
        var found = new List<KeyRecord>();
        if (thumbprintPrefix.Length is not (8 or 32) || !_keys.TryGetValue(Convert.ToHexString(thumbprintPrefix[..8]), out var keys)) return found;
        foreach (var key in keys)
            if (key.Record.Thumbprint.AsSpan().StartsWith(thumbprintPrefix)) found.Add(key.Record);
        return found;
    }

    /// <inheritdoc/>
    public IReadOnlyList<AccreditationChain> Chains(byte[] organisationId) => _accreditations.Chains(organisationId);

    /// <inheritdoc/>
    public ClosingRecord? Closing(byte[] organisationId) => _organisations.GetValueOrDefault(Convert.ToHexString(organisationId))?.Closing;

    /// <summary>A pack holds no logs; who records in which was looked at when it was made.</summary>
    public bool UsesLog(byte[] organisationId, string origin, DateTimeOffset at) => false;

    /// <summary>A pack holds no logs.</summary>
    public AnchorEvidence? FindEntry(byte[] entry, byte[]? organisationId = null) => null;

    /// <summary>A pack holds no signed lists; <see cref="FindStatus(string, long, byte[])"/> has their entries.</summary>
    public StatusSnapshot? FindStatus(string uri) => null;

    /// <inheritdoc/>
    public PackedStatus? FindStatus(string uri, long index, byte[] organisation)
    {
        if (!_lists.TryGetValue(uri, out var list) || Content.Organisations[list.Organisation] is not { } owner || !owner.Record.Id.AsSpan().SequenceEqual(organisation)) return null;
        return list.Statuses.TryGet(index, out var value) ? new PackedStatus(value, list.IssuedAt, Statement.MadeAt - list.Age, owner.Closing is not null && list.Expires is null) : null;
    }

    /// <inheritdoc/>
    public bool? IsRecordedBeforeEnd(KeyRecord key, ReadOnlySpan<byte> entryPrefix)
    {
        // The list of this key of this organisation, and of no other: what another key recorded vouches for nothing.
        if (!_keys.TryGetValue(Convert.ToHexString(key.Thumbprint, 0, 8), out var keys)) return null;
        foreach (var known in keys)
            if (known.Record.Thumbprint.AsSpan().SequenceEqual(key.Thumbprint) && known.Record.Organisation.AsSpan().SequenceEqual(key.Organisation))
                return known.Entries?.Contains(entryPrefix);
        return null;
    }
}
