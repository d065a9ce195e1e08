using System.Security.Cryptography;
using Identity.Hosting.Hsm;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Registry;
using Identity.TestKit;

namespace Identity.Ledger.Tests.Evm;

public sealed class AccountSources : IDisposable
{
    private const string Secret = "8f2a55949038a9610f50fb23b5883af3b4ecb3c3bb792cbcefbd1542c692be63";

    private readonly string _folder = Directory.CreateTempSubdirectory("accounts").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_is_named_with_or_without_its_word()
    {
        var file = Path.Combine(_folder, "a.pem");
        using var made = EvmAccount.CreateFile(file);
        using var one = AccountSource.Open(file);
        using var two = AccountSource.Open("file:" + file);

        Assert.Equal((made.Address, made.Address), (one.Address, two.Address));
        Assert.Contains("does not exist", Assert.Throws<InvalidOperationException>(() => AccountSource.Open("file:/nowhere.pem")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_holds_a_PEM_or_digits_and_is_gone_once_it_was_read()
    {
        using var expected = EvmAccount.FromPrivateKey(Convert.FromHexString(Secret));
        var file = Path.Combine(_folder, "a.pem");
        using var made = EvmAccount.CreateFile(file);
        foreach (var (text, address) in new[] { (Secret, expected.Address), ("0x" + Secret, expected.Address), (File.ReadAllText(file), made.Address) })
        {
            Environment.SetEnvironmentVariable("IDENTITY_TEST_ACCOUNT", text);
            using var read = AccountSource.Open("env:IDENTITY_TEST_ACCOUNT");
            Assert.Equal(address, read.Address);
            Assert.Null(Environment.GetEnvironmentVariable("IDENTITY_TEST_ACCOUNT"));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("8f2a")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIGH8f2a55949038\n-----END PRIVATE KEY-----")]
    public void Attack_what_is_no_key_is_told_and_not_repeated(string text)
    {
        Environment.SetEnvironmentVariable("IDENTITY_TEST_NO_ACCOUNT", text);

        var fault = Assert.Throws<InvalidOperationException>(() => AccountSource.Open("env:IDENTITY_TEST_NO_ACCOUNT"));

        Assert.Contains("IDENTITY_TEST_NO_ACCOUNT holds no", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("8f2a", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_of_a_token_that_cannot_be_read_is_told() =>
        Assert.Contains("names no token", Assert.Throws<InvalidOperationException>(() => AccountSource.Open("pkcs11:object=a?module-path=/m.so&pin-source=env:PIN")).Message, StringComparison.Ordinal);

    [SoftHsmFact]
    public void A_key_of_a_token_is_an_account_only_on_the_curve_of_the_chain()
    {
        using var token = new SoftHsm("operator");
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        token.Import("signing", p256, "01");

        Assert.Contains("one on secp256k1 is needed", Assert.Throws<HsmException>(() => AccountSource.Open(token.Uri("signing"))).Message, StringComparison.Ordinal);
    }

    [SoftHsmFact]
    public void Its_signatures_are_those_of_its_address_with_a_low_s()
    {
        using var token = new SoftHsm("operator");
        using var account = InToken(token);

        for (var i = 0; i < 40; i++)
        {
            var hash = SHA256.HashData([(byte)i]);
            Assert.True(account.Sign(hash).TryRecover(hash, out var signer)); // refuses a high s
            Assert.Equal(account.Address, signer);
        }
    }

    [SoftHsmFact]
    public async Task A_log_is_anchored_by_an_account_that_never_left_its_token_and_again_after_the_token_was_away()
    {
        using var token = new SoftHsm("operator");
        using var account = InToken(token);
        using var governor = EvmAccount.Create();
        using var http = new HttpClient();
        await using var node = await AnvilNode.StartAsync(binary: Chain.Binary);
        var registry = await RegistryClient.DeployAsync(new EvmClient(http, new EvmOptions { Rpc = node.Rpc, ChainId = AnvilNode.ChainId, PollInterval = TimeSpan.FromMilliseconds(20) }, TimeProvider.System), governor);
        var log = RegistryClient.LogId("localhost:1/log");
        (await registry.RegisterLogAsync(governor, "localhost:1/log", account.Address, Chain.Some(32))).Require();

        Assert.IsType<RegistryWrite.Done>(await registry.AnchorAsync(account, log, 4, Chain.Some(32)));
        token.TakeOut();
        Assert.True((await Assert.ThrowsAsync<HsmException>(() => registry.AnchorAsync(account, log, 5, Chain.Some(32)))).Passing);
        token.PutIn();
        Assert.IsType<RegistryWrite.Done>(await registry.AnchorAsync(account, log, 5, Chain.Some(32)));
        Assert.Equal(5, (await registry.LatestAsync(log))!.Size);
    }

    private static IEvmSigner InToken(SoftHsm token)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromValue("1.3.132.0.10"));
        token.Import("account", key, "01");
        return AccountSource.Open(token.Uri("account"));
    }
}
