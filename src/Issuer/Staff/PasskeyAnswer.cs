using System.Text.Json;

namespace Identity.Issuer.Staff;

/// <summary>What a browser answered to a challenge for a passkey (WebAuthn, a PublicKeyCredential as JSON).</summary>
internal static class PasskeyAnswer
{
    private const int MaxLength = 20_000;

    /// <summary>Lets the framework check an answer; null where there is none, it is too long or no WebAuthn at all, which the framework throws instead of refusing it.</summary>
    public static async Task<T?> CheckAsync<T>(string? answer, Func<string, Task<T>> check) where T : class
    {
        if (answer is not { Length: > 0 and <= MaxLength }) return null;
        try
        {
            return await check(answer);
        }
        catch (Exception fault) when (fault is InvalidOperationException or JsonException or FormatException)
        {
            return null;
        }
    }
}
