using System.Text.Json.Nodes;
using Identity.Credentials.Dcql;
using static Identity.Credentials.Tests.Dcql.DcqlTests;

namespace Identity.Credentials.Tests.Dcql;

/// <summary>A wallet that does not do as it was asked.</summary>
public sealed class DcqlCheckTests
{
    private static PresentedCredential Shown => new(Held().Format, Held().Vct, Held().Claims, true, []);

    [Fact]
    public void What_was_asked_is_accepted()
    {
        var query = Ask("""[{"path":["family_name"]},{"path":["age"],"values":[34]}]""");

        Assert.True(DcqlCheck.Answers(query.Find("pid")!, Shown, out var reason), reason);
        Assert.True(DcqlCheck.TryReadVpToken(JsonNode.Parse("""{"pid":["x~"]}"""), query, out var presentations, out _));
        Assert.Equal(["x~"], presentations["pid"]);
        Assert.True(DcqlCheck.IsComplete(query, new HashSet<string> { "pid" }, out _));
    }

    [Fact]
    public void Fewer_claims_than_asked_are_refused() =>
        Assert.Equal("claims", Refused(Ask("""[{"path":["family_name"]},{"path":["nationality"]}]"""), Shown));

    [Fact]
    public void A_value_outside_those_asked_is_refused()
    {
        Assert.Equal("claims", Refused(Ask("""[{"path":["age"],"values":[18,19]}]"""), Shown));
        Assert.Equal("claims", Refused(Ask("""[{"path":["age"],"values":["34"]}]"""), Shown));
    }

    [Fact]
    public void A_claim_set_nobody_asked_for_is_refused()
    {
        var query = Ask("""[{"id":"a","path":["nationality"]},{"id":"b","path":["age"]}]""", ""","claim_sets":[["a"],["a","b"]]""");
        Assert.Equal("claims", Refused(query, Shown));
    }

    [Fact]
    public void Another_type_or_format_is_refused()
    {
        var query = Ask("""[{"path":["age"]}]""");
        Assert.Equal("type", Refused(query, Shown with { Vct = "urn:other" }));
        Assert.Equal("format", Refused(query, Shown with { Format = "jwt_vc_json" }));
    }

    [Fact]
    public void A_type_spoofed_by_an_alias_is_refused()
    {
        var claims = Held().Claims;
        claims["aka_vcts"] = new JsonArray(Held().Vct);

        Assert.Equal("type", Refused(Ask("""[{"path":["age"]}]"""), Shown with { Vct = "urn:other", Claims = claims }));
    }

    [Fact]
    public void A_copy_without_the_holders_proof_is_refused_unless_that_was_asked()
    {
        Assert.Equal("holder_binding", Refused(Ask("""[{"path":["age"]}]"""), Shown with { HolderProven = false }));
        Assert.Equal("", Refused(Ask("""[{"path":["age"]}]""", ""","require_cryptographic_holder_binding":false"""), Shown with { HolderProven = false }));
    }

    [Fact]
    public void An_authority_not_asked_for_is_refused() =>
        Assert.Equal("authority", Refused(Ask("""[{"path":["age"]}]""", ""","trusted_authorities":[{"type":"aki","values":["AQID"]}]"""), Shown));

    [Theory]
    [InlineData("""{"pid":"x~"}""")]
    [InlineData("""{"pid":[]}""")]
    [InlineData("""{"pid":["x~","y~"]}""")]
    [InlineData("""{"pid":["x~"],"extra":["y~"]}""")]
    [InlineData("""{"pid":[5]}""")]
    [InlineData("""{"pid":[null]}""")]
    [InlineData("""{"pid":[{}]}""")]
    [InlineData("""["x~"]""")]
    [InlineData("\"x~\"")]
    [InlineData("null")]
    public void A_vp_token_of_another_shape_or_with_more_than_asked_is_refused(string json) =>
        Assert.False(DcqlCheck.TryReadVpToken(JsonNode.Parse(json), Ask("""[{"path":["age"]}]"""), out _, out _));

    [Fact]
    public void Several_presentations_are_read_where_they_were_asked()
    {
        var query = Ask("""[{"path":["age"]}]""", ""","multiple":true""");

        Assert.True(DcqlCheck.TryReadVpToken(JsonNode.Parse("""{"pid":["x~","y~"]}"""), query, out var presentations, out _));
        Assert.Equal(2, presentations["pid"].Count);
        Assert.False(DcqlCheck.TryReadVpToken(JsonNode.Parse("""{"pid":["x~","x~"]}"""), query, out _, out _));
    }

    [Fact]
    public void A_missing_credential_is_noticed()
    {
        var two = Query("""{"credentials":[{"id":"a","format":"dc+sd-jwt","meta":{"vct_values":["a"]}},{"id":"b","format":"dc+sd-jwt","meta":{"vct_values":["b"]}}]}""");
        var sets = Query("""
            {"credentials":[{"id":"a","format":"dc+sd-jwt","meta":{"vct_values":["a"]}},{"id":"b","format":"dc+sd-jwt","meta":{"vct_values":["b"]}},{"id":"c","format":"dc+sd-jwt","meta":{"vct_values":["c"]}}],
             "credential_sets":[{"options":[["a","b"],["c"]]},{"options":[["b"]],"required":false}]}
            """);

        Assert.False(Complete(two, "a"));
        Assert.True(Complete(two, "a", "b"));
        Assert.False(Complete(sets, "a"));
        Assert.False(Complete(sets, "b"));
        Assert.True(Complete(sets, "c"));
        Assert.True(Complete(sets, "a", "b"));
        Assert.False(Complete(sets));

        static bool Complete(DcqlQuery query, params string[] answered) => DcqlCheck.IsComplete(query, answered.ToHashSet(), out _);
    }

    private static string Refused(DcqlQuery query, PresentedCredential shown) => DcqlCheck.Answers(query.Find("pid")!, shown, out var reason) ? "" : reason;
}
