using System.Formats.Asn1;
using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Hosting;

namespace Identity.Ledger.Log;

/// <summary>The file of the key that signs checkpoints: PKCS #8 (RFC 8410) in PEM, as <c>openssl genpkey -algorithm ed25519</c> writes it.</summary>
public static class LogKeyFile
{
    private const string Label = "PRIVATE KEY";
    private const string Ed25519Oid = "1.3.101.112";

    /// <summary>Writes a new key to a new file that only its owner can read.</summary>
    public static Ed25519Key Create(string path)
    {
        var key = Ed25519Key.Create();
        Write(path, key);
        return key;
    }

    /// <summary>Writes a key to a new file that only its owner can read.</summary>
    internal static void Write(string path, Ed25519Key key)
    {
        using var file = new StreamWriter(path, PrivateFiles.Options(FileMode.CreateNew));
        file.Write(PemEncoding.WriteString(Label, Encode(key.ToSeed())) + "\n");
    }

    /// <summary>Reads the key.</summary>
    /// <exception cref="InvalidOperationException">The file is missing or holds no Ed25519 key; the message says which.</exception>
    public static Ed25519Key Load(string path)
    {
        if (!File.Exists(path)) throw new InvalidOperationException($"The log's signing key {path} does not exist. Create it with: openssl genpkey -algorithm ed25519 -out {path}");
        var text = File.ReadAllText(path);
        if (PemEncoding.TryFind(text, out var pem) && text[pem.Label] == Label && TryDecode(Convert.FromBase64String(text[pem.Base64Data]), out var seed)) return Ed25519Key.FromSeed(seed);
        throw new InvalidOperationException($"{path} holds no Ed25519 private key (PKCS #8, PEM).");
    }

    private static byte[] Encode(byte[] seed)
    {
        var inner = new AsnWriter(AsnEncodingRules.DER);
        inner.WriteOctetString(seed);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            using (writer.PushSequence()) writer.WriteObjectIdentifier(Ed25519Oid);
            writer.WriteOctetString(inner.Encode());
        }

        return writer.Encode();
    }

    private static bool TryDecode(byte[] der, out byte[] seed)
    {
        seed = [];
        try
        {
            var key = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
            key.ReadInteger();
            if (key.ReadSequence().ReadObjectIdentifier() != Ed25519Oid) return false;
            seed = new AsnReader(key.ReadOctetString(), AsnEncodingRules.DER).ReadOctetString();
            return seed.Length == 32;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
