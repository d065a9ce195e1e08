using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Organisations;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;

namespace Identity.Issuer.Keys;

/// <summary>
/// <c>make-keys</c>: makes every private key of a new service that is missing in <c>Keys:Folder</c>, a certificate request for each signing key, and says what governance has to register, in the words of
/// <c>ledger propose</c>. Runs where the keys shall be; changes nothing that is there. Killed at any line, the same call makes the rest.
/// </summary>
internal static class MakeKeys
{
    /// <summary>What is to be registered goes to <paramref name="output"/>, one act a line; advice to <paramref name="advice"/>.</summary>
    /// <exception cref="SettingMissingException">A setting is missing; the message names it.</exception>
    public static void Run(string[] settings, TextWriter output, TextWriter advice)
    {
        var configuration = new ConfigurationBuilder().AddIdentitySettings("issuer", settings).Build();
        var (publicUrl, organisations) = (configuration.PublicUrl().OriginalString, OrganisationServices.Read(configuration, production: false));
        var keys = new KeyFolder(Path.GetFullPath(KeyServices.RequiredFolder(configuration)), mayCreate: true, KeyServices.TokenOf(configuration));
        keys.Secret("offers");
        keys.Secret("nonces");
        foreach (var option in organisations)
        {
            var profile = option.Profile(publicUrl);
            if (profile.Fault() is { } fault) throw new InvalidOperationException($"Organisations: {option.Slug}: {fault}");
            var signing = keys.SigningKey(option.Slug);
            using var account = keys.Account(option.Slug);
            keys.EncryptionKey(option.Slug).Dispose();
            keys.Write($"{option.Slug}.profile.json", profile.Canonical() + "\n");
            if (keys.Read($"{option.Slug}.chain.pem") is null)
            {
                Certified.WriteRequest(keys, option.Slug, profile, signing);
                advice.WriteLine($"{keys.Folder}/{option.Slug}.csr.pem: have your certificate authority sign it, and put the chain beside it as {option.Slug}.chain.pem, leaf first, without the authority's own.");
            }
            (signing as IDisposable)?.Dispose();
            output.WriteLine($"register-organisation {keys.Folder}/{option.Slug}.profile.json {account.Address} issuer");
        }
        using var log = LogKeyFile.Load(configuration["Log:SigningKeyFile"] is { Length: > 0 } named ? named : keys.LogKeyFile());
        using var anchorer = OperatorOf(configuration, keys);
        output.WriteLine($"register-log {LogOptions.Read(configuration).Origin} {anchorer.Address} {Convert.ToHexStringLower(log.PublicKey.XBytes())}");
    }

    private static IEvmSigner OperatorOf(IConfiguration configuration, KeyFolder keys) =>
        configuration["Ledger:Account"] is { Length: > 0 } source ? AccountSource.Open(source)
        : EvmAccount.LoadFile(configuration["Ledger:OperatorKeyFile"] is { Length: > 0 } file ? file : keys.OperatorKeyFile());
}
