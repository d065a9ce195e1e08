using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using System.Text.Json.Nodes;
using Identity.Credentials.Cose;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;

namespace Identity.Credentials.Compact;

/// <summary>
/// A proof as shown: the issuer's part, some claims, the hashes of the rest, and the holder's signature over all of it and over
/// the challenge it answers, or the time at which it was drawn (a rolling proof). Reading judges the form only; <see cref="ClaimsHold"/>, <see cref="VerifyIssuer"/> and <see cref="VerifyHolder()"/> judge the rest.
/// </summary>
public sealed class CompactPresentation : ICompactForm
{
    /// <summary>What stands before the Base45 text.</summary>
    public const string Prefix = "IDP:";

    /// <summary>What the holder's signature is bound to.</summary>
    public const string Purpose = "identity-compact-holder-v1";

    /// <summary>Most bytes of a proof.</summary>
    public const int MaxBytes = 2000;

    private readonly CoseSign1 _sign1;

    private CompactPresentation(
        CoseSign1 sign1, CompactIssuerPart issuer, IReadOnlyList<(int Index, CompactLeaf Leaf)> disclosed, IReadOnlyList<byte[]> nodes, ProofBinding binding)
    {
        _sign1 = sign1;
        Issuer = issuer;
        Disclosed = disclosed;
        Nodes = nodes;
        Binding = binding.Challenge;
        RollingTime = binding.Challenge is null ? binding.Time : null;
        ClockUnsure = binding.ClockUnsure;
    }

    /// <summary>The issuer's signed part.</summary>
    public CompactIssuerPart Issuer { get; }

    /// <summary>The shown claims with their place in the tree, ascending.</summary>
    public IReadOnlyList<(int Index, CompactLeaf Leaf)> Disclosed { get; }

    /// <summary>Hashes of what is not shown.</summary>
    public IReadOnlyList<byte[]> Nodes { get; }

    /// <summary>SHA-256 of the challenge it answers; null for a rolling proof.</summary>
    public byte[]? Binding { get; }

    /// <summary>When a rolling proof was drawn, Unix seconds by the phone's clock as corrected; null for an answer to a challenge.</summary>
    public long? RollingTime { get; }

    /// <summary>Whether the phone says of a rolling proof that its clock may be wrong.</summary>
    public bool ClockUnsure { get; }

    /// <summary>The bytes of the whole proof.</summary>
    public byte[] Encoded => _sign1.Encoded;

    /// <summary>Whether the shown claims and the hashes give the root that the issuer signed.</summary>
    public bool ClaimsHold =>
        ClaimTree.TryRoot(Issuer.Count, Disclosed.ToDictionary(d => d.Index, d => d.Leaf.Hash()), Nodes, out var root)
        && root.AsSpan().SequenceEqual(Issuer.Root);

    /// <summary>
    /// Reads <c>IDP:…</c>. Reasons: <c>prefix</c>, <c>base45</c>, <c>cbor_…</c>, <c>cose_…</c>, <c>compact_malformed</c>, <c>compact_version</c>.
    /// </summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out CompactPresentation? presentation, out string reason)
    {
        presentation = null;
        if (!CompactText.TryOpen(text, Prefix, MaxBytes, namesKey: false, out var sign1, out reason)) return false;
        reason = "compact_malformed";
        try
        {
            return TryPayload(sign1, out presentation, ref reason);
        }
        catch (Exception refused) when (CompactCbor.IsRefusal(refused))
        {
            return false;
        }
    }

    /// <summary>Whether the key signed the issuer's part.</summary>
    public bool VerifyIssuer(VerificationKey key) => Issuer.Verify(key);

    /// <summary>Whether the holder named by the issuer signed this proof. What it is bound to is for the caller to compare with <see cref="Binding"/> or <see cref="RollingTime"/>.</summary>
    public bool VerifyHolder()
    {
        if (!VerificationKey.TryImport(Issuer.HolderKey, out var key, out _)) return false;
        using (key) return _sign1.Verify(key!, Purpose);
    }

    /// <summary>Whether the holder signed this proof for the challenge with this digest.</summary>
    public bool VerifyHolder(ReadOnlySpan<byte> challengeDigest) => Binding.AsSpan().SequenceEqual(challengeDigest) && VerifyHolder();

    /// <inheritdoc/>
    public JsonObject Claims(TypeDefinition? type) => CompactVerifier.Named(Disclosed.Select(d => (d.Leaf.Key, d.Leaf.Value)), Issuer.OriginalIssuer, type);

    byte[] ICompactForm.KeyId => Issuer.KeyId;

    string ICompactForm.Type => Issuer.Type;

    long? ICompactForm.NotBefore => Issuer.NotBefore;

    long? ICompactForm.Expires => Issuer.Expires;

    int ICompactForm.List => Issuer.List;

    int ICompactForm.Index => Issuer.Index;

    byte[]? ICompactForm.OriginalIssuer => Issuer.OriginalIssuer;

    byte[] ICompactForm.LogEntry => Issuer.LogEntry;

    IEnumerable<int> ICompactForm.ClaimKeys => Disclosed.Select(d => d.Leaf.Key);

    internal static byte[] Payload(byte[] issuer, IReadOnlyList<(int Index, CompactLeaf Leaf)> disclosed, IReadOnlyList<byte[]> nodes, ProofBinding binding)
    {
        var writer = CompactCbor.Writer();
        writer.WriteStartArray(4);
        writer.WriteEncodedValue(issuer);
        writer.WriteStartArray(disclosed.Count);
        foreach (var (index, leaf) in disclosed)
        {
            writer.WriteStartArray(4);
            writer.WriteInt32(index);
            leaf.WriteMembers(writer);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteStartArray(nodes.Count);
        foreach (var node in nodes) writer.WriteByteString(node);
        writer.WriteEndArray();
        binding.Write(writer);
        writer.WriteEndArray();
        return writer.Encode();
    }

    private static bool TryPayload(CoseSign1 sign1, [NotNullWhen(true)] out CompactPresentation? presentation, ref string reason)
    {
        presentation = null;
        var reader = CompactCbor.Reader(sign1.Payload);
        CompactCbor.ReadArray(reader, 4, 4);
        if (!CompactIssuerPart.TryParse(reader.ReadEncodedValue().Span, out var issuer, out reason)) return false;
        reason = "compact_malformed";

        var disclosed = new (int Index, CompactLeaf Leaf)[CompactCbor.ReadArray(reader, 0, issuer!.Count)];
        for (var at = 0; at < disclosed.Length; at++)
        {
            CompactCbor.ReadArray(reader, 4, 4);
            var index = (int)CompactCbor.ReadInteger(reader, at == 0 ? 0 : disclosed[at - 1].Index + 1, issuer.Count - 1);
            disclosed[at] = (index, CompactLeaf.ReadMembers(reader));
            reader.ReadEndArray();
        }

        reader.ReadEndArray();
        if (disclosed.DistinctBy(d => d.Leaf.Key).Count() != disclosed.Length) return false;

        var nodes = new byte[CompactCbor.ReadArray(reader, 0, ClaimTree.MaxLeaves)][];
        for (var at = 0; at < nodes.Length; at++) nodes[at] = CompactCbor.ReadBytes(reader, 32);
        reader.ReadEndArray();
        var binding = ProofBinding.Read(reader);
        reader.ReadEndArray();

        presentation = new CompactPresentation(sign1, issuer, disclosed, nodes, binding);
        reason = "";
        return true;
    }
}
