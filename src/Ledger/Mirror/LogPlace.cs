using Identity.Ledger.Registry;

namespace Identity.Ledger.Mirror;

/// <summary>Where the parts of a log can be had: at its own address, or at another mirror, which serves the same bytes.</summary>
/// <param name="Mirror">The other mirror's address; null for the log's own.</param>
internal sealed record LogPlace(string Origin, Uri? Mirror)
{
    /// <summary>The log's own address first, then the other mirrors in their order.</summary>
    public static IEnumerable<LogPlace> Of(string origin, MirrorOptions options) => [new LogPlace(origin, null), .. options.Sources.Select(source => new LogPlace(origin, source))];

    /// <summary>The address of a part, for example <c>checkpoint</c>, <c>tile/0/000</c> or <c>receipt/…</c>; null where the origin is no address.</summary>
    public Uri? Address(string path)
    {
        if (Mirror is null) return TryAddress(Origin, path, out var address) ? address : null;
        var part = path.StartsWith("receipt/", StringComparison.Ordinal) ? path : $"logs/{Convert.ToHexStringLower(RegistryClient.LogId(Origin))}/{path}";
        return new Uri($"{Mirror.ToString().TrimEnd('/')}/mirror/{part}");
    }

    /// <summary>The log's own address: its origin with a scheme, plain http on loopback only.</summary>
    public static bool TryAddress(string origin, string path, out Uri? address) =>
        Uri.TryCreate($"http://{origin}/{path}", UriKind.Absolute, out address)
        && (address.IsLoopback || Uri.TryCreate($"https://{origin}/{path}", UriKind.Absolute, out address));
}
