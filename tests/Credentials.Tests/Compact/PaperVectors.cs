using System.Text.Json.Nodes;
using System.Security.Cryptography;
using Identity.Credentials.Cose;
using static Identity.Credentials.Tests.Compact.VectorWriter;

namespace Identity.Credentials.Tests.Compact;

/// <summary>What tests/vectors/compact/paper.json holds: papers, and one fault for every rule of the form.</summary>
internal static class PaperVectors
{
    public static IEnumerable<JsonObject> All() => Accepted().Concat(Texts()).Concat(Envelopes()).Concat(Contents()).Concat(Values());

    private static JsonObject Vector(string name, string text, string? stage) =>
        Result(new JsonObject { ["name"] = name, ["kind"] = "paper", ["text"] = text, ["issuerKey"] = "issuer" }, stage);

    private static JsonObject Bent(string name, Action<Forge> bend, string stage = "form")
    {
        var forge = new Forge();
        bend(forge);
        return Vector(name, "IDD:" + Base45.Encode(forge.MakePaper()), stage);
    }

    private static JsonObject Claim(string name, object key, object value) => Bent(name, f => f.Claims[2] = ([], key, value));

    private static IEnumerable<JsonObject> Accepted()
    {
        foreach (var (name, bend) in new (string, Action<Forge>)[]
        {
            ("three claims", _ => { }),
            ("seven claims, in two scripts", f => f.Shown = [0, 1, 2, 3, 4, 5, 6]),
            ("one claim", f => f.Shown = [0]),
            ("no dates", f => f.PaperMembers = m => (m[2], m[3]) = (Raw.Null, Raw.Null)),
            ("every kind of value", f => f.Claims.AddRange([([], 10L, true), ([], 11L, -1L), ([], 12L, new[] { "XT", "XN" }), ([], 2147483647L, 9007199254740991L)])),
            ("keys in no order", f => f.Shown = [6, 2, 0]),
            ("the first number of a list and its last, the last second", f => f.PaperMembers = m => (m[3], m[4], m[5]) = (Raw.Int(253_402_300_799), Raw.Int(0), Raw.Int(2147483647))),
            ("64 claims", f => { f.Claims.Clear(); f.Claims.AddRange(Enumerable.Range(0, 64).Select(i => (Array.Empty<byte>(), (object)(long)i, (object)(long)i))); f.Shown = [.. Enumerable.Range(0, 64)]; }),
            ("600 bytes", f => f.Claims[2] = ([], 3L, new string('x', 600 - Size(f)))),
        })
        {
            var forge = new Forge();
            bend(forge);
            if (name.StartsWith("every", StringComparison.Ordinal)) forge.Shown = [.. Enumerable.Range(0, forge.Claims.Count)];
            var bytes = forge.MakePaper();
            var vector = Vector(name, "IDD:" + Base45.Encode(bytes), null);
            Describe(vector, forge, forge.Shown);
            foreach (var member in new[] { "holder", "root", "count", "status" }) vector.Remove(member);
            vector["entry"] = Hex(SHA256.HashData(bytes));
            yield return vector;
        }
    }

    /// <summary>Bytes of the paper without the title, whose own head takes three.</summary>
    private static int Size(Forge forge)
    {
        forge.Claims[2] = ([], 3L, new string('x', 300));
        return forge.MakePaper().Length - 300;
    }

    private static IEnumerable<JsonObject> Texts()
    {
        var good = new Forge().MakePaper();
        var text = "IDD:" + Base45.Encode(good);
        yield return Vector("prefix of a proof", "IDP:" + text[4..], "form");
        yield return Vector("prefix missing", text[4..], "form");
        yield return Vector("prefix in lower case", "idd:" + text[4..], "form");
        yield return Vector("lower case Base45", "IDD:" + text[4..].ToLowerInvariant(), "form");
        yield return Vector("a dangling Base45 character", (text.Length - 4) % 3 == 0 ? text + "0" : text + "00", "form");
        yield return Vector("a Base45 group that overflows", "IDD:" + ":::" + text[7..], "form");
        yield return Vector("white space after the text", text + "\n", "form");
        yield return Vector("nothing after the prefix", "IDD:", "form");
        yield return Vector("trailing byte", "IDD:" + Base45.Encode([.. good, 0]), "form");
        yield return Vector("truncated", "IDD:" + Base45.Encode(good[..^1]), "form");
        yield return Vector("array of unknown length", "IDD:" + Base45.Encode([0x9F, .. good[1..], 0xFF]), "form");
        yield return Vector("longer length than needed", "IDD:" + Base45.Encode([0x98, 0x04, .. good[1..]]), "form");
        yield return Vector("tag of COSE_Sign1", "IDD:" + Base45.Encode([0xD2, .. good]), "form");
        yield return Vector("depth bomb", "IDD:" + Base45.Encode([.. Enumerable.Repeat((byte)0x81, 590), 0x00]), "form");
        yield return Vector("a claimed length of four gigabytes", "IDD:" + Base45.Encode([0x84, 0x5A, 0xFF, 0xFF, 0xFF, 0xFF, .. good[1..100]]), "form");
        yield return Vector("an issuer part in its place", "IDD:" + Base45.Encode(new Forge().MakeIssuerPart()), "form");
        yield return Vector("a proof in its place", "IDD:" + Base45.Encode(new Forge { Shown = [] }.MakeProof()), "form");
    }

    private static IEnumerable<JsonObject> Envelopes()
    {
        yield return Bent("no key id", f => f.IssuerHeader = Forge.Plain);
        yield return Bent("key id only in the unprotected header", f => (f.IssuerHeader, f.IssuerUnprotected) = (Forge.Plain, [0xA1, 0x04, 0x48, .. f.IssuerKey.PublicKey.Thumbprint()[..8]]));
        yield return Bent("key id of 7 bytes", f => f.IssuerHeader = [0xA2, 0x01, 0x26, 0x04, 0x47, .. f.IssuerKey.PublicKey.Thumbprint()[..7]]);
        yield return Bent("algorithm EdDSA", f => f.IssuerHeader = [0xA2, 0x01, 0x27, 0x04, 0x48, .. f.IssuerKey.PublicKey.Thumbprint()[..8]]);
        yield return Bent("header members out of order", f => f.IssuerHeader = [0xA2, 0x04, 0x48, .. f.IssuerKey.PublicKey.Thumbprint()[..8], 0x01, 0x26]);
        yield return Bent("a critical header", f => f.IssuerHeader = [0xA3, 0x01, 0x26, 0x02, 0x81, 0x18, 0x63, 0x04, 0x48, .. f.IssuerKey.PublicKey.Thumbprint()[..8]]);
        yield return Bent("an unprotected header", f => f.IssuerUnprotected = [0xA1, 0x01, 0x26]);
        yield return Bent("signature of 65 bytes", f => f.IssuerSignature = s => [.. s, 0]);
        yield return Bent("signature empty", f => f.IssuerSignature = _ => []);
        yield return Bent("signature of zeroes", f => f.IssuerSignature = _ => new byte[64], "issuer");
        yield return Bent("signature with one bit changed", f => f.IssuerSignature = s => [.. s[..63], (byte)(s[63] ^ 1)], "issuer");
        yield return Bent("signature made for an issuer part", f => f.PaperPurpose = "identity-compact-issuer-v1", "issuer");
        yield return Bent("signature without purpose", f => f.PaperPurpose = "", "issuer");
        yield return Bent("a claim changed after signing", f => f.SignedPayload = p => [.. p[..^1], (byte)(p[^1] ^ 1)], "issuer");
        var stranger = new Forge { IssuerKey = Fixed.Key("stranger"), IssuerHeader = Forge.KeyIdHeader(Fixed.Key("issuer")) };
        yield return Vector("signature by another key under the issuer's key id", "IDD:" + Base45.Encode(stranger.MakePaper()), "issuer");
    }

    private static IEnumerable<JsonObject> Contents()
    {
        yield return Bent("601 bytes", f => f.Claims[2] = ([], 3L, new string('x', 601 - Size(f))));
        yield return Bent("trailing byte in the signed payload", f => f.Payload = p => [.. p, 0]);
        yield return Bent("payload array of unknown length", f => f.Payload = p => [0x9F, .. p[1..], 0xFF]);
        yield return Bent("version 2", f => f.PaperMembers = m => m[0] = Raw.Int(2));
        yield return Bent("version as text", f => f.PaperMembers = m => m[0] = Raw.Text("1"));
        yield return Bent("an extra member", f => f.PaperMembers = m => m.Add(Raw.Int(0)));
        yield return Bent("a missing member", f => f.PaperMembers = m => m.RemoveAt(6));
        yield return Bent("an empty type", f => f.PaperMembers = m => m[1] = Raw.Text(""));
        yield return Bent("a type of 121 characters", f => f.PaperMembers = m => m[1] = Raw.Text(new string('t', 121)));
        yield return Bent("a negative date", f => f.PaperMembers = m => m[2] = Raw.Int(-1));
        yield return Bent("a date past the year 9999", f => f.PaperMembers = m => m[3] = Raw.Int(253_402_300_800));
        yield return Bent("a date as fraction", f => f.PaperMembers = m => m[3] = [0xF9, 0x7E, 0x00]);
        yield return Bent("a negative number of a list", f => f.PaperMembers = m => m[4] = Raw.Int(-1));
        yield return Bent("a status index of 2^31", f => f.PaperMembers = m => m[5] = Raw.Int(2147483648));
        yield return Bent("a salt of 15 bytes", f => f.PaperMembers = m => m[6] = Raw.Bytes(new byte[15]));
        yield return Bent("a salt of 17 bytes", f => f.PaperMembers = m => m[6] = Raw.Bytes(new byte[17]));
        yield return Bent("no salt", f => f.PaperMembers = m => m[6] = Raw.Null);
        yield return Bent("no claim", f => f.Shown = []);
        yield return Bent("65 claims", f => f.PaperClaims = c => { c.Clear(); c.AddRange(Enumerable.Range(0, 65).Select(i => Raw.Array(Raw.Int(i), Raw.Int(0)))); });
        yield return Bent("claims as a map", f => f.PaperMembers = m => m[7] = [0xA1, 0x01, 0x61, 0x78]);
        yield return Bent("a claim with a salt", f => f.PaperClaims = c => c[0] = Raw.Array(Raw.Bytes(new byte[16]), Raw.Int(1), Raw.Text("x")));
        yield return Bent("a claim without a value", f => f.PaperClaims = c => c[0] = Raw.Array(Raw.Int(1)));
        yield return Bent("the same claim twice", f => f.Shown = [0, 0]);
        yield return Bent("two values of one claim", f => f.Claims[2] = ([], 1L, "x"));
    }

    private static IEnumerable<JsonObject> Values()
    {
        yield return Claim("a negative claim key", -3L, "x");
        yield return Claim("a claim key as text", "3", "x");
        yield return Claim("a claim key of 2^31", 2147483648L, "x");
        yield return Claim("a fraction as value", 3L, new byte[] { 0xF9, 0x3E, 0x00 });
        yield return Claim("null as value", 3L, Raw.Null);
        yield return Claim("undefined as value", 3L, new byte[] { 0xF7 });
        yield return Claim("bytes as value", 3L, Raw.Bytes([1]));
        yield return Claim("a map as value", 3L, new byte[] { 0xA1, 0x01, 0x02 });
        yield return Claim("a tagged date as value", 3L, new byte[] { 0xC1, 0x00 });
        yield return Claim("a number in a list of texts", 3L, Raw.Array(Raw.Int(1)));
        yield return Claim("a list of 33 texts", 3L, Enumerable.Repeat("a", 33).ToArray());
        yield return Claim("text that is not UTF-8", 3L, Raw.Text([0xC3, 0x28]));
        yield return Claim("a number past 2^53", 3L, 9007199254740992L);
        yield return Claim("a number before -2^53", 3L, -9007199254740992L);
        yield return Claim("a longer number than needed", 3L, new byte[] { 0x18, 0x05 });
    }
}
