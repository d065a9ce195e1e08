using System.Globalization;
using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Wallet.Data;
using Identity.Wallet.Messages;
using Microsoft.EntityFrameworkCore;

namespace Identity.Wallet.Recovery;

/// <summary>Tells contacts what happens, each in its language, in the transaction of what happens. The caller saves.</summary>
internal sealed class Notices(WalletDb db, Outbox outbox, RecoveryKeys keys, RecoverySettings settings)
{
    /// <summary>The contacts that are told: confirmed ones, and those taken away within thirty days.</summary>
    public async Task<List<RecoveryContactRow>> ToldAsync(string listId, DateTimeOffset now, CancellationToken ct)
    {
        var since = now - RecoverySettings.ToldAfterRemoval;
        return await db.RecoveryContacts.Where(c => c.ListId == listId && c.ConfirmedAt != null && (c.RemovedAt == null || c.RemovedAt > since)).ToListAsync(ct);
    }

    /// <summary>Whether a contact counts as a proof: confirmed for seven days and not taken away.</summary>
    public static bool Counts(RecoveryContactRow contact, DateTimeOffset now) => contact.RemovedAt is null && contact.ConfirmedAt is { } at && at <= now - RecoverySettings.ContactAge;

    /// <summary>Whether a contact counts together with a desk: also thirty days after it was taken away, since whoever has the old phone takes away what the owner would come back by.</summary>
    public static bool CountsAtDesk(RecoveryContactRow contact, DateTimeOffset now) =>
        contact.ConfirmedAt is { } at && at <= now - RecoverySettings.ContactAge && (contact.RemovedAt is null || contact.RemovedAt > now - RecoverySettings.ToldAfterRemoval);

    /// <summary>Whether this service has a way to a contact.</summary>
    public bool CanTell(RecoveryContactRow contact) => outbox.CanSend(contact.Kind);

    /// <summary>What stands in the links that stop a recovery; the row keeps its hash.</summary>
    public string StopToken(string recoveryId) => Base64Url.Encode(keys.Tag("stop", recoveryId));

    /// <summary>Queues one message.</summary>
    /// <param name="contact">To whom.</param>
    /// <param name="what">confirm, added, removed, replaced, begun, code, waiting, half, ready, stopped.</param>
    /// <param name="now">The time.</param>
    /// <param name="code">The six digits, where there are any.</param>
    /// <param name="recovery">The recovery that it tells about.</param>
    public void Add(RecoveryContactRow contact, string what, DateTimeOffset now, string? code = null, RecoveryRow? recovery = null)
    {
        var texts = Strings.For(contact.Language);
        var text = texts.Format($"messages.{what}", ("code", code), ("day", recovery?.EndsAt is { } end ? end.UtcDateTime.ToString("d MMMM yyyy", texts.Culture) : ""),
            ("link", recovery is null ? "" : $"{settings.PublicUrl}/recovery/stop/{StopToken(recovery.Id)}"), ("wallet", settings.PublicUrl));
        outbox.Add(contact.Kind, new Message(keys.Open("contact", contact.Address), texts["messages.subject"], text), now, what is "waiting" ? recovery?.Id : null);
    }

    /// <summary>Six random digits.</summary>
    public static string NewCode() => RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);

    /// <summary>Whether this can be a code at all: six digits of ASCII.</summary>
    public static bool IsCode(string text) => text.Length == 6 && text.All(char.IsAsciiDigit);

    /// <summary>How a code is kept: with what it is for, so that one serves nothing else.</summary>
    public byte[] HashCode(string purpose, string code) => keys.Tag("code", $"{purpose}\n{code}");
}
