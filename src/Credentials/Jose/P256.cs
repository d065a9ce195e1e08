using System.Globalization;
using System.Numerics;

namespace Identity.Credentials.Jose;

/// <summary>The little arithmetic of the curve P-256 (FIPS 186-5) that the framework does not offer: compressed points and the curve equation.</summary>
internal static class P256
{
    private static readonly BigInteger P = Hex("0ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    private static readonly BigInteger B = Hex("05ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");

    /// <summary>True for coordinates below the prime that satisfy y² = x³ − 3x + b.</summary>
    public static bool IsOnCurve(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        var (xn, yn) = (Number(x), Number(y));
        return x.Length == 32 && y.Length == 32 && xn < P && yn < P && yn * yn % P == Right(xn);
    }

    /// <summary>SEC 1 §2.3.4: the y of a compressed point; false when x is not below the prime or no point has it.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> point, out byte[] x, out byte[] y)
    {
        (x, y) = ([], []);
        if (point.Length != 33 || point[0] is not (2 or 3)) return false;
        return P256PublicKey.IsQuick ? P256PublicKey.TryDecompress(point, out x, out y) : TryDecompressHere(point, out x, out y);
    }

    /// <summary>As <see cref="TryDecompress"/>, worked out here.</summary>
    internal static bool TryDecompressHere(ReadOnlySpan<byte> point, out byte[] x, out byte[] y)
    {
        (x, y) = ([], []);
        var xn = Number(point[1..]);
        if (xn >= P) return false;
        var right = Right(xn);
        var yn = BigInteger.ModPow(right, (P + 1) / 4, P); // P ≡ 3 mod 4
        if (yn * yn % P != right) return false;
        if (yn.IsEven != (point[0] == 2)) yn = P - yn;
        (x, y) = (point[1..].ToArray(), Bytes(yn));
        return true;
    }

    private static BigInteger Right(BigInteger x) => ((x * x * x - 3 * x + B) % P + P) % P;
    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
    private static BigInteger Hex(string text) => BigInteger.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static byte[] Bytes(BigInteger number)
    {
        var bytes = new byte[32];
        var size = number.GetByteCount(isUnsigned: true);
        number.TryWriteBytes(bytes.AsSpan(32 - size), out _, isUnsigned: true, isBigEndian: true);
        return bytes;
    }
}
