using System.Security.Cryptography;
using System.Text.Json.Nodes;
using static Identity.Credentials.Tests.Compact.VectorWriter;

namespace Identity.Credentials.Tests.Compact;

/// <summary>Signatures at their edges, and which of two faults is named.</summary>
internal static partial class EdgeVectors
{
    private static IEnumerable<JsonObject> Signatures()
    {
        foreach (var kind in new[] { "challenge", "issued", "proof", "paper" })
        {
            var stage = kind == "challenge" || kind == "proof" ? "holder" : "issuer";
            JsonObject Signed(string name, Func<byte[], byte[]> change, bool taken = false) => Make(kind, name, taken ? null : stage, f =>
            {
                if (kind is "issued" or "paper") f.IssuerSignature = change;
                else f.ChallengeSignature = f.HolderSignature = change;
            });
            yield return Signed("the other s of the signature", s => [.. s[..32], .. Other(s[32..])], true);
            yield return Signed("r of 0", s => [.. new byte[32], .. s[32..]]);
            yield return Signed("s of 0", s => [.. s[..32], .. new byte[32]]);
            yield return Signed("r is the order", s => [.. Order, .. s[32..]]);
            yield return Signed("s is the order", s => [.. s[..32], .. Order]);
            yield return Signed("r and s exchanged", s => [.. s[32..], .. s[..32]]);
            yield return Signed("r and s of ones", _ => [.. Enumerable.Repeat((byte)0xFF, 64)]);
            if (kind == "challenge") continue;

            yield return Known(Good(kind, "two keys under the issuer's key id, the second fits"), "stranger", "issuer");
            yield return Known(Make(kind, "two keys under the issuer's key id, neither fits", "issuer"), "stranger", "verifier");
            yield return Known(Make(kind, "no key under the issuer's key id", "issuer"));
        }

        foreach (var kind in new[] { "challenge", "proof" })
        {
            void Header(Forge f, byte[] header) => f.ChallengeHeader = f.HolderHeader = header;
            yield return Bad(kind, "algorithm in more bytes than needed", f => Header(f, [0xA1, 0x01, 0x38, 0x06]));
            yield return Bad(kind, "header as a list", f => Header(f, [0x82, 0x01, 0x26]));
            yield return Bad(kind, "a byte after the header", f => Header(f, [0xA1, 0x01, 0x26, 0x00]));
            yield return Bad(kind, "a content type in the header", f => Header(f, [0xA2, 0x01, 0x26, 0x03, 0x00]));
            yield return Bad(kind, "unprotected as null", f => f.ChallengeUnprotected = f.HolderUnprotected = Raw.Null);
            yield return Bad(kind, "signature of 65 bytes", f => f.ChallengeSignature = f.HolderSignature = s => [.. s, 0]);
        }

        foreach (var kind in new[] { "issued", "proof", "paper" })
        {
            yield return Bad(kind, "issuer's key id of 9 bytes", f => f.IssuerHeader = [0xA2, 0x01, 0x26, 0x04, 0x49, .. f.IssuerKey.PublicKey.Thumbprint()[..9]]);
            yield return Bad(kind, "issuer's unprotected header", f => f.IssuerUnprotected = [0xA1, 0x01, 0x26]);
            yield return Bad(kind, "issuer's signature of 63 bytes", f => f.IssuerSignature = s => s[..63]);
            yield return Bad(kind, "issuer's payload is detached", f => f.IssuerPart = _ => Raw.Array(Raw.Bytes(Forge.KeyIdHeader(f.IssuerKey)), [0xA0], Raw.Null, Raw.Bytes(new byte[64])));
            yield return Bad(kind, "issuer's payload as a list", f => f.IssuerPart = _ => Raw.Array(Raw.Bytes(Forge.KeyIdHeader(f.IssuerKey)), [0xA0], Raw.Array(), Raw.Bytes(new byte[64])));
            yield return Bad(kind, "issuer's structure of five", f => f.IssuerPart = p => [0x85, .. p[1..], 0xF6]);
        }
    }

    /// <summary>The keys that the reader knows under the key id of the form. What two keys share is eight bytes of a digest, so the vector says it of keys that do not.</summary>
    private static JsonObject Known(JsonObject vector, params string[] known)
    {
        vector["known"] = new JsonArray([.. known.Select(k => (JsonNode)k)]);
        if ((string?)vector["stage"] == "issuer") vector["reason"] = known.Length == 0 ? "issuer_unknown" : "altered";
        return vector;
    }

    private static byte[] Other(byte[] s)
    {
        var other = new System.Numerics.BigInteger(Order, true, true) - new System.Numerics.BigInteger(s, true, true);
        var bytes = other.ToByteArray(true, true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }

    /// <summary>Two faults in one: the earlier stage is named.</summary>
    private static IEnumerable<JsonObject> Orders()
    {
        void Root(Forge f) => f.IssuerMembers = m => m[6] = Raw.Bytes(new byte[32]);
        void Issuer(Forge f) => f.IssuerSignature = _ => new byte[64];
        void Holder(Forge f) => f.HolderSignature = _ => new byte[64];
        void Binding(Forge f) => f.Binding = SHA256.HashData("another"u8);
        void Form(Forge f) => f.Claims[2] = (new byte[15], 3L, "x");
        void FormOfPaper(Forge f) => f.PaperMembers = m => m[6] = Raw.Bytes(new byte[15]);

        yield return Make("issued", "the form before the root", "form", f => { Form(f); Root(f); });
        yield return Make("issued", "the root before the issuer", "root", f => { Root(f); Issuer(f); });
        yield return Make("proof", "the form before the root", "form", f => { Form(f); Root(f); });
        yield return Make("proof", "the root before the issuer", "root", f => { Root(f); Issuer(f); });
        yield return Make("proof", "the root before the holder", "root", f => { Root(f); Holder(f); });
        yield return Make("proof", "the issuer before the holder", "issuer", f => { Issuer(f); Holder(f); });
        yield return Make("proof", "the holder before the binding", "holder", f => { Holder(f); Binding(f); });
        yield return Make("proof", "the issuer before the binding", "issuer", f => { Issuer(f); Binding(f); });
        yield return Make("paper", "the form before the issuer", "form", f => { FormOfPaper(f); Issuer(f); });
        yield return Make("challenge", "the form before its signature", "form", f => (f.ChallengeMembers, f.ChallengeSignature) = (m => m[1] = Raw.Bytes(new byte[15]), _ => new byte[64]));
    }
}
