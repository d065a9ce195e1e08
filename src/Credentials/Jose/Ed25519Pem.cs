using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Identity.Credentials.Jose;

/// <summary>A private Ed25519 key as text: PKCS #8 (RFC 8410) in PEM, as <c>openssl genpkey -algorithm ed25519</c> writes it.</summary>
public static class Ed25519Pem
{
    private const string Label = "PRIVATE KEY";
    private const string Ed25519Oid = "1.3.101.112";

    /// <summary>The key as text: a secret.</summary>
    public static string Write(Ed25519Key key)
    {
        var inner = new AsnWriter(AsnEncodingRules.DER);
        inner.WriteOctetString(key.ToSeed());
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            using (writer.PushSequence()) writer.WriteObjectIdentifier(Ed25519Oid);
            writer.WriteOctetString(inner.Encode());
        }

        return PemEncoding.WriteString(Label, writer.Encode()) + "\n";
    }

    /// <summary>Reads a key; false where the text holds none.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out Ed25519Key? key)
    {
        key = null;
        if (!PemEncoding.TryFind(text, out var pem) || text[pem.Label] != Label) return false;
        try
        {
            var sequence = new AsnReader(Convert.FromBase64String(text[pem.Base64Data]), AsnEncodingRules.DER).ReadSequence();
            sequence.ReadInteger();
            if (sequence.ReadSequence().ReadObjectIdentifier() != Ed25519Oid) return false;
            var seed = new AsnReader(sequence.ReadOctetString(), AsnEncodingRules.DER).ReadOctetString();
            if (seed.Length != 32) return false;
            key = Ed25519Key.FromSeed(seed);
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
