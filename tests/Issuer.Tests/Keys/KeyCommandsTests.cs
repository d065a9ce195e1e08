using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Issuer.Data;
using Identity.Issuer.Keys;
using Identity.Issuer.Organisations;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Identity.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Issuer.Tests.Keys;

/// <summary>What an organisation types to register and end the keys that this service does not sign with, on a real node.</summary>
[Trait("Store", "Own")]
public sealed class KeyCommandsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("issuer-keys-").FullName;
    private readonly EvmAccount _governor = EvmAccount.Create();
    private readonly HttpClient _http = new();
    private AnvilNode _node = null!;
    private WebApplication _app = null!;
    private RegistryClient _registry = null!;
    private string[] _settings = [];

    public async Task InitializeAsync()
    {
        _node = await AnvilNode.StartAsync(Ports.Free());
        _registry = await RegistryClient.DeployAsync(new EvmClient(_http, new EvmOptions { Rpc = _node.Rpc, ChainId = AnvilNode.ChainId, PollInterval = TimeSpan.FromMilliseconds(50) }, TimeProvider.System), _governor);
        _settings = [.. IssuerFixture.Settings(_folder).Where(s => !s.StartsWith("--Ledger:", StringComparison.Ordinal)), $"--Ledger:Rpc={_node.Rpc}", $"--Ledger:Contract={_registry.Contract}", "--Ledger:ChainId=31337"];
        _app = IssuerFixture.Build(_settings);
        await using (var scope = _app.Services.CreateAsyncScope()) await PrepareDatabase.MigrateAsync(scope.ServiceProvider);
        foreach (var slug in new[] { IssuerFixture.Ministry, IssuerFixture.College })
            (await _registry.RegisterOrganisationAsync(_governor, Of(slug).Profile, Of(slug).Account.Address, OrganisationRoles.Issuer)).Require();
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _node.DisposeAsync();
        _governor.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

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
        Assert.NotNull((await _registry.FindKeyAsync(key.PublicKey.Thumbprint()))!.RetiredAt);
    }

    [Fact]
    public async Task A_stolen_key_ends_when_it_was_stolen_also_after_it_was_retired()
    {
        using var key = Es256Key.Create();
        Assert.Equal(0, (await SayAsync("add", Written(key, false))).Code);
        Assert.Equal(0, (await SayAsync("end", key.PublicKey.ThumbprintText(), "retired")).Code);
        var since = (await _registry.FindKeyAsync(key.PublicKey.Thumbprint()))!.RetiredAt!.Value;

        var (code, said) = await SayAsync("end", key.PublicKey.ThumbprintText(), "stolen", since.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null));

        Assert.Equal(0, code);
        Assert.EndsWith($", stolen {since:u}", said, StringComparison.Ordinal);
        Assert.Equal(since, (await _registry.FindKeyAsync(key.PublicKey.Thumbprint()))!.CompromisedAt);
    }

    [Fact]
    public async Task Attack_nobody_takes_or_ends_the_key_of_another_or_the_one_that_the_service_signs_with()
    {
        using var key = Es256Key.Create();
        Assert.Equal(0, (await SayAsync("add", Written(key, false))).Code);
        Assert.Equal((1, "Not registered: the key is another organisation's."), await AsAsync(IssuerFixture.College, "add", Written(key, false)));
        Assert.Equal((1, $"This organisation has no key {key.PublicKey.ThumbprintText()}."), await AsAsync(IssuerFixture.College, "end", key.PublicKey.ThumbprintText(), "retired"));

        await using (var scope = _app.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<IssuerDb>();
            db.Add(new SigningKeyRow { Organisation = IssuerFixture.Ministry, Thumbprint = key.PublicKey.ThumbprintText(), X = key.PublicKey.X, Y = key.PublicKey.Y!, MadeAt = DateTimeOffset.UtcNow, MadeBy = "" });
            await db.SaveChangesAsync();
        }

        Assert.Equal((1, "This service signs with that key: end it in the console, under Keys, so that another takes over first."), await SayAsync("end", key.PublicKey.ThumbprintText(), "retired"));
        Assert.Null((await _registry.FindKeyAsync(key.PublicKey.Thumbprint()))!.RetiredAt);
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
        Assert.Equal(0, await Commands.RunAsync(["keys", IssuerFixture.Ministry, .. _settings]));

        await _node.DisposeAsync();
        Assert.Equal(2, (await SayAsync()).Code);
    }

    private string Written(Es256Key key, bool withPrivateHalf)
    {
        using var half = ECDsa.Create();
        half.ImportPkcs8PrivateKey(key.ToPkcs8(), out _);
        return Written(withPrivateHalf ? half.ExportPkcs8PrivateKeyPem() : half.ExportSubjectPublicKeyInfoPem());
    }

    private string Written(string text)
    {
        var file = Path.Combine(_folder, $"{Guid.NewGuid():N}.pem");
        File.WriteAllText(file, text);
        return file;
    }

    private Organisation Of(string slug) => _app.Services.GetRequiredService<OrganisationDirectory>().Find(slug)!;

    private Task<(int Code, string Said)> SayAsync(params string[] words) => AsAsync(IssuerFixture.Ministry, words);

    private async Task<(int Code, string Said)> AsAsync(string organisation, params string[] words)
    {
        using var output = new StringWriter();
        await using var scope = _app.Services.CreateAsyncScope();
        var code = await new KeyCommands(_app.Services.GetRequiredService<RegistryAccess>(), scope.ServiceProvider.GetRequiredService<IssuerDb>(), TimeProvider.System, output).RunAsync(Of(organisation), words, CancellationToken.None);
        return (code, output.ToString().TrimEnd());
    }
}
