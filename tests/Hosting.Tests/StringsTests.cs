using Microsoft.AspNetCore.Http;

namespace Identity.Hosting.Tests;

public sealed class StringsTests
{
    // Words that are spelt as in English. Anything else that equals the English text was forgotten.
    private static readonly Dictionary<string, string[]> SpeltAsInEnglish = new()
    {
        ["ar"] = [],
        ["es"] = ["Identity", "No", "PIN", "Error", "Auditor", "Bytes"],
        ["fr"] = ["Identity", "Pages", "Actions", "Contact", "Service", "Version"],
    };

    [Fact]
    public void There_are_four_languages_in_the_order_in_which_they_are_offered() => Assert.Equal(["en", "es", "fr", "ar"], Strings.Languages);

    [Fact]
    public void No_text_was_left_in_English()
    {
        foreach (var (language, same) in SpeltAsInEnglish)
        {
            var left = Strings.For(language).Keys
                .Where(key => !key.StartsWith("issuer.country.", StringComparison.Ordinal) && !key.Contains(".country.X", StringComparison.Ordinal))
                .Where(key => Strings.For(language).Find(key) == Strings.For("en").Find(key))
                .Where(key => Words(Strings.For(language)[key]) is { Length: > 0 } words && words != "UTC" && !same.Contains(words));
            Assert.Empty(left);
        }
    }

    [Fact]
    public void No_text_is_empty_or_ends_in_a_space()
    {
        foreach (var language in Strings.AllLanguages)
            foreach (var key in Strings.For(language).Keys.Where(key => !key.EndsWith("list.separator", StringComparison.Ordinal)))
            {
                var text = Strings.For(language)[key];
                Assert.True(text.Length > 0 && text.Trim() == text, $"{key} in {language}");
            }
    }

    [Fact]
    public void Every_language_has_every_text()
    {
        var english = Stems("en").ToList();
        Assert.NotEmpty(english);

        foreach (var language in Strings.Languages) Assert.Equal(english, Stems(language));
    }

    // A text that is missing is shown in English.
    [Fact]
    public void The_pages_for_holders_and_for_checking_have_fifteen_languages_whose_texts_are_those_of_the_English_ones()
    {
        string[] further = ["am", "bn", "fil", "hi", "id", "my", "ne", "si", "sw", "ta", "ur"];
        string[] areas = ["collect", "common", "contract", "mandate", "messages", "paper", "privacy", "questions", "recovery", "types", "verdict", "verifier", "wallet"];
        var english = Stems("en").ToHashSet();

        Assert.Equal(further, Strings.AllLanguages.Except(Strings.Languages).Order());
        foreach (var language in further)
        {
            Assert.Equal(areas, Strings.For(language).Keys.Select(key => key.Split('.')[0]).Distinct().Order());
            Assert.DoesNotContain(Stems(language), key => !english.Contains(key) && !key.StartsWith("questions.", StringComparison.Ordinal) && !key.StartsWith("types.", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_text_that_counts_has_the_plural_form_that_every_language_falls_back_to()
    {
        foreach (var language in Strings.Languages)
            foreach (var key in Strings.For(language).Keys.Where(key => Stem(key) != key)) Assert.NotNull(Strings.For(language).Find(Stem(key) + ".other"));
    }

    [Fact]
    public void Texts_keep_the_same_places_to_fill_in_every_language()
    {
        foreach (var language in Strings.AllLanguages)
            foreach (var key in Strings.For(language).Keys)
            {
                // "One" and "two" may be a word instead of the number.
                if (key.EndsWith(".one", StringComparison.Ordinal) || key.EndsWith(".two", StringComparison.Ordinal)) continue;
                var english = Strings.For("en").Find(key) ?? Strings.For("en")[Stem(key) + ".other"];
                Assert.True(Places(english).SequenceEqual(Places(Strings.For(language)[key])), $"{key} in {language}");
            }
    }

    [Fact]
    public void Arabic_and_Urdu_are_written_from_right_to_left() => Assert.Equal(["ar", "ur"], Strings.AllLanguages.Where(language => Strings.For(language).Direction == "rtl"));

    [Fact]
    public void A_page_for_staff_is_never_made_in_a_language_that_only_holders_have()
    {
        var http = new DefaultHttpContext();
        http.Request.QueryString = new QueryString("?lang=ne");
        http.Request.Headers.AcceptLanguage = "ne,fr;q=0.5";

        Assert.Equal("fr", Strings.Pick(http).Language);
    }

    [Theory]
    [InlineData("?lang=ar", "en", "ar"), InlineData("", "ar-EG,en;q=0.5", "ar"), InlineData("", "xx", "en"), InlineData("?lang=<script>", "", "en"), InlineData("", "en;q=0.1,ar", "ar")]
    public void The_language_of_a_request_is_picked(string query, string accept, string expected)
    {
        var http = new DefaultHttpContext();
        http.Request.QueryString = new QueryString(query);
        http.Request.Headers.AcceptLanguage = accept;

        Assert.Equal(expected, Strings.Pick(http).Language);
    }

    // Among Arabic letters the parts of 2019-04 change places, and a colon goes to the other side of its code (UAX #9, W2 and N1): each stands in an isolate.
    [Fact]
    public void Dates_and_codes_keep_their_order_among_letters_that_run_from_right_to_left()
    {
        Assert.Matches(LosesItsOrder, "مثل 2019-04");

        foreach (var language in new[] { "ar", "ur" })
            foreach (var key in Strings.For(language).Keys)
                Assert.DoesNotMatch(LosesItsOrder, System.Text.RegularExpressions.Regex.Replace(Strings.For(language)[key], "[\u2066\u2068][^\u2069]*\u2069", ""));
    }

    private const string LosesItsOrder = @"\d-\d|\b[A-Z]{3}:(?!//)";

    [Fact]
    public void An_unknown_key_shows_itself_rather_than_break_the_page() => Assert.Equal("common.nothing", Strings.For("ar")["common.nothing"]);

    // Languages differ in how many plural forms they have (CLDR): the forms of one text count as one.
    private static string Stem(string key) =>
        Array.Find(["zero", "one", "two", "few", "many", "other"], form => key.EndsWith("." + form, StringComparison.Ordinal) && Strings.For("en").Find(key[..^form.Length] + "other") is not null) is { } form
            ? key[..^(form.Length + 1)]
            : key;

    private static string Words(string text) => System.Text.RegularExpressions.Regex.Replace(text, @"\{\w+\}|[^\p{L} ]", "").Trim();

    private static IEnumerable<string> Stems(string language) => Strings.For(language).Keys.Select(Stem).Distinct().Order();

    private static IEnumerable<string> Places(string text) =>
        System.Text.RegularExpressions.Regex.Matches(text, @"\{\w+\}").Select(m => m.Value).Order();
}
