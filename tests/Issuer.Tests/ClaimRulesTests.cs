using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Types;
using Identity.Issuer.Issuance;

namespace Identity.Issuer.Tests;

public sealed class ClaimRulesTests
{
    private static readonly DateOnly Today = new(2026, 11, 20);
    private static readonly TypeDefinition Person = TypeDefinition.Find("person")!;

    [Theory]
    [InlineData("""{"full_name":"Suharto"}""")]
    [InlineData("""{"given_name":"Suharto"}""")]
    [InlineData("""{"family_name":"Suharto","full_name_native":"ꦱꦸꦲꦂꦠ"}""")]
    [InlineData("""{"full_name":"Amina","birth_date":"1990"}""")]
    [InlineData("""{"full_name":"Amina","birth_date":"1990-05"}""")]
    [InlineData("""{"full_name":"Amina","birth_date":"2000-02-29"}""")]
    [InlineData("""{"full_name":"Amina","nationalities":["QS"]}""")]
    [InlineData("""{"full_name":"Amina","nationalities":["XT","PH","ET"]}""")]
    [InlineData("""{"full_name":"Amina","sex":"not-stated"}""")]
    [InlineData("""{"full_name":"Áine Ní Bhriain 👩‍🏭"}""")]
    public void People_as_they_are_can_be_described(string claims) => Assert.Empty(Errors(claims));

    [Theory]
    [InlineData("""{"nqf_framework":"XTQF","nqf_edition":"2019","nqf_level":"4.5"}""")]
    [InlineData("""{"nqf_framework":"XTQF","nqf_level":"5"}""")]
    [InlineData("""{"nqf_level":"5"}""", "nqf_framework")]
    [InlineData("""{"nqf_framework":"XTQF"}""", "nqf_level")]
    [InlineData("""{"nqf_edition":"2019"}""", "nqf_framework", "nqf_level")]
    [InlineData("""{"nqf_framework":"XTQF","nqf_level":"level 5"}""", "nqf_level")]
    public void A_level_of_a_national_framework_is_given_with_the_framework_or_not_at_all(string claims, params string[] fields)
    {
        var all = IssuerFixture.Diploma();
        foreach (var (name, value) in JsonNode.Parse(claims)!.AsObject()) all[name] = value!.DeepClone();

        Assert.Equal(fields, ClaimRules.Check(TypeDefinition.Find("qualification")!, all, Today, out _).Keys);
    }

    [Theory]
    [InlineData("""{}""", "full_name")]
    [InlineData("""{"birth_date":"1990"}""", "full_name")]
    [InlineData("""{"full_name":""}""", "full_name")]
    [InlineData("""{"full_name":"   "}""", "full_name")]
    [InlineData("""{"full_name":null}""", "full_name")]
    [InlineData("""{"full_name":7}""", "full_name")]
    [InlineData("""{"full_name":["Amina"]}""", "full_name")]
    [InlineData("""{"full_name":"Amina\u0000"}""", "full_name")]
    [InlineData("""{"full_name":"Amina\u202Eanima"}""", "full_name")]
    [InlineData("""{"full_name":"A\u200Bmina"}""", "full_name")]
    [InlineData("""{"full_name":"Amina\uFEFF Okoye"}""", "full_name")]
    [InlineData("""{"full_name":"A","birth_date":"1990-13"}""", "birth_date")]
    [InlineData("""{"full_name":"A","birth_date":"2001-02-29"}""", "birth_date")]
    [InlineData("""{"full_name":"A","birth_date":"90"}""", "birth_date")]
    [InlineData("""{"full_name":"A","birth_date":"1990-5-1"}""", "birth_date")]
    [InlineData("""{"full_name":"A","birth_date":"1990-05-01\n"}""", "birth_date")]
    [InlineData("""{"full_name":"A","birth_date":"١٩٩٠"}""", "birth_date")]
    [InlineData("""{"full_name":"A","birth_date":"2027-01-01"}""", "birth_date")]
    [InlineData("""{"full_name":"A","birth_date":19900501}""", "birth_date")]
    [InlineData("""{"full_name":"A","nationalities":[]}""", "nationalities")]
    [InlineData("""{"full_name":"A","nationalities":["PH","PH"]}""", "nationalities")]
    [InlineData("""{"full_name":"A","nationalities":["ph"]}""", "nationalities")]
    [InlineData("""{"full_name":"A","nationalities":["ZZ"]}""", "nationalities")]
    [InlineData("""{"full_name":"A","nationalities":"PH"}""", "nationalities")]
    [InlineData("""{"full_name":"A","nationalities":["QS","PH"]}""", "nationalities")]
    [InlineData("""{"full_name":"A","sex":"x"}""", "sex")]
    [InlineData("""{"full_name":"A","document_number_end":"12345"}""", "document_number_end")]
    [InlineData("""{"full_name":"A","age_over_18":true}""", "age_over_18")]
    [InlineData("""{"full_name":"A","shoe_size":43}""", "shoe_size")]
    [InlineData("""{"full_name":"A","_sd":["x"]}""", "_sd")]
    [InlineData("""{"full_name":"A","...":"x"}""", "...")]
    [InlineData("""{"full_name":"A","iss":"http://elsewhere"}""", "iss")]
    [InlineData("""{"full_name":"A","cnf":{}}""", "cnf")]
    public void What_cannot_be_signed_is_refused_by_name(string claims, string field) => Assert.Equal([field], Errors(claims).Keys);

    [Theory, InlineData("QS"), InlineData("QU"), InlineData("ZZ"), InlineData("xt")]
    public void What_is_no_country_issues_nothing(string code) =>
        Assert.Equal(["issuing_country"], ClaimCheck.Run(Person, JsonNode.Parse($$"""{"full_name":"A","assurance":"document-checked","issuing_country":"{{code}}"}""")!.AsObject(), new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero), out _).Keys);

    [Theory]
    [InlineData("أُمِّيَّة بِنْتُ عَبْدِ المُطَّلِب")] // Arabic with every vowel sign: shadda and vowel on one letter
    [InlineData("ٱلرَّحْمَٰنِ")] // shadda, vowel and superscript alif
    [InlineData("فاطِمَه‌زَهرا")] // Persian, with a joiner that is not seen
    [InlineData("N\u0067u\u0079e\u0302\u0303n Thi\u0323 Ho\u0302\u0300ng Ha\u0323nh")] // Vietnamese, decomposed
    [InlineData("မြွှေ့မြတ်နိုင်")] // Burmese
    [InlineData("ကျွန်ုပ်တို့")]
    [InlineData("ஸ்ரீநிவாஸன் கௌரி")] // Tamil
    [InlineData("श्रीकृष्णमूर्त्याँ")] // Devanagari
    [InlineData("শ্রীমতী কৃষ্ণা রায়")] // Bengali
    [InlineData("בְּרֵאשִׁ֖ית שָׂרָ֣ה")] // Hebrew with points and accents
    [InlineData("བསྒྲུབས་ཀྱི་རྡོ་རྗེ")] // Tibetan
    [InlineData("ཨོཾ་མ་ཎི་པདྨེ་ཧཱུྃ")]
    [InlineData("ស្រ្តី សុខុម")] // Khmer
    [InlineData("ปิ่นแก้ว ณ อยุธยา")] // Thai
    [InlineData("ນ້ຳຝົນ ແກ້ວ")] // Lao
    [InlineData("ශ්‍රී ලාල්")] // Sinhala
    [InlineData("ꦱꦸꦲꦂꦠ꧀ꦠꦺꦴ")] // Javanese
    [InlineData("Ọ́lá\u0323\u0301 Ẹ̀bùn")] // Yoruba
    [InlineData("Дми́трий Ѵ҅")] // Cyrillic with stress
    [InlineData("ᾧ Ἡρᾴ\u0301")] // Greek
    public void Names_in_their_own_script_keep_their_marks(string name) => Assert.Empty(ClaimRules.Check(Person, new JsonObject { ["full_name"] = "A", ["full_name_native"] = name, ["assurance"] = "document-checked", ["issuing_country"] = "XT" }, Today, out _));

    [Theory]
    [InlineData('\u0301', 7)]
    [InlineData('\u0489', 7)]
    [InlineData('\u064E', 7)]
    [InlineData('\u0301', 60)]
    public void Attack_marks_are_stacked_on_a_letter_until_they_cover_the_lines_around_it(char mark, int times)
    {
        Assert.Empty(Errors($$"""{"full_name":"A{{new string(mark, 6)}}mina"}"""));
        Assert.Contains("accents", Assert.Single(Errors($$"""{"full_name":"A{{new string(mark, times)}}mina"}""")["full_name"]));
        // Nor by putting something in between that is not seen.
        Assert.NotEmpty(Errors($$"""{"full_name":"A{{string.Concat(Enumerable.Repeat($"{mark}\u200D", times))}}mina"}"""));
    }

    [Theory]
    [InlineData("2020", "2019", false)]
    [InlineData("2020-05", "2020-04", false)]
    [InlineData("2020-05-02", "2020-05-01", false)]
    [InlineData("2020-05", "2020-04-30", false)]
    [InlineData("2020", "2020", true)]
    [InlineData("2020-05", "2020", true)]
    [InlineData("2020", "2020-01-01", true)]
    [InlineData("2020-05-02", "2020-05-02", true)]
    [InlineData("2019", "2020", true)]
    public void A_reference_does_not_end_before_it_begins_and_the_error_names_both_dates(string from, string until, bool right)
    {
        var reference = TypeDefinition.Find("employment-reference")!;
        var claims = new JsonObject { ["from"] = from, ["until"] = until };

        var errors = ClaimRules.Check(reference, claims, Today, out _);

        Assert.Equal(right, !errors.ContainsKey("until"));
        if (!right) Assert.Equal([$"Until ({until}) lies before From ({from}). Correct one of the two."], errors["until"]);
    }

    [Fact]
    public void A_mandatory_claim_is_missed_by_name()
    {
        var errors = ClaimRules.Check(Person, new JsonObject { ["full_name"] = "A" }, Today, out var accepted);

        Assert.Null(accepted);
        Assert.Equal(["assurance", "issuing_country"], errors.Keys);
    }

    [Theory]
    [InlineData("2008-11-20", true)]
    [InlineData("2008-11-21", false)]
    [InlineData("2008-11", null)]
    [InlineData("2008", null)]
    [InlineData("2007", true)]
    [InlineData("2009", false)]
    [InlineData("2008-12", false)]
    [InlineData("2008-10", true)]
    public void Age_is_claimed_only_where_the_known_part_of_the_date_decides_it(string birth, bool? over) =>
        Assert.Equal(over, DerivedClaims.IsOver(PartialDate.Parse(birth), 18, Today));

    [Fact]
    public void Somebody_born_on_29_February_comes_of_age_on_1_March()
    {
        var birth = PartialDate.Parse("2004-02-29");
        Assert.False(DerivedClaims.IsOver(birth, 18, new DateOnly(2022, 2, 28)));
        Assert.True(DerivedClaims.IsOver(birth, 18, new DateOnly(2022, 3, 1)));
    }

    [Fact]
    public void A_form_becomes_claims()
    {
        var fields = new Dictionary<string, string> { ["full_name"] = " Amina ", ["nationalities"] = "xt, ph", ["family_name"] = "", ["assurance"] = "register-checked", ["issuing_country"] = "xt" };

        var claims = ClaimForm.Read(Person, fields.GetValueOrDefault);

        Assert.Equal("""{"full_name":"Amina","nationalities":["XT","PH"],"assurance":"register-checked","issuing_country":"XT"}""", claims.ToJsonString());
        Assert.Empty(ClaimRules.Check(Person, claims, Today, out _));
    }

    [Fact]
    public void A_qr_code_stays_within_its_budget_by_leaving_out_optional_claims()
    {
        var type = TypeDefinition.Find("qualification")!;
        var claims = IssuerFixture.Diploma();
        Assert.True(CompactSize.Measure(type, claims) <= type.Budget.Target, $"{CompactSize.Measure(type, claims)} bytes");

        claims["holder_name_native"] = new string('ش', 150);
        claims["title"] = new string('x', 150);
        var fitting = CompactSize.Fit(type, claims);

        Assert.True(CompactSize.Measure(type, fitting) <= type.Budget.Cap);
        Assert.True(fitting.ContainsKey("title"));
        Assert.True(fitting.ContainsKey("awarded_on"));
        Assert.Null(CompactSize.Problem(type, claims));
    }

    [Theory]
    [InlineData("x", 1)]
    [InlineData("x", 150)]
    [InlineData("é", 150)]
    [InlineData("ش", 150)]
    [InlineData("溶", 150)]
    [InlineData("😀", 75)]
    [InlineData("\"<&", 50)]
    public void What_is_told_without_measuring_is_never_too_little(string text, int times)
    {
        foreach (var type in TypeDefinition.All)
        {
            var claims = new JsonObject(type.QrClaims.Select(claim => KeyValuePair.Create(claim.Name, claim.Kind switch
            {
                ClaimKind.Boolean => JsonValue.Create(true),
                ClaimKind.Integer or ClaimKind.Year => (JsonNode)JsonValue.Create(9_007_199_254_740_991),
                ClaimKind.Texts or ClaimKind.Countries => new JsonArray(string.Concat(Enumerable.Repeat(text, times)), text),
                _ => JsonValue.Create(string.Concat(Enumerable.Repeat(text, times))),
            }))!);

            if (type.OriginalIssuer is { } place) claims[place.Name] = new string('a', 64);
            Assert.InRange(CompactSize.AtMost(type, claims), CompactSize.Measure(type, claims), int.MaxValue);
            Assert.InRange(PaperSize.AtMost(type, claims), CompactPaper.SizeOf(type, claims), int.MaxValue);
        }
    }

    [Fact]
    public void Claims_too_long_for_any_qr_code_are_named()
    {
        var type = TypeDefinition.Find("qualification")!;
        var claims = IssuerFixture.Diploma();
        claims["title"] = new string('溶', 150);
        claims["holder_name"] = new string('x', 149);

        Assert.Equal("title", CompactSize.Problem(type, claims)?.Claim);
    }

    private static IReadOnlyDictionary<string, string[]> Errors(string json)
    {
        var claims = JsonNode.Parse(json)!.AsObject();
        claims["assurance"] = "register-checked";
        claims["issuing_country"] = "XT";
        return ClaimRules.Check(Person, claims, Today, out _);
    }
}
