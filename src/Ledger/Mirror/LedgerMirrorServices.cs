using System.Globalization;
using Identity.Credentials.Transparency;
using Identity.Hosting;
using Identity.Ledger.Anchoring;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Identity.Ledger.Mirror;

/// <summary>Registers the reader's side of the ledger.</summary>
public static class LedgerMirrorServices
{
    /// <summary>
    /// Adds <see cref="LedgerMirror"/> (singleton) and the worker that keeps it fresh; settings in <c>Mirror</c> and <c>Ledger</c> are checked here.
    /// Needs <see cref="OutboundFetch"/>. Where the mirror's file is an archive, filled from exit bundles, nothing is followed and no chain need be set.
    /// </summary>
    /// <exception cref="SettingMissingException">A setting is missing or unusable; the message names it.</exception>
    public static IServiceCollection AddLedgerMirror(this IServiceCollection services, IConfiguration configuration)
    {
        var mirror = configuration.GetSection("Mirror").Get<MirrorOptions>() ?? new MirrorOptions();
        if (mirror.Interval <= TimeSpan.Zero) throw new SettingMissingException("Mirror:Interval", "a time above zero, for example 00:00:02");
        mirror.File = FileOf(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(mirror);
        services.AddHealthChecks().AddCheck<MirrorHealth>("ledger_mirror", HealthStatus.Unhealthy);
        if (MirrorFile.IsArchive(mirror.File))
        {
            services.AddSingleton(provider => LedgerMirror.OpenArchive(new MirrorFile(mirror.File), provider.GetRequiredService<TimeProvider>()));
            return services;
        }
        mirror.Sources = Addresses(configuration, "Mirror:Sources");
        mirror.Peers = Addresses(configuration, "Mirror:Peers");
        mirror.Witnesses = Witnesses(configuration);
        var chain = ChainSettings.Read(configuration);

        services.TryAddSingleton<ChainHttp>();
        services.AddSingleton(provider =>
        {
            if (Path.GetDirectoryName(Path.GetFullPath(mirror.File)) is { } folder) Directory.CreateDirectory(folder);
            var clock = provider.GetRequiredService<TimeProvider>();
            var outbound = provider.GetRequiredService<OutboundFetch>();
            var registry = ChainSettings.Open(chain, provider.GetRequiredService<ChainHttp>().Client, clock);
            return new LedgerMirror(registry, (address, maxBytes, ct) => outbound.GetAsync(address, "*/*", maxBytes, ct), mirror.File, mirror, clock);
        });
        services.AddHostedService<MirrorWorker>();
        return services;
    }

    private static WitnessPolicy Witnesses(IConfiguration configuration)
    {
        if (!int.TryParse(configuration["Mirror:Witnesses:Required"] ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var required))
            throw new SettingMissingException("Mirror:Witnesses:Required", "how many witnesses must have cosigned, for example 2");
        return WitnessPolicy.TryRead(required, [.. configuration.GetSection("Mirror:Witnesses:Keys").GetChildren().Select(key => key.Value ?? "")], out var policy, out var reason)
            ? policy : throw new SettingMissingException("Mirror:Witnesses", reason);
    }

    /// <summary>The mirror's file: <c>Mirror:File</c>, or <c>mirror.db</c> in the data folder.</summary>
    /// <exception cref="SettingMissingException">Neither is set.</exception>
    public static string FileOf(IConfiguration configuration) => configuration["Mirror:File"] is { Length: > 0 } file
        ? file : Path.Combine(configuration.Required("Data:Folder", "the folder for the service's own files, or name the mirror's file in Mirror:File"), "mirror.db");

    private static List<Uri> Addresses(IConfiguration configuration, string name) => [.. configuration.GetSection(name).GetChildren().Select(one =>
        Uri.TryCreate(one.Value, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" && address.Query.Length + address.Fragment.Length == 0
            ? address
            : throw new SettingMissingException(one.Path, "the address of another mirror, for example https://verifier.example"))];
}
