using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using System.Security.Cryptography;
using Identity.Credentials.Cose;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Compact;

/// <summary>A verifier's signed question, shown as a QR; a proof answers exactly one.</summary>
public sealed class CompactChallenge
{
    /// <summary>What stands before the Base45 text.</summary>
    public const string Prefix = "IDC:";

    /// <summary>What the verifier's signature is bound to.</summary>
    public const string SignaturePurpose = "identity-challenge-v1";

    /// <summary>Most bytes.</summary>
    public const int MaxBytes = 600;

    /// <summary>Longest purpose and name, UTF-16 units.</summary>
    public const int MaxText = 80;

    /// <summary>Longest id of a purpose.</summary>
    public const int MaxPurposeId = 40;

    private const int Version = 1;
    private const int VersionWithPurpose = 2;
    private const int NonceSize = 16;

    private CompactChallenge(
        byte[] encoded, byte[] nonce, long issuedAt, string type, IReadOnlyList<int> required, IReadOnlyList<int> optional, string purpose, string name, byte[] key, string? purposeId)
    {
        Encoded = encoded;
        Digest = SHA256.HashData(encoded);
        Nonce = nonce;
        IssuedAt = issuedAt;
        Type = type;
        Required = required;
        Optional = optional;
        Purpose = purpose;
        Name = name;
        Key = key;
        PurposeId = purposeId;
    }

    /// <summary>The COSE_Sign1.</summary>
    public byte[] Encoded { get; }

    /// <summary>SHA-256 of it: what the holder's answer is bound to.</summary>
    public byte[] Digest { get; }

    /// <summary>The text of the QR.</summary>
    public string Text => Prefix + Base45.Encode(Encoded);

    /// <summary>16 random bytes.</summary>
    public byte[] Nonce { get; }

    /// <summary>Unix seconds by the verifier's clock; for display only.</summary>
    public long IssuedAt { get; }

    /// <summary>The vct asked for.</summary>
    public string Type { get; }

    /// <summary>Claim keys that must be shown.</summary>
    public IReadOnlyList<int> Required { get; }

    /// <summary>Claim keys that may be shown.</summary>
    public IReadOnlyList<int> Optional { get; }

    /// <summary>Why, in the verifier's words.</summary>
    public string Purpose { get; }

    /// <summary>Who asks, by their own statement; not registered, not proven.</summary>
    public string Name { get; }

    /// <summary>The key of the signature, 33 bytes compressed.</summary>
    public byte[] Key { get; }

    /// <summary>The registered purpose that the verifier asks for, or null (form 1 names none).</summary>
    public string? PurposeId { get; }

    /// <summary>Signs a question; with a purpose's id in form 2, else in form 1. Throws <see cref="ArgumentException"/> where it does not fit the form.</summary>
    public static CompactChallenge Create(
        byte[] nonce, long issuedAt, string type, IReadOnlyList<int> required, IReadOnlyList<int> optional, string purpose, string name, ISigner verifierKey, string? purposeId = null)
    {
        var writer = CompactCbor.Writer();
        writer.WriteStartArray(purposeId is null ? 9 : 10);
        writer.WriteInt32(purposeId is null ? Version : VersionWithPurpose);
        writer.WriteByteString(nonce);
        writer.WriteInt64(issuedAt);
        writer.WriteTextString(type);
        WriteKeys(writer, required);
        WriteKeys(writer, optional);
        writer.WriteTextString(purpose);
        writer.WriteTextString(name);
        writer.WriteByteString(verifierKey.PublicKey.Compressed());
        if (purposeId is not null) writer.WriteTextString(purposeId);
        writer.WriteEndArray();
        var sign1 = CoseSign1.Sign(writer.Encode(), SignaturePurpose, verifierKey);
        return TryParse(Prefix + Base45.Encode(sign1.Encoded), out var challenge, out var reason)
            ? challenge
            : throw new ArgumentException($"The challenge does not fit its form: {reason}.");
    }

    /// <summary>
    /// Reads <c>IDC:…</c> and verifies its signature by the key it names.
    /// Reasons: <c>prefix</c>, <c>base45</c>, <c>cbor_…</c>, <c>cose_…</c>, <c>challenge_malformed</c>, <c>challenge_version</c>, <c>challenge_signature</c>.
    /// </summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out CompactChallenge? challenge, out string reason)
    {
        challenge = null;
        if (!CompactText.TryOpen(text, Prefix, MaxBytes, namesKey: false, out var sign1, out reason)) return false;
        if (!TryPayload(sign1.Encoded, sign1.Payload, out var read, out var verifier, out reason)) return false;

        reason = "challenge_signature";
        if (!VerificationKey.TryImport(verifier, out var key, out _)) return false;
        using (key)
        {
            if (!sign1.Verify(key!, SignaturePurpose)) return false;
        }

        challenge = read;
        reason = "";
        return true;
    }

    private static bool TryPayload(byte[] encoded, byte[] payload, [NotNullWhen(true)] out CompactChallenge? challenge, [NotNullWhen(true)] out Jwk? verifier, out string reason)
    {
        (challenge, verifier) = (null, null);
        reason = "challenge_malformed";
        try
        {
            var reader = CompactCbor.Reader(payload);
            var members = CompactCbor.ReadArray(reader, 1, 64);
            var version = CompactCbor.ReadSmall(reader);
            if (version is not (Version or VersionWithPurpose))
            {
                reason = "challenge_version";
                return false;
            }

            if (members != (version == Version ? 9 : 10)) return false;
            var nonce = CompactCbor.ReadBytes(reader, NonceSize);
            var issuedAt = CompactCbor.ReadInteger(reader, 0, CompactCbor.MaxTime);
            var type = CompactCbor.ReadText(reader, CompactIssuerPart.MaxType);
            var required = ReadKeys(reader);
            var optional = ReadKeys(reader);
            var purpose = CompactCbor.ReadText(reader, MaxText);
            var name = CompactCbor.ReadText(reader, MaxText);
            var key = CompactCbor.ReadBytes(reader, 33);
            var purposeId = version == Version ? null : CompactCbor.ReadText(reader, MaxPurposeId);
            reader.ReadEndArray();
            if (type.Length == 0 || purposeId?.Length == 0 || required.Concat(optional).Distinct().Count() != required.Length + optional.Length) return false;
            if (!Jwk.TryFromCompressed(key, out verifier)) return false;
            challenge = new CompactChallenge(encoded, nonce, issuedAt, type, required, optional, purpose, name, key, purposeId);
            reason = "";
            return true;
        }
        catch (Exception refused) when (CompactCbor.IsRefusal(refused))
        {
            return false;
        }
    }

    private static void WriteKeys(CborWriter writer, IReadOnlyList<int> keys)
    {
        writer.WriteStartArray(keys.Count);
        foreach (var key in keys) writer.WriteInt32(key);
        writer.WriteEndArray();
    }

    private static int[] ReadKeys(CborReader reader)
    {
        var keys = new int[CompactCbor.ReadArray(reader, 0, ClaimTree.MaxLeaves)];
        for (var at = 0; at < keys.Length; at++) keys[at] = CompactCbor.ReadSmall(reader);
        reader.ReadEndArray();
        return keys;
    }
}
