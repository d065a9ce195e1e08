using Identity.Hosting;

namespace Identity.Wallet.Messages;

/// <summary>
/// How messages leave, section <c>Messages</c>: <c>Smtp:Host</c>, <c>Port</c> (587), <c>From</c>, <c>User</c>, <c>Password</c>, <c>Plain</c> (no TLS; loopback in Development only);
/// <c>Sms:Url</c> and <c>Sms:Token</c> of a webhook that takes <c>{"to", "text"}</c>. In Development, where neither is set, they are written to a folder instead.
/// </summary>
/// <param name="Smtp">The mail server, or null.</param>
/// <param name="Sms">The webhook, or null.</param>
/// <param name="Folder">Where a demonstration writes them, or null.</param>
internal sealed record MessageSettings(SmtpOptions? Smtp, SmsOptions? Sms, string? Folder)
{
    /// <summary>Whether e-mails or text messages can be sent.</summary>
    public bool CanSend(string kind) => Folder is not null || (kind == "email" ? Smtp is not null : kind == "sms" && Sms is not null);

    /// <summary>Reads the section.</summary>
    /// <exception cref="SettingMissingException">Half of the settings of a server are missing, or an address is unusable.</exception>
    public static MessageSettings Read(IConfiguration configuration, string folder, bool development)
    {
        SmtpOptions? smtp = null;
        if (configuration["Messages:Smtp:Host"] is { Length: > 0 } host)
        {
            var plain = configuration.GetValue("Messages:Smtp:Plain", false);
            if (plain && !development) throw new SettingMissingException("Messages:Smtp:Plain", "false: outside Development mail leaves encrypted");
            smtp = new SmtpOptions(host, configuration.GetValue("Messages:Smtp:Port", 587), configuration.Required("Messages:Smtp:From", "the sender's address"), configuration["Messages:Smtp:User"], configuration["Messages:Smtp:Password"], plain);
        }
        SmsOptions? sms = null;
        if (configuration["Messages:Sms:Url"] is { Length: > 0 } text)
            sms = Uri.TryCreate(text, UriKind.Absolute, out var url) ? new SmsOptions(url, configuration["Messages:Sms:Token"]) : throw new SettingMissingException("Messages:Sms:Url", "an absolute address");
        return new MessageSettings(smtp, sms, development && smtp is null && sms is null ? Path.Combine(folder, "messages") : null);
    }
}

/// <summary>A mail server.</summary>
internal sealed record SmtpOptions(string Host, int Port, string From, string? User, string? Password, bool Plain);

/// <summary>A webhook of a provider of text messages.</summary>
internal sealed record SmsOptions(Uri Url, string? Token);
