using System.Text;
using Identity.Credentials.Cose;

namespace Identity.Credentials.Tests.Cose;

public sealed class Base45Tests
{
    [Theory]
    [InlineData("AB", "BB8")] // RFC 9285 §4.3
    [InlineData("Hello!!", "%69 VD92EX0")]
    [InlineData("base-45", "UJCLQE7W581")]
    [InlineData("ietf!", "QED8WEX0")] // §4.4
    [InlineData("", "")]
    public void The_examples_of_the_specification_come_out(string text, string encoded)
    {
        Assert.Equal(encoded, Base45.Encode(Encoding.ASCII.GetBytes(text)));
        Assert.True(Base45.TryDecode(encoded, 100, out var bytes));
        Assert.Equal(text, Encoding.ASCII.GetString(bytes));
    }

    [Theory]
    [InlineData("bb8")]
    [InlineData("BB8=")]
    [InlineData("BB80")] // a dangling character
    [InlineData("B")]
    [InlineData(":::")] // 91124
    [InlineData("GGW")] // 65536, §6
    [InlineData("::")] // 2024 in one byte
    [InlineData("V5")] // 256 in one byte
    [InlineData("BB8\n")]
    [InlineData("BB\u0661")]
    public void Anything_that_encoding_would_not_write_is_refused(string text) =>
        Assert.False(Base45.TryDecode(text, 100, out _));

    [Fact]
    public void More_bytes_than_allowed_are_refused()
    {
        Assert.True(Base45.TryDecode(Base45.Encode(new byte[10]), 10, out _));
        Assert.False(Base45.TryDecode(Base45.Encode(new byte[10]), 9, out _));
        Assert.False(Base45.TryDecode(Base45.Encode(new byte[9]), 8, out _));
    }

    [Fact]
    public void Every_length_comes_back()
    {
        for (var length = 0; length < 70; length++)
        {
            var bytes = Enumerable.Range(0, length).Select(i => (byte)(255 - i)).ToArray();
            Assert.True(Base45.TryDecode(Base45.Encode(bytes), length, out var read));
            Assert.Equal(bytes, read);
        }
    }
}
