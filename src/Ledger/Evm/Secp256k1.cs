using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Security.Cryptography;

namespace Identity.Ledger.Evm;

/// <summary>
/// The curve of SEC 2, section 2.4.1, for public values only: recovering the signer of a transaction. It is not constant
/// in time; private keys stay inside the framework's ECDsa.
/// </summary>
internal static class Secp256k1
{
    internal static readonly ECCurve Curve = ECCurve.CreateFromValue("1.3.132.0.10");
    internal static readonly BigInteger P = Number("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f");
    internal static readonly BigInteger N = Number("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    internal static readonly BigInteger HalfN = N >> 1;

    private static readonly Point G = new(
        Number("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
        Number("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"), 1);

    /// <summary>A point in Jacobian coordinates; Z = 0 is the point at infinity.</summary>
    private readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z)
    {
        public static readonly Point Infinity = new(1, 1, 0);
    }

    internal static BigInteger Number(ReadOnlySpan<byte> bigEndian) => new(bigEndian, isUnsigned: true, isBigEndian: true);

    internal static byte[] Bytes32(BigInteger number)
    {
        var bytes = new byte[32];
        var digits = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        digits.CopyTo(bytes, 32 - digits.Length);
        return bytes;
    }

    /// <summary>SEC 1, section 4.1.6: the public key (x ‖ y) that made the signature over the hash, by the parity of R's y.</summary>
    internal static bool TryRecover(ReadOnlySpan<byte> hash, BigInteger r, BigInteger s, int parity, [NotNullWhen(true)] out byte[]? publicKey)
    {
        publicKey = null;
        if (r <= 0 || r >= N || s <= 0 || s >= N || parity is not (0 or 1)) return false;
        var square = (r * r * r + 7) % P;
        var y = BigInteger.ModPow(square, (P + 1) / 4, P);
        if (y * y % P != square) return false; // r is no point's x
        if ((int)(y & 1) != parity) y = P - y;

        var inverse = BigInteger.ModPow(r, N - 2, N);
        var e = Number(hash) % N;
        var key = Add(Multiply(new Point(r, y, 1), s * inverse % N), Multiply(G, (N - e) * inverse % N));
        if (key.Z.IsZero) return false;

        var z = BigInteger.ModPow(key.Z, P - 2, P);
        var z2 = z * z % P;
        publicKey = [.. Bytes32(key.X * z2 % P), .. Bytes32(key.Y * z2 % P * z % P)];
        return true;
    }

    private static Point Multiply(Point point, BigInteger times)
    {
        var sum = Point.Infinity;
        for (var bit = (int)times.GetBitLength() - 1; bit >= 0; bit--)
        {
            sum = Double(sum);
            if (!(times >> bit).IsEven) sum = Add(sum, point);
        }
        return sum;
    }

    private static Point Double(Point a)
    {
        if (a.Z.IsZero) return a;
        var y2 = a.Y * a.Y % P;
        var s = 4 * a.X * y2 % P;
        var m = 3 * a.X * a.X % P; // the curve's a is zero
        var x = Mod(m * m - 2 * s);
        return new Point(x, Mod(m * (s - x) - 8 * y2 * y2), 2 * a.Y * a.Z % P);
    }

    private static Point Add(Point a, Point b)
    {
        if (a.Z.IsZero) return b;
        if (b.Z.IsZero) return a;
        var (az2, bz2) = (a.Z * a.Z % P, b.Z * b.Z % P);
        var (u1, u2) = (a.X * bz2 % P, b.X * az2 % P);
        var (s1, s2) = (a.Y * bz2 * b.Z % P, b.Y * az2 * a.Z % P);
        if (u1 == u2) return s1 == s2 ? Double(a) : Point.Infinity;
        var (h, r) = (Mod(u2 - u1), Mod(s2 - s1));
        var h2 = h * h % P;
        var (h3, v) = (h2 * h % P, u1 * h2 % P);
        var x = Mod(r * r - h3 - 2 * v);
        return new Point(x, Mod(r * (v - x) - s1 * h3), h * a.Z * b.Z % P);
    }

    private static BigInteger Mod(BigInteger number)
    {
        var rest = number % P;
        return rest.Sign < 0 ? rest + P : rest;
    }

    private static BigInteger Number(string hex) => Number(Convert.FromHexString(hex));
}
