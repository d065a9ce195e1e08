using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.StatusList;
using Identity.Credentials.Types;
using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Anchoring;
using Identity.Ledger.Tests.Log;
using Identity.TestKit.Chains;
using Identity.Verifier.CommandLine;
using Identity.Verifier.Tests.World;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Identity.Verifier.Tests.Exit;

/// <summary>A network of validators, a log, a ministry and colleges that issue, and the data folder of a Verifier that reads them. All of it can be ended.</summary>
internal sealed class ExitWorld : IAsyncDisposable
{
    private readonly EvmAccount _ministry = EvmAccount.Create();
    private LogSite _site = null!;
    private WebApplication _issuers = null!;
    private ulong _root;
    private int _fillers = 1_000_000;

    public SealedBench Bench { get; private set; } = null!;

    public RegistryClient Registry => Bench.Registry;

    /// <summary>Data folder of the live Verifier.</summary>
    public string Live { get; } = Directory.CreateTempSubdirectory("exit-live-").FullName;

    public Dictionary<string, College> Colleges { get; } = [];

    /// <summary>What the log's operator was asked for.</summary>
    public ConcurrentQueue<string> LogAsked => _site.Asked;

    /// <summary>What the issuers were asked for.</summary>
    public ConcurrentQueue<string> IssuersAsked { get; } = new();

    /// <param name="isSealed">On a network of validators; else on a chain for development.</param>
    /// <param name="before">A log that is registered before the world's own.</param>
    public static async Task<ExitWorld> StartAsync(bool isSealed = true, TestLog? before = null)
    {
        var world = new ExitWorld { Bench = isSealed ? await SealedBench.StartAsync(origin: LogSite.FreeOrigin(), before: before) : await SealedBench.StartUnsealedAsync(LogSite.FreeOrigin()) };
        world._site = await LogSite.ServeAsync(world.Bench.Log);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        world._issuers = builder.Build();
        world._issuers.Use((http, next) =>
        {
            world.IssuersAsked.Enqueue(http.Request.Path);
            return next(http);
        });
        world._issuers.MapGet("/{name}/status/1", (string name) => world.Colleges.TryGetValue(name, out var college) ? (IResult)TypedResults.Text(college.List(), "application/statuslist+jwt") : (IResult)TypedResults.NotFound());
        world._issuers.MapGet("/{name}/deposits/{id}/status/1", (string name, string id) => world.Colleges.GetValueOrDefault(name) is { } keeper && world.Colleges.Values.FirstOrDefault(closed => closed.IdText == id) is { } closed
            && !keeper.IsAway ? (IResult)TypedResults.Text(closed.ListOf(keeper), "application/statuslist+jwt") : (IResult)TypedResults.NotFound());
        await world._issuers.StartAsync();
        var profile = new OrganisationProfile("https://ministry.example", "Talmara Ministry of Education", "XT", true, "appeals@ministry.example");
        (await world.Registry.RegisterOrganisationAsync(world.Bench.Governor, profile, world._ministry.Address, OrganisationRoles.Accreditor)).Require();
        world._root = Granted(await world.Registry.AdmitRootAsync(world.Bench.Governor, profile.Id(), AccreditationRight.Accredit, new Scope(null), DateTimeOffset.UnixEpoch, null));
        LedgerCoordinates.Write(world.Live, new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Ledger:Rpc"] = world.Bench.Rpc.ToString(), ["Ledger:Contract"] = world.Registry.Contract.ToString(), ["Ledger:ChainId"] = SealedNetwork.ChainId.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Outbound:AllowLoopback"] = "true",
        }).Build());
        return world;
    }

    /// <summary>A college that may issue qualifications, with a key, and records in the log.</summary>
    public async Task<College> FoundAsync(string name)
    {
        var college = new College(this, $"{_issuers.Urls.First()}/{name}", name);
        (await Registry.RegisterOrganisationAsync(Bench.Governor, college.Profile, college.Account.Address, OrganisationRoles.Issuer | OrganisationRoles.Depositary)).Require();
        college.Accreditation = Granted(await Registry.GrantAsync(_ministry, _root, college.Id, AccreditationRight.Issue, new Scope(["urn:identity:qualification:1"]), DateTimeOffset.UnixEpoch, null));
        (await Registry.AddKeyAsync(college.Account, college.Id, college.Key.PublicKey.Thumbprint(), DateTimeOffset.UnixEpoch, college.Key.PublicKey.XBytes(), college.Key.PublicKey.YBytes())).Require();
        (await Registry.UseLogAsync(college.Account, college.Id, Bench.LogId)).Require();
        return Colleges[name] = college;
    }

    /// <summary>It may issue in the place of another.</summary>
    public async Task AllowAsync(College depositary, College closed) =>
        Granted(await Registry.GrantAsync(_ministry, _root, depositary.Id, AccreditationRight.Issue, new Scope(["urn:identity:qualification:1"], OnBehalfOf: [closed.IdText]), DateTimeOffset.UnixEpoch, null));

    /// <summary>Everything that waits, and so many entries of others, gets anchored and proven.</summary>
    public async Task AnchorAsync(int others = 1)
    {
        await Bench.AnchorAsync([.. Enumerable.Range(_fillers, others)]);
        _fillers += others;
        Assert.Null((await Bench.KeepAsync()).Reason);
    }

    /// <summary>The chain's time, once it is later than that of every block before: several fit into one second.</summary>
    public async Task<DateTimeOffset> NowAsync()
    {
        var before = (await Bench.Network.HeaderAsync(await Bench.Network.MineAsync(0))).Header.Time;
        while (true)
        {
            if ((await Bench.Network.HeaderAsync(await Bench.Network.MineAsync())).Header.Time is var now && now > before) return now;
            await Task.Delay(50);
        }
    }

    public async Task<ValidatorFile> PinAsync(ulong block = 0)
    {
        var header = await Bench.Network.HeaderAsync(block);
        return new ValidatorFile("A network of a test", SealedNetwork.ChainId, (await Bench.Network.HeaderAsync(0)).BlockHash(), Bench.Network.Consensus, Registry.Contract, Keccak256.Hash(CompiledContract.Registry.Runtime), block, header.BlockHash(), header.Validators, header.Header.Time);
    }

    public static ulong Granted(RegistryWrite write) => Assert.IsType<RegistryEvent.AccreditationGranted>(Assert.IsType<RegistryWrite.Done>(write).Event).Number;

    public async ValueTask DisposeAsync()
    {
        await _issuers.DisposeAsync();
        await _site.DisposeAsync();
        await Bench.DisposeAsync();
        _ministry.Dispose();
        foreach (var college in Colleges.Values) college.Dispose();
        Directory.Delete(Live, recursive: true);
    }
}

/// <summary>Issues credentials and a status list.</summary>
internal sealed class College(ExitWorld world, string issuer, string name) : IDisposable
{
    private readonly StatusArray _status = new(2, 4096);
    private int _next = 7;

    public EvmAccount Account { get; } = EvmAccount.Create();

    public Es256Key Key { get; } = Es256Key.Create();

    public Es256Key? ListKey { get; private set; }

    public OrganisationProfile Profile { get; } = new(issuer, $"College {name}", "XT", true, $"registrar@{name}.example");

    public byte[] Id => Profile.Id();

    public string IdText => Convert.ToHexStringLower(Id);

    public ulong Accreditation { get; set; }

    /// <summary>It gives nobody the lists of those that it took over from.</summary>
    public bool IsAway { get; set; }

    public string StatusUri => $"{issuer}/status/1";

    /// <summary>The list as it was published for the last time; null while it is published anew each time.</summary>
    public string? FinalList { get; private set; }

    public string List() => FinalList ?? StatusListToken.Sign(StatusUri, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddHours(24), TimeSpan.FromMinutes(15), _status, ListKey ?? Key);

    /// <summary>Nothing has ended any more, for whoever signs its list from now on.</summary>
    public void BringBack()
    {
        for (var at = 0; at < _status.Length; at++) _status.Set(at, (byte)StatusValue.Valid);
    }

    /// <summary>Its list as its depositary signs it.</summary>
    public string ListOf(College depositary) => StatusListToken.Sign(StatusUri, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddHours(24), TimeSpan.FromMinutes(15), _status, depositary.Key);

    /// <summary>Signs a credential and puts it into the log's next round.</summary>
    public async Task<string> IssueAsync(string type = "qualification", bool revoked = false, College? inPlaceOf = null)
    {
        var definition = TypeDefinition.Find(type)!;
        using var holder = Es256Key.Create();
        var index = _next++;
        if (revoked) _status.Set(index, (byte)StatusValue.Invalid);
        var payload = new JsonObject
        {
            ["iss"] = issuer, ["iat"] = DateTimeOffset.UtcNow.AddDays(-1).ToUnixTimeSeconds(), ["exp"] = DateTimeOffset.UtcNow.AddYears(10).ToUnixTimeSeconds(), ["vct"] = definition.Vct,
            ["cnf"] = new JsonObject { ["jwk"] = holder.PublicKey.ToJson() }, ["status"] = new StatusReference(StatusUri, index).ToJson(),
        };
        foreach (var (claim, value) in type == "person" ? Scene.Person : Scene.Diploma) payload[claim] = value?.DeepClone();
        if (inPlaceOf is not null) payload["original_issuer"] = inPlaceOf.IdText;
        var text = SdJwtIssuer.Issue(new JsonObject { ["typ"] = "dc+sd-jwt", ["kid"] = Key.PublicKey.ThumbprintText() }, payload,
            [.. definition.Claims.Where(claim => claim.Sd == Disclosability.Always).Select(claim => new ClaimPath(claim.Name))], Key, RandomNumberGenerator.Fill);
        await world.Bench.AppendAsync(EntryOf(text));
        return text;
    }

    public static byte[] EntryOf(string credential) => Entry.OfJwt(credential.AsSpan(0, credential.IndexOf('~', StringComparison.Ordinal)));

    /// <summary>Its key is reported stolen, since a time; another signs its list from now on, and the thief keeps the first.</summary>
    public async Task LoseKeyAsync(DateTimeOffset since)
    {
        (await world.Registry.EndKeyAsync(Account, Id, Key.PublicKey.Thumbprint(), since, KeyEnding.Compromised)).Require();
        var next = ListKey = Es256Key.Create();
        (await world.Registry.AddKeyAsync(Account, Id, next.PublicKey.Thumbprint(), DateTimeOffset.UnixEpoch, next.PublicKey.XBytes(), next.PublicKey.YBytes())).Require();
    }

    /// <summary>Signs its list for the last time, records it, and closes.</summary>
    public async Task CloseAsync(College? depositary = null)
    {
        FinalList = StatusListToken.Sign(StatusUri, DateTimeOffset.UtcNow, null, null, _status, Key);
        await world.Bench.AppendAsync(Entry.OfJwt(FinalList));
        await world.AnchorAsync();
        await world.NowAsync();
        var statement = ClosingStatement.Write(Id, [new FinalList(StatusUri, Entry.OfJwt(FinalList))], new Dictionary<string, string> { ["en"] = "We have closed." }, null);
        (await world.Registry.CloseOrganisationAsync(Account, Id, depositary?.Id, statement)).Require();
        if (depositary is null) return;
        (await world.Registry.NameDepositaryAsync(world.Bench.Governor, Id, depositary.Id)).Require(); // confirmed, so that it need not wait
        (await world.Registry.AcceptDepositAsync(depositary.Account, Id)).Require();
    }

    public void Dispose()
    {
        Account.Dispose();
        Key.Dispose();
        ListKey?.Dispose();
    }
}
