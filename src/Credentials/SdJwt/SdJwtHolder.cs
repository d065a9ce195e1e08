using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.SdJwt;

/// <summary>What a verifier's request asks the holder to sign.</summary>
/// <param name="Audience">The verifier's full client_id.</param>
/// <param name="Nonce">The request's nonce.</param>
/// <param name="IssuedAt">Now.</param>
public sealed record KeyBindingRequest(string Audience, string Nonce, DateTimeOffset IssuedAt);

/// <summary>Chooses what to show of an SD-JWT and binds it to a request (RFC 9901 §7.2).</summary>
public static class SdJwtHolder
{
    /// <summary>Where each disclosure stands when everything is disclosed.</summary>
    /// <exception cref="ArgumentException">The document breaks a rule of §7.1.</exception>
    public static IReadOnlyList<(ClaimPath Path, Disclosure Disclosure)> Paths(SdJwtDocument document) =>
        document.TryProcess(out _, out var disclosed, out var reason) ? disclosed : throw new ArgumentException(reason, nameof(document));

    /// <summary>The SD-JWT with only what lies on, in or above the paths disclosed, and without a key binding: ends with '~'.</summary>
    /// <exception cref="ArgumentException">The document breaks a rule of §7.1.</exception>
    public static string Select(SdJwtDocument document, IEnumerable<ClaimPath> disclose)
    {
        var wanted = disclose.ToArray();
        var chosen = Paths(document).Where(p => wanted.Any(w => w.Covers(p.Path) || p.Path.Covers(w))).Select(p => p.Disclosure.Encoded).ToHashSet();
        // In the order they came, so that the choice alone differs.
        return string.Concat(document.Disclosures.Where(d => chosen.Contains(d.Encoded)).Select(d => "~" + d.Encoded).Prepend(document.Jwt.Compact)) + "~";
    }

    /// <summary>As <see cref="Select"/>, bound to a request by the holder's key.</summary>
    /// <exception cref="ArgumentException">The document breaks a rule of §7.1, or the request has no audience or nonce.</exception>
    public static string Present(SdJwtDocument document, IEnumerable<ClaimPath> disclose, KeyBindingRequest request, ISigner holderKey)
    {
        ArgumentException.ThrowIfNullOrEmpty(request.Audience);
        ArgumentException.ThrowIfNullOrEmpty(request.Nonce);
        var unbound = Select(document, disclose);
        var header = new JsonObject { ["typ"] = KeyBinding.Typ };
        var payload = new JsonObject
        {
            ["iat"] = request.IssuedAt.ToUnixTimeSeconds(),
            ["aud"] = request.Audience,
            ["nonce"] = request.Nonce,
            ["sd_hash"] = document.Hash.Digest(unbound),
        };
        return unbound + Jws.Sign(header, payload, holderKey);
    }
}
