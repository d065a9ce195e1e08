using Identity.Hosting;
using Identity.Hosting.Hsm;

namespace Identity.Issuer.Keys;

/// <summary>Finds the private keys, and in Development makes the missing ones.</summary>
internal static class KeyServices
{
    public static void AddIssuerKeys(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var mayCreate = builder.Environment.IsDevelopment();
        var folder = mayCreate && string.IsNullOrEmpty(configuration["Keys:Folder"])
            ? Path.Combine(configuration["Data:Folder"]!, "keys")
            : RequiredFolder(configuration);
        var keys = new KeyFolder(Path.GetFullPath(folder), mayCreate, TokenOf(configuration));
        builder.Services.AddSingleton(keys);
        builder.Services.AddSingleton(services => new KeyRing(keys, services.GetRequiredService<TimeProvider>(), waitsForLedger: !mayCreate)).AddScoped<RotateKeys>();

        // Asked for now, not at the first use: a missing key must stop the start.
        keys.Secret("offers");
        keys.Secret("nonces");
        if (string.IsNullOrEmpty(configuration["Log:SigningKeyFile"])) configuration["Log:SigningKeyFile"] = keys.LogKeyFile();
        if (string.IsNullOrEmpty(configuration["Ledger:OperatorKeyFile"]) && string.IsNullOrEmpty(configuration["Ledger:Account"])) configuration["Ledger:OperatorKeyFile"] = keys.OperatorKeyFile();
    }

    /// <summary>The token in which new signing keys are made, or null.</summary>
    /// <exception cref="SettingMissingException">It is not the address of a token.</exception>
    public static string? TokenOf(IConfiguration configuration)
    {
        if (configuration["Keys:Token"] is not { Length: > 0 } token) return null;
        return Pkcs11Uri.TryParse(HsmSigner.Address(token, "any", [0]), out _, out var reason)
            ? token : throw new SettingMissingException("Keys:Token", $"the PKCS #11 address of a token, without a key, as pkcs11:token=College?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/identity/pin; {reason}");
    }

    /// <exception cref="SettingMissingException">No folder is named.</exception>
    public static string RequiredFolder(IConfiguration configuration) => configuration.Required("Keys:Folder", "the folder of the private keys; src/Issuer/Keys/README.md lists them");
}
