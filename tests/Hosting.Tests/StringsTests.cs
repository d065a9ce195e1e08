using Microsoft.AspNetCore.Http;

namespace Identity.Hosting.Tests;

public sealed class StringsTests
{
    [Fact]
    public void Every_language_has_every_text()
    {
        var english = Strings.For("en").Keys.Order().ToList();
        Assert.NotEmpty(english);
        Assert.Contains("ar", Strings.Languages);

        foreach (var language in Strings.Languages) Assert.Equal(english, Strings.For(language).Keys.Order());
    }

    [Fact]
    public void Texts_keep_the_same_places_to_fill_in_every_language()
    {
        foreach (var key in Strings.For("en").Keys)
            foreach (var language in Strings.Languages)
                Assert.True(Places(Strings.For("en")[key]).SequenceEqual(Places(Strings.For(language)[key])), $"{key} in {language}");
    }

    [Fact]
    public void Arabic_is_written_from_right_to_left() => Assert.Equal(("rtl", "ltr"), (Strings.For("ar").Direction, Strings.For("en").Direction));

    [Theory]
    [InlineData("?lang=ar", "en", "ar"), InlineData("", "ar-EG,en;q=0.5", "ar"), InlineData("", "xx", "en"), InlineData("?lang=<script>", "", "en"), InlineData("", "en;q=0.1,ar", "ar")]
    public void The_language_of_a_request_is_picked(string query, string accept, string expected)
    {
        var http = new DefaultHttpContext();
        http.Request.QueryString = new QueryString(query);
        http.Request.Headers.AcceptLanguage = accept;

        Assert.Equal(expected, Strings.Pick(http).Language);
    }

    [Fact]
    public void An_unknown_key_shows_itself_rather_than_break_the_page() => Assert.Equal("common.nothing", Strings.For("ar")["common.nothing"]);

    private static IEnumerable<string> Places(string text) =>
        System.Text.RegularExpressions.Regex.Matches(text, @"\{\w+\}").Select(m => m.Value).Order();
}
