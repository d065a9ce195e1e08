using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Identity.Hosting;
using Identity.Wallet.Data;
using Identity.Wallet.Recovery;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.EntityFrameworkCore;
using MimeKit;

namespace Identity.Wallet.Messages;

/// <summary>
/// Empties the outbox. A message is taken by moving its next try on, sent, then deleted: killed in between it is sent twice, never lost. After three days it is given up.
/// </summary>
internal sealed partial class SendMessages(IServiceScopeFactory scopes, MessageSettings settings, RecoverySettings recovery, RecoveryKeys keys, OutboundFetch fetch, TimeProvider clock, ILogger<SendMessages> log) : BackgroundService
{
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(2), GivenUp = TimeSpan.FromDays(3), SendTime = TimeSpan.FromSeconds(60);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await SendOneAsync(stoppingToken)) { }
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogFault(log, fault.GetType().Name); // the database is away: look again
            }
            await Task.Delay(recovery.Interval, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> SendOneAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<WalletDb>();
        var now = clock.GetUtcNow();
        if (await db.Outbox.AsNoTracking().Where(m => m.NextTryAt <= now).OrderBy(m => m.NextTryAt).FirstOrDefaultAsync(ct) is not { } row) return false;
        // Two minutes, four, eight …: whoever moves it on has this try.
        var next = now + Hold * Math.Pow(2, Math.Min(row.Tries, 8));
        if (await db.Outbox.Where(m => m.Id == row.Id && m.NextTryAt == row.NextTryAt).ExecuteUpdateAsync(m => m.SetProperty(x => x.NextTryAt, next).SetProperty(x => x.Tries, row.Tries + 1), ct) == 0) return true;
        var problem = await TrySendAsync(row, ct);
        if (problem is not null)
        {
            LogUnsent(log, row.Id, problem);
            if (now < row.CreatedAt + GivenUp) return true;
        }
        // Before the message is gone: while it is there the time to object does not end.
        if (row.Recovery is { } told) await scope.ServiceProvider.GetRequiredService<RecoveryFlow>().NoticeLeftAsync(told, problem is null ? now : null, CancellationToken.None);
        await db.Outbox.Where(m => m.Id == row.Id).ExecuteDeleteAsync(CancellationToken.None);
        return true;
    }

    private async Task<string?> TrySendAsync(OutboxRow row, CancellationToken ct)
    {
        var message = Outbox.Open(row, keys);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(SendTime);
        try
        {
            if (settings.Folder is { } folder) return Write(folder, row, message);
            return row.Kind == "email" ? await MailAsync(settings.Smtp!, message, limit.Token) : await TextAsync(settings.Sms!, message, limit.Token);
        }
        catch (Exception fault) when (!ct.IsCancellationRequested && fault is IOException or OperationCanceledException or System.Net.Sockets.SocketException or MailKit.ProtocolException or MailKit.CommandException or AuthenticationException or SslHandshakeException or ParseException)
        {
            return fault.GetType().Name; // its message could quote the address
        }
    }

    private static string? Write(string folder, OutboxRow row, Message message)
    {
        PrivateFiles.CreateFolder(folder);
        PrivateFiles.Write(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{row.Id:D6}-{row.Kind}.txt")), $"To: {message.To}\nSubject: {message.Subject}\n\n{message.Text}\n");
        return null;
    }

    private static async Task<string?> MailAsync(SmtpOptions smtp, Message message, CancellationToken ct)
    {
        using var mail = new MimeMessage();
        mail.From.Add(MailboxAddress.Parse(smtp.From));
        mail.To.Add(MailboxAddress.Parse(message.To));
        mail.Subject = message.Subject;
        mail.Body = new TextPart("plain") { Text = message.Text };
        using var client = new SmtpClient();
        await client.ConnectAsync(smtp.Host, smtp.Port, smtp.Plain ? SecureSocketOptions.None : smtp.Port == 465 ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTls, ct);
        if (smtp.User is { Length: > 0 } user) await client.AuthenticateAsync(user, smtp.Password ?? "", ct);
        await client.SendAsync(mail, ct);
        await client.DisconnectAsync(true, CancellationToken.None);
        return null;
    }

    private async Task<string?> TextAsync(SmsOptions sms, Message message, CancellationToken ct)
    {
        using var body = JsonContent.Create(new { to = message.To, text = message.Text });
        await body.LoadIntoBufferAsync(ct);
        return await fetch.PostAsync(sms.Url, body, "application/json", 64 * 1024, ct, sms.Token is { Length: > 0 } token ? new AuthenticationHeaderValue("Bearer", token) : null) switch
        {
            FetchResult.Answer { IsSuccess: true } => null,
            FetchResult.Answer answer => $"status {answer.Status}",
            FetchResult.Refused refused => refused.Reason,
            _ => "no answer",
        };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {Id} did not leave: {Reason}")]
    private static partial void LogUnsent(ILogger log, long id, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outbox could not be looked at: {Fault}")]
    private static partial void LogFault(ILogger log, string fault);
}
