using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Host.Seed;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Identity.TestKit;

namespace Identity.Host.Tests;

public sealed class SeedVerifiersTests
{
    [Fact]
    public async Task Verifiers_are_registered_though_another_service_writes_with_the_same_account_at_the_same_time()
    {
        await using var node = await AnvilNode.StartAsync(Ports.Free());
        using var http = new HttpClient();
        using var governor = EvmAccount.Create();
        using var account = EvmAccount.Create();
        // Each client is a service of its own: neither knows what the other has under way.
        EvmClient Client() => new(http, new EvmOptions { Rpc = node.Rpc, ChainId = AnvilNode.ChainId, PollInterval = TimeSpan.FromMilliseconds(20) }, TimeProvider.System);
        var registry = await RegistryClient.DeployAsync(Client(), governor);
        (await registry.RegisterOrganisationAsync(governor, Cast.Accreditor, account.Address, OrganisationRoles.VerifierAuthority)).Require();
        SeedVerifiers[] services = [.. Enumerable.Range(0, 3).Select(_ => new SeedVerifiers(Cast.Accreditor, account, [.. Enumerable.Range(0, 3).Select(_ => Cast.Sunline([Base64Url.Encode(RandomNumberGenerator.GetBytes(32))]))]))];

        await Task.WhenAll(services.Select(service => service.WriteAsync(new RegistryClient(Client(), registry.Contract), CancellationToken.None)));

        var head = await registry.Evm.HeadAsync();
        var registered = (await registry.ReadEventsAsync(0, head.Number)).OfType<RegistryEvent.VerifierRegistered>().Select(e => Convert.ToHexString(e.Verifier));
        Assert.Equal(services.SelectMany(s => s.Profiles).Select(p => Convert.ToHexString(p.Id())).Order(), registered.Order());
    }
}
