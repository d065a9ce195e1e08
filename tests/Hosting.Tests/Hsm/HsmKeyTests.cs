using System.Security.Cryptography;
using Identity.Hosting.Hsm;
using Identity.TestKit;

namespace Identity.Hosting.Tests.Hsm;

public sealed class HsmKeyTests : IDisposable
{
    private const string P256 = "1.2.840.10045.3.1.7";

    private readonly Lazy<SoftHsm> _token = new(() => new SoftHsm("college"));

    private SoftHsm Token => _token.Value;

    public void Dispose()
    {
        if (_token.IsValueCreated) _token.Value.Dispose();
    }

    [SoftHsmFact]
    public void A_key_in_a_token_signs_and_only_its_public_half_comes_out()
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Token.Import("signing", made, "01");

        using var key = Open("signing");
        var hash = RandomNumberGenerator.GetBytes(32);

        Assert.Equal(made.ExportParameters(false).Q.X, key.Point.X);
        Assert.True(made.VerifyHash(hash, key.SignHash(hash)));
    }

    [SoftHsmFact]
    public void Many_sign_at_once()
    {
        using var made = Signing();
        using var key = Open("signing");

        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 16 }, i =>
        {
            var hash = SHA256.HashData([(byte)i]);
            Assert.True(made.VerifyHash(hash, key.SignHash(hash)));
        });
    }

    [SoftHsmFact]
    public void The_PIN_may_come_from_the_environment()
    {
        using var made = Signing();
        Environment.SetEnvironmentVariable("IDENTITY_TEST_PIN", SoftHsm.Pin);

        using var key = HsmKey.Open(Pkcs11Uri.Parse(Token.Uri("signing", "env:IDENTITY_TEST_PIN")), P256, "P-256");

        Assert.Equal(64, key.SignHash(new byte[32]).Length);
    }

    [SoftHsmFact]
    public void A_wrong_PIN_is_told_and_its_digits_are_not()
    {
        using var made = Signing();
        File.WriteAllText(Token.PinFile, "999999");

        var fault = Refused("signing");

        Assert.Contains("refuses the PIN", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("999999", fault.ToString(), StringComparison.Ordinal);
    }

    // Tokens lock after a few wrong PINs: a service that tried at each signature would lock its own.
    [SoftHsmFact]
    public void Attack_a_PIN_that_was_refused_is_not_shown_again_and_a_new_one_is()
    {
        using var made = Signing();
        using var key = Open("signing");
        Token.TakeOut();
        Assert.Throws<HsmException>(() => key.SignHash(new byte[32])); // logged out by that
        Token.PutIn();
        File.WriteAllText(Token.PinFile, "999999");

        var first = Assert.Throws<HsmException>(() => key.SignHash(new byte[32]));
        var second = Assert.Throws<HsmException>(() => key.SignHash(new byte[32]));

        Assert.NotNull(first.InnerException); // the token said so
        Assert.Null(second.InnerException); // it was not asked
        File.WriteAllText(Token.PinFile, SoftHsm.Pin);
        Assert.Equal(64, key.SignHash(new byte[32]).Length);
    }

    // Whoever loads a key again and again, as a service does whose token refuses, would lock the token too.
    [SoftHsmFact]
    public void Attack_a_PIN_that_one_key_had_refused_is_shown_to_the_token_by_no_other_and_to_another_token_it_is()
    {
        using var made = Signing();
        using var second = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Token.Import("account", second, "02");
        using var other = new SoftHsm("ministry");
        using var third = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        other.Import("signing", third, "01");
        File.WriteAllText(Token.PinFile, "888888");
        File.WriteAllText(other.PinFile, "888888");

        Assert.NotNull(Refused("signing").InnerException); // the token said so
        foreach (var name in new[] { "signing", "account", "signing" })
        {
            var again = Refused(name);
            Assert.Null(again.InnerException); // it was not asked
            Assert.Contains("start the service anew", again.Message, StringComparison.Ordinal);
        }
        Assert.NotNull(Assert.Throws<HsmException>(() => HsmKey.Open(Pkcs11Uri.Parse(other.Uri("signing")), P256, "P-256")).InnerException);
        File.WriteAllText(Token.PinFile, SoftHsm.Pin);
        using var key = Open("account");
    }

    [SoftHsmFact]
    public void A_PIN_that_is_not_where_it_should_be_is_told()
    {
        using var made = Signing();
        File.Delete(Token.PinFile);

        Assert.Contains("is not where pin-source says", Refused("signing").Message, StringComparison.Ordinal);
    }

    [SoftHsmFact]
    public void A_token_that_is_taken_out_is_told_and_signs_again_once_it_is_back()
    {
        using var made = Signing();
        using var key = Open("signing");
        Token.TakeOut();

        var fault = Assert.Throws<HsmException>(() => key.SignHash(new byte[32]));

        Assert.True(fault.Passing);
        Assert.Contains("is not there", fault.Message, StringComparison.Ordinal);
        Token.PutIn();
        Assert.True(made.VerifyHash(new byte[32], key.SignHash(new byte[32])));
    }

    [SoftHsmFact]
    public void Another_token_goes_on_while_one_is_away()
    {
        using var made = Signing();
        using var key = Open("signing");
        using var other = new SoftHsm("ministry");
        using var second = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        other.Import("signing", second, "01");
        using var otherKey = HsmKey.Open(Pkcs11Uri.Parse(other.Uri("signing")), P256, "P-256");
        Token.TakeOut();
        Assert.Throws<HsmException>(() => key.SignHash(new byte[32]));

        Assert.True(second.VerifyHash(new byte[32], otherKey.SignHash(new byte[32])));
    }

    [SoftHsmFact]
    public void A_key_that_is_not_in_the_token_is_told()
    {
        using var made = Signing();

        Assert.Contains("There is no private key", Refused("another").Message, StringComparison.Ordinal);
    }

    [SoftHsmFact]
    public void Two_keys_of_one_name_are_told_and_an_id_tells_them_apart()
    {
        using var first = Signing();
        using var second = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Token.Import("signing", second, "02");

        Assert.Contains("More than one private key", Refused("signing").Message, StringComparison.Ordinal);
        using var key = Open("signing;id=%02");
        Assert.Equal(second.ExportParameters(false).Q.X, key.Point.X);
    }

    [SoftHsmFact]
    public void A_key_of_another_kind_or_curve_or_without_its_public_half_is_told()
    {
        using var rsa = RSA.Create(2048);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var k1 = ECDsa.Create(ECCurve.CreateFromValue("1.3.132.0.10"));
        using var alone = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Token.Import("rsa", rsa, "01");
        Token.Import("p384", p384, "02");
        Token.Import("k1", k1, "03");
        Token.Import("alone", alone, "04", withPublic: false);

        Assert.Contains("is not of an elliptic curve", Refused("rsa").Message, StringComparison.Ordinal);
        Assert.Contains("not on a named curve of 256 bits", Refused("p384").Message, StringComparison.Ordinal);
        Assert.Contains("on another curve (1.3.132.0.10); one on P-256 is needed", Refused("k1").Message, StringComparison.Ordinal);
        Assert.Contains("The public key of", Refused("alone").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_is_missing_or_none_is_told()
    {
        HsmException Fails(string module) => Assert.Throws<HsmException>(() => HsmKey.Open(Pkcs11Uri.Parse($"pkcs11:token=a;object=b?module-path={module}&pin-source=env:PIN"), P256, "P-256"));

        Assert.Contains("/nowhere/pkcs11.so does not exist", Fails("/nowhere/pkcs11.so").Message, StringComparison.Ordinal);
        Assert.Contains("cannot be loaded", Fails(typeof(HsmKeyTests).Assembly.Location).Message, StringComparison.Ordinal);
    }

    private ECDsa Signing()
    {
        var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Token.Import("signing", made, "01");
        return made;
    }

    private HsmKey Open(string name) => HsmKey.Open(Pkcs11Uri.Parse(Token.Uri(name)), P256, "P-256");

    private HsmException Refused(string name) => Assert.Throws<HsmException>(() => Open(name));
}
