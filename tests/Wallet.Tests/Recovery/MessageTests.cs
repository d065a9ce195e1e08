using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Identity.Hosting;
using Identity.TestKit;
using Identity.Wallet.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Identity.Wallet.Tests.Recovery;

/// <summary>Messages leave by a real mail server's protocol and by a webhook, and none is lost while these are away.</summary>
public sealed class MessageTests
{
    [Fact]
    public async Task A_code_leaves_by_smtp_and_waits_while_the_server_turns_mail_away()
    {
        await using var smtp = new SmtpServer { TurnsAway = true };
        await using var service = await RecoveryService.StartAsync("--Messages:Smtp:Host=127.0.0.1", $"--Messages:Smtp:Port={smtp.Port}", "--Messages:Smtp:Plain=true", "--Messages:Smtp:From=wallet@example.org");
        using var phone = await Phone.EnrolAsync(service);

        var added = await phone.SendAsync(HttpMethod.Post, phone.List + "/contacts", new JsonObject { ["kind"] = "email", ["address"] = "amina@example.org", ["language"] = "fr" });
        Assert.Equal(HttpStatusCode.Accepted, added.StatusCode);
        await Until(() => smtp.TurnedAway > 0);
        smtp.TurnsAway = false;
        service.Clock.Move(TimeSpan.FromMinutes(30));
        await Until(() => !smtp.Received.IsEmpty);

        Assert.True(smtp.Received.TryDequeue(out var mail));
        Assert.StartsWith("amina@example.org\n", mail, StringComparison.Ordinal);
        Assert.Contains("From: wallet@example.org", mail, StringComparison.Ordinal);
        Assert.Contains("Votre code est", mail, StringComparison.Ordinal);
        for (var tries = 0; tries < 600 && await service.InDb(db => db.Outbox.AnyAsync()); tries++) await Task.Delay(100);
        Assert.False(await service.InDb(db => db.Outbox.AnyAsync()));
        // A number cannot be reached here, and that is said at once.
        Assert.Equal(HttpStatusCode.BadRequest, (await phone.SendAsync(HttpMethod.Post, phone.List + "/contacts", new JsonObject { ["kind"] = "sms", ["address"] = "+15550100" })).StatusCode);
    }

    [Fact]
    public async Task A_code_leaves_by_the_webhook_for_text_messages()
    {
        var received = new ConcurrentQueue<(string Authorization, JsonNode Body)>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var provider = builder.Build();
        provider.MapPost("/send", async (HttpRequest request) =>
        {
            received.Enqueue((request.Headers.Authorization.ToString(), (await JsonNode.ParseAsync(request.Body))!));
            return Results.Ok();
        });
        await provider.StartAsync();
        await using var service = await RecoveryService.StartAsync($"--Messages:Sms:Url={provider.Urls.Single()}/send", "--Messages:Sms:Token=secret", "--Outbound:AllowLoopback=true");
        using var phone = await Phone.EnrolAsync(service);

        await phone.SendAsync(HttpMethod.Post, phone.List + "/contacts", new JsonObject { ["kind"] = "sms", ["address"] = "+1 555-0100" });
        await Until(() => !received.IsEmpty);

        Assert.True(received.TryDequeue(out var message));
        Assert.Equal(("Bearer secret", "+15550100"), (message.Authorization, message.Body["to"]!.GetValue<string>()));
        Assert.Contains("Your code is", message.Body["text"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public void Mail_in_the_clear_is_refused_outside_development_and_a_demonstration_writes_files()
    {
        static IConfiguration Of(params string[] settings) => new ConfigurationBuilder().AddCommandLine(settings).Build();

        Assert.Throws<SettingMissingException>(() => MessageSettings.Read(Of("--Messages:Smtp:Host=mail.example", "--Messages:Smtp:From=a@mail.example", "--Messages:Smtp:Plain=true"), "data", development: false));
        Assert.Throws<SettingMissingException>(() => MessageSettings.Read(Of("--Messages:Smtp:Host=mail.example"), "data", development: false));
        Assert.False(MessageSettings.Read(Of(), "data", development: false).CanSend("email"));
        Assert.True(MessageSettings.Read(Of(), "data", development: true).CanSend("sms"));
    }

    private static async Task Until(Func<bool> holds)
    {
        for (var tries = 0; tries < 600 && !holds(); tries++) await Task.Delay(100);
        Assert.True(holds());
    }
}
