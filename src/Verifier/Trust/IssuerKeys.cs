using System.Collections.Concurrent;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Hosting;

namespace Identity.Verifier.Trust;

/// <summary>
/// The keys that an issuer outside the register publishes about itself (SD-JWT VC, section 4: <c>/.well-known/jwt-vc-issuer</c>).
/// They say whether such a credential was altered; they never make anybody trusted.
/// </summary>
/// <remarks>The address comes from a stranger's credential: it is fetched through the guard only, few bytes, kept for minutes.</remarks>
public sealed class IssuerKeys(OutboundFetch fetch, TimeProvider clock)
{
    private const int MaxBytes = 64 * 1024;
    private const int MaxIssuers = 2000;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan KeptFailure = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, Cached> _known = new(StringComparer.Ordinal);

    /// <summary>The published keys; empty where there are none to be had.</summary>
    public async Task<IReadOnlyList<Jwk>> FindAsync(string issuer, CancellationToken ct)
    {
        if (issuer.Length > 2000 || !Uri.TryCreate(issuer, UriKind.Absolute, out var uri) || !fetch.IsAllowed(uri, out _) || uri.Query.Length > 0 || uri.Fragment.Length > 0) return [];
        if (_known.TryGetValue(issuer, out var known) && clock.GetElapsedTime(known.Ticks) < known.For) return known.Keys;
        if (_known.Count >= MaxIssuers) _known.Clear();

        var keys = await FetchAsync(issuer, uri, ct);
        _known[issuer] = new Cached(keys, clock.GetTimestamp(), keys.Count > 0 ? Kept : KeptFailure);
        return keys;
    }

    private async Task<IReadOnlyList<Jwk>> FetchAsync(string issuer, Uri uri, CancellationToken ct)
    {
        if (await FetchBytesAsync(JwtVcIssuerMetadata.WellKnown(uri), ct) is not { } published) return [];
        if (!JwtVcIssuerMetadata.TryParse(published, issuer, out var metadata, out _)) return [];
        if (metadata.JwksUri is null) return metadata.Keys;
        if (!Uri.TryCreate(metadata.JwksUri, UriKind.Absolute, out var address) || await FetchBytesAsync(address, ct) is not { } set) return [];
        return StrictJson.TryParseObject(set, out var json, out _) && JwtVcIssuerMetadata.TryParseKeys(json, out var keys, out _) ? keys : [];
    }

    private async Task<byte[]?> FetchBytesAsync(Uri address, CancellationToken ct) =>
        await fetch.GetAsync(address, "application/json", MaxBytes, ct) is FetchResult.Answer { IsSuccess: true } answer ? answer.Body : null;

    private sealed record Cached(IReadOnlyList<Jwk> Keys, long Ticks, TimeSpan For);
}
