using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.Bulk;

namespace Identity.Issuer.Tests.Bulk;

public sealed class BulkRulesTests
{
    private static readonly TypeDefinition Type = TypeDefinition.Find("qualification")!;
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    public static readonly string[] Header = ["reference", "holder_name", "title", "kind", "occupation", "level_eqf", "awarded_on", "awarding_body", "awarding_country", "origin"];

    public static string[] Row(int number) => [$"R-{number:D6}", $"Person {number}", "Welding Technician", "diploma", "7212", "4", "2024-06-30", "Port Selin Technical College", "XT", "original"];

    [Fact]
    public void A_right_row_gives_the_claims_that_the_form_would_give()
    {
        var row = Rules().Check(Row(1), Now, out var problems);

        Assert.Empty(problems);
        Assert.Equal("R-000001", row!.Reference);
        Assert.Equal("""{"holder_name":"Person 1","title":"Welding Technician","kind":"diploma","occupation":"7212","level_eqf":4,"awarded_on":"2024-06-30","awarding_body":"Port Selin Technical College","awarding_country":"XT","origin":"original"}""", row.Claims.ToJsonString());
        Assert.Null(row.Holder);
    }

    [Theory]
    [InlineData("awarded_on", "30.06.2024", "date_reordered")]
    [InlineData("awarded_on", "6/30/24", "date_reordered")]
    [InlineData("awarded_on", "45473", "date_serial")]
    [InlineData("awarded_on", "2024-06-31", "date")]
    [InlineData("reference", "1.23E+11", "scientific")]
    [InlineData("title", "1,23E+11", "scientific")]
    [InlineData("holder_name", "JosÃ© NuÃ±ez", "mojibake")]
    [InlineData("holder_name", "Ø£Ù…ÙŠÙ†Ø©", "mojibake")]
    [InlineData("holder_name", "Jos\uFFFD", "mojibake")]
    [InlineData("title", "#NAME?", "formula_error")]
    [InlineData("awarded_on", "########", "hashes")]
    [InlineData("holder_name", "", "needed")]
    [InlineData("holder_name", "a\u202Eb", "characters")]
    [InlineData("kind", "master", "enum")]
    [InlineData("level_eqf", "four", "integer")]
    [InlineData("awarding_country", "Talmara", "country")]
    [InlineData("reference", " ", "reference")]
    public void What_is_wrong_is_named_with_its_column(string field, string value, string code)
    {
        var row = Row(1);
        var column = Array.IndexOf(Header, field);
        row[column] = value;

        Assert.Null(Rules().Check(row, Now, out var problems));

        var problem = Assert.Single(problems);
        Assert.Equal((column + 1, field, code), (problem.Column, problem.Field, problem.Code));
        // The value itself stays out of what is stored.
        if (value.Trim().Length > 2) Assert.DoesNotContain(value, problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_date_before_the_one_that_it_cannot_precede_is_named_with_its_column_and_the_other_column()
    {
        var type = TypeDefinition.Find("employment-reference")!;
        var fields = type.Claims.Where(c => c.Mandatory || c.Name == "until").ToDictionary(c => c.Name, c => c.Kind switch { ClaimKind.PartialDate => "2020", ClaimKind.Country => "XN", _ => "Anything" });
        string[] header = ["reference", .. fields.Keys];
        fields["until"] = "2019";

        Assert.Null(BulkRules.Header(type, header, out _)!.Check(["R-1", .. fields.Values], Now, out var problems));

        Assert.Equal([new RowProblem(Array.IndexOf(header, "until") + 1, "until", "order", "from")], problems);
    }

    [Fact]
    public void Names_of_the_list_and_of_the_columns_are_understood_in_every_language()
    {
        var header = (string[])Header.Clone();
        header[1] = Type.Claim("holder_name")!.Label("ar");
        header[3] = " KIND ";
        var row = Row(1);
        row[3] = Type.Claim("kind")!.Values!["diploma"]["en"].ToUpperInvariant();

        var rules = BulkRules.Header(Type, [.. header, "", " "], out var problems)!;

        Assert.Empty(problems);
        Assert.Equal("diploma", rules.Check([.. row, "", ""], Now, out _)!.Claims["kind"]!.GetValue<string>());
    }

    [Fact]
    public void Attack_columns_that_come_twice_are_unknown_or_missing_are_all_named()
    {
        Assert.Null(BulkRules.Header(Type, ["reference", "title", "Title", "_sd", "age_over_18"], out var problems));

        Assert.Contains(problems, p => p is { Code: "twice_column", Column: 3 });
        Assert.Equal(2, problems.Count(p => p.Code == "unknown_column"));
        Assert.Contains(problems, p => p is { Code: "missing_column", Field: "holder_name" });
    }

    [Fact]
    public void Attack_a_separator_too_many_is_no_shifted_row()
    {
        Assert.Null(Rules().Check([.. Row(1)[..2], "extra", .. Row(1)[2..]], Now, out var problems));
        Assert.Equal("width", Assert.Single(problems).Code);
        Assert.Null(Rules().Check(Row(1)[..^1], Now, out problems));
        Assert.Equal("width", Assert.Single(problems).Code);
    }

    [Fact]
    public void Attack_a_private_key_in_the_column_of_holder_keys_is_refused_and_not_kept()
    {
        using var key = Es256Key.Create();
        var secret = key.PublicKey.ToJson();
        secret["d"] = "c2VjcmV0";
        var rules = BulkRules.Header(Type, [.. Header, "holder_key"], out _)!;

        Assert.Null(rules.Check([.. Row(1), secret.ToJsonString()], Now, out var problems));
        Assert.Equal("holder_key", Assert.Single(problems).Code);
        Assert.Equal("", problems[0].Detail);
        Assert.NotNull(rules.Check([.. Row(1), key.PublicKey.ToJson().ToJsonString()], Now, out _)!.Holder);
    }

    [Fact]
    public void Every_type_has_a_template_that_its_own_header_reads()
    {
        foreach (var type in TypeDefinition.All)
        {
            Assert.NotNull(BulkRules.Header(type, BulkRules.Columns(type), out var problems));
            Assert.Empty(problems);
        }
    }

    [Fact]
    public void Every_code_has_its_words_with_a_fix_in_every_language()
    {
        var codes = Strings.For("en").Keys.Where(k => k.StartsWith("bulk.error.", StringComparison.Ordinal)).ToList();

        Assert.True(codes.Count >= 38);
        foreach (var language in Strings.Languages)
            foreach (var code in codes)
            {
                var (problem, fix) = BulkTexts.Explain(new BulkError { Job = "", Number = 1, Row = 1, Column = 1, Field = "f", Code = code["bulk.error.".Length..], Detail = "d" }, Strings.For(language));
                Assert.True(problem.Length > 5 && fix.Length > 5, $"{language} {code}");
            }
    }

    private static BulkRules Rules() => BulkRules.Header(Type, Header, out _)!;
}
