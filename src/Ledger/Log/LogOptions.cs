using Identity.Hosting;
using Microsoft.Extensions.Configuration;

namespace Identity.Ledger.Log;

/// <summary>Settings of the section <c>Log</c>.</summary>
public sealed class LogOptions
{
    /// <summary>The log's name and address without scheme, for example <c>issuer.example/log</c>. Left out, it is <c>PublicUrl</c> without its scheme plus <c>/log</c>.</summary>
    public string Origin { get; set; } = "";

    /// <summary>PEM file of the Ed25519 key that signs checkpoints.</summary>
    public string SigningKeyFile { get; set; } = "";

    /// <summary>Time between two rounds of the sequencer.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a sequencer that fell silent keeps others out.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The settings, with the origin put in where they leave it out.</summary>
    public static LogOptions Read(IConfiguration configuration)
    {
        var log = configuration.GetSection("Log").Get<LogOptions>() ?? new LogOptions();
        if (log.Origin.Length == 0) log.Origin = configuration.PublicUrl().GetComponents(UriComponents.HostAndPort | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/') + "/log";
        return log;
    }
}
