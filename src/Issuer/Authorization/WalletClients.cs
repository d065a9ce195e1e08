namespace Identity.Issuer.Authorization;

/// <summary>A wallet that the operator knows. Section <c>Authorization:Clients</c>, an array.</summary>
public sealed class WalletClientOptions
{
    /// <summary>Its <c>client_id</c>.</summary>
    public string Id { get; set; } = "";

    /// <summary>Its name, as people read it.</summary>
    public string Name { get; set; } = "";

    /// <summary>Where it may be redirected to; compared byte for byte.</summary>
    public List<string> RedirectUris { get; set; } = [];
}

/// <summary>
/// Which wallets may use the code flow: those of the settings and this deployment's own (<c>Wallet:Url</c>) with their registered addresses,
/// and, unless <c>Authorization:OpenToAllWallets</c> is false, any other public client with an https or loopback address of its own.
/// </summary>
internal sealed class WalletClients
{
    private const int MaxUri = 500, MaxId = 300;
    private readonly Dictionary<string, WalletClientOptions> _known;
    private readonly bool _openToAll;

    public WalletClients(IConfiguration configuration)
    {
        var clients = configuration.GetSection("Authorization:Clients").Get<List<WalletClientOptions>>() ?? [];
        if (configuration["Wallet:Url"] is { Length: > 0 } wallet)
            clients.Add(new WalletClientOptions { Id = wallet.TrimEnd('/'), Name = new Uri(wallet).Authority, RedirectUris = [wallet.TrimEnd('/') + "/"] });
        foreach (var client in clients)
        {
            if (!IsClientId(client.Id) || client.Name.Trim().Length is 0 or > 100 || client.RedirectUris.Count == 0)
                throw new InvalidOperationException($"Authorization:Clients: “{client.Id}” needs an Id of printable characters, a Name and RedirectUris.");
            if (client.RedirectUris.FirstOrDefault(uri => !IsRedirectUri(uri)) is { } wrong)
                throw new InvalidOperationException($"Authorization:Clients: “{wrong}” must be an absolute https or loopback address without fragment.");
        }
        _known = clients.GroupBy(c => c.Id, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        _openToAll = configuration.GetValue("Authorization:OpenToAllWallets", true);
    }

    /// <summary>The name of a wallet that the operator knows, or null.</summary>
    public string? NameOf(string clientId) => _known.GetValueOrDefault(clientId)?.Name;

    /// <summary>Whether a client may be answered at an address; an error otherwise.</summary>
    public OAuthError? Check(string clientId, string redirectUri)
    {
        if (!IsClientId(clientId)) return new OAuthError("invalid_client", "client_id must be 1 to 300 printable ASCII characters without a space.");
        if (_known.TryGetValue(clientId, out var known))
            return known.RedirectUris.Contains(redirectUri) ? null : new OAuthError("invalid_request", "redirect_uri is not one of this client's registered addresses.");
        if (!_openToAll) return new OAuthError("invalid_client", "This server answers registered wallets only.");
        return IsRedirectUri(redirectUri) ? null : new OAuthError("invalid_request", "redirect_uri must be an absolute https or loopback address without fragment or user name.");
    }

    // RFC 8252, 7.3 and 8.3: plain http on the loopback interface only; schemes of apps cannot be told apart and are refused.
    private static bool IsRedirectUri(string text) =>
        text.Length <= MaxUri && text.All(c => c is > ' ' and < '\x7f') && !text.Contains('#') && !text.Contains('\\')
        && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0 && uri.Host.Length > 0
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    private static bool IsClientId(string text) => text.Length is > 0 and <= MaxId && text.All(c => c is > ' ' and <= '~');
}
