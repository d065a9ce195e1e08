using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.SdJwt;

/// <summary>Makes SD-JWTs (RFC 9901 §5).</summary>
public static class SdJwtIssuer
{
    /// <summary>False with a reason when claims from a form or an API hold names the format keeps for itself (`_sd`, `_sd_alg`, `...`) anywhere.</summary>
    public static bool Accepts(JsonObject claims, out string reason) => throw new NotImplementedException();

    /// <summary>Signs; gives "jwt~disclosure~…~".</summary>
    /// <param name="header">The JWS header without `alg`; with `typ` "dc+sd-jwt" the claims that must stay visible are kept so.</param>
    /// <param name="payload">All claims in clear.</param>
    /// <param name="selective">What the holder may withhold; paths that lead nowhere are passed over. Null segments mean each element.</param>
    /// <param name="signer">The issuer's key.</param>
    /// <param name="random">Fills salts and decoys.</param>
    /// <param name="decoys">Digests of nothing added at the top level, so that the count of claims does not tell.</param>
    /// <exception cref="ArgumentException">Reserved names in the payload, or a path to a claim that must stay visible.</exception>
    public static string Issue(JsonObject header, JsonObject payload, IReadOnlyList<ClaimPath> selective, ISigner signer, Action<Span<byte>> random, int decoys = 0) => throw new NotImplementedException();
}
