using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.Types;
using Identity.Issuer.Keys;
using Identity.Issuer.Organisations;

namespace Identity.Issuer.Issuance;

/// <summary>Everything one signed copy is made of; a paper has no holder's key.</summary>
internal sealed record SigningOrder(
    Organisation Organisation, IssuerKey Key, TypeDefinition Type, JsonObject Claims, Jwk? Holder, DateTimeOffset Day, DateTimeOffset? Expires, int List, int Index);

/// <summary>Signs copies. Gives the text for the wallet and the log entry of the signed part.</summary>
internal static class CredentialSigner
{
    /// <summary>An SD-JWT VC (<c>dc+sd-jwt</c>): <c>jwt~disclosure~…~</c>.</summary>
    public static (string Body, byte[] Entry) SdJwt(SigningOrder order)
    {
        var holder = new JsonObject { ["kty"] = order.Holder!.Kty, ["crv"] = order.Holder.Crv, ["x"] = order.Holder.X };
        if (order.Holder.Y is { } y) holder["y"] = y; // an Ed25519 key has none
        var payload = new JsonObject
        {
            ["iss"] = order.Organisation.Issuer,
            ["iat"] = order.Day.ToUnixTimeSeconds(),
            ["vct"] = order.Type.Vct,
            ["cnf"] = new JsonObject { ["jwk"] = holder },
            ["status"] = new JsonObject { ["status_list"] = new JsonObject { ["idx"] = order.Index, ["uri"] = order.Organisation.StatusListUri(order.List) } },
        };
        if (order.Expires is { } end) payload["exp"] = end.ToUnixTimeSeconds();

        var selective = new List<ClaimPath>();
        foreach (var claim in order.Type.Claims)
        {
            if (!order.Claims.TryGetPropertyValue(claim.Name, out var value)) continue;
            payload[claim.Name] = value!.DeepClone();
            if (claim.Sd is Disclosability.Always) selective.Add(new ClaimPath(claim.Name));
        }
        var body = SdJwtIssuer.IssueVc(order.Key.CredentialHeader, payload, selective, order.Key.Signer, Salts(order));
        return (body, Entry.OfJwt(body.AsSpan(0, body.IndexOf('~'))));
    }

    /// <summary>A compact proof (<c>identity-compact</c>): base64url of the issued form.</summary>
    public static (string Body, byte[] Entry) Compact(SigningOrder order)
    {
        var credential = CompactIssuer.Issue(
            order.Type, CompactSize.Fit(order.Type, order.Claims), order.Holder!, order.Day.ToUnixTimeSeconds(), order.Expires?.ToUnixTimeSeconds(),
            order.List, order.Index, order.Key.Signer, Salts(order));
        return (Base64Url.Encode(credential.Encode()), Entry.OfCose(credential.IssuerSign1));
    }

    /// <summary>A paper (<c>identity-compact-paper</c>): the text of its QR. The claims are those that <see cref="PaperSize.Fit"/> left.</summary>
    public static (string Body, byte[] Entry) Paper(SigningOrder order)
    {
        var paper = CompactPaper.Issue(
            order.Type, order.Claims, order.Day.ToUnixTimeSeconds(), order.Expires?.ToUnixTimeSeconds(), order.List, order.Index, order.Key.Signer, Salts(order));
        return (paper.Text, paper.LogEntry);
    }

    // Asked once for all salts of a copy, the system's generator takes a tenth of the time.
    private static Action<Span<byte>> Salts(SigningOrder order)
    {
        var random = RandomNumberGenerator.GetBytes(order.Type.Claims.Count * 16);
        var used = 0;
        return salt =>
        {
            random.AsSpan(used, salt.Length).CopyTo(salt); // throws where more is wanted than was drawn: no byte serves twice
            used += salt.Length;
        };
    }
}
