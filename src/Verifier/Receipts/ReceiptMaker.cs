using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Credentials.Receipts;
using Identity.Credentials.Types;
using Identity.Credentials.Verdicts;
using Identity.Verifier.Policies;
using Identity.Verifier.Registration;
using Identity.Verifier.Results;
using Identity.Verifier.Sessions;

namespace Identity.Verifier.Receipts;

/// <summary>What was asked for, as a receipt says it.</summary>
/// <param name="Asker">Who asked, and so who signs.</param>
/// <param name="Purpose">Why.</param>
/// <param name="Claims">Names of the claims.</param>
public sealed record Inquiry(AskingIdentity Asker, string Purpose, IReadOnlyList<string> Claims)
{
    /// <summary>Of a question about one credential.</summary>
    public static Inquiry Of(AskingIdentity asker, string purpose, AskedCredential asked) => new(asker, purpose, [.. asked.Required, .. asked.Optional]);
}

/// <summary>
/// Signs the receipt of a check (docs/check-receipt.md) with the registered key of who asked: made, given to both sides, and not stored. The public page signs for what was
/// handed in as a file.
/// </summary>
public sealed class ReceiptMaker(VerifierSettings settings, AskingIdentities identities, TimeProvider clock)
{
    /// <summary>The receipt of a check just made; null where the text could not be read or shows claims that nobody signed, so that there is nothing to be certain of.</summary>
    public string? Make(string shown, Verdict verdict, Inquiry? inquiry) => Make(shown, verdict, inquiry, clock.GetUtcNow(), Token.New(16), null);

    /// <summary>
    /// The receipt of a check that a scanner made without a network; made again it has the same <c>jti</c>. An answer belongs to its question alone, so that another time said with it makes no second
    /// check of it; what answered nothing is told apart by the time.
    /// </summary>
    public string? MakeLater(string shown, string? question, Verdict verdict, Inquiry inquiry, DateTimeOffset checkedAt, ToldByDevice told) =>
        Make(shown, verdict, inquiry, checkedAt, LaterName(shown, question, verdict, checkedAt), told);

    /// <summary>The <c>jti</c> of <see cref="MakeLater"/>.</summary>
    public static string LaterName(string shown, string? question, Verdict verdict, DateTimeOffset checkedAt) => Base64Url.Encode(
        SHA256.HashData([.. CheckReceipt.DigestOf(shown), .. CheckReceipt.DigestOf(question ?? ""), .. verdict.Binding is BindingLevel.Challenge ? [] : BitConverter.GetBytes(checkedAt.ToUnixTimeSeconds())]).AsSpan(0, 16));

    private string? Make(string shown, Verdict verdict, Inquiry? inquiry, DateTimeOffset checkedAt, string id, ToldByDevice? told)
    {
        if (verdict.Checks.Any(check => check is { Name: CheckName.Format, Result: not CheckResult.Passed }) || ShownText.EntryOf(shown) is not { } entry) return null;
        var type = TypeDefinition.Find(verdict.Facts.Type);
        // A code that is redrawn, a paper and a file answer nothing: nobody was asked.
        var answered = verdict.Binding is BindingLevel.Challenge or BindingLevel.OnlineKeyBinding ? inquiry : null;
        var receipt = new CheckReceipt(
            settings.PublicUrl, id, clock.GetUtcNow(), checkedAt, answered?.Purpose, type?.Vct, [.. (answered?.Claims ?? []).Where(name => name.Length is > 0 and <= 200).Take(64)],
            [.. verdict.Claims.Select(claim => claim.Key).Where(name => type?.Claim(name) is not null)], entry, CheckReceipt.DigestOf(shown),
            SnakeCase.Of(verdict.Outcome), SnakeCase.Of(verdict.Reason), SnakeCase.Of(verdict.Binding),
            (long?)verdict.DataAge.Ledger?.TotalSeconds, (long?)verdict.DataAge.Status?.TotalSeconds, told);
        return receipt.Sign((inquiry?.Asker ?? identities.PublicPage).Keys.Request);
    }
}
