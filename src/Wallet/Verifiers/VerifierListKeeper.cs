using System.Text;
using Identity.Credentials.Verifiers;
using Identity.Hosting;

namespace Identity.Wallet.Verifiers;

/// <summary>
/// Fetches the signed list in the background and keeps the newest. Phones take it from this service's own origin, so that the authority
/// does not learn who opens a wallet, and check the signature themselves: this service could only withhold it.
/// </summary>
internal sealed partial class VerifierListKeeper(VerifierListOptions options, OutboundFetch fetch, TimeProvider clock, ILogger<VerifierListKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Hurry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);
    private volatile KeptList? _kept;
    private string? _said;

    /// <summary>The newest list, or null before the first.</summary>
    public KeptList? Current => _kept;

    /// <summary>One look; null when a list is at hand afterwards, else why not.</summary>
    public async Task<string?> LookAsync(CancellationToken ct)
    {
        if (await fetch.GetAsync(options.List!, VerifierList.MediaType, VerifierList.MaxLength, ct) is not FetchResult.Answer { IsSuccess: true } answer) return "The list could not be fetched.";
        var text = Encoding.UTF8.GetString(answer.Body);
        if (!VerifierList.TryRead(text, options.Signers, out var list, out var reason)) return reason;
        var now = clock.GetUtcNow();
        if (list.Expires <= now) return "The list has expired.";
        if (list.IssuedAt > now + Skew) return "The list is dated in the future.";
        if (_kept is { } kept && list.Version <= kept.List.Version) return list.Version < kept.List.Version ? "The list is older than the one at hand." : null;
        _kept = new KeptList(text, list);
        return null;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (options.List is not null && !stoppingToken.IsCancellationRequested)
        {
            var problem = await LookAsync(stoppingToken);
            if (problem is not null && problem != _said) LogProblem(log, options.List, problem);
            _said = problem;
            await Task.Delay(_kept is null ? Hurry : options.Refresh, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Warning: phones go on with the list they have, and call it old when it has expired.
    [LoggerMessage(Level = LogLevel.Warning, Message = "No newer list of verifiers from {Address}: {Reason}")]
    private static partial void LogProblem(ILogger log, Uri address, string reason);
}

/// <summary>A checked list and its text as signed.</summary>
internal sealed record KeptList(string Text, VerifierList List);
