using System.Text.Json.Nodes;

namespace Identity.Verifier.Presentations;

/// <summary>Reads the forms that wallets post.</summary>
public static class WalletForm
{
    /// <summary>The fields, each once; null where the body is no form, or a field stands twice (RFC 6749, section 3.2).</summary>
    public static async Task<IReadOnlyDictionary<string, string>?> ReadAsync(HttpContext http, CancellationToken ct)
    {
        if (http.Request.ContentType?.Split(';')[0].Trim().ToLowerInvariant() != "application/x-www-form-urlencoded") return null;
        try
        {
            var form = await http.Request.ReadFormAsync(ct);
            return form.All(field => field.Value.Count == 1) ? form.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal) : null;
        }
        catch (InvalidDataException)
        {
            return null; // too many fields, or one too long
        }
    }
}

/// <summary>The error object that wallets understand (RFC 6749, section 5.2).</summary>
public static class OAuthError
{
    /// <summary>A 400 with an error code and a sentence.</summary>
    public static IResult Result(string error, string description) =>
        TypedResults.Json(new JsonObject { ["error"] = error, ["error_description"] = description }, statusCode: 400);
}
