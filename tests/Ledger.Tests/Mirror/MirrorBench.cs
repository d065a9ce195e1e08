using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Ledger.Evm;
using Identity.Ledger.Mirror;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Anchoring;
using Identity.Ledger.Tests.Log;
using RegistryChain = Identity.Ledger.Tests.Registry.Chain;
using Microsoft.Extensions.Options;

namespace Identity.Ledger.Tests.Mirror;

/// <summary>Everything real: node, registry, a log over HTTP, organisations, and a mirror that follows them.</summary>
public sealed class MirrorBench : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mirror-").FullName;
    private readonly OutboundFetch _outbound = new(Options.Create(new OutboundOptions { AllowLoopback = true, Timeout = TimeSpan.FromMinutes(1) }));

    private MirrorBench(ChainBench chain, LogSite site)
    {
        Chain = chain;
        Site = site;
        Mirror = Open();
    }

    public static OrganisationProfile College { get; } = new("https://issuer.example/college", "Port Selin Technical College", "XT", true, null);

    public static OrganisationProfile Ministry { get; } = new("https://issuer.example/ministry", "Talmara Ministry of Education", "XT", true, "mailto:education@talmara.example");

    public const string Type = "urn:identity:qualification:1";

    public ChainBench Chain { get; }

    public LogSite Site { get; }

    public LedgerMirror Mirror { get; private set; }

    public MirrorOptions Settings { get; } = new();

    public EvmAccount CollegeAccount { get; } = EvmAccount.Create();

    public EvmAccount MinistryAccount { get; } = EvmAccount.Create();

    public Jwk CollegeKey { get; } = Es256Key.Create().PublicKey;

    public static async Task<MirrorBench> StartAsync()
    {
        var chain = await ChainBench.StartAsync(origin: LogSite.FreeOrigin());
        chain.Options.Development = true;
        return new MirrorBench(chain, await LogSite.ServeAsync(chain.Log));
    }

    /// <summary>Number of the college's accreditation, once granted.</summary>
    public ulong Accreditation { get; private set; }

    /// <summary>Number of the ministry's.</summary>
    public ulong Root { get; private set; }

    /// <summary>Registers both organisations, grants the college its type and gives it a key.</summary>
    public async Task RegisterAsync(DateTimeOffset keyFrom, DateTimeOffset grantedFrom)
    {
        var registry = Chain.Open();
        (await registry.RegisterOrganisationAsync(Chain.Governor, Ministry, MinistryAccount.Address, OrganisationRoles.Accreditor)).Require();
        (await registry.RegisterOrganisationAsync(Chain.Governor, College, CollegeAccount.Address, OrganisationRoles.Issuer)).Require();
        Root = RegistryChain.Granted(await registry.AdmitRootAsync(Chain.Governor, Ministry.Id(), AccreditationRight.Accredit, new Scope(null), grantedFrom, null));
        Accreditation = RegistryChain.Granted(await registry.GrantAsync(MinistryAccount, Root, College.Id(), AccreditationRight.Issue, new Scope([Type]), grantedFrom, null));
        (await registry.AddKeyAsync(CollegeAccount, College.Id(), CollegeKey.Thumbprint(), keyFrom, CollegeKey.XBytes(), CollegeKey.YBytes())).Require();
    }

    /// <summary>Entries are logged and anchored.</summary>
    public async Task AnchorAsync(params int[] entries)
    {
        await Chain.GrowAsync(entries);
        Assert.IsType<Ledger.Anchoring.AnchorStep.Anchored>(await Chain.AnchorAsync(Chain.Anchorer(Chain.Open())));
    }

    /// <summary>The mirror's process ends and starts again.</summary>
    public void Restart()
    {
        Mirror.Dispose();
        Mirror = Open();
    }

    public async ValueTask DisposeAsync()
    {
        Mirror.Dispose();
        await Site.DisposeAsync();
        await Chain.DisposeAsync();
        _outbound.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A mirror elsewhere, which knows nothing yet; some addresses answer what the test says, or when it likes.</summary>
    public LedgerMirror Another(Action<MirrorOptions> change, Func<Uri, byte[]?>? says = null, Func<Uri, CancellationToken, Task>? waits = null)
    {
        var settings = new MirrorOptions();
        change(settings);
        return Open("another.db", settings, says, waits);
    }

    private LedgerMirror Open() => Open("mirror.db", Settings);

    private LedgerMirror Open(string file, MirrorOptions settings, Func<Uri, byte[]?>? says = null, Func<Uri, CancellationToken, Task>? waits = null) => new(Chain.Open(), async (address, maxBytes, ct) =>
    {
        if (waits is not null) await waits(address, ct);
        return says?.Invoke(address) is { } said ? new FetchResult.Answer(200, null, said, null) : await _outbound.GetAsync(address, "*/*", maxBytes, ct);
    }, Path.Combine(_folder, file), settings, TimeProvider.System);
}
