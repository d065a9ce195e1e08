using System.Text;
using Identity.Credentials.Verdicts;
using Identity.Credentials;
using Identity.Hosting;
using Identity.Ledger.Exit;
using Identity.Ledger.Mirror;
using Identity.Ledger.Mirror.Serving;
using Identity.Verifier.Check;
using Identity.Verifier.CommandLine;
using Identity.Verifier.Data;
using Identity.Verifier.Exit;
using Identity.Verifier.Policies;
using Identity.Verifier.Presentations;
using Identity.Verifier.Receipts;
using Identity.Verifier.Registration;
using Identity.Verifier.Results;
using Identity.Verifier.Scan;
using Identity.Verifier.Status;
using Identity.Verifier.Trust;

namespace Identity.Verifier;

/// <summary>Builds the Verifier web app; the Host and Program call the same method.</summary>
public static class VerifierApp
{
    /// <summary>Builds the app from settings in <c>verifier.json</c>, the environment and <paramref name="args"/>.</summary>
    public static WebApplication Build(string[] args) => Build(args, null);

    /// <summary>The same, with services exchanged by <paramref name="adjust"/>.</summary>
    internal static WebApplication Build(string[] args, Action<IServiceCollection>? adjust)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ApplicationName = "Identity.Verifier", ContentRootPath = AppContext.BaseDirectory });
        builder.AddIdentityHosting("verifier", args);
        var development = !builder.Environment.IsProduction();
        var settings = VerifierSettings.Read(builder.Configuration, development);
        PrivateFiles.CreateFolder(settings.DataFolder);
        var packs = PackOptions.Read(builder.Configuration, settings.DataFolder, development);
        var archive = ArchiveFolder.Find(LedgerMirrorServices.FileOf(builder.Configuration));
        var assets = new EmbeddedAssets(typeof(VerifierApp).Assembly, (path, bytes) => Pin(path, bytes, packs, builder.Configuration, archive?.AsOf));

        var services = builder.Services;
        services.AddSingleton(settings);
        services.AddSingleton(ContentPolicy.ForPage(Encoding.UTF8.GetString(assets.Find("index.html")
            ?? throw new InvalidOperationException("The verifier's pages are not in this build: build src/Verifier again."))) with { WebAssembly = true });
        AddVerification(services, builder.Configuration, settings.DataFolder);
        services.AddSingleton(provider => AskingIdentities.Load(builder.Configuration, settings, development, provider.GetRequiredService<TimeProvider>().GetUtcNow()));
        services.AddSingleton(provider => RegistrationSource.Of(provider.GetRequiredService<LedgerMirror>()));
        services.AddSingleton<OwnRegistration>();
        services.AddSingleton<DeskOperators>();
        services.AddSingleton<RequestObject>();
        services.AddSingleton<PresentationStore>();
        services.AddSingleton<AnswerExaminer>();
        services.AddSingleton<ReceiptMaker>();
        services.AddSingleton<ReceiptMemory>();
        services.AddSingleton<CountedChecks>();
        services.AddSingleton<ChallengeStore>();
        services.AddSingleton<RollingMemory>();
        services.AddSingleton<BundlePlaces>();
        services.AddSingleton<VerdictRecorder>();
        services.AddHostedService(provider => provider.GetRequiredService<VerdictRecorder>());
        services.AddHostedService<StatusRefresher>();
        services.AddSingleton(packs);
        services.AddSingleton(provider => PackSource.Of(provider.GetRequiredService<LedgerMirror>()));
        services.AddSingleton<PackStore>();
        services.AddSingleton<PackMaker>();
        services.AddHostedService<PackWorker>();
        services.AddVerifierDescription();
        adjust?.Invoke(services);

        var app = builder.Build();
        app.Services.GetRequiredService<AskingIdentities>(); // a missing key stops the start, not the first request
        LedgerCoordinates.Write(settings.DataFolder, builder.Configuration);
        app.UseIdentityHosting();
        DeskEndpoints.Map(app);
        CreateRequest.Map(app);
        ServeRequest.Map(app);
        PostResponse.Map(app);
        GetResult.Map(app);
        CreateChallenge.Map(app);
        AnswerChallenge.Map(app);
        OfflineQuestions.Map(app);
        CheckFile.Map(app);
        LookAtStatus.Map(app);
        JudgeByTime.Map(app);
        KeepProof.Map(app);
        GetReceipt.Map(app);
        OfflineReceipts.Map(app);
        GetTemplates.Map(app);
        ServePack.Map(app);
        ServeVerifiers.Map(app);
        app.MapMirror();
        ServeStatus.Map(app);
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapEmbeddedAssets(assets, "/scan", "/ask", "/result", "/desk", "/read", "/transparency");
        return app;
    }

    // Whose trust packs count, and whether only an answer does, is part of the page that a scanner keeps, not of an answer: it changes only with a new version, which the person agrees to.
    private static byte[] Pin(string path, byte[] bytes, PackOptions packs, IConfiguration configuration, DateTimeOffset? archive) => path is "index.html" or "sw.js"
        ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes)
            .Replace("%pack-signers%", string.Join(' ', packs.Pins), StringComparison.Ordinal)
            .Replace("%archive%", archive?.ToRfc3339() ?? "", StringComparison.Ordinal)
            .Replace("%require-challenge%", RequireChallenge(configuration) ? "true" : "false", StringComparison.Ordinal))
        : bytes;

    private static bool RequireChallenge(IConfiguration configuration) => configuration.GetValue("Verifier:RequireChallenge", false);

    /// <summary>What a verdict needs: the web app and the command line share it.</summary>
    internal static void AddVerification(IServiceCollection services, IConfiguration configuration, string dataFolder)
    {
        services.AddVerifierData(configuration, dataFolder);
        services.AddLedgerMirror(configuration);
        services.AddSingleton(provider => new LedgerSource(new MirrorView(provider.GetRequiredService<LedgerMirror>())));
        services.AddSingleton<StatusCache>();
        services.AddSingleton<IssuerKeys>();
        services.AddSingleton<TrustView>();
        services.AddSingleton(new VerdictPolicy { RequireChallenge = RequireChallenge(configuration) });
        services.AddSingleton<Examiner>();
        services.AddSingleton<BundleMaker>();
    }
}
