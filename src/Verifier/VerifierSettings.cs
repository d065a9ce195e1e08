using Identity.Hosting;
using Identity.Ledger.Exit;
using Identity.Ledger.Proofs;

namespace Identity.Verifier;

/// <summary>How the verifier names itself to wallets (OpenID4VP 1.0, section 5.9).</summary>
public enum ClientIdPrefix
{
    /// <summary>Hash of the certificate; what HAIP 1.0 asks for.</summary>
    X509Hash,
    /// <summary>DNS name in the certificate.</summary>
    X509SanDns,
    /// <summary>The response address itself, unsigned; Development only.</summary>
    RedirectUri,
}

/// <summary>A wallet offered by a link on the page. <paramref name="Url"/> has no fragment; the request is put into it.</summary>
public sealed record WalletLink(string Name, string Url);

/// <summary>The settings of the Verifier, read and checked once at start.</summary>
public sealed record VerifierSettings
{
    /// <summary>Where browsers and wallets reach this service, without a slash at the end.</summary>
    public required string PublicUrl { get; init; }

    /// <summary>Who asks, as the wallet shows it: the verifier's own statement, at most 80 characters.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the desk of a registered verifier; null where this service has none. <c>Verifier:Desk:Name</c>.</summary>
    public string? DeskName { get; init; }

    /// <summary>The file of the desk's operators. <c>Verifier:Desk:Operators</c>.</summary>
    public string? DeskOperators { get; init; }

    /// <summary>How the verifier names itself.</summary>
    public required ClientIdPrefix ClientId { get; init; }

    /// <summary>Wallets with a link on the page.</summary>
    public required IReadOnlyList<WalletLink> Wallets { get; init; }

    /// <summary>The data folder.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Seconds between two looks for newer status lists; 5 to 3600.</summary>
    public required TimeSpan StatusRefresh { get; init; }

    /// <summary>How long a request may be answered.</summary>
    public TimeSpan RequestLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a challenge on the screen may be answered.</summary>
    public TimeSpan ChallengeLifetime { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How long an answer's claims stay in memory for the session that asked.</summary>
    public TimeSpan ResultLifetime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Most requests and challenges open at once; more are refused with 503.</summary>
    public int MaxOpen { get; init; } = 20_000;

    /// <summary>Most characters of answers whose results wait for their reader; <c>Verifier:MaxKept</c>.</summary>
    public long MaxKept { get; init; } = 64 * 1024 * 1024;

    /// <summary>Against whose seals exit bundles are checked before anybody gets one; null where this service knows nobody's. <c>Exit:Validators</c>.</summary>
    public ValidatorFile? Validators { get; init; }

    /// <summary>Reads the settings. Throws <see cref="SettingMissingException"/> with what to set.</summary>
    public static VerifierSettings Read(IConfiguration configuration, bool development)
    {
        var name = development ? configuration["Verifier:Name"] ?? "Identity check page" : configuration.Required("Verifier:Name", "who asks, as wallets show it");
        if (name.Length is 0 or > 80) throw new SettingMissingException("Verifier:Name", "1 to 80 characters");

        var desk = configuration["Verifier:Desk:Name"] is { Length: > 0 } stated ? stated : null;
        if (desk?.Length > 80) throw new SettingMissingException("Verifier:Desk:Name", "1 to 80 characters");
        var operators = configuration["Verifier:Desk:Operators"] is { Length: > 0 } file ? Path.GetFullPath(file) : null;
        if (desk is not null && operators is null) throw new SettingMissingException("Verifier:Desk:Operators", "the file of operators' keys, made with the command desk-key");

        var prefix = (configuration["Verifier:ClientId"] ?? "x509_hash") switch
        {
            "x509_hash" => ClientIdPrefix.X509Hash,
            "x509_san_dns" => ClientIdPrefix.X509SanDns,
            "redirect_uri" when development => ClientIdPrefix.RedirectUri,
            _ => throw new SettingMissingException("Verifier:ClientId", "x509_hash or x509_san_dns; redirect_uri works in Development only"),
        };

        var wallets = configuration.GetSection("Verifier:Wallets").GetChildren()
            .Select(wallet => new WalletLink(wallet["Name"] ?? "", wallet["Url"] ?? "")).ToList();
        foreach (var wallet in wallets)
            if (wallet.Name.Length == 0 || !Uri.TryCreate(wallet.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Fragment.Length > 0)
                throw new SettingMissingException("Verifier:Wallets", "each with Name and Url, an http or https address without a fragment");

        var refresh = configuration.GetValue("Status:RefreshSeconds", 60);
        if (refresh is < 1 or > 3600) throw new SettingMissingException("Status:RefreshSeconds", "1 to 3600");

        return new VerifierSettings
        {
            PublicUrl = configuration.PublicUrl().OriginalString,
            Name = name,
            DeskName = desk,
            DeskOperators = operators,
            ClientId = prefix,
            Wallets = wallets,
            DataFolder = Path.GetFullPath(configuration.Required("Data:Folder", "where the database and the keys are kept")),
            StatusRefresh = TimeSpan.FromSeconds(refresh),
            MaxOpen = configuration.GetValue("Verifier:MaxOpen", 20_000),
            MaxKept = configuration.GetValue("Verifier:MaxKept", 64 * 1024 * 1024L),
            Validators = ExitValidators.Read(configuration),
        };
    }
}
