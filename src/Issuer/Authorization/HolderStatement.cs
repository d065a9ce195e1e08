using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Authorization;

/// <summary>
/// Something that a holder says to an organisation, signed with a key of theirs: a small JSON body whose member <c>proof</c> is a JWT with header <c>typ</c>, <c>alg</c>,
/// <c>jwk</c> and payload <c>aud</c> (the endpoint's address), <c>iat</c> (a day to either side), <c>nonce</c> (from the nonce endpoint, good once). Errors, each 400:
/// <c>invalid_request</c>, <c>invalid_proof</c>, <c>invalid_nonce</c>.
/// </summary>
/// <param name="Body">The whole body.</param>
/// <param name="Said">The proof's payload.</param>
/// <param name="Key">The key that signed. Whether it is anybody's is for the caller to look up.</param>
internal sealed record HolderStatement(JsonObject Body, JsonObject Said, Jwk Key)
{
    private const int MaxBody = 8192, MaxProof = 4096;

    // That it is fresh is what the nonce shows. The clocks of cheap phones are off by minutes, and by hours where somebody set them by hand for another zone.
    private static readonly TimeSpan Window = TimeSpan.FromDays(1);

    /// <summary>Reads a request and uses its nonce up; null and an answer where it breaks a rule.</summary>
    public static async Task<(HolderStatement? Statement, IResult? Refused)> ReadAsync(HttpContext http, Organisation organisation, string type, string address, IssuerDb db, Nonces nonces, DateTimeOffset now, CancellationToken ct, int maxBody = MaxBody)
    {
        if (!http.Request.HasJsonContentType() || http.Request.ContentLength is not { } length || length > maxBody) return (null, Error("invalid_request", "Send a small JSON object."));
        var bytes = new byte[(int)length];
        await http.Request.Body.ReadExactlyAsync(bytes, ct);
        if (!StrictJson.TryParseObject(bytes, out var body, out var reason)) return (null, Error("invalid_request", $"The body must be a JSON object: {reason}."));
        if (StrictJson.Text(body["proof"]) is not { Length: <= MaxProof } proof) return (null, Error("invalid_request", "proof is missing or too long."));

        if (Open(proof, type, address, now, out var nonce, out var problem) is not var (said, key)) return (null, Error("invalid_proof", problem));
        if (!nonces.TryAccept(organisation.Slug, nonce, out var used) || await db.UsedNonces.AnyAsync(n => n.Hash == used.Hash, ct))
            return (null, Error("invalid_nonce", "The nonce is not of this issuer, was used, or has ended. Fetch a new one."));
        db.UsedNonces.Add(used);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException)
        {
            return (null, Error("invalid_nonce", "The nonce was used before. Fetch a new one."));
        }
        return (new HolderStatement(body, said, key), null);
    }

    public static IResult Error(string code, string description) => Json(400, new JsonObject { ["error"] = code, ["error_description"] = description });

    public static IResult Json(int status, JsonObject body) => Results.Text(body.ToJsonString(), "application/json", statusCode: status);

    private static (JsonObject, Jwk)? Open(string proof, string type, string address, DateTimeOffset now, out string nonce, out string problem)
    {
        nonce = "";
        if (!Jws.TryParse(proof, out var jws, out problem)) return null;
        if (jws.Type != type) return Refuse($"The proof's typ must be {type}.", out problem);
        if (!Jwk.TryParse(jws.Header["jwk"], out var key, out problem) || !VerificationKey.TryImport(key, out var verifier, out problem)) return null;
        using (verifier)
            if (!jws.Verify(verifier)) return Refuse("The proof's signature is wrong.", out problem);
        if (StrictJson.Text(jws.Payload["aud"]) != address) return Refuse("The proof's aud must be this address.", out problem);
        if (StrictJson.Time(jws.Payload["iat"]) is not { } iat || iat < now - Window || iat > now + Window) return Refuse("The proof's iat is missing, or more than a day off.", out problem);
        if (StrictJson.Text(jws.Payload["nonce"]) is not { } given) return Refuse("The proof lacks the nonce of the nonce endpoint.", out problem);
        nonce = given;
        return (jws.Payload, key);
    }

    private static (JsonObject, Jwk)? Refuse(string description, out string problem)
    {
        problem = description;
        return null;
    }
}
