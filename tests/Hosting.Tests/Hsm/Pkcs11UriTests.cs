using Identity.Hosting.Hsm;

namespace Identity.Hosting.Tests.Hsm;

public sealed class Pkcs11UriTests
{
    private const string Good = "pkcs11:token=The%20College;object=signing;id=%01%ff;type=private?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/identity/pin";

    [Fact]
    public void A_key_its_library_and_the_place_of_its_PIN_are_read()
    {
        Assert.True(Pkcs11Uri.TryParse(Good, out var uri, out var reason), reason);

        Assert.Equal(("The College", "signing", "/usr/lib/softhsm/libsofthsm2.so", "file:/etc/identity/pin"), (uri.Token, uri.Object, uri.ModulePath, uri.PinSource));
        Assert.Equal<byte>([1, 255], uri.Id!);
        Assert.Equal("pkcs11:token=The College;object=signing;id=01ff", uri.ToString());
    }

    [Theory]
    [InlineData("pkcs11:serial=4711;id=%01?module-path=/m.so&pin-source=/etc/pin")]
    [InlineData("pkcs11:serial=4711;id=%01?module-path=/m.so&pin-source=file:///etc/pin")]
    [InlineData("pkcs11:token=a%3Bb;object=c%26d?pin-source=env:PIN&module-path=/m.so")]
    public void Other_good_ones(string text) => Assert.True(Pkcs11Uri.TryParse(text, out _, out var reason), reason);

    [Theory]
    [InlineData("token=a;object=b?module-path=/m.so&pin-source=env:PIN", "does not begin with pkcs11:")]
    [InlineData("PKCS11:token=a;object=b?module-path=/m.so&pin-source=env:PIN", "does not begin with pkcs11:")]
    [InlineData("pkcs11:object=b?module-path=/m.so&pin-source=env:PIN", "names no token")]
    [InlineData("pkcs11:token=a?module-path=/m.so&pin-source=env:PIN", "names no key")]
    [InlineData("pkcs11:token=a;object=b?pin-source=env:PIN", "module-path must be")]
    [InlineData("pkcs11:token=a;object=b?module-path=m.so&pin-source=env:PIN", "module-path must be")]
    [InlineData("pkcs11:token=a;object=b?module-path=/m.so", "pin-source must be")]
    [InlineData("pkcs11:token=a;object=b?module-path=/m.so&pin-source=env:", "pin-source must be")]
    [InlineData("pkcs11:token=a;object=b?module-path=/m.so&pin-source=pin.txt", "pin-source must be")]
    [InlineData("pkcs11:token=a;object=b?module-path=/m.so&pin-source=https://pins.example/1", "pin-source must be")]
    [InlineData("pkcs11:token=a;object=b;object=c?module-path=/m.so&pin-source=env:PIN", "object stands twice")]
    [InlineData("pkcs11:token=a;object=b?module-path=/m.so&pin-source=env:PIN&pin-source=env:PIN", "pin-source stands twice")]
    [InlineData("pkcs11:token=a;object=b;x-mine=c?module-path=/m.so&pin-source=env:PIN", "x-mine is not known here")]
    [InlineData("pkcs11:token=a;object=b;slot-id=1?module-path=/m.so&pin-source=env:PIN", "slot-id is not known here")]
    [InlineData("pkcs11:token=a;object=b;type=public?module-path=/m.so&pin-source=env:PIN", "type must be private")]
    [InlineData("pkcs11:token=a;object=b;?module-path=/m.so&pin-source=env:PIN", "no name or no value")]
    [InlineData("pkcs11:token=;object=b?module-path=/m.so&pin-source=env:PIN", "value of token is empty")]
    [InlineData("pkcs11:token=a b;object=b?module-path=/m.so&pin-source=env:PIN", "value of token is empty, or not written")]
    [InlineData("pkcs11:token=a%4;object=b?module-path=/m.so&pin-source=env:PIN", "value of token is empty, or not written")]
    [InlineData("pkcs11:token=a%ff;object=b?module-path=/m.so&pin-source=env:PIN", "not UTF-8")]
    [InlineData("pkcs11:token=ä;object=b?module-path=/m.so&pin-source=env:PIN", "not written")]
    public void Attack_what_is_not_written_as_it_must_be_is_refused_with_the_reason(string text, string expected)
    {
        Assert.False(Pkcs11Uri.TryParse(text, out var uri, out var reason));
        Assert.Null(uri);
        Assert.Contains(expected, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_PIN_in_the_address_is_refused_and_not_repeated()
    {
        var fault = Assert.Throws<FormatException>(() => Pkcs11Uri.Parse("pkcs11:token=a;object=b?module-path=/m.so&pin-value=271828"));

        Assert.Contains("use pin-source", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("271828", fault.ToString(), StringComparison.Ordinal);
    }
}
