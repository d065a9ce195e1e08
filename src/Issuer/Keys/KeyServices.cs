using Identity.Hosting;

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
            : configuration.Required("Keys:Folder", "the folder of the private keys; src/Issuer/Keys/README.md lists them");
        var keys = new KeyFolder(Path.GetFullPath(folder), mayCreate);
        builder.Services.AddSingleton(keys);
        builder.Services.AddSingleton(services => new KeyRing(keys, services.GetRequiredService<TimeProvider>(), waitsForLedger: !mayCreate)).AddScoped<RotateKeys>();

        // Asked for now, not at the first use: a missing key must stop the start.
        keys.Secret("offers");
        keys.Secret("nonces");
        if (string.IsNullOrEmpty(configuration["Log:SigningKeyFile"])) configuration["Log:SigningKeyFile"] = keys.LogKeyFile();
        if (string.IsNullOrEmpty(configuration["Ledger:OperatorKeyFile"]) && string.IsNullOrEmpty(configuration["Ledger:Account"])) configuration["Ledger:OperatorKeyFile"] = keys.OperatorKeyFile();
    }
}
