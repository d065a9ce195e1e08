using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Issuer.Data;
using Identity.Issuer.Keys;
using Identity.Issuer.Organisations;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Issuer.Tests.Keys;

/// <summary>What an organisation types to register and end the keys that this service does not sign with, on a real node.</summary>
[Trait("Store", "Own")]
public sealed class KeyCommandsTests : CommandsOnLedger
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_key_is_registered_once_and_retired_once(bool withPrivateHalf)
    {
        using var key = Es256Key.Create();
        var name = key.PublicKey.ThumbprintText();
        Assert.Equal((0, "This organisation has registered no key."), await SayAsync());

        Assert.Equal((0, $"Registered: {name}"), await SayAsync("add", Written(key, withPrivateHalf)));
        var again = await SayAsync("add", Written(key, withPrivateHalf));
        Assert.Equal(0, again.Code);
        Assert.StartsWith($"{name} since ", again.Said, StringComparison.Ordinal);
        Assert.Equal(again, await SayAsync());

        var (code, said) = await SayAsync("end", name, "retired");
        Assert.Equal(0, code);
        Assert.Contains(", retired ", said, StringComparison.Ordinal);
        Assert.Equal((0, said), await SayAsync("end", name, "retired"));
        Assert.NotNull((await Registry.FindKeyAsync(key.PublicKey.Thumbprint()))!.RetiredAt);
    }

    [Fact]
    public async Task A_stolen_key_ends_when_it_was_stolen_also_after_it_was_retired()
    {
        using var key = Es256Key.Create();
        Assert.Equal(0, (await SayAsync("add", Written(key, false))).Code);
        Assert.Equal(0, (await SayAsync("end", key.PublicKey.ThumbprintText(), "retired")).Code);
        var since = (await Registry.FindKeyAsync(key.PublicKey.Thumbprint()))!.RetiredAt!.Value;

        var (code, said) = await SayAsync("end", key.PublicKey.ThumbprintText(), "stolen", since.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null));

        Assert.Equal(0, code);
        Assert.EndsWith($", stolen {since:u}", said, StringComparison.Ordinal);
        Assert.Equal(since, (await Registry.FindKeyAsync(key.PublicKey.Thumbprint()))!.CompromisedAt);
    }

    [Fact]
    public async Task Attack_nobody_takes_or_ends_the_key_of_another_or_the_one_that_the_service_signs_with()
    {
        using var key = Es256Key.Create();
        Assert.Equal(0, (await SayAsync("add", Written(key, false))).Code);
        Assert.Equal((1, "Not registered: the key is another organisation's."), await AsAsync(IssuerFixture.College, "add", Written(key, false)));
        Assert.Equal((1, $"This organisation has no key {key.PublicKey.ThumbprintText()}."), await AsAsync(IssuerFixture.College, "end", key.PublicKey.ThumbprintText(), "retired"));

        await InDatabaseAsync(db => db.Add(new SigningKeyRow
        {
            Organisation = IssuerFixture.Ministry, Thumbprint = key.PublicKey.ThumbprintText(), X = key.PublicKey.X, Y = key.PublicKey.Y!, MadeAt = DateTimeOffset.UtcNow, MadeBy = "",
        }));

        Assert.Equal((1, "This service signs with that key: end it in the console, under Keys, so that another takes over first."), await SayAsync("end", key.PublicKey.ThumbprintText(), "retired"));
        Assert.Null((await Registry.FindKeyAsync(key.PublicKey.Thumbprint()))!.RetiredAt);
    }

    [Fact]
    public async Task Attack_a_file_that_is_no_P256_key_never_reaches_the_ledger()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        foreach (var bad in new[] { "", "hello", other.ExportSubjectPublicKeyInfoPem(), rsa.ExportSubjectPublicKeyInfoPem(), "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", new string('x', 20_000) })
            Assert.Equal((1, "Not registered: the file is no P-256 key as PEM."), await SayAsync("add", Written(bad)));
        Assert.Equal("This organisation has registered no key.", (await SayAsync()).Said);
    }

    [Fact]
    public async Task A_wrong_call_an_unknown_organisation_and_a_ledger_out_of_reach_are_told_apart()
    {
        var name = Base64Url.Encode(new byte[32]);
        foreach (var call in new[] { new[] { "add" }, ["add", "/no/such/file"], ["end", name], ["end", "AAAA", "retired"], ["end", name, "lost"], ["end", name, "stolen", "yesterday"], ["delete", name] })
            Assert.Equal(3, (await SayAsync(call)).Code);
        Assert.StartsWith("The ledger has no organisation of exactly these words: ", (await AsAsync(IssuerFixture.Shipyard)).Said, StringComparison.Ordinal);
        Assert.Equal(0, await Commands.RunAsync(["keys", IssuerFixture.Ministry, .. Settings]));

        await StopNodeAsync();
        Assert.Equal(2, (await SayAsync()).Code);
    }

    [Theory]
    [InlineData("log-recover", "https://mirror.example")]
    [InlineData("log-recover", "--from=https://mirror.example")]
    [InlineData("log-recovery", "--from", "https://mirror.example")]
    [InlineData("serve")]
    public async Task A_misspelt_verb_starts_no_service(params string[] words) => Assert.Equal(3, await Commands.RunAsync([.. words, .. Settings]));

    private string Written(Es256Key key, bool withPrivateHalf)
    {
        using var half = ECDsa.Create();
        half.ImportPkcs8PrivateKey(key.ToPkcs8(), out _);
        return Written(withPrivateHalf ? half.ExportPkcs8PrivateKeyPem() : half.ExportSubjectPublicKeyInfoPem());
    }

    private protected override AccountCommands Command(IServiceProvider services, TextWriter output) =>
        new KeyCommands(services.GetRequiredService<RegistryAccess>(), services.GetRequiredService<IssuerDb>(), TimeProvider.System, output);
}
