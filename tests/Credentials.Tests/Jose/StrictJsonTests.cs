using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Tests.Jose;

public sealed class StrictJsonTests
{
    [Theory]
    [InlineData("5e3333333333"), InlineData("-1E+99999999999"), InlineData("0e-2147483649")]
    public void Attack_99_a_number_with_a_boundless_exponent_is_refused_since_comparing_it_would_throw(string number)
    {
        Assert.False(StrictJson.TryParseObject(System.Text.Encoding.UTF8.GetBytes($"{{\"a\":[{number}]}}"), out _, out _));
        Assert.True(StrictJson.TryParseObject("""{"a":1e400,"b":1.5E-30}"""u8, out _, out _));
    }

    [Fact]
    public void An_object_is_read()
    {
        Assert.True(StrictJson.TryParseObject("""{"a":{"b":[1,null,"ü"]}}"""u8, out var value, out _));
        Assert.Equal("ü", StrictJson.Text(value["a"]!["b"]![2]));
    }

    [Theory]
    [InlineData("""{"alg":"ES256","alg":"none"}""")]
    [InlineData("""{"nonce":"1","n\u006fnce":"2"}""")]
    [InlineData("""{"a":{"b":1,"b":2}}""")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a":1}//""")]
    [InlineData("""{/**/"a":1}""")]
    [InlineData("""{"a":1}{""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\udc00":1}""")]
    [InlineData("""{"a":01}""")]
    [InlineData("""{"a":NaN}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("\uFEFF{}")]
    public void Loose_json_is_refused(string text) => Assert.False(StrictJson.TryParseObject(Encoding.UTF8.GetBytes(text), out _, out _));

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused()
    {
        byte[] text = [.. "{\"a\":\""u8, 0xff, .. "\"}"u8];

        Assert.False(StrictJson.TryParseObject(text, out _, out var reason));
        Assert.Equal("not UTF-8", reason);
    }

    [Fact]
    public void Nesting_ten_thousand_deep_is_refused()
    {
        var text = "{\"a\":" + new string('[', 10_000) + new string(']', 10_000) + "}";

        Assert.False(StrictJson.TryParseObject(Encoding.UTF8.GetBytes(text), out _, out _));
    }

    [Theory]
    [InlineData("1700000000", true)]
    [InlineData("1700000000.5", true)]
    [InlineData("1.7e9", true)]
    [InlineData("0", true)]
    [InlineData("-1", false)]
    [InlineData("1e300", false)]
    [InlineData("1e999", false)]
    [InlineData("\"1700000000\"", false)]
    [InlineData("true", false)]
    [InlineData("null", false)]
    [InlineData("[1700000000]", false)]
    [InlineData("253402300800", false)]
    public void A_time_is_a_number_of_seconds_within_the_calendar(string json, bool time) =>
        Assert.Equal(time, StrictJson.Time(JsonNode.Parse(json)) is not null);

    [Theory]
    [InlineData("1", 1L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("9223372036854775808", null)]
    [InlineData("1.5", null)]
    [InlineData("\"1\"", null)]
    [InlineData("1e999", null)]
    public void An_integer_is_an_integer(string json, long? expected) => Assert.Equal(expected, StrictJson.Integer(JsonNode.Parse(json)));

    [Fact]
    public void Numbers_made_in_code_are_integers_too() => Assert.Equal(7, StrictJson.Integer(new JsonObject { ["a"] = 7 }["a"]));
}
