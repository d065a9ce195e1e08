namespace Identity.Wallet.Data;

/// <summary>An e-mail address or telephone number that the person enrolled. Sealed with the service's own key.</summary>
public sealed class RecoveryContactRow
{
    /// <summary>Random, 22 characters.</summary>
    public required string Id { get; init; }

    /// <summary>The list it belongs to.</summary>
    public required string ListId { get; init; }

    /// <summary><c>email</c> or <c>sms</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The address, sealed.</summary>
    public required byte[] Address { get; init; }

    /// <summary>Keyed hash of the address: finds it for somebody who gives it, tells nothing without the service's key.</summary>
    public required byte[] AddressTag { get; init; }

    /// <summary>In which language it is written to.</summary>
    public required string Language { get; init; }

    /// <summary>When it was named.</summary>
    public required DateTimeOffset AddedAt { get; init; }

    /// <summary>SHA-256 of the code that was sent to it, until it is confirmed.</summary>
    public byte[]? CodeHash { get; set; }

    /// <summary>Wrong codes so far.</summary>
    public int Tries { get; set; }

    /// <summary>When its code came back; it counts as a proof seven days later.</summary>
    public DateTimeOffset? ConfirmedAt { get; set; }

    /// <summary>When it was taken away. It is still told for thirty days, so that nobody takes it away unseen.</summary>
    public DateTimeOffset? RemovedAt { get; set; }

    /// <summary>Rises with each change.</summary>
    public int Version { get; set; }
}

/// <summary>Where a recovery stands. <see cref="Stopped"/> and <see cref="Done"/> are ends.</summary>
public enum RecoveryState
{
    /// <summary>Begun with one proof; the second is missing.</summary>
    Proving,

    /// <summary>Sheet and contact are proved; until <see cref="RecoveryRow.EndsAt"/> anybody who was told can object.</summary>
    Waiting,

    /// <summary>Attestations can be had.</summary>
    Ready,

    /// <summary>An attestation was handed out; further ones can be had for thirty days.</summary>
    Done,

    /// <summary>Stopped by the old phone, a contact or a desk, or given up after wrong codes.</summary>
    Stopped,
}

/// <summary>One recovery. Holds no issuer and no credential, and of the person only, sealed and for a time, what a desk read on the document.</summary>
public sealed class RecoveryRow
{
    /// <summary>Random, 43 characters: known to the new wallet.</summary>
    public required string Id { get; init; }

    /// <summary>Nine digits, for a desk.</summary>
    public required string Number { get; init; }

    /// <summary>Whose; of what an address began too often, no list's until a desk sends the code.</summary>
    public required string ListId { get; set; }

    /// <summary>Thumbprint of the new wallet's key.</summary>
    public required string NewKey { get; init; }

    /// <summary>The sheet was at hand.</summary>
    public required bool BySheet { get; init; }

    /// <summary>A contact's code came back.</summary>
    public bool ByContact { get; set; }

    /// <summary>The contact whose address began it, without the sheet; null where nobody enrolled the address.</summary>
    public string? ContactId { get; init; }

    /// <summary>The desk that decided for it.</summary>
    public string? Desk { get; set; }

    /// <summary>The mandate under which a desk last decided for it or stopped it; its log has the act.</summary>
    public string? Mandate { get; set; }

    /// <summary>Who of the desk's staff did, under the name that the log gives them (<see cref="Recovery.RecoveryKeys.StaffName"/>).</summary>
    public string? Staff { get; set; }

    /// <summary>What the desk read on the person's document, sealed; null before, and again when the recovery is over.</summary>
    public byte[]? Document { get; set; }

    /// <summary>A desk decided for it before what desks read was kept: issuers take nothing by it, and a desk looks once more.</summary>
    public bool LacksDocument => Desk is not null && Mandate is null && Document is null;

    /// <summary>Where it stands.</summary>
    public RecoveryState State { get; set; }

    /// <summary>SHA-256 of the code that was sent to the contacts that count; null where there are none.</summary>
    public byte[]? CodeHash { get; set; }

    /// <summary>Wrong codes so far.</summary>
    public int Tries { get; set; }

    /// <summary>SHA-256 of what stands in the links that stop it.</summary>
    public required byte[] StopHash { get; init; }

    /// <summary>When it was begun.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the second proof was given.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>When the time to object ends; null while a desk is needed.</summary>
    public DateTimeOffset? EndsAt { get; set; }

    /// <summary>When it became ready or was stopped.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Who stopped it: <c>old_phone</c>, <c>contact</c>, <c>desk</c>, <c>codes</c>, <c>newer</c>.</summary>
    public string? StoppedBy { get; set; }

    /// <summary>How many rounds of notices have been queued: begun, half-way, over.</summary>
    public int Notices { get; set; }

    /// <summary>Rises with each change; of two at once one wins.</summary>
    public int Version { get; set; }
}

/// <summary>A message that has not left yet, sealed with the service's own key.</summary>
public sealed class OutboxRow
{
    /// <summary>Row number.</summary>
    public long Id { get; init; }

    /// <summary><c>email</c> or <c>sms</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Address, subject and text, sealed.</summary>
    public required byte[] Content { get; init; }

    /// <summary>The recovery whose time to object does not end before this has left; null for others.</summary>
    public string? Recovery { get; init; }

    /// <summary>When it was queued.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is tried next. Whoever moves it on has the try.</summary>
    public required DateTimeOffset NextTryAt { get; init; }

    /// <summary>Tries so far.</summary>
    public int Tries { get; init; }
}
