using Identity.Issuer.Issuance;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Identity.Issuer.Recognition;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Data;

/// <summary>Forgets what has served: used nonces, tokens and authorization requests that have ended, the text of copies that can no longer be asked again, what phones asked of a depositary a month ago, and what was shown for a recognition that nobody decided.</summary>
internal sealed partial class ForgetExpired(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ForgetExpired> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await RunAsync(scope.ServiceProvider.GetRequiredService<IssuerDb>(), clock.GetUtcNow(), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                LogFault(log, fault.Message);
            }
            await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One round.</summary>
    internal static async Task RunAsync(IssuerDb db, DateTimeOffset now, CancellationToken ct)
    {
        await db.UsedNonces.Where(n => n.ExpiresAt < now).ExecuteDeleteAsync(ct);
        // Copies that were signed before their offer was redeemed keep their text as long as it can be.
        await db.Copies.Where(c => c.Body != null && !db.AccessTokens.Any(t => t.OfferId == c.OfferId && t.ExpiresAt >= now)
                && !db.Offers.Any(o => o.Id == c.OfferId && o.State == OfferState.Open && o.ExpiresAt >= now))
            // A paper made at a counter belongs to no offer.
            .Where(c => c.Format != Configurations.PaperFormat || c.IssuedAt < now - MakePaper.Printable)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.Body, (string?)null), ct);
        await db.AccessTokens.Where(t => t.ExpiresAt < now).ExecuteDeleteAsync(ct);
        await db.RefreshTokens.Where(t => t.ExpiresAt < now).ExecuteDeleteAsync(ct);
        await db.AuthorizationRequests.Where(r => r.ExpiresAt < now).ExecuteDeleteAsync(ct);
        // One whose offer is open still hides it from staff.
        await db.DepositRequests.Where(r => r.Until < now && !db.Offers.Any(o => o.Id == r.OfferId && o.State == OfferState.Open && o.ExpiresAt >= now)).ExecuteDeleteAsync(ct);
        await db.RecognitionCases.Where(c => c.Shown != null && c.ChangedAt < now - RecognitionCase.Patience)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.State, CaseState.Unanswered).SetProperty(x => x.Shown, (string?)null)
                .SetProperty(x => x.VerdictJson, (string?)null).SetProperty(x => x.AsOf, (DateTimeOffset?)null).SetProperty(x => x.Status, (QualificationStatus?)null).SetProperty(x => x.ChangedAt, now).SetProperty(x => x.Version, x => x.Version + 1), ct);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Forgetting what has ended failed and will be tried again: {Fault}")]
    private static partial void LogFault(ILogger log, string fault);
}
