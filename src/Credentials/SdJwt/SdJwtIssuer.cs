using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.SdJwt;

/// <summary>Makes SD-JWTs (RFC 9901 §5) with SHA-256.</summary>
public static class SdJwtIssuer
{
    /// <summary>False with a reason when claims from a form or an API hold names the format keeps for itself (`_sd`, `_sd_alg`, `...`) anywhere.</summary>
    public static bool Accepts(JsonObject claims, out string reason)
    {
        reason = HoldsReserved(claims) ? "claims may not be named _sd, _sd_alg or ..." : "";
        return reason.Length == 0;
    }

    /// <summary>Signs; gives "jwt~disclosure~…~".</summary>
    /// <param name="header">The JWS header without `alg`; with `typ` "dc+sd-jwt" the claims that must stay visible are kept so.</param>
    /// <param name="payload">All claims in clear.</param>
    /// <param name="selective">What the holder may withhold; paths that lead nowhere are passed over. Null segments mean each element.</param>
    /// <param name="signer">The issuer's key.</param>
    /// <param name="random">Fills salts and decoys.</param>
    /// <param name="decoys">Digests of nothing added at the top level, so that the count of claims does not tell.</param>
    /// <exception cref="ArgumentException">Reserved names in the payload, or a path to a claim that must stay visible.</exception>
    public static string Issue(JsonObject header, JsonObject payload, IReadOnlyList<ClaimPath> selective, ISigner signer, Action<Span<byte>> random, int decoys = 0) =>
        Issue(Jws.EncodeHeader(header, signer), StrictJson.Text(header["typ"]) == SdJwtVc.Typ, payload, selective, signer, random, decoys);

    /// <summary>As above for an SD-JWT VC, under a header that <see cref="Jws.EncodeHeader"/> made once for many.</summary>
    public static string IssueVc(string encodedHeader, JsonObject payload, IReadOnlyList<ClaimPath> selective, ISigner signer, Action<Span<byte>> random) =>
        Issue(encodedHeader, true, payload, selective, signer, random, 0);

    private static string Issue(string encodedHeader, bool isVc, JsonObject payload, IReadOnlyList<ClaimPath> selective, ISigner signer, Action<Span<byte>> random, int decoys)
    {
        if (!Accepts(payload, out var reason)) throw new ArgumentException(reason, nameof(payload));
        if (isVc && selective.Any(p => p.Segments[0] is string name && SdJwtVc.AlwaysVisible.Contains(name)))
            throw new ArgumentException("A claim that must stay visible was to be made selective.", nameof(selective));

        var disclosures = new List<Disclosure>();
        var concealed = ConcealObject(payload, [], selective, disclosures, random, decoys);
        if (disclosures.Count > 0 || decoys > 0) concealed["_sd_alg"] = HashFunction.Sha256.Name;
        return string.Join('~', [Jws.Sign(encodedHeader, concealed, signer), .. disclosures.Select(d => d.Encoded), ""]);
    }

    private static JsonObject ConcealObject(
        JsonObject source, object?[] path, IReadOnlyList<ClaimPath> selective, List<Disclosure> disclosures, Action<Span<byte>> random, int decoys = 0)
    {
        var digests = new List<string>();
        var result = new JsonObject();
        foreach (var (name, value) in source)
        {
            object?[] here = [.. path, name];
            var withheld = IsSelective(here, selective);
            // Inner disclosures first: they stand inside this one. A plain value is only written into it, and needs no copy.
            var inner = withheld && value is JsonValue ? value : Conceal(value, here, selective, disclosures, random);
            if (!withheld) { result[name] = inner; continue; }
            var disclosure = Disclosure.Make(name, inner, random);
            disclosures.Add(disclosure);
            digests.Add(disclosure.Digest);
        }
        for (var i = 0; i < decoys; i++) digests.Add(Decoy(random));
        digests.Sort(StringComparer.Ordinal); // the order of claims must not show
        if (digests.Count > 0) result["_sd"] = new JsonArray(digests.Select(d => (JsonNode?)d).ToArray());
        return result;
    }

    private static JsonNode? Conceal(JsonNode? source, object?[] path, IReadOnlyList<ClaimPath> selective, List<Disclosure> disclosures, Action<Span<byte>> random)
    {
        if (source is JsonObject members) return ConcealObject(members, path, selective, disclosures, random);
        if (source is not JsonArray items) return source?.DeepClone();
        var result = new JsonArray();
        for (var i = 0; i < items.Count; i++)
        {
            object?[] here = [.. path, i];
            var inner = Conceal(items[i], here, selective, disclosures, random);
            if (!IsSelective(here, selective)) { result.Add(inner); continue; }
            var disclosure = Disclosure.Make(null, inner, random);
            disclosures.Add(disclosure);
            result.Add(new JsonObject { ["..."] = disclosure.Digest });
        }
        return result;
    }

    private static bool IsSelective(object?[] path, IReadOnlyList<ClaimPath> selective)
    {
        foreach (var candidate in selective)
        {
            if (candidate.Segments.Count != path.Length) continue;
            if (candidate.Segments[^1] is string name && !name.Equals(path[^1] as string, StringComparison.Ordinal)) continue; // the cheap answer first
            if (candidate.Covers(new ClaimPath(path))) return true;
        }
        return false;
    }

    private static string Decoy(Action<Span<byte>> random)
    {
        Span<byte> bytes = stackalloc byte[32];
        random(bytes);
        return Base64Url.Encode(bytes);
    }

    private static bool HoldsReserved(JsonNode? node) => node switch
    {
        JsonObject members => members.Any(m => Disclosure.Reserved(m.Key) || HoldsReserved(m.Value)),
        JsonArray items => items.Any(HoldsReserved),
        _ => false,
    };
}
