using Identity.Audit;
using Identity.Audit.Data;
using Identity.Credentials.Jose;
using Identity.Host.Embedded;
using Identity.Host.Journey;
using Identity.Host.Lan;
using Identity.Host.Seed;
using Identity.Hosting;
using Identity.Issuer;
using Identity.Issuer.Data;
using Identity.Ledger.Embedded;
using Identity.Ledger.Mirror;
using Identity.Verifier;
using Identity.Verifier.Registration;
using Identity.Verifier.Trust;
using Identity.Wallet;
using Identity.Wallet.Desk;
using Identity.Wallet.Recovery;

namespace Identity.Host;

/// <summary>All apps and the ledger node in this process, each with its own folder, settings, cookies and files.</summary>
internal sealed class Stack : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _parts = [];

    private Stack(LedgerSupervisor ledger) => Contract = ledger.Contract.ToString();

    /// <summary>The registry on the local chain.</summary>
    public string Contract { get; }

    /// <summary>Console sign-in and management key of each issuer of the cast.</summary>
    public IReadOnlyList<DemonstrationAccess> Access { get; private set; } = [];

    /// <summary>Desk sign-in of the auditor and of those who hand out codes.</summary>
    public IReadOnlyList<AuditAccess> AuditAccess { get; private set; } = [];

    /// <summary>Sign-in of the desk that serves people without a phone.</summary>
    public IReadOnlyList<DeskAccess> Desks { get; private set; } = [];

    /// <summary>No worker has recorded anything here yet.</summary>
    public bool AuditIsNew { get; private set; }

    /// <summary>The operator key of Harbour Yard's desk, made anew at each start.</summary>
    public string DeskKey { get; private set; } = "";

    /// <summary>Thumbprints of the keys that may sign the list of registered verifiers.</summary>
    public IReadOnlyList<string> ListSigners { get; private set; } = [];

    /// <summary>The key of an agency that asks for more than it is registered for; only the journey uses it.</summary>
    public Es256Key Agency { get; private set; } = null!;

    /// <summary>The verifier's copy of the ledger, for whoever must wait until it has caught up.</summary>
    public LedgerMirror Mirror { get; private set; } = null!;

    /// <summary>Starts everything in the order that its parts need each other.</summary>
    public static async Task<Stack> StartAsync(DemonstrationOptions options, Screen screen, CancellationToken ct)
    {
        screen.Line("Starting Identity on this machine:");
        var accounts = LedgerAccounts.LoadOrCreate(options.Path("ledger"));
        var ledger = new LedgerSupervisor(options, accounts);
        var stack = new Stack(ledger) { _parts = { new Closing(accounts), ledger } };
        try
        {
            await stack.StartPartsAsync(options, ledger, accounts, screen, ct);
            return stack;
        }
        catch (Exception e)
        {
            await stack.DisposeAsync();
            // What the parts throw for a missing binary, a taken port or a missing setting is a sentence for the person who starts it.
            if (e is InvalidOperationException or IOException or SettingMissingException) throw new StartException(e.Message);
            throw;
        }
    }

    /// <summary>Stops the apps before the ledger node.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(_parts))
        {
            // Workers get to their end before what they use is taken away.
            if (part is WebApplication app) await app.StopAsync();
            await part.DisposeAsync();
        }
        _parts.Clear();
    }

    private async Task StartPartsAsync(DemonstrationOptions options, LedgerSupervisor ledger, LedgerAccounts accounts, Screen screen, CancellationToken ct)
    {
        await screen.DuringAsync("Ledger node and registry contract", async () =>
        {
            await ledger.StartAsync(ct);
            return true;
        });
        var issuer = await screen.DuringAsync($"Issuer at {options.IssuerUrl}", async () => await StartAsync(IssuerApp.Build(
        [
            .. Common(options, "issuer", options.IssuerUrl), .. Cast.IssuerArguments(),
            $"--Wallet:Url={options.WalletUrl}", $"--Recognition:Verifier={options.VerifierUrl}", $"--Check:Url={options.VerifierUrl}",
            $"--Recovery:Services:0:Issuer={options.WalletUrl}", $"--Recovery:Services:0:Keys:0={RecoverySigner(options)}", "--Recovery:Services:0:Desks=true",
        ]), ct));
        var authority = IssuerSide.Authority(issuer.Services);
        ListSigners = authority.Signers;
        var audit = await screen.DuringAsync($"Audit at {options.AuditUrl}", async () => await StartAsync(AuditApp.Build([.. Common(options, "audit", options.AuditUrl), .. Cast.AuditArguments(options.WalletUrl)]), ct));
        (AuditAccess, AuditIsNew) = await AuditSide.AccessAsync(audit.Services, ct);
        var seed = new SeedLedger(IssuerSide.Organisations(issuer.Services), [SeededLog.Of(issuer.Services), SeededLog.Of(audit.Services)]);
        await screen.DuringAsync("Organisations, accreditations and the log on the ledger", async () =>
        {
            ledger.Seed = seed.WriteAsync;
            await ledger.WatchAsync(ct);
            return true;
        });
        Access = IssuerSide.Access(issuer.Services);
        var wallet = await screen.DuringAsync($"Wallet at {options.WalletUrl}", async () => await StartAsync(WalletApp.Build(
        [
            .. Common(options, "wallet", options.WalletUrl), .. Cast.DeskArguments(),
            $"--Verifiers:List={authority.Profile.Issuer}/verifiers", .. authority.Signers.Select((signer, i) => $"--Verifiers:Signers:{i}={signer}"), "--Verifiers:RefreshSeconds=2", $"--Check:Url={options.VerifierUrl}",
            $"--TrustPack:Signers:0={PackSigner(options)}",
        ]), ct));
        Desks = wallet.Services.GetRequiredService<DeskSeed>().Access;
        DeskKey = DeskOperators.Add(options.Path("verifier", "desk-operators"), "demonstration");
        var verifier = await screen.DuringAsync($"Verifier at {options.VerifierUrl}", async () => await StartAsync(VerifierApp.Build(
        [
            .. Common(options, "verifier", options.VerifierUrl),
            "--Verifier:Name=Identity check page", "--Verifier:Desk:Name=Harbour Yard", $"--Verifier:Desk:Operators={options.Path("verifier", "desk-operators")}",
            "--Verifier:Wallets:0:Name=Identity wallet", $"--Verifier:Wallets:0:Url={options.WalletUrl}",
        ]), ct));
        await screen.DuringAsync("Registered verifiers and the key of trust packs on the ledger", async () =>
        {
            Agency = AgencyKey(options.Path("ledger", "agency-desk.key"));
            _parts.Insert(0, new Closing(Agency));
            var verifiers = SeedVerifiers.Of(authority, verifier.Services.GetRequiredService<AskingIdentities>(), options.VerifierUrl, Agency);
            var packKey = verifier.Services.GetRequiredService<PackOptions>().Signer!.PublicKey;
            ledger.Seed = async (registry, accounts, stop) =>
            {
                await seed.WriteAsync(registry, accounts, stop);
                await verifiers.WriteAsync(registry, stop);
                await SeedLedger.RegisterPackKeyAsync(registry, accounts.Accreditor, packKey, stop);
            };
            await verifiers.WriteAsync(ledger.Registry, ct);
            await SeedLedger.RegisterPackKeyAsync(ledger.Registry, accounts.Accreditor, packKey, ct);
            return true;
        });
        Mirror = verifier.Services.GetRequiredService<LedgerMirror>();
        await screen.DuringAsync("Signing keys, from the issuers to the verifier's copy of the ledger", async () => await CarryKeysAsync(issuer.Services, ct));
        if (options.Lan is not null) await screen.DuringAsync($"Page for phones at http://{options.Lan.Addresses[0]}:{options.BasePort}", async () => await StartAsync(LanPage.Build(options), ct));
    }

    // Issuers put their own keys on the ledger, in rounds; what a key signed counts as not valid where it is not known yet.
    private async Task<bool> CarryKeysAsync(IServiceProvider issuer, CancellationToken ct)
    {
        var keys = IssuerSide.SigningKeys(issuer);
        var (all, _) = await Steps.WaitAsync(() => Task.FromResult(keys.All(key => Mirror.FindKeys(key).Count > 0)), all => all, ct);
        return all ? true : throw new InvalidOperationException("The issuers' signing keys did not come to the ledger within a minute: see the lines above, then start again.");
    }

    // The Wallet service starts later; its key is made when the issuers ask whose word counts when a phone is lost.
    private static string RecoverySigner(DemonstrationOptions options)
    {
        PrivateFiles.CreateFolder(options.Path("wallet"));
        using var keys = RecoveryKeys.Load(new ConfigurationBuilder().Build(), options.Path("wallet"), development: true);
        return keys.Signer.PublicKey.ThumbprintText();
    }

    private static string PackSigner(DemonstrationOptions options)
    {
        PrivateFiles.CreateFolder(options.Path("verifier"));
        using var signer = PackOptions.Read(new ConfigurationBuilder().Build(), options.Path("verifier"), development: true).Signer!;
        return signer.PublicKey.ThumbprintText();
    }

    private static Es256Key AgencyKey(string file)
    {
        if (File.Exists(file)) return Es256Key.FromPkcs8(Convert.FromBase64String(File.ReadAllText(file)));
        var made = Es256Key.Create();
        File.WriteAllText(file, Convert.ToBase64String(made.ToPkcs8()));
        return made;
    }

    private async Task<WebApplication> StartAsync(WebApplication app, CancellationToken ct)
    {
        _parts.Add(app);
        await app.StartAsync(ct);
        return app;
    }

    private string[] Common(DemonstrationOptions options, string app, string url) =>
    [
        "--environment=Development", $"--urls={options.Listen(url)}", $"--PublicUrl={url}", $"--Data:Folder={options.Path(app)}", .. Network(options),
        $"--Ledger:Rpc={options.Rpc}", $"--Ledger:Contract={Contract}", $"--Ledger:ChainId={AnvilNode.ChainId}", "--Ledger:Development=true",
        "--Ledger:Interval=00:00:01", "--Log:Interval=00:00:01", "--Log:Lease=00:00:03", "--Mirror:Interval=00:00:01", "--Mirror:HeadAge=00:00:00", "--Mirror:Development=true",
        "--Status:RefreshSeconds=2", "--AccessLog:HeadInterval=00:01:00", "--Limits:Secrets=300", "--Outbound:Timeout=00:00:20", "--Logging:LogLevel:Default=Warning", "--Logging:LogLevel:Microsoft.AspNetCore.DataProtection=Error",
    ];

    // On loopback the apps fetch from each other over plain HTTP; on a network over TLS, by the local authority.
    private static string[] Network(DemonstrationOptions options) => options.Lan is not { } lan
        ? ["--Outbound:AllowLoopback=true"]
        :
        [
            $"--Kestrel:Certificates:Default:Path={lan.Certificates.LeafFile}", $"--Kestrel:Certificates:Default:KeyPath={lan.Certificates.LeafKeyFile}",
            $"--Outbound:Own:Host={lan.Name}", $"--Outbound:Own:Address={lan.Addresses[0]}", $"--Outbound:Own:Authority={lan.Certificates.AuthorityFile}",
        ];

    private sealed class Closing(IDisposable inner) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            inner.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
