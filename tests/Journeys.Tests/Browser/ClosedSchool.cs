using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Trust;
using Identity.Credentials.Types;
using Identity.Host.Embedded;
using Identity.Host.Journey;
using Identity.Host.Seed;
using Identity.Issuer;
using Identity.Issuer.Organisations;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Identity.TestKit;
using Identity.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Journeys.Tests.Browser;

/// <summary>
/// A school that has closed and whose service is gone, the ministry that keeps its records, and phones that hold what the school gave them. Each of the two has a service of its own, beside a stack
/// that no other test uses.
/// </summary>
public sealed class ClosedSchool : IAsyncLifetime
{
    public const string SchoolName = "Cape Amber Night School", KeeperName = "Talmara Ministry of Labour", Contact = "records@labour.example";
    private const string School = "cape-amber", Keeper = "talmara-labour";

    private readonly HttpClient _http = new();
    private readonly List<WebApplication> _apps = [];
    private readonly Dictionary<string, WalletPage> _phones = [];
    private LedgerAccounts? _accounts;

    internal Surroundings Around { get; } = new();

    internal Service Depositary { get; private set; } = null!;

    /// <summary>The school's on the ledger: 64 hexadecimal digits.</summary>
    internal string Id { get; private set; } = "";

    /// <summary>The phone with a diploma that was opened in this language; one with a reference, which two people give, is called so.</summary>
    internal WalletPage Phone(string name) => _phones[name];

    public async Task InitializeAsync()
    {
        await Around.InitializeAsync();
        _accounts = LedgerAccounts.LoadOrCreate(Around.Options.Path("ledger"));
        var evm = new EvmClient(_http, new EvmOptions { Rpc = new Uri(Around.Options.Rpc), ChainId = AnvilNode.ChainId, PollInterval = TimeSpan.FromMilliseconds(50) }, TimeProvider.System);
        var registry = await RegistryClient.DeployAsync(evm, _accounts.Governor);
        var events = await registry.ReadEventsAsync(0, (await evm.HeadAsync()).Number);
        var root = events.OfType<RegistryEvent.AccreditationGranted>().Single(granted => granted.Parent is null).Number;
        var scope = new Scope([.. new[] { "qualification", "employment-reference" }.Select(type => TypeDefinition.Find(type)!.Vct)]);
        async Task GrantAsync(Service holder, Scope scope) =>
            (await registry.GrantAsync(_accounts.Accreditor, root, holder.Organisation.Profile.Id(), AccreditationRight.Issue, scope, DateTimeOffset.UnixEpoch, null)).Require();

        var school = await IssuerAsync(registry, School, SchoolName, OrganisationRoles.Issuer);
        Depositary = await IssuerAsync(registry, Keeper, KeeperName, OrganisationRoles.Issuer | OrganisationRoles.Depositary);
        Id = school.Id;
        await GrantAsync(school, scope);
        foreach (var name in new[] { "en", "ar", "reference" }) _phones[name] = await HoldAsync(school, name);
        await CloseAsync(school);
        await TakeOverAsync(school, registry);
        await GrantAsync(Depositary, scope with { OnBehalfOf = [Id] });
        // What a phone learns once a day it shall learn whole.
        await PackAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var app in Enumerable.Reverse(_apps).ToList()) await StopAsync(app);
        await Around.DisposeAsync();
        _accounts?.Dispose();
        _http.Dispose();
    }

    /// <summary>Waits until every copy of the depositary's newest credential stands in the verifier's copy of the ledger.</summary>
    internal Task AnchoredAsync() => AnchoredAsync(Depositary);

    private async Task AnchoredAsync(Service service)
    {
        using var clerk = service.As(service.ClerkKey);
        var path = $"/api/{service.Organisation.Slug}/credentials";
        var newest = (string)(await clerk.GetAsync(path, default))["items"]![0]!["id"]!;
        var (isThere, _) = await Steps.WaitAsync(async () =>
        {
            var entries = (await clerk.GetAsync($"{path}/{newest}", default))["copies"]!.AsArray().Select(copy => Convert.FromHexString((string)copy!["entry"]!)).ToList();
            return entries.Count > 0 && entries.TrueForAll(entry => Around.Stack.Mirror.FindEntry(entry)?.AnchoredAt is not null);
        }, isThere => isThere, default);
        Assert.True(isThere, "The credential was not anchored in time.");
    }

    private async Task<Service> IssuerAsync(RegistryClient registry, string slug, string name, OrganisationRoles roles)
    {
        var (url, folder) = ($"http://localhost:{Ports.Free()}", Around.Options.Path(slug));
        string[] settings =
        [
            "--environment=Development", $"--urls={url}", $"--PublicUrl={url}", $"--Data:Folder={folder}", "--Outbound:AllowLoopback=true", "--Logging:LogLevel:Default=None", "--Limits:Secrets=10000", "--Limits:Work=10000",
            $"--Ledger:Rpc={Around.Options.Rpc}", $"--Ledger:Contract={registry.Contract}", $"--Ledger:ChainId={AnvilNode.ChainId}", "--Ledger:Development=true", "--Ledger:Interval=00:00:00.300",
            "--Keys:Settle=00:00:00.100", "--Log:Interval=00:00:00.200", $"--Wallet:Url={Around.Options.WalletUrl}", $"--Check:Url={Around.Options.VerifierUrl}",
            $"--Organisations:0:Slug={slug}", $"--Organisations:0:Name={name}", "--Organisations:0:Country=XT", "--Organisations:0:Demonstration=true", $"--Organisations:0:Contact={Contact}",
            "--Organisations:0:Types:0=qualification", "--Organisations:0:Types:1=employment-reference",
        ];
        var app = IssuerApp.Build(settings);
        _apps.Add(app);
        await app.StartAsync();
        var organisation = app.Services.GetRequiredService<OrganisationDirectory>().Find(slug)!;
        (await registry.RegisterOrganisationAsync(_accounts!.Governor, organisation.Profile, organisation.Account.Address, roles)).Require();
        var log = SeededLog.Of(app.Services);
        (await registry.RegisterLogAsync(_accounts.Governor, log.Origin, log.Operator, log.Key)).Require();
        return new Service(app, organisation, settings, folder, url);
    }

    private async Task<WalletPage> HoldAsync(Service school, string name)
    {
        var body = Surroundings.Diploma();
        if (name is "reference")
        {
            body["type"] = "employment-reference";
            body["claims"] = new JsonObject { ["holder_name"] = "Amina Okoye-Reyes", ["job_title"] = "Welding teacher", ["from"] = "2021-03", ["employer"] = SchoolName, ["employer_country"] = "XT" };
        }
        using var clerk = school.As(school.ClerkKey);
        var made = await clerk.PostAsync($"/api/{School}/credentials", body, default);
        var offer = made["offer"]!;
        var language = name is "ar" ? "ar" : "en";
        var phone = new WalletPage(await Around.OpenAsync(language, 360, 640), Around);
        await phone.OpenAsync(language);
        await phone.TakeAsync(new Offered((string)made["id"]!, (string)offer["link"]!, (string)offer["txCode"]!, (string)offer["walletLink"]!), SchoolName);
        await AnchoredAsync(school);
        return phone;
    }

    private static async Task DecideAsync(Service school, Service depositary)
    {
        using var admin = school.As(await school.TypeAsync("create-api-key", School, "office", "admin"));
        using var approver = school.As(school.ApproverKey);
        var asked = await admin.PostAsync($"/api/{School}/closing", new JsonObject { ["word"] = School, ["notice"] = "The school closes.", ["depositary"] = depositary.Id }, default);
        await approver.PostAsync($"/api/{School}/closing/decision", new JsonObject { ["word"] = School, ["asked"] = (int)asked["asked"]!, ["agree"] = true }, default);
        var (closing, _) = await Steps.WaitAsync(() => admin.GetAsync($"/api/{School}/closing", default), c => string.Equals((string?)c["state"], "done", StringComparison.OrdinalIgnoreCase), default);
        Assert.Equal("done", (string?)closing["state"], ignoreCase: true);
    }

    // The file is all that is left of the school.
    private async Task CloseAsync(Service school)
    {
        await DecideAsync(school, Depositary);
        await File.WriteAllTextAsync(Around.Options.Path("keeper.jwk"), await Depositary.TypeAsync("deposit-key", Keeper));
        await school.TypeAsync("hand-over", School, "--to", Around.Options.Path("keeper.jwk"), "--out", HandedOver);
        await StopAsync(school.App);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(school.Folder, recursive: true);
    }

    private async Task TakeOverAsync(Service school, RegistryClient registry)
    {
        Assert.Contains("Taken over: 3 records", await Depositary.TypeAsync("take-over", HandedOver, "--as", Keeper), StringComparison.Ordinal);
        var id = school.Organisation.Profile.Id();
        (await registry.NameDepositaryAsync(_accounts!.Accreditor, id, Depositary.Organisation.Profile.Id())).Require();
        using var office = Depositary.As(await Depositary.TypeAsync("create-api-key", Keeper, "office", "admin"));
        await office.PostAsync($"/api/{Keeper}/deposits/{Id}/acceptance", new JsonObject { ["word"] = Keeper }, default);
        var (closing, _) = await Steps.WaitAsync(() => registry.FindClosingAsync(id), c => c?.AcceptedAt is not null, default);
        Assert.NotNull(closing!.AcceptedAt);
    }

    private async Task PackAsync()
    {
        var address = $"{Around.Options.VerifierUrl}/trust/pack";
        var (closing, _) = await Steps.WaitAsync(async () =>
        {
            var info = await _http.GetAsync($"{address}/info");
            if (!info.IsSuccessStatusCode) return null;
            var pin = new PackPin([(string)JsonNode.Parse(await info.Content.ReadAsStringAsync())!["signer"]!], 0, DateTimeOffset.UtcNow);
            return TrustPack.TryRead(await _http.GetByteArrayAsync(address), pin, out var pack, out _) ? pack.Closing(Convert.FromHexString(Id)) : null;
        }, closing => closing?.AcceptedAt <= DateTimeOffset.UtcNow, default);
        Assert.Equal((KeeperName, Contact), (closing?.Depositary?.Name, closing?.Depositary?.Contact));
    }

    private string HandedOver => Around.Options.Path("school.handover");

    private async Task StopAsync(WebApplication app)
    {
        _apps.Remove(app);
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
