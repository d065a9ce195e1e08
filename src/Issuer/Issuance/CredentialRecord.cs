using System.Text.Json.Nodes;
using Identity.Issuer.Status;

namespace Identity.Issuer.Issuance;

/// <summary>
/// Where a credential stands. Only <see cref="Suspended"/> leads back, and a lost phone to <see cref="Offered"/>; <see cref="Revoked"/> and <see cref="Returned"/> are ends.
/// <code>
/// Awaiting → Offered → Collected ⇄ Suspended
///    ↓          └────────┴───────────┴──→ Revoked
/// Returned
/// </code>
/// </summary>
public enum CredentialState
{
    /// <summary>
    /// Prepared by one person and waiting for another (types with <c>approval</c>). Nothing may be signed, but it can be offered: a wallet that
    /// asks meanwhile is told to wait (deferred issuance). <see cref="Offered"/> or later means ready; <see cref="Returned"/> and
    /// <see cref="Revoked"/> mean never.
    /// </summary>
    Awaiting,

    /// <summary>Not approved; the reason stands in the record. A corrected one is prepared anew.</summary>
    Returned,

    /// <summary>Offered to its holder, not collected yet.</summary>
    Offered,

    /// <summary>In a wallet, and good.</summary>
    Collected,

    /// <summary>In a wallet, not good for the moment.</summary>
    Suspended,

    /// <summary>Ended for ever.</summary>
    Revoked,
}

/// <summary>The outcome of asking a credential to take a step.</summary>
public abstract record Step
{
    private Step() { }

    /// <summary>The step was taken.</summary>
    public sealed record Taken : Step;

    /// <summary>The step is not possible from here; <paramref name="Reason"/> is a sentence for the person who asked.</summary>
    public sealed record Refused(string Reason) : Step;
}

/// <summary>A credential that an organisation decided to issue to one person: the claims, and one state for all its signed copies.</summary>
public sealed class CredentialRecord
{
    /// <summary>Random, 22 base64url characters; says nothing about the person.</summary>
    public required string Id { get; init; }

    /// <summary>Slug of the issuing organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>Short name of the type, for example <c>qualification</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The organisation's own file number, at most 100 characters.</summary>
    public required string Reference { get; init; }

    /// <summary>The holder's names as one line, for the list.</summary>
    public required string HolderName { get; init; }

    /// <summary>Names and reference in lower case, for the search.</summary>
    public required string SearchText { get; init; }

    /// <summary>The checked claims as a JSON object, derived ones not included.</summary>
    public required string ClaimsJson { get; init; }

    /// <summary>When the organisation decided.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The present state.</summary>
    public CredentialState State { get; private set; } = CredentialState.Offered;

    /// <summary>Why it was suspended, revoked or returned: one of <see cref="Reasons"/>. The holder reads it in words.</summary>
    public string? StateCode { get; private set; }

    /// <summary>The sentence that goes with <see cref="StateCode"/>, in the organisation's words, if any. The holder reads it too.</summary>
    public string? StateReason { get; private set; }

    /// <summary>When the state last changed.</summary>
    public DateTimeOffset? StateChangedAt { get; private set; }

    /// <summary>When the first copy was collected.</summary>
    public DateTimeOffset? CollectedAt { get; private set; }

    /// <summary>Rises with each change; of two changes at once one wins.</summary>
    public int Version { get; private set; }

    /// <summary>Who prepared it, as <see cref="Actor"/> writes it: never the one who approves.</summary>
    public string PreparedBy { get; init; } = "";

    /// <summary>Who approved it, where its type needs a second person.</summary>
    public string? ApprovedBy { get; private set; }

    /// <summary>When it was approved.</summary>
    public DateTimeOffset? ApprovedAt { get; private set; }

    /// <summary>The record that this one takes the place of.</summary>
    public string? Replaces { get; init; }

    /// <summary>The record that took this one's place.</summary>
    public string? ReplacedBy { get; private set; }

    /// <summary>The record to which this one adds a dated sentence; that one stays in force.</summary>
    public string? AddsTo { get; init; }

    /// <summary>Status list of the paper in force, or null where there is none: at most one is.</summary>
    public int? PaperList { get; private set; }

    /// <summary>Index of the paper in force in that list.</summary>
    public int? PaperIndex { get; private set; }

    /// <summary>Who asked to revoke or suspend it, for a paper or another offer of it, that it be let go to a new phone or move to none, where a second person must agree; null while nobody asks.</summary>
    public string? AskedBy { get; private set; }

    /// <summary>The reason code given by whoever asked; one of <see cref="Reasons.NoEnd"/> where no end was asked for.</summary>
    public string? AskedCode { get; private set; }

    /// <summary>The sentence given by whoever asked; the thumbprint of the phone where the record was to be let go.</summary>
    public string? AskedReason { get; private set; }

    /// <summary>What waits for a second person: <c>issue</c>, <c>revocation</c>, <c>suspension</c>, <c>paper</c>, <c>offer</c>, <c>recovery</c>, <c>recovery_stop</c> or null.</summary>
    public string? Awaits => State is CredentialState.Awaiting ? "issue" : AskedCode is not { } code ? null : Reasons.NoEnd.Contains(code) ? code : Reasons.HoldingReference.Contains(code) ? "suspension" : "revocation";

    private bool AwaitsEnd => Awaits is "revocation" or "suspension";

    /// <summary>How often a second person has been asked about it, for anything.</summary>
    public int Askings { get; private set; }

    /// <summary>The one request that waits, as <c>revocation-2</c>: another one of the same kind, asked later, has another number. Null where nothing waits.</summary>
    public string? Asked => Awaits is { } what ? $"{what}-{Askings}" : null;

    /// <summary>The claims, parsed.</summary>
    public JsonObject Claims() => JsonNode.Parse(ClaimsJson)!.AsObject();

    /// <summary>A new credential waits for somebody to agree; nothing is signed until then.</summary>
    public Step HoldBack(DateTimeOffset now) => State is CredentialState.Offered
        ? Wait(now)
        : new Step.Refused("Only a credential that nobody has collected can be held back.");

    /// <summary>Somebody agreed: from now on a wallet can collect it. Who does not agree returns it.</summary>
    public Step Release(DateTimeOffset now) => State is CredentialState.Awaiting
        ? Go(CredentialState.Offered, null, null, now)
        : new Step.Refused("The credential is not waiting for anybody's agreement.");

    /// <summary>A second person approves that it is issued.</summary>
    public Step Approve(Actor approver, DateTimeOffset now)
    {
        if (approver.ToString() == PreparedBy) return new Step.Refused("Whoever prepared a credential cannot approve it.");
        if (Release(now) is Step.Refused refused) return refused;
        (ApprovedBy, ApprovedAt) = (approver.ToString(), now);
        return new Step.Taken();
    }

    /// <summary>A second person sends it back with a sentence.</summary>
    public Step Return(Actor approver, string reason, DateTimeOffset now)
    {
        if (State is not CredentialState.Awaiting) return new Step.Refused("The credential is not waiting for anybody's agreement.");
        if (approver.ToString() == PreparedBy) return new Step.Refused("Whoever prepared a credential cannot decide on it.");
        return Go(CredentialState.Returned, Reasons.Returned, reason, now);
    }

    /// <summary>A wallet collects copies.</summary>
    public Step Collect(DateTimeOffset now)
    {
        if (State is CredentialState.Awaiting) return new Step.Refused("The credential waits for the organisation's agreement.");
        if (State is CredentialState.Returned) return new Step.Refused("The credential was not approved.");
        if (State is CredentialState.Revoked) return new Step.Refused("The credential was revoked before it was collected.");
        if (State is CredentialState.Suspended) return new Step.Refused("The credential is suspended.");
        CollectedAt ??= now;
        return Go(CredentialState.Collected, null, null, now);
    }

    /// <summary>From now on this paper is the one in force; whoever calls has ended the one before.</summary>
    public void NewPaper(int list, int index)
    {
        (PaperList, PaperIndex) = (list, index);
        Version++;
    }

    /// <summary>No paper is in force any more.</summary>
    public void NoPaper()
    {
        (PaperList, PaperIndex) = (null, null);
        Version++;
    }

    /// <summary>Its holder lost the phone and proved it: the copies end, on paper too, and it is on offer again. Whoever calls ends the copies.</summary>
    public Step Recover(DateTimeOffset now)
    {
        if (!InWallet) return new Step.Refused(NotInWallet);
        (PaperList, PaperIndex) = (null, null);
        if (Awaits is "paper" or "offer" or "recovery") (AskedBy, AskedCode, AskedReason) = (null, null, null); // asked for before the loss, or to let go what has gone
        return Go(CredentialState.Offered, null, null, now);
    }

    private const string NotInWallet = "This is possible only while the credential is in a wallet and in force.";

    private bool InWallet => State is CredentialState.Collected || (State is CredentialState.Offered && CollectedAt is not null);

    /// <summary>Takes the credential out of force for a time.</summary>
    public Step Suspend(string code, string? reason, DateTimeOffset now) => State switch
    {
        CredentialState.Collected => Go(CredentialState.Suspended, code, reason, now),
        CredentialState.Offered or CredentialState.Awaiting => new Step.Refused("Nobody has collected this credential yet, so there is nothing to suspend."),
        CredentialState.Suspended => new Step.Refused("The credential is suspended already."),
        CredentialState.Returned => new Step.Refused("The credential was not approved, so there is nothing to suspend."),
        _ => new Step.Refused("The credential was revoked; that cannot be changed."),
    };

    /// <summary>Puts a suspended credential back in force.</summary>
    public Step Reinstate(DateTimeOffset now) => State switch
    {
        CredentialState.Suspended => Go(CredentialState.Collected, null, null, now),
        CredentialState.Revoked => new Step.Refused("The credential was revoked; that cannot be changed."),
        _ => new Step.Refused("The credential is not suspended."),
    };

    /// <summary>Ends the credential for ever.</summary>
    public Step Revoke(string code, string? reason, DateTimeOffset now) => State switch
    {
        CredentialState.Revoked => new Step.Refused("The credential was revoked already."),
        CredentialState.Returned => new Step.Refused("The credential was not approved, so there is nothing to revoke."),
        _ => Go(CredentialState.Revoked, code, reason, now),
    };

    /// <summary>Ends the credential because <paramref name="newer"/> takes its place.</summary>
    public Step Replace(string newer, string? reason, DateTimeOffset now)
    {
        if (Revoke(Reasons.Replaced, reason, now) is Step.Refused refused) return refused;
        ReplacedBy = newer;
        return new Step.Taken();
    }

    /// <summary>
    /// Asks a second person to end it, or for a reason of <see cref="Reasons.HoldingReference"/> to suspend it; it stays as it is until then. This takes the place of a paper, an
    /// offer or what concerns a new phone that was asked for: none of them holds up the end.
    /// </summary>
    public Step AskEnd(string code, string? reason, Actor actor)
    {
        if (AwaitsEnd) return new Step.Refused($"Somebody has asked for its {Awaits} already.");
        // What cannot be done cannot be asked either.
        if (Reasons.HoldingReference.Contains(code) ? State is not CredentialState.Collected : State is CredentialState.Revoked or CredentialState.Returned) return End(code, reason, default);
        return Ask(code, reason, actor);
    }

    /// <summary>A second person agrees to what was asked.</summary>
    public Step AgreeEnd(Actor approver, DateTimeOffset now)
    {
        if (AskedBy is null || AskedCode is not { } code || !AwaitsEnd) return new Step.Refused("Nobody has asked to revoke or suspend this credential.");
        if (approver.ToString() == AskedBy) return new Step.Refused($"Whoever asked for a {Awaits} cannot agree to it.");
        return End(code, AskedReason, now);
    }

    /// <summary>Asks a second person for a paper; none is made until then.</summary>
    public Step AskPaper(Actor actor)
    {
        if (AskedBy is not null) return new Step.Refused($"Somebody has asked for its {Awaits} already.");
        if (State is not CredentialState.Collected) return new Step.Refused("A second person is asked for a paper only while the credential is in force.");
        return Ask(Reasons.Paper, null, actor);
    }

    /// <summary>A second person agrees that a paper is made; whoever calls makes it.</summary>
    public Step AgreePaper(Actor approver) => Agree(Reasons.Paper, "Nobody asks for a paper of this credential.", approver);

    /// <summary>Asks a second person for another offer of what somebody holds.</summary>
    public Step AskOffer(Actor actor) => AskOfHeld(Reasons.Offer, null, actor);

    /// <summary>A second person agrees to another offer; whoever calls makes it.</summary>
    public Step AgreeOffer(Actor approver) => Agree(Reasons.Offer, "Nobody asks for another offer of this credential.", approver);

    /// <summary>Asks a second person that it move to no new phone any more; it may until then.</summary>
    public Step AskRecoveryStop(string reason, Actor actor) => AskOfHeld(Reasons.RecoveryStop, reason, actor);

    /// <summary>A second person agrees that it move to no new phone any more; whoever calls stops it.</summary>
    public Step AgreeRecoveryStop(Actor approver) => Agree(Reasons.RecoveryStop, "Nobody asks that this credential move to no new phone any more.", approver);

    /// <summary>Asks a second person to let it go to the phone from which it is held; it stays until then.</summary>
    /// <param name="phone">Thumbprint of that phone's key.</param>
    /// <param name="actor">Who asks.</param>
    public Step AskRecovery(string phone, Actor actor) => AskOfHeld(Reasons.Recovery, phone, actor);

    /// <summary>A second person agrees that it is let go; whoever calls lets it go.</summary>
    public Step AgreeRecovery(Actor approver) => Agree(Reasons.Recovery, "Nobody asks that this credential be let go.", approver);

    private Step AskOfHeld(string code, string? reason, Actor actor) =>
        AskedBy is not null ? new Step.Refused($"Somebody has asked for its {Awaits} already.")
        : !InWallet ? new Step.Refused(NotInWallet)
        : Ask(code, reason, actor);

    // Agreed to or refused, the asking is over; what is done about it is the caller's.
    private Step Agree(string what, string otherwise, Actor approver) => Awaits == what ? EndAsked(approver) : new Step.Refused(otherwise);

    private Step Ask(string code, string? reason, Actor actor)
    {
        (AskedBy, AskedCode, AskedReason) = (actor.ToString(), code, reason);
        Askings++;
        Version++;
        return new Step.Taken();
    }

    /// <summary>What was asked ends, done or refused, by a second person.</summary>
    public Step EndAsked(Actor approver)
    {
        if (AskedBy is null) return new Step.Refused("Nobody has asked to revoke or suspend this credential.");
        if (approver.ToString() == AskedBy) return new Step.Refused($"Whoever asked for a {Awaits} cannot decide on it.");
        (AskedBy, AskedCode, AskedReason) = (null, null, null);
        Version++;
        return new Step.Taken();
    }

    private Step.Taken Wait(DateTimeOffset now)
    {
        Askings++;
        return Go(CredentialState.Awaiting, null, null, now);
    }

    private Step End(string code, string? reason, DateTimeOffset now) => Reasons.HoldingReference.Contains(code) ? Suspend(code, reason, now) : Revoke(code, reason, now);

    private Step.Taken Go(CredentialState to, string? code, string? reason, DateTimeOffset now)
    {
        (State, StateCode, StateReason, StateChangedAt) = (to, code, reason, now);
        if (to is CredentialState.Revoked) (PaperList, PaperIndex) = (null, null); // it ends with every other copy
        (AskedBy, AskedCode, AskedReason) = to is CredentialState.Revoked or CredentialState.Suspended ? (null, null, null) : (AskedBy, AskedCode, AskedReason);
        Version++;
        return new Step.Taken();
    }
}
