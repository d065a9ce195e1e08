using Identity.Credentials.Cose;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Compact;

/// <summary>What the issuer signs of a compact credential: everything but the claims, which it fixes by their root.</summary>
public sealed class CompactIssuerPart
{
    /// <summary>What the issuer's signature is bound to.</summary>
    public const string Purpose = "identity-compact-issuer-v1";

    /// <summary>Most bytes of an issuer part.</summary>
    public const int MaxBytes = 600;

    /// <summary>Longest type identifier, characters.</summary>
    public const int MaxType = 120;

    private const int Members = 9;

    private CompactIssuerPart(CoseSign1 sign1, string type, long? notBefore, long? expires, int list, int index, byte[] root, int count, Jwk holder, byte[]? originalIssuer)
    {
        OriginalIssuer = originalIssuer;
        HolderKey = holder;
        Sign1 = sign1;
        Type = type;
        NotBefore = notBefore;
        Expires = expires;
        List = list;
        Index = index;
        Root = root;
        Count = count;
        Holder = holder.Compressed();
    }

    /// <summary>The signed structure.</summary>
    public CoseSign1 Sign1 { get; }

    /// <summary>First eight bytes of the issuer key's thumbprint.</summary>
    public byte[] KeyId => Sign1.KeyId!;

    /// <summary>The vct.</summary>
    public string Type { get; }

    /// <summary>Unix seconds.</summary>
    public long? NotBefore { get; }

    /// <summary>Unix seconds.</summary>
    public long? Expires { get; }

    /// <summary>Number of the issuer's status list.</summary>
    public int List { get; }

    /// <summary>Index in that list.</summary>
    public int Index { get; }

    /// <summary>Root of the claim tree, 32 bytes.</summary>
    public byte[] Root { get; }

    /// <summary>Number of claims, 1…64.</summary>
    public int Count { get; }

    /// <summary>The holder's P-256 key, 33 bytes compressed.</summary>
    public byte[] Holder { get; }

    /// <summary>Id of the closed organisation in whose place it was issued, 32 bytes; null for the issuer's own place. Version 2 of the form has it, version 1 has not.</summary>
    public byte[]? OriginalIssuer { get; }

    /// <summary>The same key as JSON.</summary>
    public Jwk HolderKey { get; }

    /// <summary>The deterministic bytes; their SHA-256 is the log entry.</summary>
    public byte[] Encoded => Sign1.Encoded;

    /// <summary>The 32 bytes that stand in the log.</summary>
    public byte[] LogEntry => Entry.OfCose(Encoded);

    /// <summary>Signs an issuer part.</summary>
    internal static CompactIssuerPart Sign(
        string type, long? notBefore, long? expires, int list, int index, byte[] root, int count, Jwk holder, byte[]? originalIssuer, ISigner issuerKey)
    {
        var writer = CompactCbor.Writer();
        CompactVersion.WriteHead(writer, Members, originalIssuer);
        writer.WriteTextString(type);
        CompactCbor.WriteTimeOrNull(writer, notBefore);
        CompactCbor.WriteTimeOrNull(writer, expires);
        writer.WriteInt32(list);
        writer.WriteInt32(index);
        writer.WriteByteString(root);
        writer.WriteInt32(count);
        writer.WriteByteString(holder.Compressed());
        CompactVersion.WriteTail(writer, originalIssuer);
        var sign1 = CoseSign1.Sign(writer.Encode(), Purpose, issuerKey, issuerKey.PublicKey.Thumbprint()[..CoseSign1.KeyIdSize]);
        return new CompactIssuerPart(sign1, type, notBefore, expires, list, index, root, count, holder, originalIssuer);
    }

    /// <summary>Reads one; the signature is judged by <see cref="Verify"/>. Reasons: those of <see cref="CoseSign1"/>, <c>compact_malformed</c>, <c>compact_version</c>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out CompactIssuerPart? parsed, out string reason)
    {
        parsed = null;
        if (!CoseSign1.TryParse(bytes, MaxBytes, out var sign1, out reason)) return false;
        reason = "cose_header";
        if (sign1!.KeyId is null) return false;
        if (!CborLimits.TryCheck(sign1.Payload, MaxBytes, out reason)) return false;
        reason = "compact_malformed";
        try
        {
            var reader = CompactCbor.Reader(sign1.Payload);
            if (!CompactVersion.TryReadHead(reader, Members, out var isInPlace, ref reason)) return false;
            var type = CompactCbor.ReadText(reader, MaxType);
            var notBefore = CompactCbor.ReadTimeOrNull(reader);
            var expires = CompactCbor.ReadTimeOrNull(reader);
            var list = CompactCbor.ReadSmall(reader);
            var index = CompactCbor.ReadSmall(reader);
            var root = CompactCbor.ReadBytes(reader, 32);
            var count = (int)CompactCbor.ReadInteger(reader, 1, ClaimTree.MaxLeaves);
            var holder = CompactCbor.ReadBytes(reader, 33);
            var originalIssuer = CompactVersion.ReadTail(reader, isInPlace);
            if (type.Length == 0 || !Jwk.TryFromCompressed(holder, out var holderKey)) return false;

            parsed = new CompactIssuerPart(sign1, type, notBefore, expires, list, index, root, count, holderKey, originalIssuer);
            reason = "";
            return true;
        }
        catch (Exception refused) when (CompactCbor.IsRefusal(refused))
        {
            return false;
        }
    }

    /// <summary>Whether the key signed this issuer part.</summary>
    public bool Verify(VerificationKey key) => Sign1.Verify(key, Purpose);
}
