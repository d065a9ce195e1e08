using Identity.Hosting;
using Identity.Issuer.Accreditations;
using Identity.Issuer.Approval;
using Identity.Issuer.Authorization;
using Identity.Issuer.Bulk;
using Identity.Issuer.Closing;
using Identity.Issuer.Console;
using Identity.Issuer.Data;
using Identity.Issuer.Deposits;
using Identity.Issuer.Exports;
using Identity.Issuer.Issuance;
using Identity.Issuer.Keys;
using Identity.Issuer.Management;
using Identity.Issuer.Monitoring;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Identity.Issuer.Recognition;
using Identity.Issuer.Recovery;
using Identity.Issuer.Status;
using Identity.Issuer.Verifiers;
using Identity.Ledger.Log;

namespace Identity.Issuer;

/// <summary>Builds the Issuer web app; the Host and Program call the same method.</summary>
public static class IssuerApp
{
    /// <summary>Builds the app from settings in <c>issuer.json</c>, the environment and <paramref name="args"/>.</summary>
    /// <exception cref="SettingMissingException">A setting or key is missing; the message says what to set.</exception>
    public static WebApplication Build(string[] args) => Build(args, null);

    /// <summary>As above; <paramref name="configure"/> may replace services such as the clock.</summary>
    internal static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args, ApplicationName = "Identity.Issuer", ContentRootPath = AppContext.BaseDirectory,
        });
        builder.AddIdentityHosting("issuer", args);

        builder.AddIssuerData();
        builder.AddIssuerKeys();
        builder.AddOrganisations();
        builder.Services.AddLedgerLog<IssuerDb>(builder.Configuration);
        builder.AddUseCases();
        builder.AddManagementDocument();
        builder.AddBulk();
        builder.AddExports();
        builder.AddRecognition();
        builder.AddConsole();
        configure?.Invoke(builder);

        var app = builder.Build();
        // Asked for now: a missing key or a wrong setting must stop the start.
        app.Services.GetRequiredService<MessageEncryption>();
        app.Services.GetRequiredService<WalletClients>();
        app.Services.GetRequiredService<OfferGrants>();
        app.Services.GetRequiredService<RecoveryServices>();
        app.UseIdentityHosting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseClosedGate();

        IssuerMetadata.Map(app);
        ServerMetadata.Map(app);
        OfferEndpoint.Map(app);
        PushedRequestEndpoint.Map(app);
        TokenEndpoint.Map(app);
        NonceEndpoint.Map(app);
        CredentialEndpoint.Map(app);
        DeferredEndpoint.Map(app);
        NotificationEndpoint.Map(app);
        StatusEndpoint.Map(app);
        ExplainStatus.Map(app);
        RecoveryEndpoints.Map(app);
        DepositPhoneEndpoints.Map(app);
        VerifiersEndpoint.Map(app);
        ManagementApi.Map(app);
        OrganisationApi.Map(app);
        AccreditationApi.Map(app);
        ClosingApi.Map(app);
        DepositApi.Map(app);
        MonitorApi.Map(app);
        ExportApi.Map(app);
        ScopeEndpoint.Map(app);
        RecognitionApi.Map(app);
        app.MapLedgerLog<IssuerDb>();
        app.MapOpenApi();
        app.MapConsole();
        return app;
    }

    private static void AddUseCases(this WebApplicationBuilder builder) => builder.Services
        .AddScoped<PrepareCredential>().AddScoped<CorrectCredential>().AddScoped<DecideApproval>().AddScoped<MakeOffer>().AddScoped<FindCredentials>().AddScoped<ChangeStatus>().AddScoped<PublishStatus>().AddScoped<RecoverRecords>()
        .AddScoped<TakeIndices>().AddScoped<MakePaper>().AddScoped<LetRecordGo>().AddScoped<DepositDesk>().AddScoped<ReissueDeposited>().AddScoped<RenewDeposited>().AddScoped<RecoverDeposited>().AddScoped<StopRecovery>().AddScoped<IssueCopies>().AddScoped<CollectDeferred>().AddScoped<ProtectedRequest>().AddSingleton<MessageEncryption>()
        .AddScoped<RedeemCode>().AddScoped<RedeemAuthorizationCode>().AddScoped<RefreshAccess>().AddScoped<AnswerRequest>().AddScoped<DpopCheck>().AddScoped<AccessCheck>()
        .AddSingleton<OfferGrants>().AddSingleton<WalletClients>()
        .AddSingleton<OfferLinks>().AddSingleton(services => RecoveryServices.Read(services.GetRequiredService<IConfiguration>()))
        .AddScoped<WatchLog>().AddScoped<MonitorReport>().AddHostedService<WatchLogWorker>()
        .AddSingleton<VerifierLists>().AddHostedService<FollowVerifiers>()
        .AddSingleton(services => new OfferSecrets(services.GetRequiredService<KeyFolder>().Secret("offers")))
        .AddSingleton(services => new Nonces(services.GetRequiredService<KeyFolder>().Secret("nonces"), services.GetRequiredService<TimeProvider>()));
}
