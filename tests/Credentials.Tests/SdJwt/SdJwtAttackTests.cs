using System.Text;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using static Identity.Credentials.Tests.SdJwt.SdJwtKit;

namespace Identity.Credentials.Tests.SdJwt;

/// <summary>One rule of RFC 9901 §7.1 or of the credential format broken at a time. All are signed by the true issuer: the rules hold even then.</summary>
public sealed class SdJwtAttackTests
{
    private const string Name = """["s","given_name","Amina"]""";
    private const string Element = """["s","en"]""";

    [Fact]
    public void The_hand_made_document_is_fine_before_a_rule_is_broken()
    {
        Assert.Equal("", Refusal(ByHand($$"""{"_sd":[{{D(Name)}}],"l":[{"...":{{D(Element)}}}]}""", Name, Element)));
        Assert.Equal("", Refusal(ByHand("{}")));
    }

    [Fact]
    public void An_altered_signature_or_payload_does_not_verify()
    {
        var good = Issue();
        var jwt = good.Jwt.Compact;

        Assert.True(good.Jwt.Verify(IssuerKey));
        foreach (var at in new[] { jwt.LastIndexOf('.') + 5, jwt.IndexOf('.') + 30 })
        {
            var altered = jwt[..at] + (jwt[at] == 'A' ? 'B' : 'A') + jwt[(at + 1)..];
            Assert.False(SdJwtDocument.TryParse(altered + "~", out var document, out _) && document.Jwt.Verify(IssuerKey));
        }
    }

    [Fact]
    public void The_same_disclosure_twice_is_refused() =>
        Assert.Equal("a disclosure came twice", Refusal(ByHand($$"""{"_sd":[{{D(Name)}}]}""", Name, Name)));

    [Fact]
    public void The_same_digest_in_two_places_is_refused()
    {
        Assert.Equal("a digest stands twice", Refusal(ByHand($$"""{"_sd":[{{D(Name)}},{{D(Name)}}]}""")));
        Assert.Equal("a digest stands twice", Refusal(ByHand($$"""{"_sd":[{{D(Name)}}],"a":{"_sd":[{{D(Name)}}] } }""", Name)));
        Assert.Equal("a digest stands twice", Refusal(ByHand($$"""{"a":[{"...":{{D(Element)}}},{"...":{{D(Element)}}}]}""", Element)));
        var outer = $$"""["s","outer",{"_sd":[{{D(Name)}}]}]""";
        Assert.Equal("a digest stands twice", Refusal(ByHand($$"""{"_sd":[{{D(outer)}},{{D(Name)}}]}""", outer, Name)));
    }

    [Fact]
    public void A_disclosure_no_digest_calls_for_is_refused() =>
        Assert.Equal("a disclosure belongs to no digest", Refusal(ByHand($$"""{"_sd":[{{D(Name)}}]}""", Name, """["s","admin",true]""")));

    [Fact]
    public void A_nested_disclosure_without_its_parent_is_refused()
    {
        var outer = $$"""["s","outer",{"_sd":[{{D(Name)}}]}]""";
        Assert.Equal("", Refusal(ByHand($$"""{"_sd":[{{D(outer)}}]}""", outer, Name)));
        Assert.Equal("a disclosure belongs to no digest", Refusal(ByHand($$"""{"_sd":[{{D(outer)}}]}""", Name)));
    }

    [Theory]
    [InlineData("given_name")]
    [InlineData("exp")]
    [InlineData("cnf")]
    public void A_disclosure_named_like_a_clear_claim_is_refused(string name)
    {
        var overwrite = $$"""["s","{{name}}","other"]""";
        Assert.Equal("a disclosed claim is already there", Refusal(ByHand($$"""{"{{name}}":"clear","_sd":[{{D(overwrite)}}]}""", overwrite)));
    }

    [Fact]
    public void Two_disclosures_of_one_name_in_one_object_are_refused()
    {
        const string second = """["t","given_name","Other"]""";
        Assert.Equal("a disclosed claim is already there", Refusal(ByHand($$"""{"_sd":[{{D(Name)}},{{D(second)}}]}""", Name, second)));
    }

    [Fact]
    public void An_element_behind_sd_and_a_claim_behind_a_placeholder_are_refused()
    {
        Assert.Equal("an array element was disclosed as a claim", Refusal(ByHand($$"""{"_sd":[{{D(Element)}}]}""", Element)));
        Assert.Equal("a claim was disclosed as an array element", Refusal(ByHand($$"""{"l":[{"...":{{D(Name)}}}]}""", Name)));
    }

    [Theory]
    [InlineData("""["s","_sd",["x"]]""")]
    [InlineData("""["s","...","x"]""")]
    [InlineData("""["s","_sd_alg","md5"]""")]
    [InlineData("""["s",5,"x"]""")]
    [InlineData("""["s",null,"x"]""")]
    [InlineData("""[5,"name","x"]""")]
    [InlineData("""["s"]""")]
    [InlineData("""["s","name","x","y"]""")]
    [InlineData("""[]""")]
    [InlineData("""{"s":1}""")]
    [InlineData("""["s","name",{"a":1,"a":2}]""")]
    [InlineData("""["s","name","\ud800"]""")]
    [InlineData("""["s","name","x"],""")]
    [InlineData("not json")]
    public void A_disclosure_of_another_shape_is_refused(string disclosure) =>
        Assert.NotEqual("", Refusal(ByHand($$"""{"_sd":[{{D(disclosure)}}]}""", disclosure)));

    [Theory]
    [InlineData("""{"_sd":"x"}""")]
    [InlineData("""{"_sd":{}}""")]
    [InlineData("""{"_sd":[5]}""")]
    [InlineData("""{"_sd":[null]}""")]
    [InlineData("""{"_sd":[["x"]]}""")]
    [InlineData("""{"...":"x"}""")]
    [InlineData("""{"a":{"...":"x"}}""")]
    [InlineData("""{"a":[{"...":"x","b":1}]}""")]
    [InlineData("""{"a":[{"...":5}]}""")]
    [InlineData("""{"a":{"_sd_alg":"sha-256"}}""")]
    [InlineData("""{"a":[{"_sd_alg":"sha-256"}]}""")]
    [InlineData("""{"_sd_alg":"md5"}""")]
    [InlineData("""{"_sd_alg":"sha-1"}""")]
    [InlineData("""{"_sd_alg":"SHA-256"}""")]
    [InlineData("""{"_sd_alg":null}""")]
    [InlineData("""{"_sd_alg":256}""")]
    [InlineData("""{"a":1,"a":2}""")]
    public void A_payload_that_misuses_the_formats_names_is_refused(string payload) => Assert.NotEqual("", Refusal(ByHand(payload)));

    [Fact]
    public void An_algorithm_hidden_inside_a_disclosure_is_refused()
    {
        const string hidden = """["s","a",{"_sd_alg":"sha-256"}]""";
        Assert.NotEqual("", Refusal(ByHand($$"""{"_sd":[{{D(hidden)}}]}""", hidden)));
    }

    [Fact]
    public void Withheld_elements_leave_nothing_in_the_claims()
    {
        var document = Parse(ByHand($$"""{"l":["a",{"...":"AAAA"},{"...":{{D(Element)}}},{"...":"BBBB"}],"_sd":["CCCC"],"o":{"_sd":["DDDD"]} }""", Element));

        Assert.True(document.TryProcess(out var claims, out _));
        Assert.Equal("""{"l":["a","en"],"o":{}}""", claims.ToJsonString());
    }

    [Fact]
    public void Digests_are_taken_by_the_algorithm_the_issuer_named()
    {
        var sha512 = Base64Url.Encode(System.Security.Cryptography.SHA512.HashData(Encoding.ASCII.GetBytes(Encode(Name))));

        Assert.Equal("", Refusal(ByHand($$"""{"_sd":["{{sha512}}"],"_sd_alg":"sha-512"}""", Name)));
        Assert.Equal("a disclosure belongs to no digest", Refusal(ByHand($$"""{"_sd":[{{D(Name)}}],"_sd_alg":"sha-512"}""", Name)));
    }

    [Fact]
    public void A_chain_of_disclosures_nested_too_deep_is_refused()
    {
        var disclosures = new List<string>();
        var inner = "1";
        for (var i = 0; i < 900; i++)
        {
            disclosures.Add($$"""["{{i}}","a",{{inner}}]""");
            inner = $$"""{"_sd":[{{D(disclosures[^1])}}]}""";
        }

        Assert.Equal("claims are nested too deep", Refusal(ByHand(inner, [.. disclosures])));
    }

    [Fact]
    public void Ten_thousand_deep_a_megabyte_and_a_thousand_too_many_are_refused()
    {
        var deep = $$"""["s","a",{{new string('[', 10_000)}}{{new string(']', 10_000)}}]""";
        Assert.NotEqual("", Refusal(ByHand($$"""{"_sd":[{{D(deep)}}]}""", deep)));

        var large = $"""["s","a","{new string('x', 1 << 20)}"]""";
        Assert.NotEqual("", Refusal(ByHand($$"""{"_sd":[{{D(large)}}]}""", large)));

        var many = Enumerable.Range(0, 1_001).Select(i => $"""["{i}","a{i}",1]""").ToArray();
        Assert.Equal("SD-JWT has too many disclosures", Refusal(ByHand($$"""{"_sd":[{{string.Join(',', many.Select(D))}}]}""", many)));
    }

    [Fact]
    public void Bytes_that_are_not_text_are_refused()
    {
        var disclosure = Base64Url.Encode([.. "[\"s\",\"a\",\""u8, 0xc3, 0x28, .. "\"]"u8]);
        Assert.NotEqual("", Refusal($$"""{{Sign(Header(), $$"""{"_sd":["{{Digest(disclosure)}}"]}""")}}~{{disclosure}}~"""));
    }

    [Theory]
    [InlineData("{0}")]                  // a plain JWT
    [InlineData("{0}~{1}")]              // the last '~' is missing
    [InlineData("{0}~~{1}~")]            // an empty disclosure
    [InlineData("{0}~{1}~~")]
    [InlineData("~{0}~{1}~")]
    [InlineData("{1}~{0}~")]             // parts in the wrong order
    [InlineData("{0}~{1}=~")]
    [InlineData("{0}~ {1}~")]
    [InlineData("{0}~{1}~\n")]
    [InlineData("{0}\n~{1}~")]
    [InlineData("{0}~{1}~{0}~")]         // a key binding JWT that is not last
    public void A_text_of_another_form_is_refused(string form)
    {
        var jwt = Sign(Header(), $$"""{"_sd":[{{D(Name)}}]}""");
        Assert.Equal("", Refusal($"{jwt}~{Encode(Name)}~"));

        Assert.NotEqual("", Refusal(string.Format(System.Globalization.CultureInfo.InvariantCulture, form, jwt, Encode(Name))));
    }

    [Theory]
    [InlineData("kb+jwt")]
    [InlineData("JWT")]
    [InlineData("vc+sd-jwt")]
    [InlineData("DC+SD-JWT")]
    [InlineData(null)]
    public void A_credential_of_another_typ_is_refused(string? typ)
    {
        var text = Sign(new() { ["typ"] = typ }, """{"vct":"x"}""") + "~";

        Assert.False(SdJwtVc.TryParse(text, out _, out var reason));
        Assert.Equal("typ is not dc+sd-jwt", reason);
    }

    [Theory]
    [InlineData("iss", "\"https://other.example\"")]
    [InlineData("nbf", "1")]
    [InlineData("exp", "99999999999")]
    [InlineData("vct", "\"y\"")]
    [InlineData("vct#integrity", "\"sha256-x\"")]
    [InlineData("aka_vcts", "[\"y\"]")]
    [InlineData("cnf", "{}")]
    [InlineData("status", "{}")]
    public void A_claim_that_must_stay_visible_is_refused_as_a_disclosure(string name, string value)
    {
        var disclosure = $"""["s","{name}",{value}]""";
        var vct = name == "vct" ? "" : "\"vct\":\"x\",";

        Assert.False(SdJwtVc.TryParse(ByHand($$"""{{{vct}}"_sd":[{{D(disclosure)}}]}""", disclosure), out _, out var reason));
        Assert.Equal("a claim that must stay visible was disclosed", reason);
    }

    [Fact]
    public void A_disclosure_inside_what_must_stay_visible_is_refused()
    {
        const string hidden = """["s","jwk",{}]""";

        Assert.False(SdJwtVc.TryParse(ByHand($$"""{"vct":"x","cnf":{"_sd":[{{D(hidden)}}] } }""", hidden), out _, out var reason));
        Assert.Equal("a claim that must stay visible was disclosed", reason);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"vct":""}""")]
    [InlineData("""{"vct":5}""")]
    [InlineData("""{"vct":["x"]}""")]
    [InlineData("""{"vct":"x","iss":5}""")]
    [InlineData("""{"vct":"x","exp":"1900000000"}""")]
    [InlineData("""{"vct":"x","exp":1e300}""")]
    [InlineData("""{"vct":"x","exp":null}""")]
    [InlineData("""{"vct":"x","nbf":-1}""")]
    [InlineData("""{"vct":"x","iat":true}""")]
    [InlineData("""{"vct":"x","cnf":null}""")]
    [InlineData("""{"vct":"x","cnf":{}}""")]
    [InlineData("""{"vct":"x","cnf":{"jwk":{"kty":"oct","k":"AAAA"}}}""")]
    [InlineData("""{"vct":"x","status":{}}""")]
    [InlineData("""{"vct":"x","status":{"status_list":{"idx":-1,"uri":"https://a.example/1"}}}""")]
    [InlineData("""{"vct":"x","status":{"status_list":{"idx":1.5,"uri":"https://a.example/1"}}}""")]
    [InlineData("""{"vct":"x","status":{"status_list":{"idx":"1","uri":"https://a.example/1"}}}""")]
    [InlineData("""{"vct":"x","status":{"status_list":{"idx":2147483648,"uri":"https://a.example/1"}}}""")]
    [InlineData("""{"vct":"x","status":{"status_list":{"idx":1,"uri":"file:///etc/passwd"}}}""")]
    [InlineData("""{"vct":"x","status":{"status_list":{"idx":1}}}""")]
    public void A_credential_with_claims_of_another_kind_is_refused(string payload)
    {
        Assert.True(SdJwtVc.TryParse(ByHand("""{"vct":"x"}"""), out _, out _));

        Assert.False(SdJwtVc.TryParse(ByHand(payload), out _, out _));
    }

    [Theory]
    [InlineData("""{"vct":"x","exp":{0}}""", -61, "expired")]
    [InlineData("""{"vct":"x","exp":{0}}""", -59, "")]
    [InlineData("""{"vct":"x","nbf":{0}}""", 61, "not_yet_valid")]
    [InlineData("""{"vct":"x","nbf":{0}}""", 59, "")]
    [InlineData("""{"vct":"x","iat":{0}}""", 61, "not_yet_valid")]
    [InlineData("""{"vct":"x","iat":{0}}""", -99999, "")]
    [InlineData("""{"vct":"x"}""", 0, "")]
    public void Times_are_judged_with_the_skew_allowed(string payload, int seconds, string expected)
    {
        var at = Now.AddSeconds(seconds).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(SdJwtVc.TryParse(ByHand(payload.Replace("{0}", at)), out var credential, out _));

        Assert.Equal(expected.Length == 0, credential.IsTimely(Now, TimeSpan.FromSeconds(60), out var reason));
        Assert.Equal(expected, reason);
    }
}
