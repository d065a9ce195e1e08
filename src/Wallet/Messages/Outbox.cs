using System.Text.Json;
using Identity.Wallet.Data;
using Identity.Wallet.Recovery;

namespace Identity.Wallet.Messages;

/// <summary>One message to one person.</summary>
internal sealed record Message(string To, string Subject, string Text);

/// <summary>Queues messages in the transaction of what they tell about, so that neither exists without the other.</summary>
internal sealed class Outbox(WalletDb db, RecoveryKeys keys, MessageSettings settings)
{
    /// <summary>Whether messages of this kind leave at all.</summary>
    public bool CanSend(string kind) => settings.CanSend(kind);

    /// <summary>Queues one; the caller saves. Kinds that this service cannot send are left out.</summary>
    public void Add(string kind, Message message, DateTimeOffset now, string? recovery = null)
    {
        if (!settings.CanSend(kind)) return;
        db.Outbox.Add(new OutboxRow { Kind = kind, Content = keys.Seal("outbox", JsonSerializer.Serialize(message)), Recovery = recovery, CreatedAt = now, NextTryAt = now });
    }

    /// <summary>Reads back what was queued.</summary>
    public static Message Open(OutboxRow row, RecoveryKeys keys) => JsonSerializer.Deserialize<Message>(keys.Open("outbox", row.Content))!;
}
