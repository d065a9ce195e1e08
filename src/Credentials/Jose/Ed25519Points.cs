namespace Identity.Credentials.Jose;

/// <summary>Which 32 bytes may stand as an Ed25519 public key.</summary>
internal static class Ed25519Points
{
    // y coordinates, little endian, of the eight points of small order (edwards25519, RFC 7748 §4.1); their sign bit is not looked at.
    private static readonly byte[][] SmallOrder =
    [
        Convert.FromHexString("0000000000000000000000000000000000000000000000000000000000000000"),
        Convert.FromHexString("0100000000000000000000000000000000000000000000000000000000000000"),
        Convert.FromHexString("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        Convert.FromHexString("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        Convert.FromHexString("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    ];

    private static readonly byte[] Prime = Convert.FromHexString("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

    /// <summary>False for a y that is not below 2^255 − 19 and for points of small order: with those, one signature fits many messages.</summary>
    public static bool IsAcceptable(ReadOnlySpan<byte> key)
    {
        if (key.Length != 32) return false;
        Span<byte> y = stackalloc byte[32];
        key.CopyTo(y);
        y[31] &= 0x7f;
        foreach (var point in SmallOrder)
        {
            if (y.SequenceEqual(point)) return false;
        }
        for (var i = 31; i >= 0; i--)
        {
            if (y[i] != Prime[i]) return y[i] < Prime[i];
        }
        return false; // equal to the prime
    }
}
