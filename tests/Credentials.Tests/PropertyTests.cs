using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Identity.Credentials.Cose;
using Identity.Credentials.Dcql;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.StatusList;
using Identity.Credentials.Tests.SdJwt;
using Identity.Credentials.Transparency;

namespace Identity.Credentials.Tests;

/// <summary>What holds for every value: what is written is read back, the order of parts that have none does not matter, and nothing throws.</summary>
public sealed class PropertyTests
{
    private static readonly Config Always = Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20261122, 1);

    [Fact]
    public void Bytes_come_back_from_every_encoding() => Prop.ForAll<byte[]>(bytes =>
    {
        Assert.True(Base64Url.TryDecode(Base64Url.Encode(bytes), out var fromBase64) && fromBase64.AsSpan().SequenceEqual(bytes));
        Assert.True(Base45.TryDecode(Base45.Encode(bytes), Math.Max(1, bytes.Length), out var fromBase45) && fromBase45.AsSpan().SequenceEqual(bytes));
        if (bytes.Length > 0) Assert.True(Inflate.TryInflateZlib(Inflate.Deflate(bytes), bytes.Length, out var inflated, out _) && inflated.AsSpan().SequenceEqual(bytes));
    }).Check(Always);

    [Fact]
    public void Any_text_and_any_bytes_are_read_or_refused_by_every_reader() => Prop.ForAll<string?, byte[]>((text, bytes) =>
    {
        foreach (var tried in new[] { text, Encoding.Latin1.GetString(bytes), $"{text}.{text}.{text}", $"{text}~" })
        {
            Jws.TryParse(tried, out _, out _);
            SdJwtVc.TryParse(tried, out _, out _);
            StatusListToken.TryParse(tried, out _, out _);
            Checkpoint.TryParse(tried, out _, out _);
            TlogProof.TryParse(tried, out _, out _);
            Tiles.TryParsePath(tried, out _);
            Jwe.TryDecrypt(tried, _ => null, out _, out _);
        }
        StrictJson.TryParseObject(bytes, out _, out _);
        CborLimits.TryCheck(bytes, 100, out _);
        CoseSign1.TryParse(bytes, 100, out _, out _);
        Inflate.TryInflateZlib(bytes, 100, out _, out _);
        DcqlQuery.TryParse(JsonValue.Create(text), out _, out _);
    }).Check(Always);

    [Fact]
    public void Signed_words_are_read_back_with_their_signature() => Prop.ForAll<NonNull<string>, int>((text, number) =>
    {
        var said = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Get)); // half surrogates cannot be written
        var compact = Jws.Sign(new JsonObject { ["typ"] = "x" }, new JsonObject { ["said"] = said, ["n"] = number }, SdJwtKit.Issuer);

        Assert.True(Jws.TryParse(compact, out var jws, out var reason), reason);
        Assert.True(jws.Verify(SdJwtKit.IssuerKey));
        Assert.Equal((said, (long)number), (StrictJson.Text(jws.Payload["said"]), StrictJson.Integer(jws.Payload["n"])));
    }).Check(Always);

    [Fact]
    public void What_is_encrypted_is_decrypted_and_not_once_one_character_differs() => Prop.ForAll<byte[], bool, NonNegativeInt>((plain, strong, place) =>
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var jwe = Jwe.Encrypt(plain, Jwk.From(key), strong ? "A256GCM" : "A128GCM", RandomNumberGenerator.Fill);

        Assert.True(Jwe.TryDecrypt(jwe, _ => key, out var opened, out var reason), reason);
        Assert.Equal(plain, opened);
        Assert.False(Jwe.TryDecrypt(Changed(jwe, place.Get), _ => key, out _, out reason));
        Assert.NotEmpty(reason);
    }).Check(Always);

    [Fact]
    public void The_order_of_disclosures_says_nothing() => Prop.ForAll<int>(seed =>
    {
        var parts = SdJwtKit.Issue().Unbound.Split('~');
        var shuffled = parts[1..^1].ToArray();
        new Random(seed).Shuffle(shuffled);
        var (straight, mixed) = (SdJwtKit.Parse(string.Join('~', parts)), SdJwtKit.Parse(string.Join('~', [parts[0], .. shuffled, ""])));

        Assert.True(straight.TryProcess(out var expected, out _));
        Assert.True(mixed.TryProcess(out var claims, out _));
        Assert.True(expected.All(claim => JsonNode.DeepEquals(claim.Value, claims[claim.Key])) && expected.Count == claims.Count);
    }).Check(Always);

    [Fact]
    public void Whatever_is_withheld_the_rest_is_as_it_was_signed() => Prop.ForAll<byte>(choice =>
    {
        var document = SdJwtKit.Issue();
        Assert.True(document.TryProcess(out var all, out _));
        var shown = SdJwtKit.Parse(SdJwtHolder.Select(document, SdJwtKit.Selective.Where((_, i) => (choice >> i & 1) == 1)));

        Assert.True(shown.TryProcess(out var claims, out var reason), reason);
        Assert.All(claims.Where(c => c.Value is not (JsonObject or JsonArray)), c => Assert.True(JsonNode.DeepEquals(c.Value, all[c.Key])));
        Assert.True(shown.Jwt.Verify(SdJwtKit.IssuerKey));
    }).Check(Always);

    [Fact]
    public void A_status_set_is_the_status_read_and_its_neighbours_stay() => Prop.ForAll<byte, ushort, byte>((width, place, value) =>
    {
        var bits = 1 << (width & 3);
        var list = new StatusArray(bits, 1 << 12);
        var (index, status) = (place % list.Length, (byte)(value & ((1 << bits) - 1)));
        list.Set(index, status);

        Assert.True(StatusArray.TryDecode(list.Encode(), bits, 1 << 12, out var read, out var reason), reason);
        Assert.Equal(status, read.Get(index));
        Assert.Equal(status == 0 ? 0 : 1, Enumerable.Range(0, read.Length).Count(i => read.Get(i) != 0));
    }).Check(Always);

    [Fact]
    public void A_signed_head_and_a_receipt_are_read_back() => Prop.ForAll<byte, byte>((count, place) =>
    {
        using var key = Ed25519Key.FromSeed(new byte[32]);
        byte[][] leaves = [.. Enumerable.Range(0, count + 1).Select(i => MerkleTree.LeafHash([(byte)i]))];
        var index = place % leaves.Length;
        var head = new Checkpoint("log.example", leaves.Length, MerkleTree.Root(leaves)).Sign("log.example", key);
        var text = new TlogProof(index, MerkleTree.Inclusion(index, leaves.Length, leaves), head).Text;

        Assert.True(TlogProof.TryParse(text, out var proof, out var reason), reason);
        Assert.Equal(text, proof!.Text);
        Assert.True(proof.TryVerify([(byte)index], "log.example", key.PublicBytes, out var read, out reason), reason);
        Assert.Equal(leaves.Length, read!.Size);
        Assert.False(proof.TryVerify([(byte)(index + 1)], "log.example", key.PublicBytes, out _, out _));
    }).Check(Always);

    [Fact]
    public void A_signed_head_says_what_was_signed_and_nothing_once_one_character_differs() => Prop.ForAll<NonNegativeInt, byte, NonNegativeInt>((size, root, place) =>
    {
        using var key = Ed25519Key.FromSeed(new byte[32]);
        var signed = new Checkpoint("log.example", size.Get, SHA256.HashData([root])).Sign("log.example", key);

        Assert.True(Checkpoint.TryParse(signed, out var read, out var reason) && read!.Verify("log.example", key.PublicBytes), reason);
        Assert.Equal((size.Get, signed), ((int)read.Size, read.Note!.Full));
        Assert.False(Checkpoint.TryParse(Changed(signed, place.Get), out read, out _) && read!.Verify("log.example", key.PublicBytes));
    }).Check(Always);

    [Fact]
    public void A_claim_path_is_read_back_and_covers_itself() => Prop.ForAll<NonEmptyArray<NonNegativeInt>, NonNull<string>>((places, name) =>
    {
        var segments = places.Get.Take(15).Select(p => (p.Get % 3) switch { 0 => (object?)p.Get, 1 => null, _ => $"n{p.Get}" }).Prepend(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name.Get))).ToArray();
        var path = new ClaimPath(segments);

        Assert.True(StrictJson.TryParseArray(Encoding.UTF8.GetBytes(path.ToString()), out var json, out _) && ClaimPath.TryParse(json, out var read, out _) && read.Equals(path) && read.Covers(path));
    }).Check(Always);

    private static string Changed(string text, int place)
    {
        var at = place % text.Length;
        return text[..at] + (text[at] == 'A' ? 'B' : 'A') + text[(at + 1)..];
    }
}
