using Identity.Hosting;

namespace Identity.Wallet.Verifiers;

/// <summary>Where the signed list of registered verifiers comes from and whose signature counts. Section <c>Verifiers</c>.</summary>
/// <param name="List">The authority's address of its list.</param>
/// <param name="Signers">Thumbprints (RFC 7638, base64url) of the keys that may sign it: the pin. Two while the authority changes its key.</param>
/// <param name="Refresh">Time between two looks.</param>
public sealed record VerifierListOptions(Uri? List, IReadOnlyList<string> Signers, TimeSpan Refresh)
{
    /// <summary>Reads the section. Outside Development both are needed: a wallet without a list could tell no asker from another.</summary>
    /// <exception cref="SettingMissingException">A setting is missing or unusable.</exception>
    public static VerifierListOptions Read(IConfiguration configuration, bool production)
    {
        var signers = configuration.GetSection("Verifiers:Signers").Get<string[]>() ?? [];
        var text = production ? configuration.Required("Verifiers:List", "the address of the authority's signed list of verifiers") : configuration["Verifiers:List"];
        if (signers.Length == 0 && (production || text is { Length: > 0 })) throw new SettingMissingException("Verifiers:Signers:0", "the thumbprint of the key that signs the list of verifiers");
        if (signers.Any(signer => signer.Length != 43)) throw new SettingMissingException("Verifiers:Signers", "thumbprints of 43 characters (RFC 7638, base64url)");
        Uri? list = null;
        if (text is { Length: > 0 } && !Uri.TryCreate(text, UriKind.Absolute, out list)) throw new SettingMissingException("Verifiers:List", "an absolute address");
        var seconds = configuration.GetValue("Verifiers:RefreshSeconds", 300);
        if (seconds is < 1 or > 86_400) throw new SettingMissingException("Verifiers:RefreshSeconds", "1 to 86400");
        return new VerifierListOptions(list, list is null ? [] : signers, TimeSpan.FromSeconds(seconds));
    }
}
