using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.Dcql;
using Identity.Credentials.Jose;
using Identity.Verifier.Sessions;

namespace Identity.Verifier.Presentations;

/// <summary>
/// What a wallet posted, opened and bound to its request: by the address it came to, by the key that opens it, and by
/// <c>state</c>, which an encrypted answer may leave out (some wallets do) because the key already binds it.
/// </summary>
public abstract record WalletAnswer
{
    private const int MaxPresentation = 96 * 1024;
    private const int MaxCredentials = 16;
    private const int MaxAnswer = 512 * 1024;

    private WalletAnswer() { }

    /// <summary>Presentations by query id, at least one each.</summary>
    public sealed record Presented(IReadOnlyDictionary<string, IReadOnlyList<string>> VpToken) : WalletAnswer
    {
        /// <summary>How much was shown.</summary>
        public long Characters => VpToken.Values.Sum(texts => texts.Sum(text => (long)text.Length));
    }

    /// <summary>The wallet or the holder said no.</summary>
    public sealed record Declined(string Error) : WalletAnswer;

    /// <summary>Reads the posted form (OpenID4VP 1.0, sections 8.2, 8.3.1 and 8.5). False with a reason for what is no answer to this request.</summary>
    public static bool TryRead(Presentation presentation, IReadOnlyDictionary<string, string> form, [NotNullWhen(true)] out WalletAnswer? answer, out string reason)
    {
        answer = null;
        if (form.TryGetValue("response", out var jwe))
        {
            if (presentation.Mode != ResponseMode.DirectPostJwt) { reason = "This request did not ask for an encrypted answer."; return false; }
            if (form.Count > 1) { reason = "An encrypted answer stands alone in the form."; return false; }
            return TryOpen(presentation, jwe, out answer, out reason);
        }

        // Section 8.5: a wallet that cannot encrypt may still report an error in clear.
        if (presentation.Mode == ResponseMode.DirectPostJwt && !form.ContainsKey("error")) { reason = "The answer must be encrypted (direct_post.jwt)."; return false; }
        if (!Token.Same(form.GetValueOrDefault("state"), presentation.State)) { reason = "The state is missing or belongs to another request."; return false; }
        if (form.TryGetValue("error", out var error)) return TryDeclined(error, form.ContainsKey("vp_token"), out answer, out reason);
        if (!form.TryGetValue("vp_token", out var text)) { reason = "There is no vp_token."; return false; }
        if (!StrictJson.TryParseObject(System.Text.Encoding.UTF8.GetBytes(text), out var token, out reason)) { reason = $"vp_token: {reason}"; return false; }
        return TryPresented(presentation, token, out answer, out reason);
    }

    private static bool TryOpen(Presentation presentation, string jwe, [NotNullWhen(true)] out WalletAnswer? answer, out string reason)
    {
        answer = null;
        if (!Jwe.TryDecrypt(jwe, presentation.KeyFor, out var plain, out reason, MaxAnswer)) { reason = $"The answer cannot be opened: {reason}."; return false; }
        if (!StrictJson.TryParseObject(plain, out var payload, out reason)) { reason = $"The opened answer is not what it should be: {reason}."; return false; }
        if (payload.ContainsKey("state") && !Token.Same(StrictJson.Text(payload["state"]), presentation.State)) { reason = "The state belongs to another request."; return false; }
        if (payload.ContainsKey("error")) return TryDeclined(StrictJson.Text(payload["error"]), payload.ContainsKey("vp_token"), out answer, out reason);
        return TryPresented(presentation, payload["vp_token"], out answer, out reason);
    }

    private static bool TryDeclined(string? error, bool alsoPresented, [NotNullWhen(true)] out WalletAnswer? answer, out string reason)
    {
        // RFC 6749, appendix A.7: visible ASCII without quotes; what goes into our API is no longer than any real code.
        var good = error is { Length: > 0 and <= 64 } && !alsoPresented && error.All(c => c is >= ' ' and <= '~' and not ('"' or '\\'));
        answer = good ? new Declined(error!) : null;
        reason = good ? "" : "The error is not a code, or comes together with a vp_token.";
        return good;
    }

    // Section 8.1: every query id has an array, also for one presentation; ids that were not asked are refused.
    private static bool TryPresented(Presentation presentation, JsonNode? token, [NotNullWhen(true)] out WalletAnswer? answer, out string reason)
    {
        answer = null;
        if (!DcqlCheck.TryReadVpToken(token, presentation.Query, out var presentations, out reason)) { reason = $"vp_token: {reason}"; return false; }
        var texts = presentations.Values.SelectMany(list => list).ToList();
        if (texts.Count == 0) { reason = "vp_token is empty."; return false; } // nothing shown is an error of access_denied, never an answer
        if (texts.Count > MaxCredentials || texts.Any(text => text.Length > MaxPresentation)) { reason = "vp_token holds too many or too large presentations."; return false; }
        answer = new Presented(presentations);
        return true;
    }
}
