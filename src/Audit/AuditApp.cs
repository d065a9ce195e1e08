using Identity.Audit.Bundles;
using Identity.Audit.Counts;
using Identity.Audit.Data;
using Identity.Audit.Desk;
using Identity.Audit.Engagements;
using Identity.Audit.Findings;
using Identity.Audit.Keys;
using Identity.Audit.Records;
using Identity.Audit.Vouchers;
using Identity.Hosting;
using Identity.Ledger.Log;
using Identity.Ledger.Mirror;
using Identity.Ledger.Mirror.Serving;

namespace Identity.Audit;

/// <summary>
/// Builds the Audit web app: workers record versions of their contracts without a name, auditors see counts and what workers choose to show them.
/// The Host and Program call the same method.
/// </summary>
public static class AuditApp
{
    /// <summary>Builds the app from settings in <c>audit.json</c>, the environment and <paramref name="args"/>.</summary>
    /// <exception cref="SettingMissingException">A setting or key is missing; the message says what to set.</exception>
    public static WebApplication Build(string[] args) => Build(args, null);

    /// <summary>As above; <paramref name="configure"/> may replace services such as the clock.</summary>
    internal static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ApplicationName = "Identity.Audit", ContentRootPath = AppContext.BaseDirectory });
        builder.AddIdentityHosting("audit", args);
        builder.Services.ConfigureHttpJsonOptions(json => (json.SerializerOptions.RespectNullableAnnotations, json.SerializerOptions.RespectRequiredConstructorParameters) = (true, true));
        var settings = AuditSettings.Read(builder.Configuration);
        builder.Services.AddSingleton(settings);

        builder.AddAuditData(settings);
        builder.AddAuditKeys(settings);
        builder.Services.AddLedgerLog<AuditDb>(builder.Configuration);
        builder.Services.AddLedgerMirror(builder.Configuration);
        builder.Services.AddSingleton<ILedgerView, MirroredLedger>();
        builder.Services.AddScoped<RecordContract>().AddScoped<MakeVouchers>().AddScoped<ReceiveBundle>().AddScoped<OpenBundle>().AddScoped<CountSites>().AddScoped<ReadLog>().AddScoped<MakeFinding>();
        builder.Services.AddHostedService<PublishCounts>().AddHostedService<ForgetBundles>();
        builder.AddAuditDescription();
        builder.AddDesk();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseIdentityHosting();
        app.UseAuthentication();
        app.UseAuthorization();
        RecordEndpoint.Map(app);
        VoucherEndpoint.Map(app);
        EngagementEndpoint.Map(app);
        BundleEndpoint.Map(app);
        app.MapLedgerLog<AuditDb>();
        app.MapMirror();
        app.MapOpenApi();
        app.MapDesk();
        return app;
    }
}
