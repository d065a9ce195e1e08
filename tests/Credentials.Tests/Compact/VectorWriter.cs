using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Cose;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Tests.Compact;

/// <summary>
/// Writes tests/vectors/compact. Signatures are random, so the files are made once and kept: run with
/// <c>IDENTITY_WRITE_VECTORS=rolling,proof</c> to make those named anew after a change of the format.
/// </summary>
public sealed class VectorWriter
{
    private const string About =
        " Every refused vector differs from an accepted one in a single thing, named by 'name'; everything after it is signed anew unless the fault is a signature."
        + " 'stage' says which step refuses: form, root, issuer, holder, binding. Keys are test keys with their private part 'd'; they protect nothing.";

    [Fact]
    public void Vectors_are_written_when_asked()
    {
        var wanted = Environment.GetEnvironmentVariable("IDENTITY_WRITE_VECTORS")?.Split(',') ?? [];
        void Write(string kind, string about, IEnumerable<JsonObject> vectors)
        {
            if (wanted.Contains(kind)) VectorFile.Write(kind, about, vectors);
        }

        Write("claims", "Claim trees: 'leaf' is CBOR [salt, key, value], hash SHA-256(0x10 ‖ leaf); 'shown' are indices, 'nodes' the hashes of the rest in order." + About, Claims());
        Write("issued", "Issued form of the compact credential, 'hex'." + About, Issued());
        Write("challenge", "Challenges: 'text' is IDC: and Base45." + About, Challenges());
        Write("proof", "Proofs: 'text' is IDP: and Base45; 'binding' is the digest of the challenge that the verifier showed, 'issuerKey' the key it knows for the key id." + About, Proofs());
        Write("rolling", "Proofs bound to a time instead of a challenge: 'rolling' is what they state, 'now' the verifier's clock, 'verdict' what a window of 120 s says: within or replayed." + About, RollingVectors.All());
        Write("cbor", "Single items of CBOR, 'hex', read with at most 16384 bytes and 6 levels: what section 2 takes and refuses." + About, CborVectors.All());
        Write("edges", "Every form at its limits. 'reason' says of the stage form whether it is malformed or unsupported, of the stage issuer whether altered or issuer_unknown; 'known' are the keys that the reader knows under the key id, 'issuerKey' alone where it is absent." + About, EdgeVectors.All());
        Write("paper", "Papers: 'text' is IDD: and Base45, 'entry' what stands in the log." + About, PaperVectors.All());
    }

    private static IEnumerable<JsonObject> Claims()
    {
        var full = new Forge().Claims;
        List<(byte[], object, object)> kinds =
        [
            (Fixed.Bytes("k0", 16), 0L, ""), (Fixed.Bytes("k1", 16), 23L, true), (Fixed.Bytes("k2", 16), 24L, false), (Fixed.Bytes("k3", 16), 255L, -1L),
            (Fixed.Bytes("k4", 16), 256L, 9007199254740991L), (Fixed.Bytes("k5", 16), 65536L, -9007199254740991L),
            (Fixed.Bytes("k6", 16), 2147483647L, new[] { "XT", "XN" }), (Fixed.Bytes("k7", 16), 7L, Array.Empty<string>()), (Fixed.Bytes("k8", 16), 8L, "e\u0301 is not \u00e9 𝒂"),
        ];
        foreach (var (name, claims, shown) in new (string, List<(byte[], object, object)>, int[])[]
        {
            ("one leaf, shown", [full[0]], [0]), ("one leaf, hidden", [full[0]], []), ("two leaves, first", [.. full.Take(2)], [0]),
            ("three leaves, last", [.. full.Take(3)], [2]), ("five leaves, middle", [.. full.Take(5)], [2]), ("seven leaves, none", full, []),
            ("seven leaves, all", full, [0, 1, 2, 3, 4, 5, 6]), ("seven leaves, three", full, [0, 2, 6]), ("every kind of value", kinds, [1, 8]),
            ("64 leaves", [.. Enumerable.Range(0, 64).Select(i => (Fixed.Bytes($"m{i}", 16), (object)(long)i, (object)$"value {i}"))], [5, 40, 63]),
        })
        {
            var forge = new Forge { Claims = claims, Shown = shown };
            var nodes = new List<string>();
            forge.Nodes = n => nodes.AddRange(n.Select(b => Hex(b[2..])));
            forge.MakeProof();
            yield return new JsonObject
            {
                ["name"] = name,
                ["kind"] = "claims",
                ["expected"] = "accept",
                ["leaves"] = new JsonArray([.. claims.Select((c, i) => (JsonNode)new JsonObject
                {
                    ["salt"] = Hex(c.Item1), ["key"] = (long)c.Item2, ["value"] = Json(c.Item3),
                    ["leaf"] = Hex(Raw.Array(Raw.Bytes(c.Item1), Raw.Value(c.Item2), Raw.Value(c.Item3))), ["hash"] = Hex(forge.LeafHash(i)),
                })]),
                ["root"] = Hex(forge.Root(0, claims.Count)),
                ["shown"] = new JsonArray([.. shown.Select(i => (JsonNode)i)]),
                ["nodes"] = new JsonArray([.. nodes.Select(n => (JsonNode)n)]),
            };
        }
    }

    private static IEnumerable<JsonObject> Issued()
    {
        JsonObject Vector(string name, byte[] bytes, string? stage = null) => Result(new JsonObject
        {
            ["name"] = name, ["kind"] = "issued", ["hex"] = Hex(bytes), ["issuerKey"] = "issuer",
        }, stage);

        var good = new Forge();
        var bytes = good.MakeIssued();
        var accepted = Vector("qualification with seven claims", bytes);
        Describe(accepted, good, Enumerable.Range(0, 7));
        accepted["entry"] = Hex(SHA256.HashData(IssuerPartOf(bytes)));
        yield return accepted;

        yield return Vector("trailing byte", [.. bytes, 0], "form");
        yield return Vector("truncated", bytes[..^1], "form");
        yield return Vector("array of unknown length", [0x9F, .. bytes[1..], 0xFF], "form");
        yield return Vector("longer length than needed", [0x98, 0x02, .. bytes[1..]], "form");
        foreach (var (name, bend) in IssuerFaults()) yield return Vector(name, bend.MakeIssued(), bend.Stage());

        var fewer = new Forge();
        var part = fewer.MakeIssuerPart();
        fewer.Claims.RemoveAt(6);
        yield return Vector("a claim left out", Raw.Array(part, Raw.Array([.. Enumerable.Range(0, 6).Select(i => LeafOf(fewer, i))])), "form");
        var swapped = new Forge();
        yield return Vector("two claims swapped", Raw.Array(swapped.MakeIssuerPart(), Raw.Array([.. new[] { 1, 0, 2, 3, 4, 5, 6 }.Select(i => LeafOf(swapped, i))])), "root");
        var other = new Forge();
        var signed = other.MakeIssuerPart();
        other.Claims[0] = (other.Claims[0].Salt, 1L, "Somebody Else");
        yield return Vector("a changed value", Raw.Array(signed, Raw.Array([.. Enumerable.Range(0, 7).Select(i => LeafOf(other, i))])), "root");
        var doubled = new Forge();
        doubled.Claims[6] = (doubled.Claims[6].Salt, 1L, doubled.Claims[6].Value);
        yield return Vector("a claim key twice", doubled.MakeIssued(), "form");
        yield return Vector("depth bomb", [.. Enumerable.Repeat((byte)0x81, 10_000), 0x00], "form");
    }

    private static IEnumerable<JsonObject> Challenges()
    {
        JsonObject Vector(string name, string text, string? stage = null) => Result(new JsonObject { ["name"] = name, ["kind"] = "challenge", ["text"] = text }, stage);
        JsonObject Bent(string name, string stage, Action<Forge> bend)
        {
            var forge = new Forge();
            bend(forge);
            return Vector(name, "IDC:" + Base45.Encode(forge.MakeChallenge()), stage);
        }

        var good = new Forge();
        var text = "IDC:" + Base45.Encode(good.MakeChallenge());
        var accepted = Vector("two required, one optional", text);
        accepted["digest"] = Hex(SHA256.HashData(good.MakeChallenge()));
        accepted["challenge"] = new JsonObject
        {
            ["nonce"] = Hex(Fixed.Bytes("nonce", 16)), ["issuedAt"] = 1_760_000_000, ["type"] = good.Type,
            ["required"] = new JsonArray(1, 3), ["optional"] = new JsonArray(9), ["purpose"] = "Welding job on site 14", ["name"] = "Harbour Yard",
            ["key"] = Hex(good.VerifierKey.PublicKey.Compressed()),
        };
        yield return accepted;
        var bare = new Forge { ChallengeMembers = m => (m[4], m[5], m[6], m[7]) = (Raw.Array(), Raw.Array(), Raw.Text(""), Raw.Text("")) };
        yield return Vector("nothing asked, no words", "IDC:" + Base45.Encode(bare.MakeChallenge()));
        var longest = new Forge { ChallengeMembers = m => m[6] = Raw.Text(string.Concat(Enumerable.Repeat("𝒂", 40))) };
        yield return Vector("purpose of 80 UTF-16 units", "IDC:" + Base45.Encode(longest.MakeChallenge()));

        yield return Vector("prefix of a proof", "IDP:" + text[4..], "form");
        yield return Vector("prefix in lower case", "idc:" + text[4..], "form");
        yield return Vector("prefix missing", text[4..], "form");
        yield return Vector("lower case Base45", "IDC:" + text[4..].ToLowerInvariant(), "form");
        yield return Vector("trailing byte", "IDC:" + Base45.Encode([.. good.MakeChallenge(), 0]), "form");
        yield return Bent("nonce of 15 bytes", "form", f => f.ChallengeMembers = m => m[1] = Raw.Bytes(new byte[15]));
        yield return Bent("version 2", "form", f => f.ChallengeMembers = m => m[0] = Raw.Int(2));
        yield return Bent("an extra member", "form", f => f.ChallengeMembers = m => m.Add(Raw.Int(0)));
        yield return Bent("a missing member", "form", f => f.ChallengeMembers = m => m.RemoveAt(7));
        yield return Bent("a negative time", "form", f => f.ChallengeMembers = m => m[2] = Raw.Int(-1));
        yield return Bent("a time past the year 9999", "form", f => f.ChallengeMembers = m => m[2] = Raw.Int(253_402_300_800));
        yield return Bent("a required key twice", "form", f => f.ChallengeMembers = m => m[4] = Raw.Array(Raw.Int(1), Raw.Int(1)));
        yield return Bent("a key both required and optional", "form", f => f.ChallengeMembers = m => m[5] = Raw.Array(Raw.Int(1)));
        yield return Bent("a negative claim key", "form", f => f.ChallengeMembers = m => m[4] = Raw.Array(Raw.Int(-1)));
        yield return Bent("an empty type", "form", f => f.ChallengeMembers = m => m[3] = Raw.Text(""));
        yield return Bent("purpose of 81 characters", "form", f => f.ChallengeMembers = m => m[6] = Raw.Text(new string('x', 81)));
        yield return Bent("name of 81 characters", "form", f => f.ChallengeMembers = m => m[7] = Raw.Text(new string('x', 81)));
        yield return Bent("purpose that is not UTF-8", "form", f => f.ChallengeMembers = m => m[6] = Raw.Text([0xC3, 0x28]));
        yield return Bent("more than 600 bytes", "form", f => f.ChallengeMembers = m =>
            (m[4], m[5]) = (Raw.Array([.. Enumerable.Range(100_000, 60).Select(i => Raw.Int(i))]), Raw.Array([.. Enumerable.Range(200_000, 30).Select(i => Raw.Int(i))])));
        yield return Bent("key off the curve", "form", f => f.ChallengeMembers = m => m[8] = Raw.Bytes(OffCurve()));
        yield return Bent("key in uncompressed form", "form", f => f.ChallengeMembers = m => m[8] = Raw.Bytes([4, .. new byte[32]]));
        yield return Bent("header with a key id", "form", f => f.ChallengeHeader = Forge.KeyIdHeader(f.VerifierKey));
        yield return Bent("an unprotected header", "form", f => f.ChallengeUnprotected = [0xA1, 0x01, 0x26]);
        yield return Bent("signature by another key", "holder", f => f.ChallengeMembers = m => m[8] = Raw.Bytes(Fixed.Key("stranger").PublicKey.Compressed()));
        yield return Bent("signature made for another purpose", "holder", f => f.ChallengePurpose = "identity-compact-holder-v1");
        yield return Bent("signature of zeroes", "holder", f => f.ChallengeSignature = _ => new byte[64]);
        yield return Bent("empty signature", "form", f => f.ChallengeSignature = _ => []);
    }

    private static IEnumerable<JsonObject> Proofs()
    {
        var asked = new Forge();
        var challenge = asked.MakeChallenge();
        JsonObject Vector(string name, string text, string? stage = null) => Result(new JsonObject
        {
            ["name"] = name, ["kind"] = "proof", ["text"] = text, ["issuerKey"] = "issuer", ["challenge"] = "IDC:" + Base45.Encode(challenge), ["binding"] = Hex(SHA256.HashData(challenge)),
        }, stage);
        Forge New(Action<Forge>? bend = null)
        {
            var forge = new Forge();
            forge.UseChallenge(challenge);
            bend?.Invoke(forge);
            return forge;
        }

        JsonObject Good(string name, Action<Forge>? bend = null)
        {
            var forge = New(bend);
            var proof = forge.MakeProof();
            var vector = Vector(name, "IDP:" + Base45.Encode(proof));
            Describe(vector, forge, forge.Shown);
            return vector;
        }

        JsonObject Bent(string name, string stage, Action<Forge> bend) => Vector(name, "IDP:" + Base45.Encode(New(bend).MakeProof()), stage);

        yield return Good("three of seven claims");
        yield return Good("no claim", f => f.Shown = []);
        yield return Good("all claims", f => f.Shown = [0, 1, 2, 3, 4, 5, 6]);
        yield return Good("no dates", f => f.IssuerMembers = m => (m[2], m[3]) = (Raw.Null, Raw.Null));
        yield return Good("a list of texts", f => f.Claims[6] = (f.Claims[6].Salt, 8L, new[] { "XT", "XN" }));

        var good = New().MakeProof();
        var text = "IDP:" + Base45.Encode(good);
        yield return Vector("prefix of a challenge", "IDC:" + text[4..], "form");
        yield return Vector("prefix missing", text[4..], "form");
        yield return Vector("prefix in lower case", "idp:" + text[4..], "form");
        yield return Vector("lower case Base45", "IDP:" + text[4..].ToLowerInvariant(), "form");
        yield return Vector("a dangling Base45 character", (text.Length - 4) % 3 == 0 ? text + "0" : text + "00", "form");
        yield return Vector("a Base45 group that overflows", "IDP:" + ":::" + text[7..], "form");
        yield return Vector("white space after the text", text + "\n", "form");
        yield return Vector("nothing after the prefix", "IDP:", "form");
        yield return Vector("trailing byte", "IDP:" + Base45.Encode([.. good, 0]), "form");
        yield return Vector("truncated", "IDP:" + Base45.Encode(good[..^1]), "form");
        yield return Vector("array of unknown length", "IDP:" + Base45.Encode([0x9F, .. good[1..], 0xFF]), "form");
        yield return Vector("longer length than needed", "IDP:" + Base45.Encode([0x98, 0x04, .. good[1..]]), "form");
        yield return Vector("tag of COSE_Sign1", "IDP:" + Base45.Encode([0xD2, .. good]), "form");
        yield return Vector("depth bomb", "IDP:" + Base45.Encode([.. Enumerable.Repeat((byte)0x81, 1900), 0x00]), "form");
        yield return Vector("a claimed length of four gigabytes", "IDP:" + Base45.Encode([0x84, 0x5A, 0xFF, 0xFF, 0xFF, 0xFF, .. good[1..100]]), "form");
        yield return Vector("a claimed array of four billion", "IDP:" + Base45.Encode([0x9A, 0xFF, 0xFF, 0xFF, 0xFF, .. good[1..100]]), "form");

        yield return Bent("trailing byte in the signed payload", "form", f => f.Payload = p => [.. p, 0]);
        yield return Bent("payload array of unknown length", "form", f => f.Payload = p => [0x9F, .. p[1..], 0xFF]);
        yield return Bent("an extra payload member", "form", f => f.PayloadMembers = m => m.Add(Raw.Null));
        yield return Bent("a missing payload member", "form", f => f.PayloadMembers = m => m.RemoveAt(3));
        yield return Bent("binding of 31 bytes", "form", f => f.PayloadMembers = m => m[3] = Raw.Bytes(new byte[31]));
        yield return Bent("holder header EdDSA", "form", f => f.HolderHeader = [0xA1, 0x01, 0x27]);
        yield return Bent("holder header without algorithm", "form", f => f.HolderHeader = [0xA0]);
        yield return Bent("holder header empty string", "form", f => f.HolderHeader = []);
        yield return Bent("algorithm only in the unprotected header", "form", f => (f.HolderHeader, f.HolderUnprotected) = ([], [0xA1, 0x01, 0x26]));
        yield return Bent("algorithm twice in the header", "form", f => f.HolderHeader = [0xA2, 0x01, 0x26, 0x01, 0x26]);
        yield return Bent("an unprotected header", "form", f => f.HolderUnprotected = [0xA1, 0x01, 0x26]);
        yield return Bent("holder header with a key id", "form", f => f.HolderHeader = Forge.KeyIdHeader(f.HolderKey));
        yield return Bent("holder signature of 63 bytes", "form", f => f.HolderSignature = s => s[..63]);
        yield return Bent("holder signature empty", "form", f => f.HolderSignature = _ => []);

        yield return Bent("indices not ascending", "form", f => f.ShownItems = i => (i[0], i[1]) = (i[1], i[0]));
        yield return Bent("the same claim twice", "form", f => f.ShownItems = i => i.Insert(1, i[0]));
        yield return Bent("an index past the last", "form", f => f.ShownItems = i => i[2] = [0x84, 0x07, .. i[2][2..]]);
        yield return Bent("a salt of 15 bytes", "form", f => f.Claims[2] = (new byte[15], 3L, "x"));
        yield return Bent("a negative claim key", "form", f => f.Claims[2] = (f.Claims[2].Salt, -3L, "x"));
        yield return Bent("a claim key as text", "form", f => f.Claims[2] = (f.Claims[2].Salt, "3", "x"));
        yield return Bent("a claim key of 2^31", "form", f => f.Claims[2] = (f.Claims[2].Salt, 2147483648L, "x"));
        yield return Bent("two claims of one key", "form", f => f.Claims[2] = (f.Claims[2].Salt, 1L, "x"));
        yield return Bent("a fraction as value", "form", f => f.Claims[2] = (f.Claims[2].Salt, 3L, new byte[] { 0xF9, 0x3E, 0x00 }));
        yield return Bent("NaN as value", "form", f => f.Claims[2] = (f.Claims[2].Salt, 3L, new byte[] { 0xF9, 0x7E, 0x00 }));
        yield return Bent("null as value", "form", f => f.Claims[2] = (f.Claims[2].Salt, 3L, Raw.Null));
        yield return Bent("undefined as value", "form", f => f.Claims[2] = (f.Claims[2].Salt, 3L, new byte[] { 0xF7 }));
        yield return Bent("bytes as value", "form", f => f.Claims[2] = (f.Claims[2].Salt, 3L, Raw.Bytes([1])));
        yield return Bent("a map as value", "form", f => f.Claims[2] = (f.Claims[2].Salt, 3L, new byte[] { 0xA1, 0x01, 0x02 }));
        yield return Bent("a tagged date as value", "form", f => f.Claims[2] = (f.Claims[2].Salt, 3L, new byte[] { 0xC1, 0x00 }));
        yield return Bent("a number in a list of texts", "form", f => f.Claims[2] = (f.Claims[2].Salt, 3L, Raw.Array(Raw.Int(1))));
        yield return Bent("a list of 33 texts", "form", f => f.Claims[2] = (f.Claims[2].Salt, 3L, Enumerable.Repeat("a", 33).ToArray()));
        yield return Bent("a list in a list", "form", f => f.Claims[2] = (f.Claims[2].Salt, 3L, Raw.Array(Raw.Array())));
        yield return Bent("text of unknown length", "form", f => f.Claims[2] = (f.Claims[2].Salt, 3L, new byte[] { 0x7F, 0x61, 0x78, 0xFF }));
        yield return Bent("text that is not UTF-8", "form", f => f.Claims[2] = (f.Claims[2].Salt, 3L, Raw.Text([0xC3, 0x28])));
        yield return Bent("text with a surrogate", "form", f => f.Claims[2] = (f.Claims[2].Salt, 3L, Raw.Text([0xED, 0xA0, 0x80])));
        yield return Bent("a number past 2^53", "form", f => f.Claims[2] = (f.Claims[2].Salt, 3L, 9007199254740992L));
        yield return Bent("a longer number than needed", "form", f => f.Claims[2] = (f.Claims[2].Salt, 3L, new byte[] { 0x18, 0x05 }));
        yield return Bent("more than 2000 bytes", "form", f => f.Claims[2] = (f.Claims[2].Salt, 3L, new string('x', 2000)));
        yield return Bent("a node of 31 bytes", "form", f => f.Nodes = n => n[0] = Raw.Bytes(new byte[31]));

        yield return Bent("a node too many", "root", f => f.Nodes = n => n.Add(Raw.Bytes(new byte[32])));
        yield return Bent("a node too few", "root", f => f.Nodes = n => n.RemoveAt(n.Count - 1));
        yield return Bent("no nodes", "root", f => f.Nodes = n => n.Clear());
        yield return Bent("two nodes swapped", "root", f => f.Nodes = n => (n[0], n[1]) = (n[1], n[0]));
        yield return Bent("a changed value", "root", f => f.ShownItems = i => i[1] = Raw.Array(Raw.Int(2), Raw.Bytes(f.Claims[2].Salt), Raw.Int(3), Raw.Text("Diploma in Surgery")));
        yield return Bent("a changed salt", "root", f => f.ShownItems = i => i[1] = Raw.Array(Raw.Int(2), Raw.Bytes(new byte[16]), Raw.Int(3), Raw.Value(f.Claims[2].Value)));
        yield return Bent("a changed claim key", "root", f => f.ShownItems = i => i[1] = Raw.Array(Raw.Int(2), Raw.Bytes(f.Claims[2].Salt), Raw.Int(4), Raw.Value(f.Claims[2].Value)));
        yield return Bent("a claim moved to another place", "root", f => f.ShownItems = i => i[1] = Raw.Array(Raw.Int(3), Raw.Bytes(f.Claims[2].Salt), Raw.Int(3), Raw.Value(f.Claims[2].Value)));

        foreach (var (name, bend) in IssuerFaults())
        {
            bend.UseChallenge(challenge);
            yield return Vector("issuer part: " + name, "IDP:" + Base45.Encode(bend.MakeProof()), bend.Stage());
        }

        yield return Bent("holder signature by another key", "holder", f => f.IssuerMembers = m => m[8] = Raw.Bytes(Fixed.Key("stranger").PublicKey.Compressed()));
        yield return Bent("holder signature of zeroes", "holder", f => f.HolderSignature = _ => new byte[64]);
        yield return Bent("holder signature made for another purpose", "holder", f => f.HolderPurpose = "identity-challenge-v1");
        yield return Bent("holder signature without purpose", "holder", f => f.HolderPurpose = "");
        yield return Bent("holder signature with one bit changed", "holder", f => f.HolderSignature = s => [.. s[..10], (byte)(s[10] ^ 1), .. s[11..]]);
        yield return Bent("payload changed after signing", "holder", f => f.SignedPayload = p => [.. p[..^1], (byte)(p[^1] ^ 1)]);
        yield return Bent("answer to another challenge", "binding", f => f.Binding = SHA256.HashData("another"u8));
    }

    private static IEnumerable<(string, Bent)> IssuerFaults()
    {
        (string, Bent) Fault(string name, string stage, Action<Bent> bend)
        {
            var forge = new Bent(stage);
            bend(forge);
            return (name, forge);
        }

        yield return Fault("version 2", "form", f => f.Forge.IssuerMembers = m => m[0] = Raw.Int(2));
        yield return Fault("an extra member", "form", f => f.Forge.IssuerMembers = m => m.Add(Raw.Int(0)));
        yield return Fault("a missing member", "form", f => f.Forge.IssuerMembers = m => m.RemoveAt(4));
        yield return Fault("an empty type", "form", f => f.Forge.IssuerMembers = m => m[1] = Raw.Text(""));
        yield return Fault("a type of 121 characters", "form", f => f.Forge.IssuerMembers = m => m[1] = Raw.Text(new string('t', 121)));
        yield return Fault("a negative date", "form", f => f.Forge.IssuerMembers = m => m[2] = Raw.Int(-1));
        yield return Fault("a date past the year 9999", "form", f => f.Forge.IssuerMembers = m => m[3] = Raw.Int(253_402_300_800));
        yield return Fault("a date as fraction", "form", f => f.Forge.IssuerMembers = m => m[3] = [0xF9, 0x7E, 0x00]);
        yield return Fault("a negative status index", "form", f => f.Forge.IssuerMembers = m => m[5] = Raw.Int(-1));
        yield return Fault("a status index of 2^31", "form", f => f.Forge.IssuerMembers = m => m[5] = Raw.Int(2147483648));
        yield return Fault("a root of 31 bytes", "form", f => f.Forge.IssuerMembers = m => m[6] = Raw.Bytes(new byte[31]));
        yield return Fault("a count of 0", "form", f => f.Forge.IssuerMembers = m => m[7] = Raw.Int(0));
        yield return Fault("a count of 65", "form", f => f.Forge.IssuerMembers = m => m[7] = Raw.Int(65));
        yield return Fault("a holder key of 32 bytes", "form", f => f.Forge.IssuerMembers = m => m[8] = Raw.Bytes(new byte[32]));
        yield return Fault("a holder key off the curve", "form", f => f.Forge.IssuerMembers = m => m[8] = Raw.Bytes(OffCurve()));
        yield return Fault("a holder key of zeroes", "form", f => f.Forge.IssuerMembers = m => m[8] = Raw.Bytes(new byte[33]));
        yield return Fault("a holder key with x past the prime", "form", f => f.Forge.IssuerMembers = m => m[8] = Raw.Bytes([2, .. Enumerable.Repeat((byte)0xFF, 32)]));
        yield return Fault("no key id", "form", f => f.Forge.IssuerHeader = Forge.Plain);
        yield return Fault("key id only in the unprotected header", "form", f => (f.Forge.IssuerHeader, f.Forge.IssuerUnprotected) = (Forge.Plain, [0xA1, 0x04, 0x48, .. f.Forge.IssuerKey.PublicKey.Thumbprint()[..8]]));
        yield return Fault("key id of 7 bytes", "form", f => f.Forge.IssuerHeader = [0xA2, 0x01, 0x26, 0x04, 0x47, .. f.Forge.IssuerKey.PublicKey.Thumbprint()[..7]]);
        yield return Fault("header members out of order", "form", f => f.Forge.IssuerHeader = [0xA2, 0x04, 0x48, .. f.Forge.IssuerKey.PublicKey.Thumbprint()[..8], 0x01, 0x26]);
        yield return Fault("algorithm EdDSA", "form", f => f.Forge.IssuerHeader = [0xA2, 0x01, 0x27, 0x04, 0x48, .. f.Forge.IssuerKey.PublicKey.Thumbprint()[..8]]);
        yield return Fault("a critical header", "form", f => f.Forge.IssuerHeader = [0xA3, 0x01, 0x26, 0x02, 0x81, 0x18, 0x63, 0x04, 0x48, .. f.Forge.IssuerKey.PublicKey.Thumbprint()[..8]]);
        yield return Fault("tagged", "form", f => f.Forge.IssuerPart = p => [0xD2, .. p]);
        yield return Fault("map of unknown length", "form", f => f.Forge.IssuerUnprotected = [0xBF, 0xFF]);
        yield return Fault("signature of 65 bytes", "form", f => f.Forge.IssuerSignature = s => [.. s, 0]);
        yield return Fault("signature of zeroes", "issuer", f => f.Forge.IssuerSignature = _ => new byte[64]);
        yield return Fault("signature with one bit changed", "issuer", f => f.Forge.IssuerSignature = s => [.. s[..63], (byte)(s[63] ^ 1)]);
        yield return Fault("signature made for another purpose", "issuer", f => f.Forge.IssuerPurpose = "identity-compact-holder-v1");
        var stranger = new Forge { IssuerKey = Fixed.Key("stranger") };
        stranger.IssuerHeader = Forge.KeyIdHeader(Fixed.Key("issuer"));
        yield return ("signature by another key under the issuer's key id", new Bent("issuer", stranger));
        yield return Fault("a root that is not the claims'", "root", f => f.Forge.IssuerMembers = m => m[6] = Raw.Bytes(new byte[32]));
    }

    /// <summary>A bent forge with the stage that must refuse its work.</summary>
    private sealed class Bent(string stage, Forge? forge = null)
    {
        public Forge Forge { get; } = forge ?? new Forge();

        public string Stage() => stage;

        public byte[] MakeIssued() => Forge.MakeIssued();

        public byte[] MakeProof() => Forge.MakeProof();

        public void UseChallenge(byte[] challenge) => Forge.UseChallenge(challenge);
    }

    internal static JsonObject Result(JsonObject vector, string? stage)
    {
        vector["expected"] = stage is null ? "accept" : "refuse";
        if (stage is not null) vector["stage"] = stage;
        return vector;
    }

    internal static void Describe(JsonObject vector, Forge forge, IEnumerable<int> shown)
    {
        var claims = new JsonObject();
        foreach (var index in shown) claims[((long)forge.Claims[index].Key).ToString(System.Globalization.CultureInfo.InvariantCulture)] = Json(forge.Claims[index].Value);
        vector["claims"] = claims;
        vector["type"] = forge.Type;
        vector["status"] = new JsonObject { ["list"] = 3, ["index"] = 70_000 };
        vector["holder"] = Hex(forge.HolderKey.PublicKey.Compressed());
        vector["keyId"] = Hex(forge.IssuerKey.PublicKey.Thumbprint()[..8]);
        vector["root"] = Hex(forge.Root(0, forge.Claims.Count));
        vector["count"] = forge.Claims.Count;
    }

    /// <summary>An x of a P-256 point that does not exist: no residue.</summary>
    private static byte[] OffCurve()
    {
        for (byte last = 0; ; last++)
        {
            byte[] point = [2, .. new byte[31], last];
            if (!Jwk.TryFromCompressed(point, out Jwk? _)) return point;
        }
    }

    internal static byte[] LeafOf(Forge forge, int index) => Raw.Array(Raw.Bytes(forge.Claims[index].Salt), Raw.Value(forge.Claims[index].Key), Raw.Value(forge.Claims[index].Value));

    private static byte[] IssuerPartOf(byte[] issued)
    {
        var reader = new System.Formats.Cbor.CborReader(issued);
        reader.ReadStartArray();
        return reader.ReadEncodedValue().ToArray();
    }

    internal static JsonNode Json(object value) => value switch
    {
        string text => JsonValue.Create(text),
        long number => JsonValue.Create(number),
        bool flag => JsonValue.Create(flag),
        string[] texts => new JsonArray([.. texts.Select(t => (JsonNode)JsonValue.Create(t))]),
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    internal static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
