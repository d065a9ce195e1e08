using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Identity.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Issuer.Tests;

/// <summary>The signing keys reach the ledger by themselves, on a real node.</summary>
[Trait("Store", "Own")]
public sealed class KeyRegistrationTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("issuer-keys-").FullName;
    private readonly EvmAccount _governor = EvmAccount.Create();
    private readonly HttpClient _http = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
        _governor.Dispose();
        _http.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_key_is_registered_once_its_organisation_is_and_again_after_the_node_lost_everything()
    {
        var port = Ports.Free();
        await using (await Scenario(port, null)) { }

        // The same address, an empty chain, the same database and keys.
        await using (await Scenario(port, "registered before")) { }
    }

    private async Task<Running> Scenario(int port, string? expectation)
    {
        var node = await AnvilNode.StartAsync(port);
        var evm = new EvmClient(_http, new EvmOptions { Rpc = node.Rpc, ChainId = AnvilNode.ChainId, PollInterval = TimeSpan.FromMilliseconds(50) }, TimeProvider.System);
        var settings = IssuerFixture.Settings(_folder).Where(s => !s.StartsWith("--Ledger:", StringComparison.Ordinal))
            .Concat([$"--Ledger:Rpc={node.Rpc}", $"--Ledger:Contract={RegistryClient.AddressFor(_governor.Address)}", "--Ledger:ChainId=31337", "--Ledger:Development=true"]).ToArray();
        var app = IssuerFixture.Build(settings);
        await app.StartAsync();

        // Before the contract exists, the service says what it waits for, and goes on.
        var waiting = await Until(app.Services, k => k.Waiting is not null);
        Assert.Contains("not on the ledger yet", waiting.Waiting);
        Assert.Null(waiting.RegisteredAt);

        var registry = await RegistryClient.DeployAsync(evm, _governor);
        foreach (var organisation in app.Services.GetRequiredService<OrganisationDirectory>().All)
            (await registry.RegisterOrganisationAsync(_governor, organisation.Profile, organisation.Account.Address, OrganisationRoles.Issuer)).Require();

        // A key counts only in a log that its organisation names, so it waits for that too.
        Assert.Contains("log is not registered", (await Until(app.Services, k => k.Waiting?.Contains("log", StringComparison.Ordinal) == true)).Waiting);
        var log = await IssuerOnLedger.RegisterLogAsync(app.Services, registry, _governor);

        var done = await Until(app.Services, k => k.RegisteredAt is not null);
        Assert.Null(done.Waiting);
        var college = app.Services.GetRequiredService<OrganisationDirectory>().Find(IssuerFixture.College)!;
        var onLedger = await registry.FindKeyAsync(college.FirstKey.Signer.PublicKey.Thumbprint());
        Assert.Equal(college.Profile.Id(), onLedger!.Organisation);
        Assert.Equal((null, null), (onLedger.RetiredAt, onLedger.CompromisedAt));
        Assert.True(await registry.LogSinceAsync(college.Profile.Id(), log) <= onLedger.From);
        if (expectation is not null) Assert.Equal(1, await Count(app.Services));
        return new Running(app, node);
    }

    private static async Task<KeyRegistration> Until(IServiceProvider services, Func<KeyRegistration, bool> condition)
    {
        for (var i = 0; i < 300; i++)
        {
            await using var scope = services.CreateAsyncScope();
            var row = await scope.ServiceProvider.GetRequiredService<IssuerDb>().KeyRegistrations.AsNoTracking().SingleOrDefaultAsync(k => k.Organisation == IssuerFixture.College);
            if (row is not null && condition(row)) return row;
            await Task.Delay(100);
        }
        throw new TimeoutException("The key registration did not come that far in 30 seconds.");
    }

    private static async Task<int> Count(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IssuerDb>().KeyRegistrations.CountAsync(k => k.Organisation == IssuerFixture.College);
    }

    private sealed class Running(Microsoft.AspNetCore.Builder.WebApplication app, AnvilNode node) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await app.StopAsync();
            await app.DisposeAsync();
            await node.DisposeAsync();
        }
    }
}
