using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.Cose;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;

namespace Identity.Credentials.Compact;

/// <summary>
/// A credential to be printed: claims in clear under the issuer's signature, small enough for a code that survives a stain. It has a status index and a log entry of
/// its own and names no holder key, so whoever carries the paper can show it: the person must be compared with what it says.
/// </summary>
public sealed class CompactPaper : ICompactForm
{
    /// <summary>What stands before the Base45 text.</summary>
    public const string Prefix = "IDD:";

    /// <summary>What the issuer's signature is bound to.</summary>
    public const string Purpose = "identity-compact-paper-v1";

    /// <summary>Most bytes that are issued: a code of version 15 at level M.</summary>
    public const int MaxIssued = 397;

    /// <summary>Most bytes that are read.</summary>
    public const int MaxBytes = 600;

    private const int Members = 8;

    // The array of four, the protected header with its key id, no unprotected one, the signature; the payload with its head stands between.
    private const int Around = 1 + 14 + 1 + 66;

    private readonly CoseSign1 _sign1;
    private readonly IReadOnlyList<(int Key, object Value)> _claims;

    private CompactPaper(CoseSign1 sign1, string type, long? notBefore, long? expires, int list, int index, byte[] salt, IReadOnlyList<(int Key, object Value)> claims, byte[]? originalIssuer)
    {
        OriginalIssuer = originalIssuer;
        _sign1 = sign1;
        _claims = claims;
        (Type, NotBefore, Expires, List, Index, Salt) = (type, notBefore, expires, list, index, salt);
    }

    /// <inheritdoc/>
    public byte[] KeyId => _sign1.KeyId!;

    /// <inheritdoc/>
    public string Type { get; }

    /// <inheritdoc/>
    public long? NotBefore { get; }

    /// <inheritdoc/>
    public long? Expires { get; }

    /// <inheritdoc/>
    public int List { get; }

    /// <inheritdoc/>
    public int Index { get; }

    /// <inheritdoc/>
    public byte[]? OriginalIssuer { get; }

    /// <summary>16 random bytes: who knows the claims does not know the log entry.</summary>
    public byte[] Salt { get; }

    /// <summary>The COSE_Sign1.</summary>
    public byte[] Encoded => _sign1.Encoded;

    /// <summary>The text of the QR.</summary>
    public string Text => Prefix + Base45.Encode(Encoded);

    /// <inheritdoc/>
    public byte[] LogEntry => Entry.OfCose(Encoded);

    /// <inheritdoc/>
    public IEnumerable<int> ClaimKeys => _claims.Select(c => c.Key);

    /// <summary>Always: nothing is hidden, so the signature covers what is read.</summary>
    public bool ClaimsHold => true;

    /// <summary>
    /// Signs the claims of a type that have a place in the QR, in the type's order, and in whose place it is issued, where they say it. Times are Unix seconds. Throws <see cref="ArgumentException"/> for claims the form
    /// cannot carry, and where they come to more than <see cref="MaxIssued"/> bytes.
    /// </summary>
    public static CompactPaper Issue(TypeDefinition type, JsonObject claims, long? nbf, long? exp, int list, int index, ISigner issuerKey, Action<Span<byte>> random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(list);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var (printed, original) = (CompactValue.OfCode(type, claims), CompactVersion.OriginalIssuerIn(type, claims));
        var salt = new byte[CompactLeaf.SaltSize];
        random(salt);
        var sign1 = CoseSign1.Sign(Payload(type.Vct, nbf, exp, list, index, salt, printed, original), Purpose, issuerKey, issuerKey.PublicKey.Thumbprint()[..CoseSign1.KeyIdSize]);
        if (sign1.Encoded.Length > MaxIssued) throw new ArgumentException($"The claims make a paper of {sign1.Encoded.Length} bytes; {MaxIssued} fit.", nameof(claims));
        return new CompactPaper(sign1, type.Vct, nbf, exp, list, index, salt, printed, original);
    }

    /// <summary>Bytes of a paper of these claims, signed or not yet: times and index taken at their largest, <paramref name="list"/> as it is.</summary>
    public static int SizeOf(TypeDefinition type, JsonObject claims, int list = ushort.MaxValue)
    {
        var payload = Payload(type.Vct, uint.MaxValue, uint.MaxValue, list, int.MaxValue, new byte[CompactLeaf.SaltSize], CompactValue.OfCode(type, claims), CompactVersion.OriginalIssuerIn(type, claims));
        return Around + payload.Length + payload.Length switch { < 24 => 1, < 256 => 2, _ => 3 };
    }

    /// <summary>
    /// Reads <c>IDD:…</c>; the signature is judged by <see cref="VerifyIssuer"/>. Reasons: <c>prefix</c>, <c>base45</c>, <c>cbor_…</c>, <c>cose_…</c>,
    /// <c>compact_malformed</c>, <c>compact_version</c>.
    /// </summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out CompactPaper? paper, out string reason)
    {
        paper = null;
        if (!CompactText.TryOpen(text, Prefix, MaxBytes, namesKey: true, out var sign1, out reason)) return false;
        reason = "compact_malformed";
        try
        {
            return TryPayload(sign1, out paper, ref reason);
        }
        catch (Exception refused) when (CompactCbor.IsRefusal(refused))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public bool VerifyIssuer(VerificationKey key) => _sign1.Verify(key, Purpose);

    /// <inheritdoc/>
    public JsonObject Claims(TypeDefinition? type) => CompactVerifier.Named(_claims, OriginalIssuer, type);

    private static byte[] Payload(string type, long? nbf, long? exp, int list, int index, byte[] salt, IReadOnlyList<(int Key, object Value)> claims, byte[]? originalIssuer)
    {
        var writer = CompactCbor.Writer();
        CompactVersion.WriteHead(writer, Members, originalIssuer);
        writer.WriteTextString(type);
        CompactCbor.WriteTimeOrNull(writer, nbf);
        CompactCbor.WriteTimeOrNull(writer, exp);
        writer.WriteInt32(list);
        writer.WriteInt32(index);
        writer.WriteByteString(salt);
        writer.WriteStartArray(claims.Count);
        foreach (var (key, value) in claims)
        {
            writer.WriteStartArray(2);
            writer.WriteInt32(key);
            CompactValue.Write(writer, value);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        CompactVersion.WriteTail(writer, originalIssuer);
        return writer.Encode();
    }

    private static bool TryPayload(CoseSign1 sign1, [NotNullWhen(true)] out CompactPaper? paper, ref string reason)
    {
        paper = null;
        var reader = CompactCbor.Reader(sign1.Payload);
        if (!CompactVersion.TryReadHead(reader, Members, out var isInPlace, ref reason)) return false;
        var type = CompactCbor.ReadText(reader, CompactIssuerPart.MaxType);
        var notBefore = CompactCbor.ReadTimeOrNull(reader);
        var expires = CompactCbor.ReadTimeOrNull(reader);
        var list = CompactCbor.ReadSmall(reader);
        var index = CompactCbor.ReadSmall(reader);
        var salt = CompactCbor.ReadBytes(reader, CompactLeaf.SaltSize);
        var claims = new (int Key, object Value)[CompactCbor.ReadArray(reader, 1, ClaimTree.MaxLeaves)];
        for (var at = 0; at < claims.Length; at++)
        {
            CompactCbor.ReadArray(reader, 2, 2);
            claims[at] = (CompactCbor.ReadSmall(reader), CompactValue.Read(reader));
            reader.ReadEndArray();
        }

        reader.ReadEndArray();
        var originalIssuer = CompactVersion.ReadTail(reader, isInPlace);
        if (type.Length == 0 || claims.DistinctBy(c => c.Key).Count() != claims.Length) return false;
        paper = new CompactPaper(sign1, type, notBefore, expires, list, index, salt, claims, originalIssuer);
        reason = "";
        return true;
    }
}
