using System.Formats.Cbor;
using Identity.Credentials.Cose;

namespace Identity.Credentials.Compact;

/// <summary>What the issuer gives to the wallet: the signed part and every salted claim in order.</summary>
/// <param name="Issuer">The signed part.</param>
/// <param name="Leaves">All claims; their tree gives the signed root.</param>
public sealed record CompactCredential(CompactIssuerPart Issuer, IReadOnlyList<CompactLeaf> Leaves)
{
    /// <summary>Most bytes of the issued form.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>The bytes of the issuer's COSE_Sign1; their SHA-256 is the log entry.</summary>
    public byte[] IssuerSign1 => Issuer.Encoded;

    /// <summary>The issued form: CBOR [issuer part, [[salt, key, value], …]].</summary>
    public byte[] Encode()
    {
        var writer = CompactCbor.Writer();
        writer.WriteStartArray(2);
        writer.WriteEncodedValue(Issuer.Encoded);
        writer.WriteStartArray(Leaves.Count);
        foreach (var leaf in Leaves)
        {
            writer.WriteStartArray(3);
            leaf.WriteMembers(writer);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteEndArray();
        return writer.Encode();
    }

    /// <summary>
    /// Reads the issued form and checks that its claims give the signed root. The issuer's signature is for the caller to judge.
    /// Reasons: those of the parts, <c>compact_malformed</c>, <c>compact_root</c>.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out CompactCredential? credential, out string reason)
    {
        credential = null;
        if (!CborLimits.TryCheck(bytes, MaxBytes, out reason)) return false;
        reason = "compact_malformed";
        try
        {
            var reader = CompactCbor.Reader(bytes.ToArray());
            CompactCbor.ReadArray(reader, 2, 2);
            if (!CompactIssuerPart.TryParse(reader.ReadEncodedValue().Span, out var issuer, out reason)) return false;
            reason = "compact_malformed";
            var count = CompactCbor.ReadArray(reader, issuer!.Count, issuer.Count);
            var leaves = new CompactLeaf[count];
            for (var at = 0; at < count; at++)
            {
                CompactCbor.ReadArray(reader, 3, 3);
                leaves[at] = CompactLeaf.ReadMembers(reader);
                reader.ReadEndArray();
            }

            reader.ReadEndArray();
            reader.ReadEndArray();
            if (leaves.DistinctBy(l => l.Key).Count() != count) return false;

            reason = "compact_root";
            if (!ClaimTree.Root([.. leaves.Select(l => l.Hash())]).AsSpan().SequenceEqual(issuer.Root)) return false;
            credential = new CompactCredential(issuer, leaves);
            reason = "";
            return true;
        }
        catch (Exception refused) when (CompactCbor.IsRefusal(refused))
        {
            return false;
        }
    }
}
