using System.Text.Json.Nodes;

namespace Identity.Issuer.Authorization;

/// <summary>The form that a wallet posts to the authorization server, and the answers to it (RFC 6749, 3.2 and 5).</summary>
internal sealed class OAuthForm
{
    /// <summary>Longest value of an ordinary parameter, in characters.</summary>
    public const int MaxLength = 512;

    private readonly IFormCollection _form;

    private OAuthForm(IFormCollection form) => _form = form;

    /// <summary>Reads the form; null and an error where it is none, or where a parameter occurs twice.</summary>
    public static async Task<(OAuthForm? Form, OAuthError? Error)> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentType is not { } type || !type.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)) return (null, NoForm);
        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(ct);
        }
        catch (InvalidDataException)
        {
            return (null, NoForm);
        }
        if (form.FirstOrDefault(p => p.Value.Count > 1).Key is { } twice)
            return (null, new OAuthError("invalid_request", $"The parameter {(twice.Length > 40 ? twice[..40] : twice)} occurs twice."));
        return request.Headers.Authorization.Count > 0
            ? (null, new OAuthError("invalid_client", "This server knows no client secrets; ask without client authentication."))
            : (new OAuthForm(form), null);
    }

    /// <summary>The value of a parameter, or null where it is absent or empty (RFC 6749, 3.1).</summary>
    public string? this[string name] => _form.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;

    /// <summary>True where the parameter was sent, even empty.</summary>
    public bool Has(string name) => _form.ContainsKey(name);

    /// <summary>An error as JSON.</summary>
    public static IResult Error(OAuthError error) =>
        Json(error.Code == "invalid_client" ? 401 : 400, new JsonObject { ["error"] = error.Code, ["error_description"] = ErrorText.Ascii(error.Description) });

    /// <summary>An answer as JSON; it carries no-store from Hosting (RFC 6749, 5.1).</summary>
    public static IResult Json(int status, JsonObject body) => Results.Text(body.ToJsonString(), "application/json", statusCode: status);

    private static OAuthError NoForm => new("invalid_request", "Send a form (application/x-www-form-urlencoded).");
}

/// <summary>Texts beside error codes hold only what the specifications allow: %x20-21, %x23-5B, %x5D-7E.</summary>
internal static class ErrorText
{
    public static string Ascii(string text) => string.Concat(text.Select(c => c is >= ' ' and <= '~' and not '"' and not '\\' ? c : '\''));
}
