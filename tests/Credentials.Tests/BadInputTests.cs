using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Cose;
using Identity.Credentials.Jose;
using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Tests.Trust;
using Identity.Credentials.Trust;
using Identity.Credentials.Types;
using Identity.Credentials.Verdicts;
using Identity.Credentials.Verifiers;

namespace Identity.Credentials.Tests;

/// <summary>What hostile codes and files try, by the names that src/web/lib/badinput.test.ts uses, too.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly Es256Key _holder = Fixed.Key("holder");
    private readonly Es256Key _verifier = Fixed.Key("verifier");

    public void Dispose()
    {
        _holder.Dispose();
        _verifier.Dispose();
    }

    [Fact]
    public void Attack_a_decompression_bomb()
    {
        Assert.False(Inflate.TryInflateZlib(Inflate.Deflate(new byte[32 << 20]), 100_000, out _, out var reason));
        Assert.Equal("inflates to more than allowed", reason);
    }

    [Fact]
    public void Attack_deep_cbor()
    {
        var deep = Enumerable.Repeat((byte)0x81, 500).ToArray(); // an array of an array of …
        Assert.False(CborLimits.TryCheck(deep, 2000, out _));
        Assert.False(CompactVerifier.TryParse("IDP:" + Base45.Encode(deep), out _, out var reason));
        Assert.StartsWith("cbor_", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Attack_duplicate_keys()
    {
        byte[] twice = [0xa2, 0x01, 0x26, 0x01, 0x26];
        var proof = Raw.Array(Raw.Bytes(twice), [0xa0], Raw.Bytes(new byte[4]), Raw.Bytes(new byte[64]));
        Assert.False(CompactVerifier.TryParse("IDP:" + Base45.Encode(proof), out _, out _));
        Assert.False(StrictJson.TryParseObject("""{"jti":"a","jti":"b"}"""u8, out _, out _));
    }

    [Fact]
    public void Attack_a_key_of_another_curve()
    {
        var other = new JsonObject { ["kty"] = "EC", ["crv"] = "P-384", ["x"] = new string('A', 64), ["y"] = new string('A', 64) };
        Assert.False(Jwk.TryParse(other, out var key, out _) && VerificationKey.TryImport(key, out _, out _));
        Assert.False(Jwk.TryFromCompressed([2, .. Enumerable.Repeat((byte)255, 32)], out _)); // beyond the field of P-256
    }

    [Fact]
    public void Attack_an_answer_made_for_somebody_else()
    {
        using var stranger = Fixed.Key("stranger");
        var (ours, theirs) = (Ask(_verifier), Ask(stranger));
        var answer = CompactHolder.Answer(Issue(), [1], theirs, _holder);

        Assert.Equal(ReasonCode.Replayed, Judge(answer, new Expectations.Challenge(ours), PackWorld.Now));
        Assert.NotEqual(ReasonCode.Replayed, Judge(answer, new Expectations.Challenge(theirs), PackWorld.Now));
    }

    [Fact]
    public void Attack_a_screenshot_after_its_window()
    {
        var code = CompactHolder.Roll(Issue(), [1], PackWorld.Now.ToUnixTimeSeconds(), false, _holder);

        Assert.NotEqual(ReasonCode.Replayed, Judge(code, new Expectations.Shown(), PackWorld.Now.AddSeconds(120)));
        Assert.Equal(ReasonCode.Replayed, Judge(code, new Expectations.Shown(), PackWorld.Now.AddSeconds(121)));
    }

    [Fact]
    public void Attack_a_verifier_that_nobody_registered()
    {
        var list = new VerifierList("https://ministry.example", "Ministry", 1, PackWorld.Now, PackWorld.Now.AddDays(1), []);
        var asking = Asking.Judge(list, PackWorld.Now, _verifier.PublicKey.ThumbprintText(), null, [new AskedClaim(PackWorld.Vct, "holder_name")]);

        Assert.Equal(Standing.Unknown, asking.Standing);
        Assert.True(asking.MustRefuse);
    }

    [Fact]
    public void Attack_a_pack_from_the_future()
    {
        var file = PackWorld.Pack().Encode();

        Assert.True(TrustPack.TryRead(file, PackWorld.Pin() with { Now = PackWorld.MadeAt.AddMinutes(-5) }, out _, out _));
        Assert.False(TrustPack.TryRead(file, PackWorld.Pin() with { Now = PackWorld.MadeAt.AddMinutes(-5).AddSeconds(-1) }, out _, out var reason));
        Assert.Equal("pack_future", reason);
    }

    [Theory]
    [InlineData("http://pay.example/"), InlineData("HTTP://PAY.EXAMPLE/IDP:00"), InlineData("http://wallet.example/#present?client_id=x&request_uri=https%3A%2F%2Fx.example"), InlineData("http://college.example/#offer?credential_offer_uri=https%3A%2F%2Fx.example")]
    public void Attack_an_http_link_in_a_code(string link)
    {
        Assert.Equal(ReasonCode.Malformed, Judge(link, new Expectations.Shown(), PackWorld.Now));
        Assert.Equal(ReasonCode.Malformed, Judge(link, new Expectations.File(), PackWorld.Now));
        Assert.False(CompactChallenge.TryParse(link, out _, out var reason));
        Assert.Equal("prefix", reason);
    }

    [Fact]
    public void Attack_a_truncated_code()
    {
        var question = Ask(_verifier);
        var answer = CompactHolder.Answer(Issue(), [1], question, _holder);
        var shown = CompactHolder.Roll(Issue(), [1], PackWorld.Now.ToUnixTimeSeconds(), false, _holder);

        for (var length = 0; length < answer.Length; length++) Assert.Equal(ReasonCode.Malformed, Judge(answer[..length], new Expectations.Challenge(question), PackWorld.Now));
        for (var length = 0; length < shown.Length; length++) Assert.Equal(ReasonCode.Malformed, Judge(shown[..length], new Expectations.Shown(), PackWorld.Now));
        for (var length = 0; length < question.Text.Length; length++) Assert.False(CompactChallenge.TryParse(question.Text[..length], out _, out _));
    }

    [Theory]
    [InlineData("mdoc:owBjMS4w"), InlineData("HC1:6BFOXN*TS0BI$ZD.P9UOL97O4-2HH77HRM3DSPTLRR+%3.ZH9M9ESIGUBA"), InlineData("shc:/5676290952432060346029243740446031222959"), InlineData("did:example:123"), InlineData("WIFI:T:WPA;S:yard;P:x;;"), InlineData("tel:123"), InlineData("BEGIN:VCARD")]
    public void Attack_a_code_of_another_system(string code)
    {
        Assert.Equal(ReasonCode.Malformed, Judge(code, new Expectations.Shown(), PackWorld.Now));
        Assert.Equal(ReasonCode.Malformed, Judge(code, new Expectations.File(), PackWorld.Now));
        Assert.False(CompactChallenge.TryParse(code, out _, out var reason));
        Assert.Equal("prefix", reason);
    }

    private static ReasonCode Judge(string text, Expectations expectations, DateTimeOffset now) => VerdictEngine.Check(text, expectations, PackWorld.Pack(), now).Reason;

    private static CompactChallenge Ask(Es256Key verifier) =>
        CompactChallenge.Create(Fixed.Bytes("nonce", 16), 1_760_000_000, PackWorld.Vct, [1], [], "Welding job", "Harbour Yard", verifier);

    private CompactCredential Issue() => CompactIssuer.Issue(
        TypeDefinition.Find("qualification")!, new JsonObject { ["holder_name"] = "Amina Okoye-Reyes", ["title"] = "Welding" }, _holder.PublicKey, null, 1_907_000_000, 3, 6, PackWorld.InForce, Fixed.Random("bad input"));
}
