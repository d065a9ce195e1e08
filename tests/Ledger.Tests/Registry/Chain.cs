using Identity.Credentials.Accreditation;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Identity.TestKit;

namespace Identity.Ledger.Tests.Registry;

/// <summary>One real node and one registry for the tests that need them; every test brings its own accounts and organisations.</summary>
public sealed class Chain : IAsyncLifetime
{
    private static int _names;
    private readonly HttpClient _http = new();
    private AnvilNode? _node;

    public EvmAccount Governor { get; } = EvmAccount.Create();

    public EvmClient Evm { get; private set; } = null!;

    public RegistryClient Registry { get; private set; } = null!;

    public Uri Rpc => _node!.Rpc;

    public async Task InitializeAsync()
    {
        _node = await AnvilNode.StartAsync(binary: Binary);
        Evm = Client();
        Registry = await RegistryClient.DeployAsync(Evm, Governor);
    }

    public async Task DisposeAsync()
    {
        await _node!.DisposeAsync();
        _http.Dispose();
        Governor.Dispose();
    }

    /// <summary>The program of the checkout that the tests belong to.</summary>
    public static string Binary => Path.Combine(Checkout.Root, "node_modules", "@foundry-rs", "anvil-linux-amd64", "bin", "anvil");

    public EvmClient Client(Func<EvmOptions, EvmOptions>? change = null) =>
        new(_http, (change ?? (o => o))(new EvmOptions { Rpc = Rpc, ChainId = AnvilNode.ChainId, PollInterval = TimeSpan.FromMilliseconds(20) }), TimeProvider.System);

    public static OrganisationProfile Profile(string name = "Port Selin Technical College") =>
        new($"http://localhost:5001/org-{Interlocked.Increment(ref _names)}", name, "Talmara", true, "registrar@example.org");

    /// <summary>A registered organisation with its account.</summary>
    public async Task<(byte[] Id, EvmAccount Account)> OrganisationAsync(OrganisationRoles roles)
    {
        var (profile, account) = (Profile(), EvmAccount.Create());
        (await Registry.RegisterOrganisationAsync(Governor, profile, account.Address, roles)).Require();
        return (profile.Id(), account);
    }

    /// <summary>A registered log with its operator.</summary>
    public async Task<(byte[] Id, EvmAccount Operator)> LogAsync()
    {
        var (origin, account) = ($"localhost:5001/log-{Interlocked.Increment(ref _names)}", EvmAccount.Create());
        (await Registry.RegisterLogAsync(Governor, origin, account.Address, Some(32))).Require();
        return (RegistryClient.LogId(origin), account);
    }

    /// <summary>A root authority: admitted by the governor for everything, without end.</summary>
    public async Task<(byte[] Id, EvmAccount Account, ulong Number)> RootAsync(AccreditationRight right = AccreditationRight.Accredit, OrganisationRoles roles = OrganisationRoles.Accreditor)
    {
        var (id, account) = await OrganisationAsync(roles);
        return (id, account, Granted(await Registry.AdmitRootAsync(Governor, id, right, new Scope(null), DateTimeOffset.UnixEpoch, null)));
    }

    public static ulong Granted(RegistryWrite write) => Event<RegistryEvent.AccreditationGranted>(write).Number;

    public static T Event<T>(RegistryWrite write) where T : RegistryEvent
    {
        write.Require();
        return Assert.IsType<T>(((RegistryWrite.Done)write).Event);
    }

    public static string Refused(string error, RegistryWrite write)
    {
        var refused = Assert.IsType<RegistryWrite.Refused>(write);
        Assert.Equal(error, refused.Error);
        Assert.NotEmpty(refused.Reason);
        return refused.Reason;
    }

    public async Task RefusedRawAsync(string error, EvmAccount account, byte[] call, Address? contract = null)
    {
        var reverted = Assert.IsType<EvmSent.Reverted>(await Evm.SendAsync(account, contract ?? Registry.Contract, call));
        Assert.Equal(error, RegistryAbi.Refusal(reverted.Data).Error);
    }

    public static byte[] Some(int length)
    {
        var bytes = new byte[length];
        System.Security.Cryptography.RandomNumberGenerator.Fill(bytes);
        return bytes;
    }
}

[CollectionDefinition(nameof(Chain))]
public sealed class ChainCollection : ICollectionFixture<Chain>;
