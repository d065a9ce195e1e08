using Microsoft.Extensions.Configuration;

namespace Identity.Hosting;

/// <summary>A setting that must be there before the app starts. The message says what to set.</summary>
public sealed class SettingMissingException(string key, string meaning)
    : Exception($"Set {key} ({meaning}), in the settings file, as environment variable {key.Replace(":", "__", StringComparison.Ordinal)} or as --{key}=…");

/// <summary>Reads settings that have no default: a service refuses to start rather than invent one.</summary>
public static class Settings
{
    /// <summary>Settings come from <c>{app}.json</c> beside the assembly, the JSON file that <c>Settings:File</c> names, the environment, then the arguments; the last to name one wins.</summary>
    /// <exception cref="SettingMissingException">The file that is named is not there, or is no JSON; the message says which.</exception>
    public static IConfigurationBuilder AddIdentitySettings(this IConfigurationBuilder builder, string app, string[] args)
    {
        if (new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build()["Settings:File"] is not { Length: > 0 } file)
            return builder.AddJsonFile(Path.Combine(AppContext.BaseDirectory, $"{app}.json"), optional: true).AddEnvironmentVariables().AddCommandLine(args);
        if (!File.Exists(file)) throw new SettingMissingException("Settings:File", $"a JSON file with settings; {file} is not there");
        try
        {
            new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(file)).Build();
        }
        catch (InvalidDataException broken)
        {
            throw new SettingMissingException("Settings:File", $"a JSON file with settings; {file}: {broken.InnerException?.Message ?? broken.Message}");
        }
        return builder.AddJsonFile(Path.Combine(AppContext.BaseDirectory, $"{app}.json"), optional: true).AddJsonFile(Path.GetFullPath(file)).AddEnvironmentVariables().AddCommandLine(args);
    }

    /// <summary>The value of <paramref name="key"/>; throws <see cref="SettingMissingException"/> where it is absent or empty.</summary>
    public static string Required(this IConfiguration configuration, string key, string meaning) =>
        configuration[key] is { Length: > 0 } value ? value : throw new SettingMissingException(key, meaning);

    /// <summary>The app's public address without a trailing slash; https, or http on loopback.</summary>
    public static Uri PublicUrl(this IConfiguration configuration)
    {
        var text = configuration.Required("PublicUrl", "the address that phones and browsers reach this service at");
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)) && !text.EndsWith('/'))
            return uri;
        throw new SettingMissingException("PublicUrl", $"an https address, or http on loopback, without a slash at the end; not “{text}”");
    }
}
