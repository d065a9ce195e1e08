using Identity.Credentials.Accreditation;
using Identity.Issuer.Accreditations;
using Identity.Issuer.Closing;
using Identity.Issuer.Organisations;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Registry;
using Identity.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Issuer.Tests;

/// <summary>The Issuer on a real node, in real time, with its organisations and log registered under one root authority.</summary>
public class IssuerOnLedger : IAsyncLifetime
{
    public static OrganisationProfile MinistryOfEducation { get; } = new("https://education.talmara.example", "Talmara Ministry of Education", "XT", true, null);

    private readonly HttpClient _http = new();
    private AnvilNode _node = null!;

    public EvmAccount Governor { get; } = EvmAccount.Create();

    /// <summary>The account of the root authority.</summary>
    public EvmAccount Root { get; } = EvmAccount.Create();

    /// <summary>The root accreditation.</summary>
    public ulong RootNumber { get; private set; }

    public RegistryClient Registry { get; private set; } = null!;

    public IssuerFixture Issuer { get; private set; } = null!;

    /// <summary>Puts a test's own service in the place of another.</summary>
    public Action<IServiceCollection>? Replace { get; init; }

    /// <summary>Settings of a test's own.</summary>
    public string[] More { get; init; } = [];

    public Organisation Organisation(string slug) => Issuer.Service<OrganisationDirectory>().Find(slug)!;

    public async Task InitializeAsync()
    {
        _node = await AnvilNode.StartAsync();
        Registry = await RegistryClient.DeployAsync(
            new EvmClient(_http, new EvmOptions { Rpc = _node.Rpc, ChainId = AnvilNode.ChainId, PollInterval = TimeSpan.FromMilliseconds(20) }, TimeProvider.System), Governor);
        Issuer = new IssuerFixture
        {
            RealTime = true,
            Replace = Replace,
            More =
            [
                $"--Ledger:Rpc={_node.Rpc}", $"--Ledger:Contract={Registry.Contract}", "--Ledger:Development=true", "--Keys:Settle=00:00:00.100", "--Log:Interval=00:00:00.100", "--Ledger:Interval=00:00:00.200", .. More,
            ],
        };
        await Issuer.InitializeAsync();
        // The service's own client: an account that both the service and a test send with has one transaction on its way at a time.
        Registry = Issuer.Service<RegistryAccess>().Client;

        (await Registry.RegisterOrganisationAsync(Governor, MinistryOfEducation, Root.Address, OrganisationRoles.Accreditor)).Require();
        foreach (var organisation in Issuer.Service<OrganisationDirectory>().All)
            (await Registry.RegisterOrganisationAsync(Governor, organisation.Profile, organisation.Account.Address, RolesOf(organisation.Slug))).Require();
        await RegisterLogAsync(Issuer.App.Services, Registry, Governor);
        RootNumber = Granted(await Registry.AdmitRootAsync(Governor, MinistryOfEducation.Id(), AccreditationRight.Accredit, new Scope(null), DateTimeOffset.UnixEpoch, null));
    }

    public async Task DisposeAsync()
    {
        await Issuer.DisposeAsync();
        await _node.DisposeAsync();
        _http.Dispose();
        Governor.Dispose();
        Root.Dispose();
    }

    /// <summary>Registers the log of a running Issuer; gives its id.</summary>
    public static async Task<byte[]> RegisterLogAsync(IServiceProvider services, RegistryClient registry, EvmAccount governor)
    {
        var settings = services.GetRequiredService<IConfiguration>();
        using var key = LogKeyFile.Load(settings["Log:SigningKeyFile"]!);
        using var account = EvmAccount.LoadFile(settings["Ledger:OperatorKeyFile"]!);
        var origin = LogOptions.Read(settings).Origin;
        (await registry.RegisterLogAsync(governor, origin, account.Address, key.PublicBytes)).Require();
        return RegistryClient.LogId(origin);
    }

    /// <summary>What the ministry grants an organisation.</summary>
    public async Task<ulong> Grant(string slug, AccreditationRight right, Scope scope, DateTimeOffset? until = null) =>
        Granted(await Registry.GrantAsync(Root, RootNumber, Organisation(slug).Profile.Id(), right, scope, DateTimeOffset.UnixEpoch, until));

    public static ulong Granted(RegistryWrite write)
    {
        write.Require();
        return ((RegistryEvent.AccreditationGranted)((RegistryWrite.Done)write).Event).Number;
    }

    /// <summary>Asks again until the answer is there; what the workers do in between takes a second or two.</summary>
    public static async Task<T> Until<T>(Func<Task<T>> ask, Predicate<T> isThere)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (; ; )
        {
            var answer = await ask();
            if (isThere(answer)) return answer;
            if (late.IsCancellationRequested) throw new TimeoutException($"It did not come that far in a minute: {answer}");
            await Task.Delay(50);
        }
    }

    private static OrganisationRoles RolesOf(string slug) => slug switch
    {
        IssuerFixture.Ministry => OrganisationRoles.Issuer | OrganisationRoles.Accreditor | OrganisationRoles.Depositary,
        _ => OrganisationRoles.Issuer,
    };
}

/// <summary>The same, where what goes to the ledger goes one step at a time, when a test says so.</summary>
public sealed class SteppedLedger : IssuerOnLedger
{
    public SteppedLedger() => Replace = services =>
    {
        services.Remove(services.Single(s => s.ImplementationType == typeof(WriteAccreditations)));
        services.AddSingleton<WriteAccreditations>();
        services.Remove(services.Single(s => s.ImplementationType == typeof(CloseOrganisation)));
        services.AddSingleton<CloseOrganisation>();
    };
}
