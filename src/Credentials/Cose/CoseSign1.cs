using System.Formats.Cbor;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Cose;

/// <summary>
/// A COSE_Sign1 of RFC 9052 §4.2 in the one form used here: untagged array of protected header bytes, an empty unprotected map,
/// payload and signature. The algorithm is ES256 and stands in the protected header, alone or with an 8-byte key id.
/// </summary>
public sealed class CoseSign1
{
    /// <summary>Bytes of a key id.</summary>
    public const int KeyIdSize = 8;

    /// <summary>Bytes of an ES256 signature.</summary>
    public const int SignatureSize = 64;

    private static readonly byte[] PlainHeader = [0xA1, 0x01, 0x26]; // {1: -7}
    private static readonly byte[] KeyIdHeader = [0xA2, 0x01, 0x26, 0x04, 0x48]; // {1: -7, 4: 8 bytes}

    private CoseSign1(byte[]? keyId, byte[] payload, byte[] signature)
    {
        KeyId = keyId;
        Payload = payload;
        Signature = signature;
        Encoded = Write();
    }

    /// <summary>First eight bytes of the signer's JWK thumbprint, where the header has a key id.</summary>
    public byte[]? KeyId { get; }

    /// <summary>What is signed.</summary>
    public byte[] Payload { get; }

    /// <summary>r ‖ s, 64 bytes.</summary>
    public byte[] Signature { get; }

    /// <summary>The deterministic bytes of the whole array.</summary>
    public byte[] Encoded { get; }

    private byte[] Protected => KeyId is null ? PlainHeader : [.. KeyIdHeader, .. KeyId];

    /// <summary>Signs. The external data bind the signature to its purpose, so that it cannot be reused for another.</summary>
    public static CoseSign1 Sign(byte[] payload, string externalData, ISigner signer, byte[]? keyId = null)
    {
        if (signer.Algorithm != "ES256") throw new ArgumentException("The compact forms are signed with ES256.", nameof(signer));
        if (keyId is not null && keyId.Length != KeyIdSize) throw new ArgumentException("A key id has 8 bytes.", nameof(keyId));
        var header = keyId is null ? PlainHeader : [.. KeyIdHeader, .. keyId];
        return new CoseSign1(keyId, payload, signer.Sign(ToBeSigned(header, externalData, payload)));
    }

    /// <summary>Reads one; the signature is judged by <see cref="Verify"/>. Reasons: those of <see cref="CborLimits"/>, <c>cose_malformed</c>, <c>cose_header</c>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, int maxBytes, out CoseSign1? parsed, out string reason)
    {
        parsed = null;
        if (!CborLimits.TryCheck(bytes, maxBytes, out reason)) return false;
        reason = "cose_malformed";
        try
        {
            var reader = new CborReader(bytes.ToArray(), CborConformanceMode.Canonical);
            if (reader.ReadStartArray() != 4) return false;
            var header = reader.ReadByteString();
            if (reader.ReadStartMap() != 0) return false;
            reader.ReadEndMap();
            var payload = reader.ReadByteString();
            var signature = reader.ReadByteString();
            reader.ReadEndArray();
            if (signature.Length != SignatureSize) return false;

            reason = "cose_header";
            if (!TryHeader(header, out var keyId)) return false;
            parsed = new CoseSign1(keyId, payload, signature);
            reason = "";
            return true;
        }
        catch (Exception refused) when (refused is CborContentException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Whether the key made the signature for this purpose.</summary>
    public bool Verify(VerificationKey key, string externalData) =>
        key.Algorithm == "ES256" && key.Verify(ToBeSigned(Protected, externalData, Payload), Signature);

    /// <summary>Sig_structure, RFC 9052 §4.4.</summary>
    private static byte[] ToBeSigned(byte[] header, string externalData, byte[] payload)
    {
        var writer = new CborWriter(CborConformanceMode.Canonical, initialCapacity: payload.Length + 128);
        writer.WriteStartArray(4);
        writer.WriteTextString("Signature1");
        writer.WriteByteString(header);
        writer.WriteByteString(System.Text.Encoding.ASCII.GetBytes(externalData));
        writer.WriteByteString(payload);
        writer.WriteEndArray();
        return writer.Encode();
    }

    private static bool TryHeader(ReadOnlySpan<byte> header, out byte[]? keyId)
    {
        keyId = null;
        if (header.SequenceEqual(PlainHeader)) return true;
        if (header.Length != KeyIdHeader.Length + KeyIdSize || !header.StartsWith(KeyIdHeader)) return false;
        keyId = header[KeyIdHeader.Length..].ToArray();
        return true;
    }

    private byte[] Write()
    {
        var writer = new CborWriter(CborConformanceMode.Canonical, initialCapacity: Payload.Length + 128);
        writer.WriteStartArray(4);
        writer.WriteByteString(Protected);
        writer.WriteStartMap(0);
        writer.WriteEndMap();
        writer.WriteByteString(Payload);
        writer.WriteByteString(Signature);
        writer.WriteEndArray();
        return writer.Encode();
    }
}
