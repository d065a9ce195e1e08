using Identity.Credentials.Jose;

namespace Identity.Credentials.Tests.Jose;

public sealed class Base64UrlTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("66", "Zg")]
    [InlineData("666f", "Zm8")]
    [InlineData("666f6f", "Zm9v")]
    [InlineData("fbff", "-_8")]
    public void Encodes_and_decodes_without_padding(string hex, string text)
    {
        Assert.Equal(text, Base64Url.Encode(Convert.FromHexString(hex)));
        Assert.True(Base64Url.TryDecode(text, out var bytes));
        Assert.Equal(hex, Convert.ToHexStringLower(bytes));
    }

    [Theory]
    [InlineData("Zg==")]
    [InlineData("Zm9v\n")]
    [InlineData(" Zm9v")]
    [InlineData("Zm 9v")]
    [InlineData("Zm9v====")]
    [InlineData("+/8")]
    [InlineData("Z")]
    [InlineData("Zm9vZ")]
    [InlineData("Zh")]   // trailing bits
    [InlineData("Zm9")]  // trailing bits
    [InlineData("Zm9v\0")]
    [InlineData("Zé8")]
    [InlineData(null)]
    public void A_second_text_for_the_same_bytes_is_refused(string? text) => Assert.False(Base64Url.TryDecode(text, out _));
}
