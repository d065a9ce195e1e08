using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Cose;
using Identity.Credentials.Jose;
using static Identity.Credentials.Tests.Compact.VectorWriter;

namespace Identity.Credentials.Tests.Compact;

/// <summary>What tests/vectors/compact/edges.json holds: for each limit the last that is taken and the first that is not, and which of two faults is named.</summary>
internal static partial class EdgeVectors
{
    private const string Astral = "𝒂"; // two UTF-16 units, four bytes
    private const string Wide = "म"; // one unit, three bytes
    private const long MaxTime = 253_402_300_799;
    private const long MaxSmall = 2_147_483_647;
    private static readonly byte[] Asked = new Forge().MakeChallenge();
    private static readonly byte[] Order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");

    public static IEnumerable<JsonObject> All() => Texts().Concat(Versions()).Concat(Places()).Concat(Challenges()).Concat(IssuerParts()).Concat(IssuedForms()).Concat(Proofs()).Concat(Papers()).Concat(Signatures()).Concat(Orders());

    private static JsonObject Vector(string kind, string name, JsonNode body, string? stage, string? reason = null)
    {
        var vector = Result(new JsonObject { ["name"] = name, ["kind"] = kind, [kind == "issued" ? "hex" : "text"] = body, ["issuerKey"] = "issuer" }, stage);
        if (stage == "form") vector["reason"] = reason ?? "malformed";
        return vector;
    }

    private static JsonObject Make(string kind, string name, string? stage, Action<Forge>? bend = null, string? reason = null)
    {
        var forge = new Forge();
        bend?.Invoke(forge);
        if (kind == "issued") return Vector(kind, name, Hex(forge.MakeIssued()), stage, reason);
        if (kind == "challenge") return Vector(kind, name, "IDC:" + Base45.Encode(forge.MakeChallenge()), stage, reason);
        if (kind == "paper") return Vector(kind, name, "IDD:" + Base45.Encode(forge.MakePaper()), stage, reason);
        forge.UseChallenge(Asked);
        var vector = Vector(kind, name, "IDP:" + Base45.Encode(forge.MakeProof()), stage, reason);
        vector["binding"] = Hex(SHA256.HashData(Asked));
        return vector;
    }

    /// <summary>Accepted, with the claims that a reader should have found.</summary>
    private static JsonObject Good(string kind, string name, Action<Forge>? bend = null)
    {
        var read = new Forge();
        var vector = Make(kind, name, null, f =>
        {
            bend?.Invoke(f);
            read = f;
        });
        if (kind == "challenge") return vector;
        var claims = new JsonObject();
        foreach (var at in kind == "issued" ? Enumerable.Range(0, read.Claims.Count) : read.Shown)
            claims[((long)read.Claims[at].Key).ToString(CultureInfo.InvariantCulture)] = VectorWriter.Json(read.Claims[at].Value);
        vector["claims"] = claims;
        return vector;
    }

    private static JsonObject Bad(string kind, string name, Action<Forge> bend) => Make(kind, name, "form", bend);

    private static string Times(string what, int count) => string.Concat(Enumerable.Repeat(what, count));

    private static byte[] Keys(int count) => Raw.Array([.. Enumerable.Range(0, count).Select(i => Raw.Int(i))]);

    private static void Fill(Forge forge, int count)
    {
        forge.Claims.Clear();
        forge.Claims.AddRange(Enumerable.Range(0, count).Select(i => (Fixed.Bytes($"m{i}", 16), (object)(long)i, (object)(long)(i % 20))));
        forge.Shown = [.. Enumerable.Range(0, count)];
    }

    /// <summary>A value of claim 3 that makes the whole as long as wanted; <paramref name="make"/> measures.</summary>
    private static void Stretch(Forge forge, Func<Forge, byte[]> make, int bytes, int around)
    {
        forge.Claims[2] = (forge.Claims[2].Salt, 3L, new string('x', around));
        forge.Claims[2] = (forge.Claims[2].Salt, 3L, new string('x', around + bytes - make(forge).Length));
    }

    private static IEnumerable<JsonObject> Texts()
    {
        var proof = new Forge().MakeProof();
        byte[] even = proof.Length % 2 == 0 ? proof : new Forge { Shown = [0] }.MakeProof();
        foreach (var (kind, prefix, bytes) in new (string, string, byte[])[] { ("proof", "IDP:", proof), ("paper", "IDD:", new Forge().MakePaper()), ("challenge", "IDC:", new Forge().MakeChallenge()) })
        {
            var text = prefix + Base45.Encode(bytes);
            yield return Vector(kind, "a tab after the text", text + "\t", "form");
            yield return Vector(kind, "a blank before the text", " " + text, "form");
            yield return Vector(kind, "a character outside the 45 in a group", text[..7] + "#" + text[8..], "form");
            yield return Vector(kind, "a letter that is no ASCII", text[..7] + "Ａ" + text[8..], "form");
            yield return Vector(kind, "a last group of two above 255", text[..^(text.Length % 3 == 0 ? 2 : 3)] + "::", "form");
            yield return Vector(kind, "an overflow by one in a group of three", text[..4] + "GGW" + text[7..], "form");
            yield return Vector(kind, "prefix and no colon", text.Remove(3, 1), "form");
        }

        yield return Vector("proof", "a blank at the end", "IDP:" + Base45.Encode(even) + " ", "form");
    }

    /// <summary>An unknown version is told apart from damage: the first asks for a newer program, the second for another look.</summary>
    private static IEnumerable<JsonObject> Versions()
    {
        foreach (var kind in new[] { "challenge", "issued", "proof", "paper" })
        {
            JsonObject Of(string name, Action<List<byte[]>> members, string reason, Action<Forge>? more = null) => Make(kind, name, "form", f =>
            {
                f.ChallengeMembers = f.PaperMembers = f.IssuerMembers = members;
                more?.Invoke(f);
            }, reason);
            void Only(List<byte[]> m, params byte[][] left)
            {
                m.Clear();
                m.AddRange(left);
            }

            yield return Of("version 0", m => m[0] = Raw.Int(0), "unsupported");
            yield return Of("version 3", m => m[0] = Raw.Int(3), "unsupported");
            yield return Of("version 2147483647", m => m[0] = Raw.Int(MaxSmall), "unsupported");
            yield return Of("version 2147483648", m => m[0] = Raw.Int(MaxSmall + 1), "malformed");
            yield return Of("version -1", m => m[0] = Raw.Int(-1), "malformed");
            yield return Of("version null", m => m[0] = Raw.Null, "malformed");
            yield return Of("version 3 alone", m => Only(m, Raw.Int(3)), "unsupported");
            yield return Of("version 3 with 64 members", m => Only(m, [.. Enumerable.Range(3, 64).Select(_ => Raw.Int(3))]), "unsupported");
            yield return Of("version 3 with 65 members", m => Only(m, [.. Enumerable.Range(3, 65).Select(_ => Raw.Int(3))]), "malformed");
            yield return Of("no member", m => m.Clear(), "malformed");
            yield return Of("version 3 with the largest number and a map of texts", m => Only(m, Raw.Int(3), Raw.Head(0, ulong.MaxValue), Raw.Head(1, ulong.MaxValue), [0xA1, 0x61, 0x78, 0x61, 0x79]), "unsupported");
            yield return Of("version 3 with a fraction", m => Only(m, Raw.Int(3), [0xF9, 0x3E, 0x00]), "malformed");
            yield return Of("version 3 with a map out of order", m => Only(m, Raw.Int(3), [0xA2, 0x02, 0x00, 0x01, 0x00]), "malformed");
            yield return Of("version 3 six deep", m => Only(m, Raw.Int(3), [0x81, 0x81, 0x81, 0x81, 0x80]), "unsupported");
            yield return Of("version 3 seven deep", m => Only(m, Raw.Int(3), [0x81, 0x81, 0x81, 0x81, 0x81, 0x80]), "malformed");
            yield return Of("version 3 and a signature of 63 bytes", m => m[0] = Raw.Int(3), "malformed", f => f.ChallengeSignature = f.IssuerSignature = s => s[..63]);
        }

        yield return Make("proof", "version 3 of the issuer part, and a claim's salt of 15 bytes", "form", f => (f.IssuerMembers, f.Claims[2]) = (m => m[0] = Raw.Int(3), (new byte[15], 3L, "x")), "unsupported");
        yield return Make("proof", "version 3 of the issuer part, and a fifth member of the proof", "form", f => (f.IssuerMembers, f.PayloadMembers) = (m => m[0] = Raw.Int(3), m => m.Add(Raw.Null)), "malformed");
        yield return Make("issued", "version 3, and no claims", "form", f => (f.IssuerMembers, f.IssuedLeaves) = (m => m[0] = Raw.Int(3), l => l.Clear()), "unsupported");
        foreach (var kind in new[] { "issued", "proof" })
        {
            yield return Make(kind, "an issuer part of version 3 in 600 bytes", "form", f => f.IssuerMembers = m => Long(m, 600), "unsupported");
            yield return Make(kind, "an issuer part of version 3 in 601 bytes", "form", f => f.IssuerMembers = m => Long(m, 601));
        }
    }

    /// <summary>Version 3 and one text; around the payload stand 1 + 14 + 1 + 3 + 66 bytes, around the text 5.</summary>
    private static void Long(List<byte[]> members, int bytes)
    {
        members.Clear();
        members.AddRange([Raw.Int(3), Raw.Text(new string('x', bytes - 85 - 5))]);
    }

    /// <summary>Version 2 names the organisation in whose place it was issued, under the issuer's signature.</summary>
    private static IEnumerable<JsonObject> Places()
    {
        var closed = Fixed.Bytes("closed college", 32);
        foreach (var kind in new[] { "issued", "proof", "paper" })
        {
            static Action<Forge> Members(Action<List<byte[]>> bend) => f => f.IssuerMembers = f.PaperMembers = bend;
            JsonObject Taken(string name, byte[] place, Action<List<byte[]>>? more = null)
            {
                var vector = Good(kind, name, Members(m =>
                {
                    m[0] = Raw.Int(2);
                    more?.Invoke(m);
                    m.Add(Raw.Bytes(place));
                }));
                vector["original"] = Hex(place);
                return vector;
            }
            JsonObject Not(string name, params byte[][] places) => Bad(kind, name, Members(m =>
            {
                m[0] = Raw.Int(2);
                m.AddRange(places);
            }));

            yield return Taken("in the place of another", closed);
            yield return Taken("in the place of an organisation of zeroes", new byte[32]);
            if (kind != "paper") yield return Taken("in the place of another, the longest there is", closed, m => Put(m, [(1, Raw.Text(Times(Wide, 120))), (2, Raw.Int(MaxTime)), (3, Raw.Int(MaxTime)), (4, Raw.Int(MaxSmall)), (5, Raw.Int(MaxSmall))]));
            yield return Not("version 2 that names nobody");
            yield return Not("version 2 that names two", Raw.Bytes(closed), Raw.Bytes(closed));
            yield return Not("in the place of 31 bytes", Raw.Bytes(closed[..31]));
            yield return Not("in the place of 33 bytes", Raw.Bytes([.. closed, 0]));
            yield return Not("in the place of a text", Raw.Text(Hex(closed)));
            yield return Not("in the place of null", Raw.Null);
            yield return Bad(kind, "version 1 in the place of another", Members(m => m.Add(Raw.Bytes(closed))));
            yield return Make(kind, "version 3 in the place of another", "form", Members(m => { m[0] = Raw.Int(3); m.Add(Raw.Bytes(closed)); }), "unsupported");
            // The last byte of the payload, before the signature and its two bytes of head.
            yield return Make(kind, "in the place of somebody else than was signed", "issuer", f =>
            {
                Members(m => { m[0] = Raw.Int(2); m.Add(Raw.Bytes(closed)); })(f);
                f.IssuerPart = p => [.. p[..^67], (byte)(p[^67] ^ 1), .. p[^66..]];
            });
        }
    }

    private static IEnumerable<JsonObject> Challenges()
    {
        JsonObject Taken(string name, params (int At, byte[] Value)[] members) => Good("challenge", name, f => f.ChallengeMembers = m => Put(m, members));
        JsonObject Not(string name, params (int At, byte[] Value)[] members) => Bad("challenge", name, f => f.ChallengeMembers = m => Put(m, members));
        JsonObject Purposed(string name, string id, bool taken)
        {
            void Bend(Forge f) => f.ChallengeMembers = m =>
            {
                m[0] = Raw.Int(2);
                m.Add(Raw.Text(id));
            };
            return taken ? Good("challenge", name, Bend) : Bad("challenge", name, Bend);
        }

        foreach (var (at, what) in new[] { (6, "purpose"), (7, "name") })
        {
            yield return Taken($"{what} of 80 characters", (at, Raw.Text(new string('x', 80))));
            yield return Taken($"{what} of 40 astral characters", (at, Raw.Text(Times(Astral, 40))));
            yield return Not($"{what} of 41 astral characters", (at, Raw.Text(Times(Astral, 41))));
            yield return Taken($"{what} of 80 characters in 240 bytes", (at, Raw.Text(Times(Wide, 80))));
            yield return Taken($"{what} with a byte order mark", (at, Raw.Text("\uFEFFx")));
            yield return Not($"{what} as bytes", (at, Raw.Bytes([0x78])));
        }

        yield return Purposed("purpose id of 1 character", "w", true);
        yield return Purposed("purpose id of 40 characters", new string('x', 40), true);
        yield return Purposed("purpose id of 41 characters", new string('x', 41), false);
        yield return Purposed("purpose id of 20 astral characters", Times(Astral, 20), true);
        yield return Purposed("purpose id of 21 astral characters", Times(Astral, 21), false);
        yield return Purposed("purpose id empty", "", false);
        yield return Bad("challenge", "form 1 with a purpose id", f => f.ChallengeMembers = m => m.Add(Raw.Text("w")));
        yield return Not("form 2 without a purpose id", (0, Raw.Int(2)));
        yield return Bad("challenge", "purpose id as null", f => f.ChallengeMembers = m => { m[0] = Raw.Int(2); m.Add(Raw.Null); });
        yield return Taken("type of 60 astral characters", (3, Raw.Text(Times(Astral, 60))));
        yield return Not("type of 61 astral characters", (3, Raw.Text(Times(Astral, 61))));
        yield return Taken("the first second", (2, Raw.Int(0)));
        yield return Taken("the last second of the year 9999", (2, Raw.Int(MaxTime)));
        yield return Not("no time", (2, Raw.Null));
        yield return Not("nonce of 17 bytes", (1, Raw.Bytes(new byte[17])));
        yield return Taken("64 required", (4, Keys(64)), (5, Raw.Array()));
        yield return Not("65 required", (4, Keys(65)), (5, Raw.Array()));
        yield return Taken("64 optional", (4, Raw.Array()), (5, Keys(64)));
        yield return Not("65 optional", (4, Raw.Array()), (5, Keys(65)));
        yield return Taken("the first claim key and the last", (4, Raw.Array(Raw.Int(0), Raw.Int(MaxSmall))), (5, Raw.Array()));
        yield return Not("a claim key of 2^31", (4, Raw.Array(Raw.Int(MaxSmall + 1))));
        yield return Not("an optional key twice", (5, Raw.Array(Raw.Int(9), Raw.Int(9))));
        yield return Not("required as null", (4, Raw.Null));
        yield return Taken("claim keys in no order", (4, Raw.Array(Raw.Int(9), Raw.Int(1))), (5, Raw.Array(Raw.Int(3), Raw.Int(2))));
        yield return Not("key of zeroes", (8, Raw.Bytes(new byte[33])));
        yield return Not("key with x past the prime", (8, Raw.Bytes([2, .. Enumerable.Repeat((byte)0xFF, 32)])));
        yield return Not("key of 34 bytes", (8, Raw.Bytes([2, .. new byte[33]])));
        yield return Good("challenge", "600 bytes", f => f.ChallengeMembers = m => (m[4], m[5], m[6], m[7]) = Sized(600, f));
        yield return Bad("challenge", "601 bytes", f => f.ChallengeMembers = m => (m[4], m[5], m[6], m[7]) = Sized(601, f));
        var (two, three) = (First("02"), First("03"));
        yield return Signed("key that begins with 02", two);
        yield return Signed("key that begins with 03", three);

        JsonObject Signed(string name, Es256Key key) => Vector("challenge", name, "IDC:" + Base45.Encode(new Forge { VerifierKey = key }.MakeChallenge()), null);
    }

    private static Es256Key First(string prefix) =>
        Enumerable.Range(0, 64).Select(i => Fixed.Key($"parity {i}")).First(k => Hex(k.PublicKey.Compressed()).StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Lists and words that make the challenge so many bytes: what is missing stands in the name.</summary>
    private static (byte[], byte[], byte[], byte[]) Sized(int bytes, Forge forge)
    {
        (byte[], byte[], byte[], byte[]) Named(int length) => (Keys(24), Raw.Array(), Raw.Text(Times(Wide, 80)), Raw.Text(Times(Wide, length / 3) + new string('x', length % 3)));
        var measured = new Forge { VerifierKey = forge.VerifierKey, ChallengeMembers = m => (m[4], m[5], m[6], m[7]) = Named(24) }.MakeChallenge();
        return Named(24 + bytes - measured.Length);
    }

    private static void Put(List<byte[]> target, (int At, byte[] Value)[] members)
    {
        foreach (var (at, value) in members) target[at] = value;
    }

    private static IEnumerable<JsonObject> IssuerParts()
    {
        foreach (var kind in new[] { "issued", "proof" })
        {
            JsonObject Taken(string name, params (int At, byte[] Value)[] members) => Good(kind, name, f => f.IssuerMembers = m => Put(m, members));
            JsonObject Not(string name, params (int At, byte[] Value)[] members) => Bad(kind, name, f => f.IssuerMembers = m => Put(m, members));
            yield return Taken("issuer part: a type of 120 characters", (1, Raw.Text(new string('t', 120))));
            yield return Taken("issuer part: a type of 120 characters in 360 bytes", (1, Raw.Text(Times(Wide, 120))));
            yield return Taken("issuer part: a type of 60 astral characters", (1, Raw.Text(Times(Astral, 60))));
            yield return Not("issuer part: a type of 61 astral characters", (1, Raw.Text(Times(Astral, 61))));
            yield return Taken("issuer part: a type of one character", (1, Raw.Text("t")));
            yield return Taken("issuer part: the first numbers", (2, Raw.Int(0)), (3, Raw.Int(0)), (4, Raw.Int(0)), (5, Raw.Int(0)));
            yield return Taken("issuer part: the last numbers", (2, Raw.Int(MaxTime)), (3, Raw.Int(MaxTime)), (4, Raw.Int(MaxSmall)), (5, Raw.Int(MaxSmall)));
            yield return Taken("issuer part: dates in the wrong order", (2, Raw.Int(2)), (3, Raw.Int(1)));
            yield return Not("issuer part: a list of 2^31", (4, Raw.Int(MaxSmall + 1)));
            yield return Not("issuer part: a negative list", (4, Raw.Int(-1)));
            yield return Not("issuer part: a list as null", (4, Raw.Null));
            yield return Not("issuer part: a root of 33 bytes", (6, Raw.Bytes(new byte[33])));
            yield return Not("issuer part: a holder key of 34 bytes", (8, Raw.Bytes(new byte[34])));
            yield return Not("issuer part: a date as text", (2, Raw.Text("2026-01-01")));
            yield return Not("issuer part: a type that is not UTF-8", (1, Raw.Text([0xC3, 0x28])));
        }
    }

    private static IEnumerable<JsonObject> IssuedForms()
    {
        yield return Good("issued", "64 claims", f => Fill(f, 64));
        yield return Good("issued", "one claim", f => Fill(f, 1));
        yield return Vector("issued", "no claim, where the issuer signed one", Hex(Raw.Array(One().MakeIssuerPart(), Raw.Array())), "form");
        yield return Vector("issued", "a claim more than the issuer signed", Hex(Raw.Array(One().MakeIssuerPart(), Raw.Array(LeafOf(new Forge(), 0), LeafOf(new Forge(), 1)))), "form");
        yield return Bad("issued", "65 claims", f => Fill(f, 65));
        yield return Good("issued", "16384 bytes", f => Stretch(f, x => x.MakeIssued(), 16_384, 15_000));
        yield return Bad("issued", "16385 bytes", f => Stretch(f, x => x.MakeIssued(), 16_385, 15_000));
        yield return Vector("issued", "claims as null", Hex(Raw.Array(new Forge().MakeIssuerPart(), Raw.Null)), "form");
        yield return Vector("issued", "a third member", Hex(Raw.Array(new Forge().MakeIssuerPart(), Raw.Array([.. Enumerable.Range(0, 7).Select(i => LeafOf(new Forge(), i))]), Raw.Null)), "form");
        foreach (var value in Values("issued")) yield return value;

        static Forge One()
        {
            var forge = new Forge();
            Fill(forge, 1);
            return forge;
        }
    }

    private static IEnumerable<JsonObject> Proofs()
    {
        yield return Good("proof", "64 claims shown", f => Fill(f, 64));
        yield return Good("proof", "place 63", f => { Fill(f, 64); f.Shown = [63]; });
        yield return Bad("proof", "a negative place", f => f.ShownItems = i => i[0] = [0x84, 0x20, .. i[0][2..]]);
        yield return Bad("proof", "a place as text", f => f.ShownItems = i => i[0] = [0x84, 0x61, 0x30, .. i[0][2..]]);
        yield return Bad("proof", "a claim without a place", f => f.ShownItems = i => i[0] = [0x83, .. i[0][2..]]);
        yield return Bad("proof", "claims as null", f => f.PayloadMembers = m => m[1] = Raw.Null);
        yield return Bad("proof", "hashes as null", f => f.PayloadMembers = m => m[2] = Raw.Null);
        yield return Bad("proof", "a hash of 33 bytes", f => f.Nodes = n => n[0] = Raw.Bytes(new byte[33]));
        yield return Bad("proof", "a digest of 33 bytes", f => f.PayloadMembers = m => m[3] = Raw.Bytes(new byte[33]));
        yield return Bad("proof", "the issuer part as bytes", f => f.PayloadMembers = m => m[0] = Raw.Bytes(m[0]));
        yield return Good("proof", "2000 bytes", f => Stretch(f, x => x.MakeProof(), 2000, 1000));
        yield return Bad("proof", "2001 bytes", f => Stretch(f, x => x.MakeProof(), 2001, 1000));
        yield return Good("proof", "claims that were not asked, and one asked not shown", f => f.Shown = [1, 2]);
        foreach (var value in Values("proof")) yield return value;
    }

    private static IEnumerable<JsonObject> Papers()
    {
        yield return Good("paper", "a type of 60 astral characters", f => f.PaperMembers = m => m[1] = Raw.Text(Times(Astral, 60)));
        yield return Bad("paper", "a type of 61 astral characters", f => f.PaperMembers = m => m[1] = Raw.Text(Times(Astral, 61)));
        yield return Bad("paper", "a list of 2^31", f => f.PaperMembers = m => m[4] = Raw.Int(MaxSmall + 1));
        yield return Bad("paper", "a negative status index", f => f.PaperMembers = m => m[5] = Raw.Int(-1));
        foreach (var value in Values("paper")) yield return value;
    }

    /// <summary>What a claim may hold, to the last; in each of the three forms that hold claims.</summary>
    private static IEnumerable<JsonObject> Values(string kind)
    {
        JsonObject Taken(string name, object value, long key = 3) => Good(kind, name, f => f.Claims[2] = (f.Claims[2].Salt, key, value));
        JsonObject Not(string name, object value, object? key = null) => Bad(kind, name, f => f.Claims[2] = (f.Claims[2].Salt, key ?? 3L, value));
        yield return Taken("value: an empty text", "");
        yield return Taken("value: a byte order mark and a zero", "\uFEFF\0");
        yield return Taken("value: two writings of one letter are two texts", new[] { "\u00e9", "e\u0301" });
        yield return Taken("value: no text in a list", Array.Empty<string>());
        yield return Taken("value: 32 texts", Enumerable.Repeat("a", 32).ToArray());
        yield return Not("value: 33 texts", Enumerable.Repeat("a", 33).ToArray());
        yield return Taken("value: 2^53 - 1", 9_007_199_254_740_991L);
        yield return Not("value: 2^53", 9_007_199_254_740_992L);
        yield return Taken("value: -(2^53 - 1)", -9_007_199_254_740_991L);
        yield return Not("value: -(2^53)", -9_007_199_254_740_992L);
        yield return Not("value: 2^64 - 1", Raw.Head(0, ulong.MaxValue));
        yield return Not("value: null in a list of texts", Raw.Array(Raw.Null));
        yield return Not("value: a fraction of 2 bytes", new byte[] { 0xF9, 0x3C, 0x00 });
        yield return Not("value: a fraction of 4 bytes", new byte[] { 0xFA, 0x3F, 0x80, 0x00, 0x00 });
        yield return Not("value: a fraction of 8 bytes", new byte[] { 0xFB, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0 });
        yield return Not("value: a surrogate", Raw.Text([0xED, 0xA0, 0x80]));
        yield return Not("value: an overlong letter", Raw.Text([0xC1, 0x81]));
        yield return Not("value: a code point past the last", Raw.Text([0xF4, 0x90, 0x80, 0x80]));
        yield return Taken("claim key 0", "x", 0);
        yield return Taken("claim key 2147483647", "x", MaxSmall);
        yield return Not("claim key 2147483648", "x", MaxSmall + 1);
        if (kind == "paper") yield break;
        yield return Bad(kind, "a salt of 17 bytes", f => f.Claims[2] = (new byte[17], 3L, "x"));
        yield return Bad(kind, "a salt as text", f => Salted(f, Raw.Text("0123456789abcdef")));
    }

    /// <summary>Claim 3 with something else in the place of its salt; where no list of shown claims is made, the whole is bent.</summary>
    private static void Salted(Forge forge, byte[] salt)
    {
        forge.ShownItems = i => i[1] = [0x84, 0x02, .. salt, .. i[1][19..]];
        forge.IssuedLeaves = l => l[2] = [0x83, .. salt, .. l[2][18..]];
    }
}
