using Identity.Credentials.Jose;
using Identity.Credentials.Receipts;
using Identity.Credentials.Verdicts;
using Identity.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Verifier.Receipts;

/// <summary>
/// Receipts of answers that a camera read, for the phones that showed them: in memory alone, for a day, by the SHA-256 of what was shown, which only the two sides know. A
/// restart forgets them. Only for who proved to hold what a registered issuer signed, and a few for each copy, so that nobody fills it with what they made themselves; when it is full the oldest go.
/// </summary>
public sealed class ReceiptMemory(VerifierSettings settings, TimeProvider clock)
{
    /// <summary>Most receipts kept for one copy.</summary>
    public const int MostOfOneCopy = 20;

    private static readonly TimeSpan Life = TimeSpan.FromHours(24);
    private readonly Dictionary<string, (string Receipt, string Copy, long Ticks)> _kept = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _ofCopy = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private readonly Lock _lock = new();

    /// <summary>Keeps the receipt of a text for the phone that proved to be its holder's. The first stays: what somebody shows again takes nothing away.</summary>
    public void Keep(string shown, string? receipt, Verdict verdict)
    {
        if (receipt is null || verdict.Binding is not BindingLevel.Challenge || !verdict.Checks.Any(check => check is { Name: CheckName.Signature, Result: CheckResult.Passed }) || ShownText.EntryOf(shown) is not { } entry) return;
        var (digest, copy) = (Base64Url.Encode(CheckReceipt.DigestOf(shown)), Base64Url.Encode(entry));
        lock (_lock)
        {
            while (_order.TryPeek(out var oldest) && IsOver(_kept[oldest].Ticks)) ForgetOldest();
            if (_ofCopy.GetValueOrDefault(copy) >= MostOfOneCopy || _kept.ContainsKey(digest)) return;
            if (_kept.Count >= settings.MaxOpen) ForgetOldest();
            _kept[digest] = (receipt, copy, clock.GetTimestamp());
            _order.Enqueue(digest);
            _ofCopy[copy] = _ofCopy.GetValueOrDefault(copy) + 1;
        }
    }

    /// <summary>The receipt of what has this digest (base64url).</summary>
    public string? Find(string digest)
    {
        lock (_lock) return _kept.TryGetValue(digest, out var kept) && !IsOver(kept.Ticks) ? kept.Receipt : null;
    }

    private bool IsOver(long ticks) => clock.GetElapsedTime(ticks) >= Life;

    private void ForgetOldest()
    {
        if (!_order.TryDequeue(out var digest) || !_kept.Remove(digest, out var kept)) return;
        if (--_ofCopy[kept.Copy] == 0) _ofCopy.Remove(kept.Copy);
    }
}

/// <summary>Gives the phone the receipt of the code that it showed, when it has a network again.</summary>
public static class GetReceipt
{
    /// <summary>Maps <c>GET /receipts/{digest}</c>.</summary>
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/receipts/{digest:length(43)}", Handle).RequireCors(Cors.Open).RequireRateLimiting(Limits.Work)
            .WithName("GetReceipt").WithTags("Wallets").WithSummary("The receipt of a code that was read here today, for who showed it: by the SHA-256 of the code's text, base64url.")
            .Produces<string>(200, "application/jwt").ProducesProblem(404).ProducesProblem(429);

    private static Results<ContentHttpResult, ProblemHttpResult> Handle(string digest, HttpContext http, ReceiptMemory memory)
    {
        if (memory.Find(digest) is not { } receipt) return TypedResults.Problem("Nothing of this digest was read here in the last day.", statusCode: 404, title: "No receipt");
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Text(receipt, "application/jwt");
    }
}
