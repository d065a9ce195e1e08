using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using static Identity.Credentials.Tests.SdJwt.SdJwtKit;

namespace Identity.Credentials.Tests.SdJwt;

public sealed class KeyBindingAttackTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);
    private readonly SdJwtDocument _issued = Issue();

    [Fact]
    public void A_presentation_for_this_request_is_accepted()
    {
        Assert.Equal("", Check(Present()));
        Assert.True(Parse(Present()).TryProcess(out var claims, out _));
        Assert.Equal("Amina", (string?)claims["given_name"]);
        Assert.False(claims.ContainsKey("family_name"));
    }

    [Fact]
    public void An_ed25519_holder_is_accepted()
    {
        using var holder = Ed25519Key.Create();
        var text = SdJwtHolder.Present(_issued, [], new(Audience, Nonce, Now), holder);

        Assert.True(KeyBinding.TryVerify(Parse(text), holder.PublicKey, Nonce, Audience, Now, Window, out var reason), reason);
    }

    [Fact]
    public void A_stripped_key_binding_is_refused() => Assert.Equal("kb_missing", Check(Parse(Present()).Unbound));

    [Fact]
    public void There_is_no_check_without_nonce_or_audience()
    {
        var document = Parse(Present());
        Assert.Throws<ArgumentException>(() => KeyBinding.TryVerify(document, Holder.PublicKey, "", Audience, Now, Window, out _));
        Assert.Throws<ArgumentException>(() => KeyBinding.TryVerify(document, Holder.PublicKey, Nonce, "", Now, Window, out _));
        Assert.Throws<ArgumentNullException>(() => KeyBinding.TryVerify(document, Holder.PublicKey, null!, Audience, Now, Window, out _));
    }

    [Theory]
    [InlineData("\"https://other.example\"")]
    [InlineData("\"https://verifier.example/response\"")]
    [InlineData("""["x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk"]""")]
    [InlineData("""["x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk","https://other.example"]""")]
    [InlineData("\"Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk\"")]
    [InlineData("\"X509_HASH:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk\"")]
    [InlineData("null")]
    public void Another_audience_is_refused(string aud) => Assert.Equal("kb_audience", Check(Bound(p => p["aud"] = JsonNode.Parse(aud))));

    [Theory]
    [InlineData("\"other\"")]
    [InlineData("\"n-0S6_WzA2Mj \"")]
    [InlineData("\"\"")]
    [InlineData("5")]
    [InlineData("null")]
    public void Another_nonce_is_refused(string nonce) => Assert.Equal("kb_nonce", Check(Bound(p => p["nonce"] = JsonNode.Parse(nonce))));

    [Fact]
    public void Missing_claims_are_refused()
    {
        Assert.Equal("kb_audience", Check(Bound(p => p.Remove("aud"))));
        Assert.Equal("kb_nonce", Check(Bound(p => p.Remove("nonce"))));
        Assert.Equal("kb_iat", Check(Bound(p => p.Remove("iat"))));
        Assert.Equal("kb_sd_hash", Check(Bound(p => p.Remove("sd_hash"))));
    }

    [Fact]
    public void A_disclosure_added_or_removed_after_signing_is_refused()
    {
        var shown = Parse(Present());
        var added = shown.Unbound + _issued.Disclosures.First(d => d.Name == "family_name").Encoded + "~" + shown.KeyBindingJwt;
        var removed = shown.Jwt.Compact + "~" + shown.KeyBindingJwt;

        Assert.Equal("kb_sd_hash", Check(added));
        Assert.Equal("kb_sd_hash", Check(removed));
    }

    [Fact]
    public void A_key_binding_moved_from_another_credential_is_refused()
    {
        var other = Parse(SdJwtHolder.Present(Issue(), [], new(Audience, Nonce, Now), Holder));
        Assert.Equal("kb_sd_hash", Check(Parse(Present()).Unbound + other.KeyBindingJwt));
    }

    [Theory]
    [InlineData(-365 * 86_400)]
    [InlineData(-301)]
    [InlineData(61)]
    [InlineData(365 * 86_400)]
    public void A_signature_from_another_time_is_refused(int seconds) =>
        Assert.Equal("kb_iat", Check(Bound(p => p["iat"] = Now.AddSeconds(seconds).ToUnixTimeSeconds())));

    [Theory]
    [InlineData(-299)]
    [InlineData(59)]
    public void A_signature_within_the_window_is_accepted(int seconds) =>
        Assert.Equal("", Check(Bound(p => p["iat"] = Now.AddSeconds(seconds).ToUnixTimeSeconds())));

    [Fact]
    public void A_key_binding_that_says_it_ended_or_has_not_begun_is_refused()
    {
        Assert.Equal("kb_iat", Check(Bound(p => p["exp"] = Now.AddSeconds(-1).ToUnixTimeSeconds())));
        Assert.Equal("kb_iat", Check(Bound(p => p["exp"] = "soon")));
        Assert.Equal("kb_iat", Check(Bound(p => p["nbf"] = Now.AddHours(1).ToUnixTimeSeconds())));
    }

    [Fact]
    public void Another_holders_signature_is_refused()
    {
        using var thief = Es256Key.Create();
        Assert.Equal("kb_signature", Check(SdJwtHolder.Present(_issued, [], new(Audience, Nonce, Now), thief)));
        Assert.Equal("kb_signature", Check(Bound(_ => { }, thief)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("dc+sd-jwt")]
    [InlineData("JWT")]
    [InlineData("KB+JWT")]
    public void Another_typ_is_refused(string? typ) => Assert.Equal("kb_typ", Check(Bound(_ => { }, typ: typ)));

    [Fact]
    public void A_credential_in_the_place_of_the_key_binding_is_refused() => Assert.Equal("kb_typ", Check(_issued.Unbound + _issued.Jwt.Compact));

    [Fact]
    public void A_minimal_holder_key_passes()
    {
        var key = Holder.PublicKey;
        Assert.True(Jwk.TryParse(new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = key.X, ["y"] = key.Y }, out var minimal, out _));

        Assert.True(KeyBinding.TryVerify(Parse(Present()), minimal, Nonce, Audience, Now, Window, out _));
    }

    private string Present() => SdJwtHolder.Present(_issued, [new("given_name")], new(Audience, Nonce, Now), Holder);

    private static string Check(string text) =>
        KeyBinding.TryVerify(Parse(text), Holder.PublicKey, Nonce, Audience, Now, Window, out var reason) ? "" : reason;

    /// <summary>A right key binding with one thing changed before it is signed.</summary>
    private string Bound(Action<JsonObject> change, ISigner? signer = null, string? typ = "kb+jwt")
    {
        var unbound = SdJwtHolder.Select(_issued, [new("given_name")]);
        var payload = new JsonObject { ["iat"] = Now.ToUnixTimeSeconds(), ["aud"] = Audience, ["nonce"] = Nonce, ["sd_hash"] = Digest(unbound) };
        change(payload);
        return unbound + Jws.Sign(typ is null ? [] : new JsonObject { ["typ"] = typ }, payload, signer ?? Holder);
    }
}
