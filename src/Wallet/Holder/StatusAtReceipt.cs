using System.Text;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.StatusList;
using Identity.Hosting;

namespace Identity.Wallet.Holder;

/// <summary>
/// Asks each status list once before anything is kept. Lists are fetched whole, so the issuer does not learn which copy is meant. What
/// is known to be withdrawn is refused; a list that cannot be had says nothing.
/// </summary>
internal sealed class StatusAtReceipt(OutboundFetch fetch, TimeProvider clock)
{
    private const int MaxBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);

    public async Task<HolderRefusal?> CheckAsync(IReadOnlyList<CredentialCopy> copies, CancellationToken ct)
    {
        foreach (var list in copies.SelectMany(References).GroupBy(r => r.Reference.Uri))
        {
            if (await FetchAsync(list.Key, list.First().IssuerKey, ct) is not { } token) continue;
            foreach (var (reference, _) in list)
            {
                if (token.TryRead(reference, clock.GetUtcNow(), Skew, out var value, out var reason) && value != (byte)StatusValue.Valid)
                    return new(value == (byte)StatusValue.Suspended ? "suspended" : "revoked", "The issuer has already taken this credential out of force.");
                if (reason == "status_range") return new("malformed", "The credential's place lies outside its status list.");
            }
        }
        return null;
    }

    /// <summary>The same of a paper that is to be printed, and whether its time has passed: it has a place of its own, and ends while the copies beside it stay in force.</summary>
    public async Task<HolderRefusal?> CheckAsync(CompactPaper paper, string issuer, Jwk issuerKey, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (paper.Expires is { } end && now >= DateTimeOffset.FromUnixTimeSeconds(end)) return new("expired", "The time of this paper has passed.");
        var reference = new StatusReference($"{issuer}/status/{paper.List}", paper.Index);
        if (await FetchAsync(reference.Uri, issuerKey, ct) is not { } token || !token.TryRead(reference, now, Skew, out var value, out _) || value == (byte)StatusValue.Valid) return null;
        return new(value == (byte)StatusValue.Suspended ? "suspended" : "revoked", "The issuer has taken this paper out of force.");
    }

    private static IEnumerable<(StatusReference Reference, Jwk IssuerKey)> References(CredentialCopy copy)
    {
        if (SdJwtVc.TryParse(copy.SdJwt, out var credential, out _) && credential.Status is { } status) yield return (status, copy.IssuerKey);
        if (copy.Compact is { } compact) yield return (new StatusReference($"{copy.Issuer}/status/{compact.Issuer.List}", compact.Issuer.Index), copy.IssuerKey);
    }

    private async Task<StatusListToken?> FetchAsync(string uri, Jwk issuerKey, CancellationToken ct)
    {
        if (!Uri.TryCreate(uri, UriKind.Absolute, out var address)) return null;
        if (await fetch.GetAsync(address, StatusListToken.MediaType, MaxBytes, ct) is not FetchResult.Answer { IsSuccess: true } answer) return null;
        if (!StatusListToken.TryParse(Encoding.UTF8.GetString(answer.Body), out var token, out _)) return null;
        if (!VerificationKey.TryImport(issuerKey, out var key, out _)) return null;
        using (key) return token.Jws.Verify(key) ? token : null;
    }
}
