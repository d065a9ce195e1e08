using System.Text.Json.Nodes;
using Identity.Credentials.Dcql;
using Identity.Credentials.SdJwt;
using Identity.TestKit;
using Xunit.Abstractions;

namespace Identity.Credentials.Tests.Dcql;

public sealed class DcqlTests(ITestOutputHelper output)
{
    private const string Pid = "https://credentials.example.com/identity_credential";

    [Fact]
    public void Every_query_of_the_specification_is_read_and_written_again()
    {
        if (Checkout.SharedVector("openid4vp") is not { } folder) { output.WriteLine("absent: openid4vp"); return; }
        var files = Directory.GetFiles(folder, "query_lang__*.json");
        Assert.Equal(7, files.Length);
        foreach (var file in files)
        {
            var json = JsonNode.Parse(File.ReadAllText(file));
            Assert.True(DcqlQuery.TryParse(json, out var query, out var reason), $"{file}: {reason}");
            if (!file.Contains("mdoc") && !file.Contains("multi")) Assert.True(JsonNode.DeepEquals(json, query.ToJson()), $"{file}: {query.ToJson().ToJsonString()}");
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"credentials":[]}""")]
    [InlineData("""{"credentials":{}}""")]
    [InlineData("""{"credentials":[5]}""")]
    [InlineData("""{"credentials":[{"format":"dc+sd-jwt","meta":{"vct_values":["x"]}}]}""")]
    [InlineData("""{"credentials":[{"id":"a b","format":"dc+sd-jwt","meta":{"vct_values":["x"]}}]}""")]
    [InlineData("""{"credentials":[{"id":"","format":"dc+sd-jwt","meta":{"vct_values":["x"]}}]}""")]
    [InlineData("""{"credentials":[{"id":"a","meta":{"vct_values":["x"]}}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"dc+sd-jwt"}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"dc+sd-jwt","meta":{}}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"dc+sd-jwt","meta":{"vct_values":"x"}}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{}},{"id":"a","format":"x","meta":{}}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{},"multiple":"yes"}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{},"claims":[]}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{},"claims":[{}]}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{},"claims":[{"path":[]}]}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{},"claims":[{"path":[-1]}]}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{},"claims":[{"path":[1.5]}]}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{},"claims":[{"path":[true]}]}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{},"claims":[{"path":"name"}]}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{},"claims":[{"path":["n"],"values":[]}]}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{},"claims":[{"path":["n"],"values":[1.5]}]}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{},"claims":[{"path":["n"],"values":[null]}]}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{},"claims":[{"path":["n"],"id":"c"},{"path":["m"],"id":"c"}]}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{},"claim_sets":[["c"]]}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{},"claims":[{"path":["n"]}],"claim_sets":[["c"]]}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{},"claims":[{"path":["n"],"id":"c"}],"claim_sets":[["d"]]}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{}}],"credential_sets":[]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{}}],"credential_sets":[{"options":[["b"]]}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{}}],"credential_sets":[{"options":[[]]}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{}}],"credential_sets":[{"options":[["a"]],"required":1}]}""")]
    [InlineData("""{"credentials":[{"id":"a","format":"x","meta":{},"trusted_authorities":[{"values":["x"]}]}]}""")]
    public void A_query_of_another_shape_is_refused(string json) => Assert.False(DcqlQuery.TryParse(JsonNode.Parse(json), out _, out _));

    [Fact]
    public void Unknown_members_are_ignored()
    {
        var query = Query("""{"credentials":[{"id":"a","format":"dc+sd-jwt","meta":{"vct_values":["x"],"new":1},"new":{}}],"new":[]}""");
        Assert.Equal(["x"], query.Find("a")!.VctValues);
    }

    [Fact]
    public void All_claims_asked_and_only_those_are_disclosed()
    {
        var match = DcqlMatcher.Match(Ask("""[{"path":["family_name"]},{"path":["address","street_address"]}]"""), [Held()]);

        Assert.True(match.Satisfied);
        Assert.Equal(["""["family_name"]""", """["address","street_address"]"""], Paths(match));
    }

    [Fact]
    public void No_claims_asked_disclose_nothing()
    {
        var match = DcqlMatcher.Match(Query("""{"credentials":[{"id":"pid","format":"dc+sd-jwt","meta":{"vct_values":["https://credentials.example.com/identity_credential"]}}]}"""), [Held()]);

        Assert.True(match.Satisfied);
        Assert.Empty(Paths(match));
    }

    [Theory]
    [InlineData("""[{"path":["family_name"]},{"path":["nationality"]}]""")]
    [InlineData("""[{"path":["family_name","x"]}]""")]
    [InlineData("""[{"path":["degrees",5]}]""")]
    [InlineData("""[{"path":["address",null]}]""")]
    [InlineData("""[{"path":["age"],"values":["34"]}]""")]
    [InlineData("""[{"path":["age"],"values":[35]}]""")]
    [InlineData("""[{"path":["over18"],"values":["true"]}]""")]
    [InlineData("""[{"path":["family_name"],"values":["doe"]}]""")]
    [InlineData("""[{"path":["degrees",null,"type"],"values":["Doctor"]}]""")]
    public void A_credential_that_lacks_a_claim_or_value_is_no_candidate_and_nothing_is_sent(string claims)
    {
        var match = DcqlMatcher.Match(Ask(claims), [Held()]);

        Assert.False(match.Satisfied);
        Assert.Empty(match.Candidates["pid"]);
    }

    [Theory]
    [InlineData("""[{"path":["age"],"values":[33,34]}]""", """["age"]""")]
    [InlineData("""[{"path":["over18"],"values":[true]}]""", """["over18"]""")]
    [InlineData("""[{"path":["degrees",null,"type"]}]""", """["degrees",0,"type"]|["degrees",1,"type"]""")]
    [InlineData("""[{"path":["degrees",null,"type"],"values":["Bachelor"]}]""", """["degrees",0,"type"]""")]
    [InlineData("""[{"path":["degrees",1]}]""", """["degrees",1]""")]
    [InlineData("""[{"path":["age"]},{"path":["age"]}]""", """["age"]""")]
    public void Values_positions_and_wildcards_select_exact_places(string claims, string expected) =>
        Assert.Equal(expected, string.Join('|', Paths(DcqlMatcher.Match(Ask(claims), [Held()]))));

    [Fact]
    public void The_first_claim_set_that_can_be_had_is_taken()
    {
        const string claims = """[{"id":"a","path":["nationality"]},{"id":"b","path":["family_name"]},{"id":"c","path":["age"]}]""";

        Assert.Equal(["""["family_name"]"""], Paths(DcqlMatcher.Match(Ask(claims, ""","claim_sets":[["a","b"],["b"],["b","c"]]"""), [Held()])));
        Assert.Equal(["""["age"]"""], Paths(DcqlMatcher.Match(Ask(claims, ""","claim_sets":[["c"],["b"]]"""), [Held()])));
        Assert.False(DcqlMatcher.Match(Ask(claims, ""","claim_sets":[["a"],["a","b"]]"""), [Held()]).Satisfied);
    }

    [Fact]
    public void Type_format_holder_binding_and_authority_decide_who_is_a_candidate()
    {
        var query = Ask("""[{"path":["age"]}]""");
        Assert.False(DcqlMatcher.Match(query, [Held() with { Vct = Pid + "/" }]).Satisfied);
        Assert.False(DcqlMatcher.Match(query, [Held() with { Format = "jwt_vc_json" }]).Satisfied);
        Assert.False(DcqlMatcher.Match(query, [Held() with { HolderBound = false }]).Satisfied);
        Assert.True(DcqlMatcher.Match(Ask("""[{"path":["age"]}]""", ""","require_cryptographic_holder_binding":false"""), [Held() with { HolderBound = false }]).Satisfied);

        var aki = Ask("""[{"path":["age"]}]""", ""","trusted_authorities":[{"type":"aki","values":["AQID"]}]""");
        Assert.False(DcqlMatcher.Match(aki, [Held()]).Satisfied);
        Assert.True(DcqlMatcher.Match(aki, [Held() with { AuthorityKeyIds = ["AQID"] }]).Satisfied);
        Assert.False(DcqlMatcher.Match(Ask("""[{"path":["age"]}]""", ""","trusted_authorities":[{"type":"etsi_tl","values":["AQID"]}]"""), [Held() with { AuthorityKeyIds = ["AQID"] }]).Satisfied);
    }

    [Fact]
    public void Sets_offer_the_ways_the_wallet_can_answer_in_the_verifiers_order()
    {
        const string text = """
            {"credentials":[
              {"id":"a","format":"dc+sd-jwt","meta":{"vct_values":["a"]}},{"id":"b","format":"dc+sd-jwt","meta":{"vct_values":["b"]}},
              {"id":"c","format":"dc+sd-jwt","meta":{"vct_values":["c"]}},{"id":"d","format":"dc+sd-jwt","meta":{"vct_values":["d"]}}],
             "credential_sets":[{"options":[["a"],["b","c"],["b"]]},{"required":false,"options":[["d"]]}]}
            """;
        var (b, c) = (Held() with { Id = "1", Vct = "b" }, Held() with { Id = "2", Vct = "c" });

        var match = DcqlMatcher.Match(Query(text), [b, c]);

        Assert.True(match.Satisfied);
        Assert.Equal([["b", "c"], ["b"]], match.Choices[0].Options);
        Assert.Empty(match.Choices[1].Options);
        Assert.False(match.Choices[1].Required);
        Assert.False(DcqlMatcher.Match(Query(text), [c]).Satisfied);
    }

    [Fact]
    public void Without_sets_every_credential_is_required()
    {
        var query = Query("""{"credentials":[{"id":"a","format":"dc+sd-jwt","meta":{"vct_values":["a"]}},{"id":"b","format":"dc+sd-jwt","meta":{"vct_values":["b"]}}]}""");

        Assert.False(DcqlMatcher.Match(query, [Held() with { Vct = "a" }]).Satisfied);
        Assert.True(DcqlMatcher.Match(query, [Held() with { Vct = "a" }, Held() with { Vct = "b" }]).Satisfied);
    }

    [Fact]
    public void A_match_leads_to_a_presentation_that_answers()
    {
        Assert.True(SdJwtVc.TryRead(SdJwt.SdJwtKit.Issue(), out var credential, out _));
        var query = Query("""{"credentials":[{"id":"q","format":"dc+sd-jwt","meta":{"vct_values":["urn:identity:qualification:1"]},"claims":[{"path":["given_name"]},{"path":["level"],"values":[4,5]}]}]}""");
        var candidate = Assert.Single(DcqlMatcher.Match(query, [HeldCredential.From("1", credential)]).Candidates["q"]);

        var text = SdJwtHolder.Select(credential.Document, candidate.Disclose);

        Assert.True(SdJwtVc.TryParse(text, out var shown, out _));
        Assert.True(DcqlCheck.Answers(query.Find("q")!, PresentedCredential.From(shown, holderProven: true), out _));
        Assert.False(shown.Claims.ContainsKey("family_name"));
    }

    private static string[] Paths(DcqlMatch match) => [.. Assert.Single(match.Candidates["pid"]).Disclose.Select(p => p.ToString())];

    internal static DcqlQuery Query(string json) => DcqlQuery.TryParse(JsonNode.Parse(json), out var query, out var reason) ? query : throw new InvalidOperationException(reason);

    internal static DcqlQuery Ask(string claims, string more = "") =>
        Query($$"""{"credentials":[{"id":"pid","format":"dc+sd-jwt","meta":{"vct_values":["{{Pid}}"]},"claims":{{claims}}{{more}}}]}""");

    internal static HeldCredential Held() => new("1", "dc+sd-jwt", Pid, JsonNode.Parse("""
        {"family_name":"Doe","given_name":"John","age":34,"over18":true,"address":{"street_address":"42 Market Street"},
         "degrees":[{"type":"Bachelor"},{"type":"Master"}]}
        """)!.AsObject(), true, []);
}
