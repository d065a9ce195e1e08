using Identity.Credentials.Compact;
using Identity.Credentials.Receipts;
using Identity.Credentials.Verdicts;
using Identity.Hosting;
using Identity.Verifier.Policies;
using Identity.Verifier.Registration;
using Identity.Verifier.Results;
using Identity.Verifier.Scan;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Verifier.Receipts;

/// <summary>A check that a scanner made without a network.</summary>
/// <param name="Template">The question on the screen.</param>
/// <param name="Challenge">Its signed text <c>IDC:…</c>; absent where none was left, so that only a code without a question was read.</param>
/// <param name="Proof">What the camera read.</param>
/// <param name="CheckedAt">When, by the scanner's clock, Unix seconds.</param>
/// <param name="Outcome">What the scanner said.</param>
/// <param name="Reason">Its leading reason.</param>
public sealed record OfflineCheck(string? Template, string? Challenge, string? Proof, long CheckedAt, Outcome Outcome, ReasonCode Reason);

/// <summary>Checks to be signed for, oldest first; at most 20.</summary>
public sealed record OfflineChecks(IReadOnlyList<OfflineCheck>? Checks);

/// <summary>What came of one of them.</summary>
/// <param name="Outcome">What this service says now, from newer data; absent where it cannot look.</param>
/// <param name="Reason">Its leading reason.</param>
/// <param name="Receipt">The receipt; absent where there is none to be had.</param>
/// <param name="Refused">Why there is none: <c>too_late</c>, <c>ahead</c> (of this service's clock: send it again later), <c>not_ours</c>, <c>not_then</c>, <c>unreadable</c>.</param>
public sealed record OfflineReceipt(Outcome? Outcome, ReasonCode? Reason, string? Receipt, string? Refused);

/// <summary>
/// Signs for checks that a scanner of the public page made without a network. A signature is given only for what is checked here again: that the question was ours and signed before,
/// the holder's answer to it, or the time inside a code that was redrawn with it, and everything about the credential, from data of now. When it was is the scanner's
/// word, held between the question's own time, 72 hours after it, and now; what it said then stands in the receipt as its word. Nothing is stored: sent twice, a check gets a receipt of the same <c>jti</c>.
/// </summary>
public static class OfflineReceipts
{
    private const int MaxChecks = 20;
    private const int MaxText = 4 * 1024;
    private static readonly TimeSpan Longest = TimeSpan.FromHours(73);
    private static readonly TimeSpan QuestionLife = TimeSpan.FromHours(72);
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>Maps <c>POST /api/offline-receipts</c>.</summary>
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/api/offline-receipts", HandleAsync).RequireRateLimiting(Limits.Work).WithMetadata(new BodyLimit(256 * 1024))
            .WithName("OfflineReceipts").WithTags("Scan").WithSummary("Receipts for checks that a scanner made without a network in the last 72 hours: each is checked again.")
            .ProducesProblem(400).ProducesProblem(413).ProducesProblem(429);

    private static async Task<Results<Ok<IReadOnlyList<OfflineReceipt>>, ProblemHttpResult>> HandleAsync(
        OfflineChecks body, Examiner examiner, AskingIdentities identities, ReceiptMaker receipts, ReceiptMemory given, VerdictRecorder recorder, CountedChecks counted, VerdictPolicy policy, TimeProvider clock, CancellationToken ct)
    {
        if (body.Checks is not { Count: > 0 and <= MaxChecks } checks) return TypedResults.Problem($"Send 1 to {MaxChecks} checks.", statusCode: 400, title: "Nothing to sign");
        var answers = new List<OfflineReceipt>();
        foreach (var check in checks)
        {
            var now = clock.GetUtcNow();
            if (Judgeable(check, identities.PublicPage, now, out var at, out var asked, out var question, out var challenge) is { } refused)
            {
                answers.Add(new OfflineReceipt(null, null, null, refused));
                continue;
            }

            // A code redrawn with the time is as old now as the check is; how old it was then is looked at below.
            var then = now - at;
            var examined = await examiner.ScanAsync(check.Proof!.Trim(), challenge!, asked!, ct, policy with { RollingWindow = policy.RollingWindow + then.Duration() });
            if (examined.Verdict.Rolling is { } rolling && (TimeSpan.FromSeconds(rolling.Age) - then).Duration() > policy.RollingWindow + Skew)
            {
                answers.Add(new OfflineReceipt(null, null, null, "not_then"));
                continue;
            }
            var told = new ToldByDevice(SnakeCase.Of(check.Outcome), SnakeCase.Of(check.Reason));
            var receipt = receipts.MakeLater(check.Proof!, check.Challenge, examined.Verdict, Inquiry.Of(identities.PublicPage, question!.Purpose, asked!), at, told);
            if (receipt is not null && counted.IsNew(ReceiptMaker.LaterName(check.Proof!, check.Challenge, examined.Verdict, at))) recorder.Record(examined.Verdict, Way.Scan, question.Template);
            given.Keep(check.Proof!, receipt, examined.Verdict);
            answers.Add(receipt is null ? new OfflineReceipt(null, null, null, "unreadable") : new OfflineReceipt(examined.Verdict.Outcome, examined.Verdict.Reason, receipt, null));
        }
        return TypedResults.Ok<IReadOnlyList<OfflineReceipt>>(answers);
    }

    // Null where it can be judged.
    private static string? Judgeable(OfflineCheck check, AskingIdentity page, DateTimeOffset now, out DateTimeOffset at, out AskedCredential? asked, out Question? question, out CompactChallenge? challenge)
    {
        (at, asked, question, challenge) = (default, null, null, null);
        if (check.Proof is not { Length: > 0 and <= MaxText } || !CompactVerifier.IsCompact(check.Proof.Trim())) return "unreadable"; // nothing else does a camera read
        if (check.CheckedAt > now.ToUnixTimeSeconds() + (long)Skew.TotalSeconds && check.CheckedAt <= now.ToUnixTimeSeconds() + (long)Longest.TotalSeconds) return "ahead";
        if (check.CheckedAt < 0 || check.CheckedAt > now.ToUnixTimeSeconds() + (long)Skew.TotalSeconds || check.CheckedAt < now.ToUnixTimeSeconds() - (long)Longest.TotalSeconds) return "too_late";
        at = DateTimeOffset.FromUnixTimeSeconds(check.CheckedAt);
        if (Template.Find(check.Template) is not { Credentials.Count: 1 } template) return "not_ours";
        question = template.Ask("en");
        asked = question.Credentials[0];
        if (check.Challenge is null)
        {
            // Nothing answers this one: it says what a code without a question is held against.
            challenge = OfflineQuestions.Sign(question, page, now);
            return challenge is null ? "not_ours" : null;
        }
        if (!CompactChallenge.TryParse(check.Challenge, out challenge, out _) || !challenge.Key.AsSpan().SequenceEqual(page.Keys.Challenge.PublicKey.Compressed()) || challenge.Type != asked.Type.Vct || challenge.PurposeId != template.Name) return "not_ours";
        question = question with { Purpose = challenge.Purpose }; // as it stood on the screen, in its language
        if (challenge.IssuedAt > check.CheckedAt + (long)Skew.TotalSeconds) return "not_then";
        return check.CheckedAt - challenge.IssuedAt > (long)QuestionLife.TotalSeconds ? "too_late" : null;
    }
}

/// <summary>Names of the receipts given last, in memory alone: what is sent again is signed again and not counted again.</summary>
public sealed class CountedChecks
{
    private const int Most = 10_000;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private readonly Lock _lock = new();

    /// <summary>Whether a receipt of this name has not been given lately; from now on it has.</summary>
    public bool IsNew(string name)
    {
        lock (_lock)
        {
            if (!_names.Add(name)) return false;
            _order.Enqueue(name);
            if (_order.Count > Most) _names.Remove(_order.Dequeue());
            return true;
        }
    }
}
