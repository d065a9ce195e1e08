using System.Text;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Tests.Jose;

public sealed class Ed25519Tests
{
    /// <summary>RFC 8032 §7.1, tests 1 to 3: seed, public key, message, signature.</summary>
    public static TheoryData<string, string, string, string> Rfc8032 => new()
    {
        {
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        },
        {
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        },
        {
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        },
    };

    [Theory, MemberData(nameof(Rfc8032))]
    public void Signs_and_verifies_as_rfc_8032(string seed, string publicKey, string message, string signature)
    {
        using var key = Ed25519Key.FromSeed(Convert.FromHexString(seed));
        var data = Convert.FromHexString(message);

        Assert.Equal(publicKey, Convert.ToHexStringLower(key.PublicBytes));
        Assert.Equal(signature, Convert.ToHexStringLower(key.Sign(data)));
        Assert.Equal(seed, Convert.ToHexStringLower(key.ToSeed()));
        Assert.True(VerificationKey.TryImportEd25519(Convert.FromHexString(publicKey), out var verifier, out _));
        Assert.True(verifier.Verify(data, Convert.FromHexString(signature)));
        Assert.False(verifier.Verify([.. data, 0], Convert.FromHexString(signature)));
    }

    [Fact]
    public void Signs_as_rfc_8037()
    {
        Assert.True(Base64Url.TryDecode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", out var seed));
        using var key = Ed25519Key.FromSeed(seed);

        var signature = key.Sign(Encoding.ASCII.GetBytes("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"));

        Assert.Equal("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg", Base64Url.Encode(signature));
    }

    [Theory]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000080")]
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")]
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85")]
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")]
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000080")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void A_key_of_small_order_is_refused(string hex) => Assert.False(VerificationKey.TryImportEd25519(Convert.FromHexString(hex), out _, out _));

    [Theory]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")] // p
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")] // p + 1
    [InlineData("f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")] // p + 3
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("00")]
    [InlineData("")]
    public void A_key_that_is_not_canonical_is_refused(string hex) => Assert.False(VerificationKey.TryImportEd25519(Convert.FromHexString(hex), out _, out _));

    [Fact]
    public void The_universal_forgery_with_the_identity_as_key_finds_no_key()
    {
        // With the identity as key, R = identity and S = 0 "signs" every message.
        var identity = Convert.FromHexString("0100000000000000000000000000000000000000000000000000000000000000");

        Assert.False(VerificationKey.TryImport(Jwk.FromEd25519(identity), out _, out _));
    }

    [Fact]
    public void A_signature_whose_s_is_not_reduced_is_refused()
    {
        using var key = Ed25519Key.FromSeed(new byte[32]);
        var signature = key.Sign("message"u8);
        Assert.True(VerificationKey.TryImport(key.PublicKey, out var verifier, out _));
        Assert.True(verifier.Verify("message"u8, signature));

        // S + L, the group order, little endian.
        var order = Convert.FromHexString("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        var carry = 0;
        for (var i = 0; i < 32; i++)
        {
            carry += signature[32 + i] + order[i];
            signature[32 + i] = (byte)carry;
            carry >>= 8;
        }

        Assert.False(verifier.Verify("message"u8, signature));
    }
}
