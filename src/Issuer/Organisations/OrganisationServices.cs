using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.Accreditations;
using Identity.Issuer.Closing;
using Identity.Issuer.Deposits;
using Identity.Issuer.Keys;
using Identity.Ledger.Anchoring;
using Identity.Ledger.Log;
using Identity.Ledger.Registry;

namespace Identity.Issuer.Organisations;

/// <summary>Makes the organisations from settings and key files.</summary>
internal static class OrganisationServices
{
    public static void AddOrganisations(this WebApplicationBuilder builder)
    {
        var keys = builder.Services.Select(s => s.ImplementationInstance).OfType<KeyFolder>().Single();
        builder.Services.AddSingleton(Load(builder.Configuration, keys, builder.Environment.IsProduction(), DateTimeOffset.UtcNow));
        builder.Services.AddSingleton(services => Registry(builder.Configuration, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(new OwnLog(RegistryClient.LogId(LogOptions.Read(builder.Configuration).Origin)));
        builder.Services.AddSingleton<ChainRecord>().AddSingleton<OwnScope>().AddScoped<AskAccreditation>().AddScoped<AskClosing>();
        builder.Services.AddHostedService<RegisterKeys>().AddHostedService<WriteAccreditations>().AddHostedService<CloseOrganisation>().AddHostedService<AcceptDeposits>();
    }

    /// <summary>Reads section <c>Organisations</c>; throws with a sentence where a setting or key is missing or wrong.</summary>
    public static OrganisationDirectory Load(IConfiguration configuration, KeyFolder keys, bool production, DateTimeOffset now)
    {
        var publicUrl = configuration.PublicUrl().OriginalString;
        return new OrganisationDirectory([.. Read(configuration, production).Select(o => Load(o, publicUrl, keys, now))]);
    }

    /// <summary>Section <c>Organisations</c>, looked through.</summary>
    /// <exception cref="SettingMissingException">There is none.</exception>
    /// <exception cref="InvalidOperationException">Something in it is wrong; the message says what.</exception>
    public static IReadOnlyList<OrganisationOptions> Read(IConfiguration configuration, bool production)
    {
        var options = configuration.GetSection("Organisations").Get<List<OrganisationOptions>>() ?? [];
        if (options.Count == 0)
            throw new SettingMissingException("Organisations", "the organisations that issue here: an array of slug, name, country, demonstration, contact, types");
        foreach (var option in options)
        {
            if (option.Problem() is { } problem) throw new InvalidOperationException(problem);
            if (production && option.Demonstration) throw new InvalidOperationException($"Organisations: {option.Slug} is marked as a demonstration; Production refuses it.");
            if (production && option.IgnoresScope) throw new InvalidOperationException($"Organisations: {option.Slug} is set to go beyond its accreditations; Production refuses it.");
        }
        if (options.GroupBy(o => o.Slug).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new InvalidOperationException($"Organisations: the slug “{twice.Key}” occurs twice.");
        return options;
    }

    private static Organisation Load(OrganisationOptions option, string publicUrl, KeyFolder keys, DateTimeOffset now)
    {
        var profile = option.Profile(publicUrl);
        return new Organisation
        {
            Slug = option.Slug,
            IgnoresScope = option.IgnoresScope,
            Profile = profile,
            Types = option.Types.Count == 0 ? TypeDefinition.All : [.. option.Types.Distinct().Select(t => TypeDefinition.Find(t)!)],
            FirstKey = Certified.First(keys, option.Slug, option.Name, option.Country, profile.Issuer, now),
            Account = keys.Account(option.Slug),
        };
    }

    private static RegistryAccess Registry(IConfiguration configuration, TimeProvider clock)
    {
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        return new RegistryAccess(ChainSettings.Open(ChainSettings.Read(configuration), http, clock));
    }
}
