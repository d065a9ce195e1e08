using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Keys;
using Identity.Issuer.Organisations;
using Identity.Issuer.Tests.Console;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>Where a new organisation signs too early, what is anchored before the ledger knows its key and its log has no value for ever.</summary>
[Trait("Store", "Own")]
public sealed class NewOrganisationTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private readonly EvmAccount _governor = EvmAccount.Create();
    private AnvilNode _node = null!;
    private RegistryClient _registry = null!;
    private IssuerFixture _issuer = null!;

    public async Task InitializeAsync()
    {
        _node = await AnvilNode.StartAsync();
        _registry = await RegistryClient.DeployAsync(
            new EvmClient(_http, new EvmOptions { Rpc = _node.Rpc, ChainId = AnvilNode.ChainId, PollInterval = TimeSpan.FromMilliseconds(20) }, TimeProvider.System), _governor);
        _issuer = new IssuerFixture
        {
            RealTime = true,
            Replace = services => services.Replace(ServiceDescriptor.Singleton(s => new KeyRing(s.GetRequiredService<KeyFolder>(), s.GetRequiredService<TimeProvider>(), waitsForLedger: true))),
            More = [$"--Ledger:Rpc={_node.Rpc}", $"--Ledger:Contract={_registry.Contract}", "--Ledger:Development=true", "--Keys:Settle=00:00:00.100", "--Log:Interval=00:00:00.100", "--Ledger:Interval=00:00:00.200"],
        };
        await _issuer.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await _issuer.DisposeAsync();
        await _node.DisposeAsync();
        _http.Dispose();
        _governor.Dispose();
    }

    [Fact]
    public async Task Nothing_is_signed_before_the_ledger_knows_the_key_and_the_log_and_then_it_begins_by_itself()
    {
        var college = _issuer.Service<OrganisationDirectory>().Find(College)!;
        var ring = _issuer.Service<KeyRing>();

        await Check_refused_and_nothing_logged("The organisation is not registered");
        (await _registry.RegisterOrganisationAsync(_governor, college.Profile, college.Account.Address, OrganisationRoles.Issuer)).Require();
        await Check_refused_and_nothing_logged("The log is not registered");
        var log = await IssuerOnLedger.RegisterLogAsync(_issuer.App.Services, _registry, _governor);

        await IssuerOnLedger.Until(() => _issuer.InDb(db => ring.ActiveAsync(db, college, default)), key => key is not null);
        using var holder = Es256Key.Create();
        await _issuer.Collect(await _issuer.AccessToken(await _issuer.Prepare()), [holder]);
        var key = (await _registry.FindKeyAsync(college.FirstKey.Signer.PublicKey.Thumbprint()))!;
        var signed = await _issuer.InDb(db => db.Copies.Select(c => c.IssuedAt).SingleAsync());
        Assert.True(key.From <= signed, $"{key.From:O} {signed:O}");
        Assert.True(await _registry.LogSinceAsync(college.Profile.Id(), log) <= signed);
        Assert.DoesNotContain("data-testid=\"new\"", await (await Clerk.SignedIn(_issuer, role: "admin")).Page("/console/keys"));

        async Task Check_refused_and_nothing_logged(string waiting)
        {
            await IssuerOnLedger.Until(() => _issuer.InDb(db => db.SigningKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Organisation == College)), k => k?.Waiting?.StartsWith(waiting, StringComparison.Ordinal) == true);
            var refused = await _issuer.Api(HttpMethod.Post, College, "", new JsonObject { ["type"] = "qualification", ["reference"] = "D-1", ["claims"] = Diploma() });
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            Assert.Equal("The ledger does not know the signing key yet", (string?)(await Json(refused))["title"]);

            var clerk = await Clerk.SignedIn(_issuer);
            var form = await clerk.Post("/console/issue/qualification", ("reference", "D-1"), ("claim.holder_name", "Amina Okoye-Reyes"), ("claim.title", "Welding Technician"), ("claim.kind", "diploma"), ("claim.awarded_on", "2024-06-30"), ("claim.awarding_body", "Port Selin Technical College"), ("claim.awarding_country", "XT"), ("claim.origin", "original"));
            Assert.Equal(HttpStatusCode.Conflict, form.StatusCode);
            var page = await form.Content.ReadAsStringAsync();
            Assert.Contains("about a minute after the ledger has the key", page);
            Assert.Contains("Amina Okoye-Reyes", page); // nothing typed is lost
            Assert.Contains("data-testid=\"new\"", await (await Clerk.SignedIn(_issuer, role: "admin")).Page("/console/keys"));

            Assert.Null(await _issuer.InDb(db => ring.SigningAsync(db, college, default)));
            Assert.Equal(KeyRing.NotKnownYet, await _issuer.InDb(db => ring.WhyNoneAsync(db, college, default)));
            Assert.Empty(await _issuer.InDb(db => ring.PublishedAsync(db, college, default)));
            Assert.Equal(0, await _issuer.InDb(db => db.Credentials.CountAsync()));
        }
    }

    [Fact]
    public async Task A_first_key_that_is_stolen_before_the_ledger_knows_it_is_followed_by_another()
    {
        var college = _issuer.Service<OrganisationDirectory>().Find(College)!;
        await IssuerOnLedger.Until(() => _issuer.InDb(db => db.SigningKeys.CountAsync(k => k.Organisation == College)), count => count == 1);

        await IssuerOnLedger.Until(TryStealAsync, act => act is KeyAct.Begun);

        var keys = await _issuer.InDb(db => db.SigningKeys.AsNoTracking().Where(k => k.Organisation == College).ToListAsync());
        Assert.True(Assert.Single(keys, k => k.Thumbprint != college.FirstKey.Id).Waits);
        Assert.False(keys.Single(k => k.Thumbprint == college.FirstKey.Id).Waits);

        // The worker that looks at the ledger may change the row at the same moment: one wins.
        async Task<KeyAct?> TryStealAsync()
        {
            await using var scope = _issuer.App.Services.CreateAsyncScope();
            try
            {
                return await scope.ServiceProvider.GetRequiredService<RotateKeys>().StolenAsync(college, college.FirstKey.Id, DateTimeOffset.UtcNow, Actor.Staff(1, StaffRoles.Admin), default);
            }
            catch (DbUpdateConcurrencyException)
            {
                return null;
            }
        }
    }
}
