using System.Numerics;
using System.Security.Cryptography;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Tests.Jose;

public sealed class P256PublicKeyTests
{
    private static readonly byte[] Data = "what is signed"u8.ToArray();

    [Fact]
    public void An_imported_key_is_the_one_that_was_named()
    {
        for (var i = 0; i < 50; i++)
        {
            using var key = Es256Key.Create();
            using var imported = P256PublicKey.ForSignatures(key.PublicKey);
            var (expected, actual) = (key.Raw.ExportParameters(false).Q, imported.ExportParameters(false).Q);
            var signature = key.Sign(Data);

            Assert.Equal<byte>([.. expected.X!, .. expected.Y!], [.. actual.X!, .. actual.Y!]);
            Assert.True(imported.VerifyData(Data, signature, HashAlgorithmName.SHA256));
            signature[i] ^= 1;
            Assert.False(imported.VerifyData(Data, signature, HashAlgorithmName.SHA256));
        }
    }

    [Fact]
    public void Keys_imported_on_many_threads_are_not_mixed_up()
    {
        var keys = Enumerable.Range(0, 16).Select(_ => Es256Key.Create()).ToArray();
        var signatures = keys.Select(k => k.Sign(Data)).ToArray();
        Parallel.For(0, 2000, i =>
        {
            using var imported = P256PublicKey.ForSignatures(keys[i % 16].PublicKey);
            Assert.True(imported.VerifyData(Data, signatures[i % 16], HashAlgorithmName.SHA256));
            Assert.False(imported.VerifyData(Data, signatures[(i + 1) % 16], HashAlgorithmName.SHA256));
        });
        foreach (var key in keys) key.Dispose();
    }

    [Fact]
    public void Two_sides_agree_on_one_secret_whichever_way_the_key_came()
    {
        using var ours = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var theirs = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var imported = P256PublicKey.ForAgreement(Jwk.From(theirs));

        Assert.Equal(theirs.DeriveRawSecretAgreement(ours.PublicKey), ours.DeriveRawSecretAgreement(imported.PublicKey));
    }

    [Fact]
    public void Attack_points_off_the_curve_are_imported_for_nothing()
    {
        var prime = BigInteger.Parse("0ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
        using var key = Es256Key.Create();
        var (x, y) = (key.PublicKey.XBytes(), key.PublicKey.YBytes());
        byte[] other = [.. y[..31], (byte)(y[31] ^ 1)];
        var twist = RandomNumberGenerator.GetBytes(32); // the curve has half of all x, so some of these lie on its twist

        foreach (var (px, py) in new[] { (x, other), (new byte[32], new byte[32]), (y, x), (twist, y), (Bytes(prime), y), (x, Bytes(prime)), (Bytes(prime + 1), y), ([.. Enumerable.Repeat((byte)255, 32)], y) })
        {
            var point = new Jwk { Kty = "EC", Crv = "P-256", X = Base64Url.Encode(px), Y = Base64Url.Encode(py) };
            Assert.ThrowsAny<CryptographicException>(() => P256PublicKey.ForSignatures(point));
            Assert.ThrowsAny<CryptographicException>(() => P256PublicKey.ForAgreement(point));
            Assert.False(VerificationKey.TryImport(point, out _, out _));
        }
        // What was refused leaves nothing behind that a later call would trip over.
        using var good = P256PublicKey.ForSignatures(key.PublicKey);
        Assert.True(good.VerifyData(Data, key.Sign(Data), HashAlgorithmName.SHA256));
    }

    [Fact]
    public void A_compressed_point_is_read_alike_by_both_ways()
    {
        var found = 0;
        for (var i = 0; i < 400; i++)
        {
            byte[] point = [(byte)(2 + i % 2), .. RandomNumberGenerator.GetBytes(32)]; // half of all x have no point
            if (i < 4) point = [(byte)(2 + i % 2), .. i < 2 ? new byte[32] : [.. Enumerable.Repeat((byte)255, 32)]];
            var here = P256.TryDecompressHere(point, out var x, out var y);

            Assert.Equal(here, P256.TryDecompress(point, out var otherX, out var otherY));
            Assert.Equal<byte>([.. x, .. y], [.. otherX, .. otherY]);
            if (here) found++;
        }
        Assert.InRange(found, 1, 399);
    }

    private static byte[] Bytes(BigInteger number) => number.ToByteArray(isUnsigned: true, isBigEndian: true);
}
