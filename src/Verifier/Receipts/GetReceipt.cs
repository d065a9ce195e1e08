using System.Collections.Concurrent;
using Identity.Credentials.Jose;
using Identity.Credentials.Receipts;
using Identity.Credentials.Verdicts;
using Identity.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Verifier.Receipts;

/// <summary>
/// Receipts of codes that a camera read, for the phones that showed them: in memory alone, for a day, by the SHA-256 of what was shown, which only the two sides know. A
/// restart forgets them.
/// </summary>
public sealed class ReceiptMemory(VerifierSettings settings, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(24);
    private readonly ConcurrentDictionary<string, (string Receipt, long Ticks)> _kept = new(StringComparer.Ordinal);
    private ITimer? _sweeper;

    /// <summary>Keeps the receipt of a text for the phone that proved to be its holder's. The first stays: what somebody shows again takes nothing away.</summary>
    public void Keep(string shown, string? receipt, BindingLevel binding)
    {
        if (receipt is null || binding is not (BindingLevel.Challenge or BindingLevel.Rolling) || _kept.Count >= settings.MaxOpen) return;
        _kept.TryAdd(Base64Url.Encode(CheckReceipt.DigestOf(shown)), (receipt, clock.GetTimestamp()));
        if (_sweeper is null && clock.CreateTimer(_ => Sweep(), null, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10)) is var timer && Interlocked.CompareExchange(ref _sweeper, timer, null) is not null) timer.Dispose();
    }

    /// <summary>The receipt of what has this digest (base64url).</summary>
    public string? Find(string digest) => _kept.TryGetValue(digest, out var kept) && clock.GetElapsedTime(kept.Ticks) < Life ? kept.Receipt : null;

    /// <inheritdoc/>
    public void Dispose() => _sweeper?.Dispose();

    private void Sweep()
    {
        foreach (var (digest, kept) in _kept)
            if (clock.GetElapsedTime(kept.Ticks) >= Life) _kept.TryRemove(digest, out _);
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
