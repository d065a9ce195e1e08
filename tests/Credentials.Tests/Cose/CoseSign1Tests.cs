using Identity.Credentials.Cose;
using Identity.Credentials.Jose;
using Identity.Credentials.Tests.Compact;

namespace Identity.Credentials.Tests.Cose;

public sealed class CoseSign1Tests
{
    [Fact]
    public void A_published_es256_signature_verifies()
    {
        // RFC 9052 C.2.1 with the key of C.7.1. Its tag and its unprotected key id are left out: the signature covers neither.
        var x = Convert.FromHexString("bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff");
        var y = Convert.FromHexString("20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e");
        var signature = Convert.FromHexString(
            "8eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0117e2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36");
        var bytes = Raw.Array(Raw.Bytes([0xA1, 0x01, 0x26]), [0xA0], Raw.Bytes("This is the content."u8.ToArray()), Raw.Bytes(signature));

        Assert.True(VerificationKey.TryImport(Jwk.FromCoordinates(x, y), out var key, out _));
        Assert.True(CoseSign1.TryParse(bytes, 600, out var sign1, out var reason), reason);
        Assert.True(sign1!.Verify(key!, ""));
        Assert.False(sign1.Verify(key!, "something"));
    }

    [Fact]
    public void A_signature_is_read_back_and_fits_one_key_and_one_purpose()
    {
        using var key = Fixed.Key("issuer");
        using var other = Fixed.Key("stranger");
        var sign1 = CoseSign1.Sign([1, 2, 3], "purpose", key, new byte[8]);

        Assert.True(CoseSign1.TryParse(sign1.Encoded, 200, out var read, out _));
        Assert.Equal(sign1.Encoded, read!.Encoded);
        Assert.True(read.Verify(Verification(key), "purpose"));
        Assert.False(read.Verify(Verification(key), "another"));
        Assert.False(read.Verify(Verification(other), "purpose"));
    }

    [Fact]
    public void An_ed25519_key_neither_signs_nor_verifies()
    {
        using var ed25519 = Ed25519Key.FromSeed(new byte[32]);
        using var key = Fixed.Key("issuer");

        Assert.Throws<ArgumentException>(() => CoseSign1.Sign([1], "p", ed25519));
        Assert.True(VerificationKey.TryImport(ed25519.PublicKey, out var verification, out _));
        Assert.False(CoseSign1.Sign([1], "p", key).Verify(verification!, "p"));
    }

    [Theory]
    [InlineData("00", true)]
    [InlineData("1801", false)] // longer than needed
    [InlineData("1818", true)]
    [InlineData("190018", false)]
    [InlineData("1a00010000", true)]
    [InlineData("1b0000000100000000", true)]
    [InlineData("1b00000000ffffffff", false)]
    [InlineData("1c", false)]
    [InlineData("5f4100ff", false)] // unknown length
    [InlineData("9fff", false)]
    [InlineData("bfff", false)]
    [InlineData("c100", false)] // tag
    [InlineData("f90000", false)] // float
    [InlineData("f4", true)]
    [InlineData("f6", true)]
    [InlineData("f7", false)] // undefined
    [InlineData("f818", false)]
    [InlineData("61c3", false)] // UTF-8 cut short
    [InlineData("5bffffffffffffffff00", false)]
    [InlineData("9bffffffffffffffff00", false)]
    [InlineData("bbffffffffffffffff00", false)]
    [InlineData("a201000100", false)] // key twice
    [InlineData("a202000100", false)] // out of order
    [InlineData("a201000200", true)]
    [InlineData("a1", false)]
    [InlineData("0000", false)] // more than one item
    [InlineData("", false)]
    [InlineData("81818181818100", true)] // six deep
    [InlineData("8181818181818100", false)] // seven
    public void Only_deterministic_cbor_within_limits_passes(string hex, bool passes) =>
        Assert.Equal(passes, CborLimits.TryCheck(Convert.FromHexString(hex), 100, out _));

    [Fact]
    public void Two_hundred_thousand_nested_arrays_are_refused_at_once() =>
        Assert.False(CborLimits.TryCheck(Enumerable.Repeat((byte)0x81, 200_000).ToArray(), 1_000_000, out _));

    private static VerificationKey Verification(Es256Key key)
    {
        Assert.True(VerificationKey.TryImport(key.PublicKey, out var verification, out _));
        return verification!;
    }
}
